//! Extraction from `apache/httpd.conf`: any bytes, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|contents: &[u8]| {
    crosscheck::facts_of("apache/httpd.conf", contents);
});
