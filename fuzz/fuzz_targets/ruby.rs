//! Extraction from `modules/a/lib/puppet/functions/b.rb`: any bytes, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|contents: &[u8]| {
    crosscheck::facts_of("modules/a/lib/puppet/functions/b.rb", contents);
});
