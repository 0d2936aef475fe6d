//! The whole facts of a repository, as they stand at the beginning of a file of facts.
//!
//! Whoever hands such a file over may have made it up: what it says of its own sizes is not
//! believed, what it holds is bounded, and it is either sound to its end or refused.

use super::LEVEL;
use super::record::{Record, is_path};
use crate::facts;
use crate::loader::Given;
use crate::tree::Entry;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::io::{self, Read, Take, Write};

/// How a file of Parquet begins.
const PARQUET: &[u8; 4] = b"PAR1";
/// How whole facts begin. Its number is raised with the format.
const MAGIC: &[u8; 19] = b"crosscheck fleet 1\n";
/// Most bytes of a head.
const MOST_OF_HEAD: u32 = 64 << 10;
/// Most bytes of one file's record.
const MOST_OF_RECORD: u32 = 32 << 20;
/// Most bytes of all records together: some four million facts.
const MOST: u64 = 256 << 20;
/// How much of it may come out of one packed byte, beside [`UNPACKED_ALWAYS`]: an empty fact is one
/// byte in the file and a hundred in memory, and a thousand of them are packed into one.
const MOST_UNPACKED: u64 = 100;
/// Bytes that any file may unpack to.
const UNPACKED_ALWAYS: u64 = 4 << 20;
/// Letters of the longest name of a repository, and of a revision.
const LONGEST: usize = 200;

/// Whose facts they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the facts.
    pub version: String,
    /// What the repository is called, which is the folder that it is joined as.
    pub repository: String,
    /// The revision; empty where it is not known.
    pub revision: String,
    /// How many files there are.
    files: u64,
}

impl Head {
    /// The head of facts that this program writes.
    pub fn new(repository: &str, revision: &str) -> Self {
        Self {
            version: facts::version().to_owned(),
            repository: repository.to_owned(),
            revision: revision.to_owned(),
            files: 0,
        }
    }
}

/// Why a file of facts is not used.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// It cannot be read.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// It is something else.
    #[error(
        "it holds no facts of a repository; `crosscheck facts --format parquet` writes such files, \
         and what another program has written anew from one has the table alone"
    )]
    Other,
    /// Another version wrote it.
    #[error(
        "another version of crosscheck wrote it (facts {0}, where this one has {own}): write it \
         again with this one", own = facts::version()
    )]
    Version(String),
    /// It is not what it says.
    #[error("it is damaged: {0}")]
    Unsound(&'static str),
}

/// The whole facts of one repository.
#[derive(Debug)]
pub struct Bundle {
    /// Whose they are.
    pub head: Head,
    /// Its paths, sorted.
    pub(super) entries: Vec<Entry>,
    given: Vec<Given>,
    pub(super) lines: Vec<Vec<u32>>,
}

impl Bundle {
    /// Reads the whole facts that stand at the beginning of `from`.
    ///
    /// # Errors
    /// Where they are of another version, or not sound.
    pub fn read(from: &mut impl Read) -> Result<Self, Damage> {
        let head = head(from)?;
        if head.version != facts::version() {
            return Err(Damage::Version(head.version.escape_debug().take(40).collect()));
        }
        let mut eight = [0; 8];
        from.read_exact(&mut eight)?;
        let packed = from.take(u64::from_le_bytes(eight));
        let mut records = ZlibDecoder::new(packed).take(MOST + 1);
        let (mut entries, mut given, mut lines) = (Vec::<Entry>::new(), Vec::new(), Vec::new());
        while let Some(record) = record(&mut records)? {
            let parts = record.into_parts();
            let (entry, facts, own) = parts.ok_or(Damage::Unsound("a file that no tree has"))?;
            if entries.last().is_some_and(|last| last.path >= entry.path) {
                return Err(Damage::Unsound("its paths are not in order"));
            }
            entries.push(entry);
            given.push(facts);
            lines.push(own);
        }
        if entries.len() as u64 != head.files {
            return Err(Damage::Unsound("files are missing"));
        }
        Ok(Self { head, entries, given, lines })
    }

    /// What the repository is called.
    pub fn name(&self) -> &str {
        &self.head.repository
    }

    /// What is known of its files, each by its path below the folder that it is joined as.
    pub fn given(&self) -> impl Iterator<Item = (SmolStr, Given)> {
        let folder = &self.head.repository;
        self.entries.iter().zip(&self.given).map(move |(entry, own)| {
            (SmolStr::from(format!("{folder}/{}", entry.path)), own.clone())
        })
    }
}

