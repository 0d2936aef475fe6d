//! Extraction from `nginx/nginx.conf`: any bytes, no panic.
#![no_main]

use crosscheck::extract::{Settings, Source};
use crosscheck::systems::readers;
use crosscheck::facts::FileFacts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let path = "nginx/nginx.conf";
    let source = Source { path, bytes: text.as_bytes(), text };
    let mut facts = FileFacts::default();
    for extractor in readers().iter().filter(|extractor| extractor.claims(path)) {
        extractor.extract(&source, &Settings::default(), &mut facts);
    }
});
