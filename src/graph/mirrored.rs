//! Paths on hosts that a tree holds files for: a folder of the tree mirrors one of the host.

use super::{Graph, PathKind, Site};
use crate::facts::{Kind, NamePattern, Property, TEMPLATE_ENDINGS};
use crate::loader::FileIx;
use rayon::prelude::*;
use smallvec::{SmallVec, smallvec};

/// What a tree knows of a path on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mirrored {
    /// It holds or deploys the file; without a place where it is a folder.
    Found(SmallVec<[Site; 1]>),
    /// It lies where the tree cannot tell.
    Elsewhere,
    /// It may lie at this path of the tree, by the folder that the asking file lies in or
    /// another above it. The path does not exist.
    Absent(String),
    /// The tree mirrors no such folder.
    Unknown,
}

/// Endings of files that write configurations, or from which they are written.
const WRITERS: &[&str] =
    &[".pp", ".yaml", ".yml", ".json", ".erb", ".epp", ".j2", ".tf", ".rb", ".py", ".sh", ".tmpl"];

impl Graph<'_> {
    /// What the tree knows of `path`, which the file at `from` names. `hosts` are the folders
    /// of the host that the server's own configuration lies in, with a slash at their ends; a
    /// relative path is below one of them.
    pub fn mirrored(&self, from: &str, path: &str, hosts: &[&str]) -> Mirrored {
        let resource = NamePattern::exact(format!("File[{path}]"));
        let mut declared = Kind::with(Property::DECLARED).map(|own| self.matching(own, &resource));
        if let Some(found) = declared.find(|own| !own.is_empty()) {
            return Mirrored::Found(found);
        }
        let own = hosts.iter().find_map(|host| path.strip_prefix(host));
        let relative = match own {
            Some(relative) => Some(relative),
            None if !path.starts_with('/') => Some(path.trim_start_matches("./")),
            None => None,
        };
        let mut absent = None;
        for candidate in relative.into_iter().flat_map(|own| beside(from, own)) {
            match self.at_mirrored(&candidate) {
                Mirrored::Unknown => absent = absent.or(Some(candidate)),
                found => return found,
            }
        }
        // `image/etc/nginx/nginx.conf` names `/etc/ssl/a.pem`: `image/etc/ssl/a.pem`.
        if let Some(overlay) = overlay(from)
            && let Some(inner) = path.strip_prefix('/')
        {
            let candidate = format!("{overlay}{inner}");
            return match self.at_mirrored(&candidate) {
                Mirrored::Unknown => Mirrored::Absent(candidate),
                found => found,
            };
        }
        absent.map_or(Mirrored::Unknown, Mirrored::Absent)
    }

    /// Whether the folder of `path` is one of its own and holds so many other files that end as
    /// it does and that `counts` says to count, and nothing says that this one is put there where
    /// the tree is used.
    pub fn has_siblings(
        &self,
        path: &str,
        least: usize,
        counts: impl Fn(FileIx, &str) -> bool,
    ) -> bool {
        let Some((folder, base)) = path.rsplit_once('/') else { return false };
        let ending = base.rsplit_once('.').map(|(_, ending)| ending);
        let inside = self.paths.under(folder).filter(|(file, other)| {
            let inner = other[folder.len()..].trim_start_matches('/');
            !inner.contains('/')
                && inner.rsplit_once('.').map(|(_, own)| own) == ending
                && counts(*file, inner)
        });
        inside.take(least).count() == least
            && !self.paths.is_ignored(path, self.snapshot)
            && !self.paths.is_supplied(path)
    }

    /// Whether one of the files that hold data or code holds `name`, as far as `counts` says that
    /// they count: what they define is not read. They are searched as they are, so ask only of
    /// what nothing else has.
    pub fn is_mentioned(&self, name: &str, counts: impl Fn(FileIx) -> bool + Sync) -> bool {
        let finder = memchr::memmem::Finder::new(name);
        let holds = |ix: FileIx| finder.find(&self.snapshot.contents(ix)).is_some();
        let files = self.snapshot.files.par_iter().enumerate();
        let files = files.map(|(ix, file)| (ix as FileIx, file.entry.path.as_str()));
        files
            .filter(|(_, path)| WRITERS.iter().any(|writer| path.ends_with(writer)))
            .any(|(ix, _)| counts(ix) && holds(ix))
    }

    /// What is at a path of the tree, also as a template.
    fn at_mirrored(&self, path: &str) -> Mirrored {
        for ending in [""].into_iter().chain(TEMPLATE_ENDINGS.iter().map(|(own, _)| *own)) {
            match self.paths.look_up(&format!("{path}{ending}")) {
                PathKind::File(file) => {
                    let site = Site::whole(file);
                    return Mirrored::Found(smallvec![site]);
                }
                PathKind::Folder => return Mirrored::Found(SmallVec::new()),
                PathKind::Elsewhere => return Mirrored::Elsewhere,
                PathKind::Absent => {}
            }
        }
        Mirrored::Unknown
    }
}

/// The path below the folder of a file and each one above it, the innermost first; from below
/// `templates/` also below `files/` beside it.
fn beside<'a>(from: &'a str, relative: &'a str) -> impl Iterator<Item = String> + 'a {
    let folders = from.match_indices('/').map(|(at, _)| &from[..=at]).rev().chain([""]);
    folders
        .flat_map(move |folder| {
            let apart = folder.strip_suffix("templates/").map(|outer| format!("{outer}files/"));
            [Some(folder.to_owned()), apart].into_iter().flatten()
        })
        .map(move |folder| format!("{folder}{relative}"))
}

/// What stands before the host's own root in the path of a file: `image/` of
/// `image/etc/nginx/nginx.conf`.
fn overlay(path: &str) -> Option<&str> {
    ["etc/", "usr/", "opt/"].iter().find_map(|top| {
        let at = path.find(top).filter(|at| *at == 0 || path[..*at].ends_with('/'))?;
        Some(&path[..at])
    })
}
