//! Extraction from `haproxy/haproxy.cfg`: any bytes, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|contents: &[u8]| {
    crosscheck::facts_of("haproxy/haproxy.cfg", contents);
});
