//! Extraction from `modules/a/templates/b.erb`: any bytes, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|contents: &[u8]| {
    crosscheck::facts_of("modules/a/templates/b.erb", contents);
});
