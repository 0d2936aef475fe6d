//! A tree from a tar archive, plain or compressed with gzip, zstd or xz.
//!
//! Members are kept as tar would extract them (the last of a name wins, a hard link has
//! the contents of what it names), but nothing is ever written. A single leading folder
//! is left out only where its name says that an archiver put it there: it equals the
//! archive's own name, or ends in `-` and a version, a commit or that name.

use super::{
    BlobId, Entry, EntryKind, MAX_FILE_SIZE, Reader, Tree, TreeError, TreeProblem, path_text,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tar::EntryType;

/// How far an archive may expand.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes that all its members may have together.
    pub total: u64,
    /// Most bytes for each compressed byte, once `ratio_from` bytes came out.
    pub ratio: u64,
    /// Bytes below which the ratio does not matter.
    pub ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: 2 << 30, ratio: 200, ratio_from: 64 << 20 }
    }
}

/// A member's contents; `None` where it is too large to be kept.
type Contents = Option<Arc<[u8]>>;

/// A tar archive, read once and kept in memory.
pub struct ArchiveTree {
    label: String,
    entries: Vec<Entry>,
    contents: Vec<Contents>,
    problems: Vec<TreeProblem>,
}

impl ArchiveTree {
    /// Reads the archive at `file` within the default limits.
    pub fn open(file: &Path, spec: &str) -> Result<Self, TreeError> {
        Self::open_within(file, spec, Limits::default())
    }

    /// Reads the archive at `file`. One that ends early or expands too far keeps what
    /// could be read, with a problem; one of which nothing can be read is an error.
    pub fn open_within(file: &Path, spec: &str, limits: Limits) -> Result<Self, TreeError> {
        let failed = |reason: String| TreeError::Open { spec: spec.to_owned(), reason };
        let opened = File::open(file).map_err(|error| failed(error.to_string()))?;
        let (unpacked, exceeded) = unpack(opened, limits)
            .map_err(|error| failed(format!("not a readable archive: {error}")))?;
        let mut members = Members::default();
        let end = members.read(unpacked);
        if let Err(error) = end {
            let over = exceeded.load(Ordering::Relaxed);
            if members.found.is_empty() && members.problems.is_empty() && over == 0 {
                // The error itself quotes the file's bytes.
                return Err(failed("a file, but not a readable tar archive".to_owned()));
            }
            let (rule, message) = if over > 0 {
                let message = format!("expands to more than {over} bytes; the rest was not read");
                ("limit-reached", message)
            } else {
                ("parse-error", format!("the archive cannot be read beyond here: {error}"))
            };
            let path = members.last.clone();
            members.problems.push(TreeProblem { path, message, rule });
        }
        members.drop_unreachable();
        members.strip_leading_folder(file);
        let mut entries = Vec::with_capacity(members.found.len());
        let mut contents = Vec::with_capacity(members.found.len());
        for (path, member) in members.found {
            let id = member.contents.as_deref().map(BlobId::of);
            entries.push(Entry {
                path,
                kind: member.kind,
                size: Some(member.size),
                id,
                mark: None,
            });
            contents.push(member.contents);
        }
        Ok(Self { label: spec.to_owned(), entries, contents, problems: members.problems })
    }
}

/// Whether a file has an archive's name.
pub(super) fn is_named_so(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let endings = [".gz", ".xz", ".zst", ".tgz", ".txz", ".tzst"];
    name.ends_with(".tar") || endings.iter().any(|ending| name.ends_with(ending))
}

/// Undoes the compression that the first bytes tell of. The number is set to the bound
/// that was passed, if any is.
fn unpack(file: File, limits: Limits) -> io::Result<(Box<dyn Read>, Arc<AtomicU64>)> {
    let taken = Arc::new(AtomicU64::new(0));
    let mut input = BufReader::new(Counted { inner: file, taken: taken.clone() });
    let magic = io::BufRead::fill_buf(&mut input)?;
    if magic.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it is empty"));
    }
    let mut is_packed = true;
    let inner: Box<dyn Read> = if magic.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(input))
    } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let decoder = ruzstd::decoding::StreamingDecoder::new(input)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        Box::new(decoder)
    } else if magic.starts_with(b"\xfd7zXZ\0") {
        Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(input))
    } else {
        is_packed = false;
        Box::new(input)
    };
    let exceeded = Arc::new(AtomicU64::new(0));
    let bounded = Bounded { inner, taken, given: 0, limits, is_packed, exceeded: exceeded.clone() };
    Ok((Box::new(bounded), exceeded))
}

/// Counts the bytes that are read through it.
struct Counted<R> {
    inner: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(buffer)?;
        self.taken.fetch_add(len as u64, Ordering::Relaxed);
        Ok(len)
    }
}

/// Stops a stream that expands too far.
struct Bounded {
    inner: Box<dyn Read>,
    taken: Arc<AtomicU64>,
    given: u64,
    limits: Limits,
    is_packed: bool,
    exceeded: Arc<AtomicU64>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(buffer)?;
        self.given = self.given.saturating_add(len as u64);
        let by_ratio = self
            .taken
            .load(Ordering::Relaxed)
            .saturating_mul(self.limits.ratio)
            .max(self.limits.ratio_from);
        let bound =
            if self.is_packed { self.limits.total.min(by_ratio) } else { self.limits.total };
        if self.given > bound {
            self.exceeded.store(bound.max(1), Ordering::Relaxed);
            return Err(io::Error::other("it expands too far"));
        }
        Ok(len)
    }
}

