//! Package indexes: what a repository, or a host's cache of one, offers.
//!
//! (Sources: rpm-md metadata as `createrepo_c` writes it; Debian repository format,
//! `Packages` and `Release`.)

mod debian;
mod rpm;
pub mod version;

use crate::packs::Pack;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most bytes that one compressed index may expand to (1 GiB).
const MAX_EXPANDED: u64 = 1 << 30;

/// The packaging system of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// RPM: `epoch:version-release`.
    Rpm,
    /// Debian: `epoch:upstream-revision`.
    Debian,
}

/// What a run knows about packages beyond its trees.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Indexes, in the order they were given.
    pub indexes: Arc<[Index]>,
    /// Which package brings what, as the team declares it: `kind:name` → package.
    pub brings: BTreeMap<String, String>,
    /// Built-in packs and the tree's own.
    pub packs: Arc<Pack>,
    /// Versions of the commands that run on the hosts, by name.
    pub versions: BTreeMap<String, SmolStr>,
}

/// One index.
#[derive(Debug, Clone)]
pub struct Index {
    /// How the user calls it: `host-cache`, `repository`; else its path.
    pub name: String,
    /// Its packaging system.
    pub system: System,
    /// Versions by package name, as the index writes them, sorted and unique.
    pub versions: BTreeMap<SmolStr, Vec<SmolStr>>,
    /// Which package brings a path, where file lists are given. Kept are paths below
    /// folders that configurations load from: extensions, skins, commands.
    pub paths: BTreeMap<SmolStr, SmolStr>,
    /// When the index was made, seconds since 1970, where it says so itself.
    pub made: Option<u64>,
}

/// An index that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the package index {path}: {reason}")]
pub struct IndexError {
    path: String,
    reason: String,
}

impl IndexError {
    fn new(path: &Path, reason: impl ToString) -> Self {
        Self { path: path.display().to_string(), reason: reason.to_string() }
    }
}

impl Index {
    /// Reads `[NAME=]PATH`: a folder with `repodata/` or with `Packages` files below it,
    /// a `primary.xml` or `Packages` file (`.gz`, `.xz`, `.zst` too), or a `repomd.xml`.
    ///
    /// # Errors
    /// Where nothing at the path is an index, or one is broken.
    pub fn open(spec: &str) -> Result<Self, IndexError> {
        let (name, path) = match spec.split_once('=') {
            Some((name, path)) if !name.contains('/') => (name, path),
            _ => (spec, spec),
        };
        let path = Path::new(path);
        let mut index = Self {
            name: name.to_owned(),
            system: System::Rpm,
            versions: BTreeMap::new(),
            paths: BTreeMap::new(),
            made: None,
        };
        if path.is_dir() {
            index.read_dir(path)?;
        } else {
            index.read_file(path)?;
        }
        for versions in index.versions.values_mut() {
            versions.sort();
            versions.dedup();
        }
        Ok(index)
    }

    fn read_dir(&mut self, path: &Path) -> Result<(), IndexError> {
        let mut found = false;
        let mut files: Vec<PathBuf> = walkdir::WalkDir::new(path)
            .max_depth(8)
            .follow_links(false)
            .into_iter()
            .filter_map(|entry| entry.ok())
            .filter(|entry| entry.file_type().is_file())
            .map(walkdir::DirEntry::into_path)
            .collect();
        files.sort();
        for file in &files {
            let base = file.file_name().unwrap_or_default().to_string_lossy();
            if let Some(package) = base.strip_suffix(".list") {
                // dpkg's own records: `PACKAGE[:ARCH].list`, a path a line.
                found = true;
                self.system = System::Debian;
                let package = package.split(':').next().unwrap_or(package);
                let text = String::from_utf8_lossy(&read(file)?).into_owned();
                text.lines().for_each(|path| self.add_path(path, package));
            } else if base == "repomd.xml" || is_debian_index(&base) {
                found = true;
                self.read_file(file)?;
            } else if base == "Release" || base == "InRelease" || base.ends_with("_Release") {
                self.made = self.made.max(debian::release_date(&read(file)?));
            }
        }
        // A folder with only a primary file, without repomd.xml.
        if !found {
            for file in &files {
                let base = file.file_name().unwrap_or_default().to_string_lossy();
                if base.contains("primary.xml") {
                    found = true;
                    self.read_file(file)?;
                }
            }
        }
        if found {
            Ok(())
        } else {
            Err(IndexError::new(path, "no repodata/repomd.xml and no Packages file in it"))
        }
    }

    fn read_file(&mut self, path: &Path) -> Result<(), IndexError> {
        let base = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let failed = |reason: String| IndexError::new(path, reason);
        if base == "repomd.xml" {
            let repomd = rpm::repomd(&read(path)?).map_err(failed)?;
            self.made = self.made.max(repomd.made);
            // `href` is relative to the folder that holds `repodata/`.
            let root = path.parent().and_then(Path::parent).unwrap_or(Path::new("."));
            let primary = join_below(root, &repomd.primary).ok_or_else(|| {
                failed(format!(
                    "its primary file {} is missing, or lies outside the repository",
                    repomd.primary
                ))
            })?;
            rpm::primary(&read(&primary)?, &mut self.versions)
                .map_err(|reason| IndexError::new(&primary, reason))?;
            let lists = repomd.filelists.as_deref().and_then(|href| join_below(root, href));
            if let Some(lists) = lists {
                let bytes = read(&lists)?;
                rpm::filelists(&bytes, &mut |path, package| self.add_path(path, package))
                    .map_err(|reason| IndexError::new(&lists, reason))?;
            }
            return Ok(());
        }
        if is_debian_index(&base) {
            self.system = System::Debian;
            debian::packages(&read(path)?, &mut self.versions);
            return Ok(());
        }
        if base.contains("primary.xml") {
            return rpm::primary(&read(path)?, &mut self.versions).map_err(failed);
        }
        Err(failed("neither repomd.xml, primary.xml nor Packages".into()))
    }

