//! Files that hold nothing to read without a key.

/// The program that encrypted a file, where its first bytes say so.
pub fn encrypted_by(bytes: &[u8]) -> Option<&'static str> {
    const MARKS: &[(&[u8], &str)] = &[
        (b"\0GITCRYPT\0", "git-crypt"),
        (b"$ANSIBLE_VAULT;", "Ansible Vault"),
        (b"ENC[PKCS7,", "hiera-eyaml"),
        (b"ENC[GPG,", "hiera-eyaml"),
        (b"age-encryption.org/v1", "age"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----", "age"),
        (b"-----BEGIN PGP MESSAGE-----", "PGP"),
        // OpenPGP's packets that begin an encrypted message.
        (b"\x85\x01", "PGP"),
        (b"\x85\x02", "PGP"),
        (b"\x84\x5e", "PGP"),
        (b"\x8c\x0d\x04", "PGP"),
    ];
    MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, program)| *program)
}

#[cfg(test)]
mod tests {
    use super::encrypted_by;

    #[test]
    fn by_the_first_bytes() {
        assert_eq!(encrypted_by(b"\0GITCRYPT\0abc"), Some("git-crypt"));
        assert_eq!(encrypted_by(b"$ANSIBLE_VAULT;1.1;AES256\n"), Some("Ansible Vault"));
        assert_eq!(encrypted_by(b"ENC[PKCS7,MIIB]\n"), Some("hiera-eyaml"));
        assert_eq!(encrypted_by(b"a: ENC[PKCS7,MIIB]\n"), None);
        assert_eq!(encrypted_by(b"a: $ANSIBLE_VAULT;1.1\n"), None);
        assert_eq!(encrypted_by(b"\x85ls"), None);
    }
}
