//! Extraction from `nginx/nginx.conf`: any bytes, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|contents: &[u8]| {
    crosscheck::facts_of("nginx/nginx.conf", contents);
});
