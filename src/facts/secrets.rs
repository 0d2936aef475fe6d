//! What is often kept out of a repository, by its name: keys, certificates and passwords.

use super::base_name;

/// Endings of keys and of the certificates that belong to them.
const ENDINGS: [&str; 8] = [".key", ".p12", ".pfx", ".jks", ".keytab", ".crt", ".cer", ".pem"];

/// Whether a path names a file that is often kept out of the repository.
pub fn is_secret_path(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let base = base_name(&path);
    ["secret", "secure/", "vault", "private", "password", "credential"]
        .iter()
        .any(|word| path.contains(word))
        || ENDINGS.iter().any(|end| base.ends_with(end))
        || ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"].iter().any(|name| base.starts_with(name))
}

/// Whether a parameter's name says that its value is kept out of the tree.
pub fn is_secret_name(name: &str) -> bool {
    ["pass", "secret", "token", "key", "cert", "credential", "hash_salt"]
        .iter()
        .any(|word| name.contains(word))
        || name.ends_with("_salt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_files_and_of_parameters() {
        assert!(is_secret_path("files/secure/deploy"));
        assert!(is_secret_path("tls/Web.KEY"));
        assert!(is_secret_path("files/server.crt"));
        assert!(!is_secret_path("files/keyboard.conf"));
        assert!(is_secret_name("api_token"));
        assert!(!is_secret_name("port"));
    }
}
