//! The set of paths of a tree, with links followed inside it.

use crate::facts::{NamePattern, Piece, base_name, parent_folder, split_path};
use crate::loader::{FileIx, Folders, Hashed, Snapshot};
use crate::tree::EntryKind;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::{Mutex, OnceLock, PoisonError};

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A file (or a link to one).
    File(FileIx),
    /// A folder that holds files.
    Folder,
    /// Inside a submodule, or behind a link that leaves the tree: cannot be told.
    Elsewhere,
    /// Not there.
    Absent,
}

/// How it is asked whether a path is ignored.
#[derive(Clone, Copy)]
enum Asked {
    Whole,
    ByName,
}

/// Answers whether paths exist.
pub struct PathIndex {
    /// Sorted, as in the snapshot.
    paths: Vec<SmolStr>,
    places: Hashed,
    folders: Folders,
    links: FxHashMap<SmolStr, Option<SmolStr>>,
    submodules: Vec<SmolStr>,
    /// The tree's own `.gitignore` files, innermost last; read when first asked for.
    ignores: OnceLock<Vec<(SmolStr, Gitignore)>>,
    /// What they say of paths that were asked for, by name alone and not.
    ignored: [Mutex<FxHashMap<SmolStr, bool>>; 2],
}

impl PathIndex {
    /// Indexes the paths of `snapshot`.
    pub fn new(snapshot: &Snapshot) -> Self {
        let mut links = FxHashMap::default();
        let mut submodules = Vec::new();
        for file in &snapshot.files {
            match file.entry.kind {
                EntryKind::File => {}
                EntryKind::Submodule => submodules.push(file.entry.path.clone()),
                EntryKind::Symlink => {
                    let target = file
                        .facts
                        .requires
                        .first()
                        .and_then(|require| require.any_of.first()?.name.as_exact().cloned());
                    links.insert(file.entry.path.clone(), target);
                }
            }
        }
        let paths: Vec<SmolStr> =
            snapshot.files.iter().map(|file| file.entry.path.clone()).collect();
        submodules.extend(uninitialised(snapshot, &paths));
        let (places, folders) = (Hashed::of(&paths, SmolStr::as_str), Folders::of(&paths));
        let (ignores, ignored) = Default::default();
        Self { paths, places, folders, links, submodules, ignores, ignored }
    }

    /// All paths, sorted.
    pub fn all(&self) -> &[SmolStr] {
        &self.paths
    }

    /// The paths of submodules, whose contents are not here.
    pub fn submodules(&self) -> impl Iterator<Item = &SmolStr> {
        self.submodules.iter()
    }