    fn add_path(&mut self, path: &str, package: &str) {
        let loaded = ["/extensions/", "/skins/", "/bin/", "/sbin/"];
        if loaded.iter().any(|folder| path.contains(folder)) {
            self.paths.insert(SmolStr::new(path), SmolStr::new(package));
        }
    }

    /// Whether the index offers `wanted` of `package`; `None` where it does not know the
    /// package at all. A glob such as `1.2*` is offered where any version matches it.
    pub fn offers(&self, package: &str, wanted: &str) -> Option<bool> {
        let versions = self.versions.get(package)?;
        if version::is_glob(wanted) {
            return Some(version::any_matches(versions, wanted));
        }
        Some(versions.iter().any(|offered| match self.system {
            System::Rpm => version::rpm_satisfies(offered, wanted),
            System::Debian => version::compare_debian(offered, wanted).is_eq(),
        }))
    }
}

fn is_debian_index(base: &str) -> bool {
    let stem = base.split('.').next().unwrap_or(base);
    (stem == "Packages" || base.contains("_Packages")) && !base.ends_with(".diff")
}

/// `root/relative` where that is a regular file that stays below `root`, links resolved.
fn join_below(root: &Path, relative: &str) -> Option<PathBuf> {
    let relative = Path::new(relative);
    let plain = relative.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let file = plain.then(|| root.join(relative))?.canonicalize().ok()?;
    (file.starts_with(root.canonicalize().ok()?) && file.is_file()).then_some(file)
}

/// Contents of a file, decompressed by its magic bytes.
fn read(path: &Path) -> Result<Vec<u8>, IndexError> {
    let failed = |error: std::io::Error| IndexError::new(path, error);
    // A pipe or a device would never end.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(IndexError::new(path, "it is not a regular file"));
    }
    let raw = std::fs::read(path).map_err(failed)?;
    let mut out = Vec::new();
    let mut decoder: Box<dyn Read + '_> = if raw.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::read::MultiGzDecoder::new(raw.as_slice()))
    } else if raw.starts_with(&[0xfd, b'7', b'z', b'X', b'Z']) {
        Box::new(liblzma::read::XzDecoder::new_multi_decoder(raw.as_slice()))
    } else if raw.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let decoder = ruzstd::decoding::StreamingDecoder::new(raw.as_slice())
            .map_err(|error| IndexError::new(path, error))?;
        Box::new(decoder)
    } else {
        return Ok(raw);
    };
    let read = decoder.as_mut().take(MAX_EXPANDED + 1).read_to_end(&mut out).map_err(failed)?;
    if read as u64 > MAX_EXPANDED {
        return Err(IndexError::new(path, "expands to more than 1 GiB"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rpm_repository_with_file_lists() {
        let folder = tempfile::tempdir().expect("a folder");
        let repodata = folder.path().join("repodata");
        std::fs::create_dir(&repodata).expect("made");
        let write =
            |name: &str, text: &str| std::fs::write(repodata.join(name), text).expect("written");
        write(
            "repomd.xml",
            "<repomd><revision>7</revision><data type=\"primary\"><location href=\"repodata/p.xml\"/></data><data type=\"filelists\"><location href=\"repodata/f.xml\"/></data></repomd>",
        );
        write(
            "p.xml",
            "<metadata><package><name>wiki-badges</name><version epoch=\"1\" ver=\"2.0\" rel=\"3\"/></package></metadata>",
        );
        write(
            "f.xml",
            "<filelists><package name=\"wiki-badges\"><file>/usr/share/mediawiki/extensions/Badges/Badges.php</file><file>/usr/share/doc/x</file></package></filelists>",
        );
        let index = Index::open(&format!("repo={}", folder.path().display())).expect("an index");
        assert_eq!(index.name, "repo");
        assert_eq!(index.made, Some(7));
        assert_eq!(index.offers("wiki-badges", "2.0-3"), Some(true));
        assert_eq!(index.offers("wiki-badges", "2.0-4"), Some(false));
        assert_eq!(index.offers("other", "1"), None);
        assert_eq!(index.paths.len(), 1);
    }

    #[test]
    fn a_debian_index_and_what_is_no_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "Package: nginx\nVersion: 1.22.1-9\n\nPackage: nginx\nVersion: 1.18.0-6\n";
        std::fs::write(folder.path().join("Packages"), text).expect("written");
        let index = Index::open(&folder.path().display().to_string()).expect("an index");
        assert_eq!(index.offers("nginx", "1.18.0-6"), Some(true));
        assert_eq!(index.offers("nginx", "1.20"), Some(false));
        assert_eq!(index.offers("nginx", "1.22*"), Some(true));
        assert_eq!(index.offers("nginx", "1.20*"), Some(false));
        std::fs::write(folder.path().join("repomd.xml"), "<repomd><data").expect("written");
        assert!(Index::open(&folder.path().display().to_string()).is_err());
        assert!(Index::open("/nonexistent/index").is_err());
    }
}