/// Whose facts stand at the beginning of `from`.
///
/// # Errors
/// Where none do.
pub fn head_of(from: &mut impl Read) -> Result<Head, Damage> {
    head(from)
}

fn head(from: &mut impl Read) -> Result<Head, Damage> {
    let mut magic = [0; PARQUET.len() + MAGIC.len()];
    from.read_exact(&mut magic).map_err(|_| Damage::Other)?;
    if magic.strip_prefix(PARQUET) != Some(MAGIC.as_slice()) {
        return Err(Damage::Other);
    }
    let bytes = prefixed(from, MOST_OF_HEAD)?.ok_or(Damage::Unsound("it has no head"))?;
    let head: Head =
        postcard::from_bytes(&bytes).map_err(|_| Damage::Unsound("its head is none"))?;
    if !is_name(&head.repository) || head.revision.len() > LONGEST {
        return Err(Damage::Unsound("the name of its repository is none"));
    }
    Ok(head)
}

/// Whether a repository may be called so: a path that a tree is joined as.
pub fn is_name(text: &str) -> bool {
    let is_part = |part: &str| !part.starts_with('.') && !part.chars().any(char::is_control);
    text.len() <= LONGEST && is_path(text) && text.split('/').all(is_part)
}

/// The next record; none at the end of all.
fn record<R: Read>(from: &mut Take<ZlibDecoder<R>>) -> Result<Option<Record>, Damage> {
    let Some(bytes) = prefixed(from, MOST_OF_RECORD)? else { return Ok(None) };
    if is_bomb(from.get_ref().total_in(), from.get_ref().total_out()) {
        return Err(Damage::Unsound("it unpacks to far more than it holds"));
    }
    let record = postcard::from_bytes(&bytes);
    record.map(Some).map_err(|_| Damage::Unsound("facts that this program cannot have written"))
}

/// Whether more comes out of the packed bytes than out of those that this program packs.
fn is_bomb(packed: u64, unpacked: u64) -> bool {
    unpacked > packed.saturating_mul(MOST_UNPACKED).saturating_add(UNPACKED_ALWAYS)
}

/// Bytes with their number before them; none at the end.
fn prefixed(from: &mut impl Read, most: u32) -> Result<Option<Vec<u8>>, Damage> {
    let mut four = [0; 4];
    let mut read = 0;
    while let Some(rest) = four.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) if read == 0 => return Ok(None),
            Ok(0) => return Err(Damage::Unsound("it ends too early")),
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Damage::Unsound("it cannot be unpacked")),
        }
    }
    let length = u32::from_le_bytes(four);
    if length > most {
        return Err(Damage::Unsound("it holds more than is read"));
    }
    // Room is made for what comes, not for what is said to come.
    let mut bytes = Vec::new();
    let taken = from.take(u64::from(length)).read_to_end(&mut bytes);
    taken.map_err(|_| Damage::Unsound("it cannot be unpacked"))?;
    if bytes.len() as u64 != u64::from(length) {
        return Err(Damage::Unsound("it ends too early"));
    }
    Ok(Some(bytes))
}

/// The bytes that stand behind the first four of a file of facts.
///
/// # Errors
/// Where there are more facts than are read again.
pub fn encode(head: &Head, records: impl Iterator<Item = Record>) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::other("more facts than one file holds");
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(LEVEL));
    let (mut files, mut total) = (0, 0);
    for record in records {
        let bytes = postcard::to_stdvec(&record).map_err(io::Error::other)?;
        let length = u32::try_from(bytes.len()).map_err(|_| too_large())?;
        total += u64::from(length) + 4;
        if length > MOST_OF_RECORD || total > MOST {
            return Err(too_large());
        }
        packed.write_all(&length.to_le_bytes())?;
        packed.write_all(&bytes)?;
        files += 1;
    }
    let mut packed = packed.finish()?;
    // What repeats itself so often is kept as it is, to be read again.
    if is_bomb(packed.len() as u64, total) {
        let mut plain = ZlibEncoder::new(Vec::new(), Compression::none());
        io::copy(&mut ZlibDecoder::new(packed.as_slice()), &mut plain)?;
        packed = plain.finish()?;
    }
    let head = postcard::to_stdvec(&Head { files, ..head.clone() }).map_err(io::Error::other)?;
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&(head.len() as u32).to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    out.extend_from_slice(&packed);
    Ok(out)
}
