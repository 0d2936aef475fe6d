//! A repository of which there are facts, and no contents, as a tree.

use super::Bundle;
use crate::tree::{Entry, Reader, Tree, TreeError};
use std::sync::Arc;

/// A repository as its facts tell of it. Reading a file of it gives as many lines as the file has,
/// each as long as it is, and all of them blank.
pub struct BundleTree {
    label: String,
    bundle: Arc<Bundle>,
}

impl BundleTree {
    /// The tree of these facts, which reports call `label`.
    pub fn new(label: String, bundle: Arc<Bundle>) -> Self {
        Self { label, bundle }
    }
}

impl Tree for BundleTree {
    fn label(&self) -> &str {
        &self.label
    }

    fn entries(&self) -> &[Entry] {
        &self.bundle.entries
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(Blank(self))
    }
}

struct Blank<'t>(&'t BundleTree);

impl Reader for Blank<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        let lines = self.0.bundle.lines.get(ix).map(Vec::as_slice).unwrap_or_default();
        let mut text = Vec::with_capacity(lines.iter().map(|own| *own as usize + 1).sum());
        for (ix, length) in lines.iter().enumerate() {
            if ix > 0 {
                text.push(b'\n');
            }
            text.resize(text.len() + *length as usize, b' ');
        }
        Ok(text)
    }
}
