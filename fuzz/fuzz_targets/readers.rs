//! Every reader: the first byte chooses the path, and so who reads the rest.
#![no_main]

use libfuzzer_sys::fuzz_target;

include!("../paths.rs");

fuzz_target!(|input: &[u8]| {
    if let Some((first, contents)) = input.split_first() {
        crosscheck::facts_of(PATHS[usize::from(*first) % PATHS.len()], contents);
    }
});