    /// All paths below folder `folder` (`""` for the whole tree), sorted.
    pub fn under<'p>(
        &'p self,
        folder: &str,
    ) -> impl Iterator<Item = (FileIx, &'p SmolStr)> + use<'p> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = self.paths.partition_point(|path| path.as_str() < prefix.as_str());
        self.paths[from..]
            .iter()
            .enumerate()
            .take_while(move |(_, path)| path.starts_with(prefix.as_str()))
            .map(move |(ix, path)| ((from + ix) as FileIx, path))
    }

    /// What `path` is. Links on the way are followed inside the tree, at most 16.
    pub fn look_up(&self, path: &str) -> PathKind {
        self.look_up_bounded(path, 16)
    }

    /// Whether a link of the tree leads to `path` or a folder above it.
    pub fn is_linked(&self, path: &str) -> bool {
        self.links.values().flatten().any(|target| {
            path.strip_prefix(target.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    fn look_up_bounded(&self, path: &str, hops: u32) -> PathKind {
        if path.is_empty() {
            return PathKind::Folder;
        }
        if let Some(ix) = self.places.first(&self.paths, SmolStr::as_str, path) {
            return match self.links.get(path) {
                None if self.submodules.iter().any(|submodule| submodule == path) => {
                    PathKind::Elsewhere
                }
                None => PathKind::File(ix as FileIx),
                Some(target) => self.follow(target.as_deref(), "", hops),
            };
        }
        if self.folders.has(&self.paths, path) {
            return PathKind::Folder;
        }
        if self.submodules.iter().any(|submodule| submodule == path) {
            return PathKind::Elsewhere;
        }
        if self.links.is_empty() && self.submodules.is_empty() {
            return PathKind::Absent;
        }
        for (at, _) in path.match_indices('/') {
            let (folder, rest) = (&path[..at], &path[at + 1..]);
            if self.submodules.iter().any(|submodule| submodule == folder) {
                return PathKind::Elsewhere;
            }
            if let Some(target) = self.links.get(folder) {
                return self.follow(target.as_deref(), rest, hops);
            }
        }
        PathKind::Absent
    }

    fn follow(&self, target: Option<&str>, rest: &str, hops: u32) -> PathKind {
        match (target, hops.checked_sub(1)) {
            (None, _) => PathKind::Elsewhere,
            (Some(_), None) => PathKind::Absent,
            (Some(target), Some(hops)) if rest.is_empty() => self.look_up_bounded(target, hops),
            (Some(target), Some(hops)) => self.look_up_bounded(&format!("{target}/{rest}"), hops),
        }
    }

    /// Whether the tree's own `.gitignore` files leave `path` out: it is generated,
    /// private or installed, and its absence says nothing.
    pub fn is_ignored(&self, path: &str, snapshot: &Snapshot) -> bool {
        self.once(Asked::Whole, path, || {
            let whole = |own: &str| self.ignored_by(own, snapshot, |_| true);
            whole(path) || self.behind(path).is_some_and(|own| whole(&own))
        })
    }

    /// Where the links on the way lead `path` to, at most 16 of them, inside the tree. `None`
    /// where there are none.
    fn behind(&self, path: &str) -> Option<String> {
        let mut at = None;
        for _ in 0..16 {
            let own = at.as_deref().unwrap_or(path);
            let ends = own.match_indices('/').map(|(end, _)| end).chain([own.len()]);
            let followed = ends.into_iter().find_map(|end| {
                let target = self.links.get(&own[..end])?.as_deref()?;
                Some(format!("{target}{}", &own[end..]))
            });
            match followed {
                Some(next) => at = Some(next),
                None => break,
            }
        }
        at
    }

    /// Whether the tree itself says that the file at `path` is put there where the tree is
    /// used: its folder is kept empty by a placeholder, or a sample of it stands beside it.
    pub fn is_supplied(&self, path: &str) -> bool {
        self.is_to_be_put(path) || self.behind(path).is_some_and(|own| self.is_to_be_put(&own))
    }

    fn is_to_be_put(&self, path: &str) -> bool {
        let (folder, name) = split_path(path);
        // The innermost folder that is there.
        let mut kept = folder;
        while !kept.is_empty() && self.under(kept).next().is_none() {
            kept = parent_folder(kept);
        }
        let mut held = self.under(kept).map(|(_, own)| base_name(own));
        // Those of an empty module or role come with its skeleton.
        let is_skeleton = matches!(base_name(kept), "" | "files" | "templates" | "vars");
        if !is_skeleton && held.all(|own| PLACEHOLDERS.contains(&own)) {
            return true;
        }
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let begun = &path[..path.len() - name.len() + stem.len()];
        let from = self.paths.partition_point(|path| path.as_str() < begun);
        let beside = self.paths[from..].iter().map_while(|path| path.strip_prefix(begun));
        !stem.is_empty() && beside.take(LOOKED_AT).any(|rest| is_sample(rest, ending))
            || self.is_decrypted(begun, ending)
    }

    /// Whether the encrypted text of a file that is called as such stands beside it:
    /// `values.enc.yaml` of `values.secrets.yaml`. Others are taken as they are, under their own
    /// name.
    fn is_decrypted(&self, begun: &str, ending: &str) -> bool {
        let words = [".secrets", ".secret", ".decrypted", ".dec"];
        let Some(plain) = words.iter().find_map(|word| begun.strip_suffix(word)) else {
            return false;
        };
        let is_there = |word: &str| {
            let own = format!("{plain}.{word}.{ending}");
            self.places.first(&self.paths, SmolStr::as_str, &own).is_some()
        };
        !ending.is_empty() && ["enc", "sops", "encrypted"].iter().any(|word| is_there(word))
    }

    /// As [`PathIndex::is_ignored`], by a pattern that says more of a path than that it is
    /// at the root and how it ends: `/*.yml` says nothing of `/gone.yml`. Where the tree has no
    /// file with that ending, none of them is kept in it.
    pub fn is_ignored_by_name(&self, path: &str, snapshot: &Snapshot) -> bool {
        let counts = |pattern: &str| {
            let (stem, ending) = pattern.rsplit_once('.').unwrap_or((pattern, ""));
            let has_any = || {
                let ends = |own: &SmolStr| {
                    own.strip_suffix(ending).is_some_and(|rest| rest.ends_with('.'))
                };
                self.paths.iter().any(ends)
            };
            stem.bytes().any(|byte| byte.is_ascii_alphanumeric())
                || stem == "*" && !ending.is_empty() && !has_any()
        };
        self.once(Asked::ByName, path, || self.ignored_by(path, snapshot, counts))
    }

    /// What was found out of a path, if it was asked for before: many files name the same ones.
    fn once(&self, asked: Asked, path: &str, find: impl FnOnce() -> bool) -> bool {
        let known = &self.ignored[asked as usize];
        let known = || known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(path).copied();
        found.unwrap_or_else(|| {
            let found = find();
            known().insert(path.into(), found);
            found
        })
    }

    fn ignored_by(&self, path: &str, snapshot: &Snapshot, counts: impl Fn(&str) -> bool) -> bool {
        let ignores = self.ignores.get_or_init(|| self.read_ignores(snapshot));
        ignores.iter().any(|(folder, ignore)| {
            let inside = match folder.as_str() {
                "" => Some(path),
                folder => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
            };
            inside.is_some_and(|inside| {
                // `repo/*` leaves nothing of the folder `repo`.
                let all = format!("{inside}/any");
                [(inside, false), (inside, true), (&*all, false)].iter().any(|(own, is_dir)| {
                    let matched = ignore.matched_path_or_any_parents(own, *is_dir);
                    let counts = |own: &str| !folder.is_empty() || counts(own);
                    matches!(matched, Match::Ignore(glob) if counts(glob.original()))
                })
            })
        })
    }

    fn read_ignores(&self, snapshot: &Snapshot) -> Vec<(SmolStr, Gitignore)> {
        let files = self
            .paths
            .iter()
            .enumerate()
            .filter(|(_, path)| path.as_str() == ".gitignore" || path.ends_with("/.gitignore"));
        files
            .map(|(ix, path)| {
                let folder = parent_folder(path);
                let mut builder = GitignoreBuilder::new("");
                let bytes = snapshot.contents(ix as FileIx);
                for line in String::from_utf8_lossy(&bytes).lines() {
                    // A line that is no pattern ignores nothing.
                    let _ = builder.add_line(None, line);
                }
                (SmolStr::new(folder), builder.build().unwrap_or_else(|_| Gitignore::empty()))
            })
            .collect()
    }

    /// Whether any path matches `pattern`; a folder counts when the pattern names it.
    pub fn any_match(&self, pattern: &NamePattern) -> bool {
        // `dir/*/x/` names a folder, as `dir/*/x` does.
        if pattern.suffix().ends_with('/') {
            let mut pieces = pattern.pieces();
            if let Some(Piece::Text(last)) = pieces.last_mut() {
                *last = last.trim_end_matches('/').into();
            }
            return self.any_match(&NamePattern::from_pieces(pieces));
        }
        let prefix = pattern.prefix();
        let from = self.paths.partition_point(|path| path.as_str() < prefix);
        let candidates = self.paths[from..].iter().take_while(|path| path.starts_with(prefix));
        for path in candidates {
            if pattern.matches(path) {
                return true;
            }
            for (at, _) in path.match_indices('/') {
                if at >= prefix.len() && pattern.matches(&path[..at]) {
                    return true;
                }
            }
        }
        false
    }
}

/// Files that keep an otherwise empty folder in git.
const PLACEHOLDERS: [&str; 5] = [".gitkeep", ".keep", ".gitignore", ".empty", ".placeholder"];

/// How many files whose names begin alike are looked at.
const LOOKED_AT: usize = 100;

/// Whether a file is to be copied to one whose name ends with `ending`; `rest` is what follows
/// their common beginning: `a.yml.example`, `a.example.yml`, `a-sample.yml`.
fn is_sample(rest: &str, ending: &str) -> bool {
    // `x.part_aa`: a large file in pieces, which are put together where it is used.
    let is_word = |word: &str| {
        matches!(word, "example" | "sample" | "dist" | "template") || word.starts_with("part_")
    };
    let is_ending = |own: &str| ending.is_empty() || own == ending;
    let Some(rest) = rest.strip_prefix(['.', '-', '_']) else { return false };
    match rest.split_once('.') {
        None => ending.is_empty() && is_word(rest),
        Some((first, last)) => {
            is_word(first) && is_ending(last) || is_word(last) && is_ending(first)
        }
    }
}

/// Folders that `.gitmodules` fills and that hold nothing in a plain checkout.
fn uninitialised(snapshot: &Snapshot, paths: &[SmolStr]) -> Vec<SmolStr> {
    let Some(file) = snapshot.find(".gitmodules") else { return Vec::new() };
    let text = snapshot.contents(file);
    let text = String::from_utf8_lossy(&text);
    let named = text.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "path").then(|| SmolStr::new(value.trim().trim_end_matches('/')))
    });
    let is_empty = |folder: &SmolStr| {
        let at = paths.partition_point(|path| path.as_str() < folder.as_str());
        let holds = |path: &SmolStr| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        !folder.is_empty() && !paths[at..].iter().take(2).any(holds)
    };
    named.filter(is_empty).collect()
}
