//! Addresses of files.

use lsp_types::Uri;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// The path of a `file:` address; `None` of any other.
pub fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let path = &rest[rest.find('/')?..];
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(path.len());
    let mut all = path.bytes();
    while let Some(byte) = all.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [all.next()?, all.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    (!bytes.contains(&0)).then(|| PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

/// The address of a file.
pub fn of(path: &Path) -> Option<Uri> {
    let mut text = String::from("file://");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back() {
        for own in ["/a/b c.pp", "/ü/%41", "/a#b?c", "/"] {
            let uri = of(Path::new(own)).expect("an address");
            assert_eq!(path(&uri), Some(PathBuf::from(own)), "{}", uri.as_str());
        }
    }

    #[test]
    fn others_have_none() {
        for text in ["untitled:1", "file:///a%zz", "file:///a%0", "file:///a%00b", "https://a/b"] {
            assert_eq!(text.parse().ok().and_then(|uri| path(&uri)), None, "{text}");
        }
    }
}
