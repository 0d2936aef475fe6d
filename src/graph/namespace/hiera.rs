//! Which data file sets a key: one that a level of its hierarchy reads.

use crate::facts::{NamePattern, kinds};
use crate::graph::Graph;
use crate::puppet::module_of;
use crate::session::FileIx;

impl Graph<'_> {
    /// Whether data of the tree sets `key`. Not counted are files that no level of the
    /// hierarchy over them reads, and keys in a module's data that are another module's,
    /// which Puppet does not look up there. Where the tree has no `hiera.yaml` over a file,
    /// the file counts.
    pub fn sets_key(&self, key: &str) -> bool {
        let sites = self.matching(&kinds::KEY, &NamePattern::exact(key));
        sites.into_iter().any(|site| self.reads_data_of(site.file, key))
    }

    fn reads_data_of(&self, file: FileIx, key: &str) -> bool {
        let path = self.snapshot.file(file).entry.path.as_str();
        if let Some(module) = own_module(path)
            && key.split("::").next() != Some(module)
        {
            return false;
        }
        let exact = self.all(&kinds::HIERA_LEVEL).iter();
        let exact = exact.map(|(name, site)| (NamePattern::Exact(name.clone()), site));
        let patterns = self.patterns(&kinds::HIERA_LEVEL).iter();
        let patterns = patterns.map(|(name, site)| (name.clone(), site));
        let mut governed = false;
        for (level, site) in exact.chain(patterns) {
            if level.matches(path) {
                return true;
            }
            let provides = &self.snapshot.file(site.file).facts.provides;
            let datadir = site.provide.and_then(|ix| provides.get(ix as usize));
            governed |= datadir.is_some_and(|provide| {
                path.strip_prefix(provide.detail.as_str()).is_some_and(|rest| rest.starts_with('/'))
            });
        }
        !governed
    }
}

/// The module whose own data a file is: `modules/NAME/data/…`.
fn own_module(path: &str) -> Option<&str> {
    let at = path.find("/data/")?;
    let module = module_of(&format!("{}/manifests/", &path[..at]))?.len();
    Some(&path[at - module..at])
}
