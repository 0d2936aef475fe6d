#![no_main]
//! Every extractor: the first line is the path, which decides who reads the rest.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (path, text) = input.split_once('\n').unwrap_or(("run", input));
    crosscheck::facts_of(path, text.as_bytes());
});