struct Member {
    kind: EntryKind,
    size: u64,
    contents: Contents,
}

#[derive(Default)]
struct Members {
    found: BTreeMap<SmolStr, Member>,
    problems: Vec<TreeProblem>,
    /// The member that was begun last.
    last: SmolStr,
}

impl Members {
    fn read(&mut self, unpacked: Box<dyn Read>) -> io::Result<()> {
        let mut archive = tar::Archive::new(unpacked);
        for member in archive.entries()? {
            self.add(&mut member?)?;
        }
        Ok(())
    }

    fn add(&mut self, member: &mut tar::Entry<'_, Box<dyn Read>>) -> io::Result<()> {
        let header = member.header().entry_type();
        if header == EntryType::XGlobalHeader {
            return Ok(());
        }
        let written = path_text(&member.path_bytes());
        self.last = written.clone();
        let Some(path) = inside(&written) else {
            self.report(written, "lies outside the archive's root; it was left out");
            return Ok(());
        };
        if path.is_empty() || header == EntryType::Directory {
            return Ok(());
        }
        let linked = member.link_name_bytes().map(|name| name.into_owned()).unwrap_or_default();
        let size = member.size();
        let found = match header {
            EntryType::Symlink => Member {
                kind: EntryKind::Symlink,
                size: linked.len() as u64,
                contents: Some(linked.into()),
            },
            EntryType::Link => {
                let target = inside(&path_text(&linked));
                match target.and_then(|target| self.found.get(&target)) {
                    Some(target) => Member {
                        kind: target.kind,
                        size: target.size,
                        contents: target.contents.clone(),
                    },
                    None => {
                        self.report(path, "a hard link to what the archive does not hold");
                        return Ok(());
                    }
                }
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let contents =
                    if size > MAX_FILE_SIZE { None } else { Some(contents(member, size)?) };
                Member { kind: EntryKind::File, size, contents }
            }
            _ => {
                self.report(path, "neither a file nor a link; it was left out");
                return Ok(());
            }
        };
        self.found.insert(path, found);
        Ok(())
    }

    fn report(&mut self, path: SmolStr, message: &str) {
        self.problems.push(TreeProblem { path, message: message.into(), rule: "parse-error" });
    }

    /// Leaves out members below another member that is a file or a link: tar would write
    /// them through the link, wherever that leads.
    fn drop_unreachable(&mut self) {
        let below: Vec<SmolStr> = self
            .found
            .keys()
            .filter(|path| {
                path.match_indices('/').any(|(at, _)| self.found.contains_key(&path[..at]))
            })
            .cloned()
            .collect();
        for path in below {
            self.found.remove(&path);
            self.report(path, "lies below a member that is no folder; it was left out");
        }
    }

    fn strip_leading_folder(&mut self, file: &Path) {
        let Some((first, _)) = self.found.keys().next().and_then(|path| path.split_once('/'))
        else {
            return;
        };
        let prefix = format!("{first}/");
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.split(".tar").next().unwrap_or_default();
        let stem = stem.strip_suffix(".tgz").unwrap_or(stem);
        if !is_release_folder(first, stem)
            || !self.found.keys().all(|path| path.starts_with(prefix.as_str()))
        {
            return;
        }
        let strip = |path: &SmolStr| match path.strip_prefix(prefix.as_str()) {
            Some(rest) => SmolStr::new(rest),
            None => path.clone(),
        };
        let found = std::mem::take(&mut self.found);
        self.found = found.into_iter().map(|(path, member)| (strip(&path), member)).collect();
        for problem in &mut self.problems {
            problem.path = strip(&problem.path);
        }
    }
}

fn contents(member: &mut impl Read, size: u64) -> io::Result<Arc<[u8]>> {
    let mut bytes = Vec::new();
    member.take(size).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < size {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ends inside this member"));
    }
    Ok(bytes.into())
}

/// The path without `.` and `..`; `None` where it is absolute or leaves the root.
fn inside(path: &str) -> Option<SmolStr> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/").into())
}

/// Whether `folder` is the one that an archiver puts around everything.
fn is_release_folder(folder: &str, stem: &str) -> bool {
    if folder == stem {
        return true;
    }
    let Some((_, last)) = folder.rsplit_once('-') else { return false };
    let number = last.strip_prefix('v').unwrap_or(last);
    let is_commit =
        (7..=40).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_hexdigit());
    number.starts_with(|c: char| c.is_ascii_digit())
        || is_commit
        || (!stem.is_empty() && folder.ends_with(&format!("-{stem}")))
}

impl Tree for ArchiveTree {
    fn label(&self) -> &str {
        &self.label
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn problems(&self) -> &[TreeProblem] {
        &self.problems
    }

    fn reader(&self) -> Box<dyn Reader + '_> {
        Box::new(ArchiveReader(self))
    }
}

struct ArchiveReader<'t>(&'t ArchiveTree);

impl Reader for ArchiveReader<'_> {
    fn read(&mut self, ix: usize) -> Result<Vec<u8>, TreeError> {
        let tree = self.0;
        let failed = |reason: &str| TreeError::Read {
            path: tree.entries.get(ix).map(|entry| entry.path.to_string()).unwrap_or_default(),
            reason: reason.to_owned(),
        };
        match tree.contents.get(ix) {
            Some(Some(bytes)) => Ok(bytes.to_vec()),
            Some(None) => Err(failed("over the size limit; it was not kept")),
            None => Err(failed("no such member")),
        }
    }
}
