//! Files of a binary format that share the ending of a text.

/// Where the first zero of a binary format stands, at the latest.
const HEAD: usize = 1024;

/// Whether bytes are no text, by the marks that formats begin with or by a zero among the first.
pub fn is_packed(bytes: &[u8]) -> bool {
    // Policies of SELinux, packed by bzip2 or not, and gzip.
    let marks: [&[u8]; 3] = [b"\x8f\xff\x7c\xf9", b"BZh", b"\x1f\x8b"];
    // Text of two bytes a letter has zeros too.
    let is_wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let head = &bytes[..bytes.len().min(HEAD)];
    marks.iter().any(|own| bytes.starts_with(own)) || !is_wide && memchr::memchr(0, head).is_some()
}

#[cfg(test)]
mod tests {
    use super::is_packed;

    #[test]
    fn by_the_first_bytes() {
        for packed in [&b"\x8f\xff\x7c\xf9\x01"[..], b"BZh91AY", b"\x1f\x8b\x08", b"a\0b"] {
            assert!(is_packed(packed), "{packed:?}");
        }
        for text in [&b"class a {}"[..], b"", b"\xff\xfec\0", b"caf\xe9"] {
            assert!(!is_packed(text), "{text:?}");
        }
    }
}
