//! Puppet manifests.

use super::{Extractor, Settings, Source};
use crate::facts::FileFacts;

/// Extracts from `.pp` manifests.
pub struct Puppet;

impl Extractor for Puppet {
    fn system(&self) -> &'static str {
        "puppet"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".pp")
    }

    fn extract(&self, _source: &Source<'_>, _settings: &Settings, _out: &mut FileFacts) {}
}
