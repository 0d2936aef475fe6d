//! Files of which somebody else has said what they say: their contents are not here.

use super::kept::share_scopes;
use super::{Loader, Outcome, Told};
use crate::facts::{FileFacts, Standing};
use smol_str::SmolStr;
use std::sync::Arc;

/// What reading a file gave, wherever that was.
#[derive(Debug, Clone)]
pub struct Given {
    facts: Arc<Told>,
    systems: Vec<SmolStr>,
    modelled: Vec<SmolStr>,
}

impl Given {
    /// These facts, and the systems that read the file and that took any from it.
    pub fn new(mut facts: FileFacts, systems: Vec<SmolStr>, modelled: Vec<SmolStr>) -> Self {
        share_scopes(&mut facts);
        Self { facts: Arc::new(Told::new(facts)), systems, modelled }
    }
}

impl Loader {
    /// A loader that reads none of these files, each with its path: it takes what is given.
    pub fn giving(mut self, files: impl Iterator<Item = (SmolStr, Given)>) -> Self {
        let readers = self.readers;
        let known = |names: &[SmolStr]| -> Vec<&'static str> {
            let known = readers.iter().map(|reader| reader.system());
            let mut own: Vec<_> =
                known.filter(|own| names.iter().any(|name| name == own)).collect();
            own.dedup();
            own
        };
        self.given.extend(files.map(|(path, own)| {
            let (systems, modelled) = (known(&own.systems), known(&own.modelled));
            let standing = Standing::of(&path);
            (path, Outcome { facts: own.facts, systems, modelled, standing })
        }));
        self
    }
}
