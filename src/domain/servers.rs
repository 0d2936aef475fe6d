//! Configurations of servers: where they lie.

use crate::facts::base_name;
use crate::syntax::paths::rendered;

/// Folders that hold configurations of web servers, one a site or a part.
const FOLDERS: &[&str] = &["sites-", "conf.d", "vhost", "conf-", "snippets", "httpd", "apache"];

/// Endings that other languages have: no configuration of a server is called so.
const OTHERS: &[&str] = &[
    ".pp",
    ".yml",
    ".yaml",
    ".json",
    ".py",
    ".rb",
    ".sh",
    ".md",
    ".rst",
    ".html",
    ".php",
    ".js",
    ".css",
    ".go",
    ".pl",
    ".pm",
    ".service",
    ".toml",
    ".txt",
    ".xml",
    ".ini",
    ".csv",
    ".key",
    ".crt",
    ".pem",
    ".lua",
    ".cfg",
    ".vcl",
    ".properties",
    ".sql",
    ".adoc",
    ".java",
    ".c",
    ".h",
];

/// Whether a file at `path` may be a configuration of the server with this name, by the path:
/// what it ends with, and the folders that it lies in.
pub(crate) fn may_configure(path: &str, server: &str) -> bool {
    let base = base_name(path);
    let own = rendered(base);
    if own.ends_with(".conf") || own.ends_with(".vhost") || own == ".htaccess" {
        return true;
    }
    let is_template = own.len() < base.len();
    let has_ending = own.contains('.') && OTHERS.iter().any(|ending| own.ends_with(ending));
    if has_ending {
        return false;
    }
    // `sites-available/default`, `templates/nginx/site.j2`.
    let folder = &path[..path.len() - base.len()];
    base.contains(server)
        || folder.contains(server)
        || FOLDERS.iter().any(|word| folder.contains(word))
        || is_template && FOLDERS.iter().any(|word| base.contains(word))
}
