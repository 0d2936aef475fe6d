//! What a file system tells of a file without reading it.

use super::BlobId;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a file has been as it is before its times are trusted. What changed within one tick of
/// a file system's clock may change again and show the same time; the coarsest tick is that of FAT,
/// two seconds. Git calls such entries of its index racy.
const SETTLED: Duration = Duration::from_secs(3);

/// A file as the file system tells it from others and from itself at other times: a hash of its
/// path, its number, its size and when it was last written and last changed, to the nanosecond. The
/// last of these nobody can set: what is written, put in its place or given another date has
/// another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(pub [u8; 20]);

impl Mark {
    /// The mark of a file that was looked at after `now`; `None` where it may change once more and
    /// keep it, or where the file system does not tell enough.
    pub fn of(path: &Path, found: &Metadata, now: SystemTime) -> Option<Self> {
        let nanoseconds =
            |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        let written = nanoseconds(found.mtime(), found.mtime_nsec());
        let changed = nanoseconds(found.ctime(), found.ctime_nsec());
        let now = i128::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()?;
        let settled = i128::try_from(SETTLED.as_nanos()).ok()?;
        let is_told = found.is_file() && found.ino() != 0 && changed > 0;
        if !is_told || written.max(changed) + settled >= now {
            return None;
        }
        let mut text = path.as_os_str().as_bytes().to_vec();
        text.push(0);
        for own in [found.dev(), found.ino(), found.size()] {
            text.extend_from_slice(&own.to_le_bytes());
        }
        for own in [written, changed] {
            text.extend_from_slice(&own.to_le_bytes());
        }
        let BlobId(hash) = BlobId::of(&text);
        (hash != [0; 20]).then_some(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn mark(path: &Path, now: SystemTime) -> Option<Mark> {
        Mark::of(path, &fs::symlink_metadata(path).expect("there"), now)
    }

    fn later() -> SystemTime {
        SystemTime::now() + 2 * SETTLED
    }

    #[test]
    fn what_is_written_again_with_its_old_size_and_date_has_another_mark() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        fs::write(&path, "one").expect("written");
        let date = fs::metadata(&path).and_then(|own| own.modified()).expect("dated");
        let first = mark(&path, later()).expect("settled");
        assert_eq!(mark(&path, later()), Some(first));
        std::thread::sleep(Duration::from_millis(50));
        fs::write(&path, "two").expect("written");
        fs::File::options()
            .write(true)
            .open(&path)
            .and_then(|own| own.set_modified(date))
            .expect("dated");
        assert_ne!(mark(&path, later()), Some(first));
        // Another file in its place.
        let other = folder.path().join("b");
        fs::write(&other, "one").expect("written");
        fs::rename(&other, &path).expect("moved");
        assert_ne!(mark(&path, later()), Some(first));
    }

    #[test]
    fn what_has_just_changed_has_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        fs::write(&path, "one").expect("written");
        assert_eq!(mark(&path, SystemTime::now()), None);
        // An old date says nothing: anybody can set it.
        fs::File::options()
            .write(true)
            .open(&path)
            .and_then(|own| own.set_modified(UNIX_EPOCH + Duration::from_secs(1)))
            .expect("dated");
        assert_eq!(mark(&path, SystemTime::now()), None);
        // Nor does a date to come.
        let ahead = SystemTime::now() + 10 * SETTLED;
        fs::File::options()
            .write(true)
            .open(&path)
            .and_then(|own| own.set_modified(ahead))
            .expect("dated");
        assert_eq!(mark(&path, later()), None);
        assert_eq!(mark(folder.path(), later()), None);
    }
}
