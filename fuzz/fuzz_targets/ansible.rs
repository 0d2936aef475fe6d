//! Extraction from `roles/a/tasks/main.yml`: any bytes, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|contents: &[u8]| {
    crosscheck::facts_of("roles/a/tasks/main.yml", contents);
});
