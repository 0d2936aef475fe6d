//! What the contents of source files come to: one word that changes when any of them does.

use std::fs;
use std::io;
use std::path::Path;

/// The 64-bit FNV-1a hash of the files at `places` below `root`, as sixteen hexadecimal
/// digits. A place is a file, or a folder with all that is in it; of a folder's files only
/// those count whose name ends in one of `endings`, so that what an editor leaves behind does
/// not.
///
/// It depends on the files' places below `root` and on their lines, and on nothing else: not
/// on where `root` is, on the order of a folder's entries, or on how lines end.
pub fn hash_of(root: &Path, places: &[&str], endings: &[&str]) -> io::Result<String> {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    for place in places {
        add(root, place, endings, &mut hash)?;
    }
    Ok(format!("{:016x}", hash.0))
}

/// Adds what is at `place`, a path with `/`.
fn add(root: &Path, place: &str, endings: &[&str], hash: &mut Fnv) -> io::Result<()> {
    let path = root.join(place);
    if !path.is_dir() {
        let bytes = fs::read(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("{place}: {error}")))?;
        hash.add(place.as_bytes());
        hash.end();
        let mut lines = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            let is_last = lines.peek().is_none();
            hash.add(if is_last { line } else { line.strip_suffix(b"\r").unwrap_or(line) });
            if !is_last {
                hash.add(b"\n");
            }
        }
        hash.end();
        return Ok(());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(&path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.path().is_dir();
        if is_folder || endings.iter().any(|ending| name.ends_with(ending)) {
            names.push(name);
        }
    }
    names.sort();
    names.iter().try_for_each(|name| add(root, &format!("{place}/{name}"), endings, hash))
}

struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Between a name and contents: a byte that UTF-8 does not have.
    fn end(&mut self) {
        self.add(&[0xff]);
    }
}
