//! Files that a module reads as it is planned.

use crate::facts::split_path;

/// Whether a file is one that a build makes, or that whoever applies the module has: an archive,
/// a key.
pub(super) fn is_brought(path: &str) -> bool {
    let built = ["build", "dist", "node_modules", "out", "target"];
    let (folder, name) = split_path(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    folder.split('/').any(|own| built.contains(&own))
        || matches!(
            ending,
            "crt" | "gz" | "jar" | "key" | "pem" | "pub" | "tgz" | "wasm" | "whl" | "zip"
        )
        || name.starts_with("id_")
}
