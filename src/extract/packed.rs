//! Files of a binary format that share the ending of a text.

/// Whether bytes are no text, by the marks that formats begin with. What is merely damaged has none.
pub fn is_packed(bytes: &[u8]) -> bool {
    // Policies of SELinux, packed by bzip2 or not, and gzip.
    let marks: [&[u8]; 3] = [b"\x8f\xff\x7c\xf9", b"BZh", b"\x1f\x8b"];
    marks.iter().any(|own| bytes.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::is_packed;

    #[test]
    fn by_the_first_bytes() {
        for packed in [&b"\x8f\xff\x7c\xf9\x01"[..], b"BZh91AY", b"\x1f\x8b\x08"] {
            assert!(is_packed(packed), "{packed:?}");
        }
        for text in [&b"class a {}"[..], b"", b"\xff\xfec\0", b"a\0b", b"caf\xe9"] {
            assert!(!is_packed(text), "{text:?}");
        }
    }
}
