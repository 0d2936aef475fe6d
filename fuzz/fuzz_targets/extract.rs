#![no_main]
//! Every extractor: the first line is the path, which decides who reads the rest.

use crosscheck::extract::{Settings, Source};
use crosscheck::systems::readers;
use crosscheck::facts::FileFacts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (path, text) = input.split_once('\n').unwrap_or(("run", input));
    let settings = Settings::default();
    let source = Source { path, bytes: text.as_bytes(), text };
    let mut facts = FileFacts::default();
    let claimed = readers().iter().filter(|own| own.claims_under(path, &settings));
    for extractor in claimed.filter(|own| own.accepts(text.as_bytes())) {
        extractor.extract(&source, &settings, &mut facts);
    }
});
