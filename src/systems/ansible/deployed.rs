//! Which file of the tree a task copies to which path of the host.

use super::arguments::{Text, pattern};
use super::paths::{Sort, role_dir, rooted};
use super::tasks::{File, Task};
use crate::facts::{Detail, NamePattern, join_path, kinds, parent_folder};

impl File<'_, '_> {
    /// Provides the destinations whose source is exactly known.
    pub(super) fn copies(
        &mut self,
        task: &Task<'_, '_>,
        dest: Option<&Text>,
        source: Option<&Text>,
        sort: Sort,
    ) {
        let Some((dest, source)) = dest.zip(source) else { return };
        let dests = self.expand(task, dest);
        let sources = self.expand(task, source);
        for (ix, (from, _)) in sources.iter().enumerate() {
            let Some((to, span)) = (if dests.len() == 1 { dests.first() } else { dests.get(ix) })
            else {
                continue;
            };
            let to_pattern = pattern(to);
            let Some(to) = to_pattern.as_exact().filter(|to| to.starts_with('/')) else { continue };
            let Some(detail) = self.origin(from.trim(), sort) else { continue };
            let base = from.trim().rsplit('/').next().unwrap_or_default();
            let folder = to.trim_end_matches('/');
            if dests.len() == sources.len() && !to.ends_with('/') {
                let name = NamePattern::exact(folder);
                self.provide(kinds::DEPLOYED_PATH, name, *span, detail.clone());
            }
            // Into a folder: the file keeps its name.
            if !base.is_empty() {
                let name = NamePattern::exact(format!("{folder}/{base}"));
                self.provide(kinds::DEPLOYED_PATH, name, *span, detail.clone());
            }
        }
    }

    fn origin(&self, from: &str, sort: Sort) -> Option<Detail> {
        let rooted_name = rooted(from).or_else(|| from.starts_with('/').then(|| from.into()));
        if let Some(name) = rooted_name {
            let plain = !name.contains("{{");
            return plain.then(|| Detail::leads(kinds::ANSIBLE_ROOTED, name));
        }
        let exact = pattern(from);
        let name = exact.as_exact().filter(|name| !name.is_empty() && !name.starts_with('~'))?;
        let own = self.source.path;
        let folder = match role_dir(own) {
            Some(role) => format!("{role}/{}", sort.folder()),
            // A play's: beside it.
            None => parent_folder(own).to_owned(),
        };
        Some(Detail::leads(kinds::FILE, join_path(&folder, name)?))
    }

    /// Provides the path that a task deploys to.
    pub(super) fn deployed(&mut self, dest: Option<&Text>, source: Option<&Text>) {
        let Some(dest) = dest else { return };
        let name = pattern(&dest.text);
        self.provide(kinds::DEPLOYED_PATH, name, dest.span, "");
        // Into a folder: the file keeps its name.
        if let Some(base) =
            source.and_then(|source| source.text.rsplit('/').next()).filter(|base| !base.is_empty())
        {
            let name = pattern(&format!("{}/{base}", dest.text.trim_end_matches('/')));
            self.provide(kinds::DEPLOYED_PATH, name, dest.span, "");
        }
    }
}
