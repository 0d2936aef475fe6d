//! Configurations of servers: where they lie.

use crate::facts::{
    Detail, Extent, FileFacts, Kind, NamePattern, Problem, Provide, Reading, Ref, Require, Span,
    Strength, base_name, is_handed_out, join_path, kinds, parent_folder, rendered,
};

/// Folders that hold configurations of web servers, one a site or a part.
const FOLDERS: &[&str] = &["sites-", "conf.d", "vhost", "snippets"];

/// Endings that no configuration of a server has; a site may be called after its domain.
const OTHERS: &[&str] = &[
    "adoc",
    "bash",
    "bat",
    "bin",
    "c",
    "cc",
    "cfg",
    "cpp",
    "crt",
    "css",
    "csv",
    "dat",
    "deb",
    "gif",
    "go",
    "gz",
    "h",
    "hpp",
    "html",
    "ico",
    "ini",
    "jar",
    "java",
    "jpg",
    "js",
    "json",
    "key",
    "log",
    "lua",
    "map",
    "md",
    "patch",
    "pem",
    "php",
    "pl",
    "pm",
    "png",
    "pp",
    "properties",
    "ps1",
    "py",
    "rb",
    "rpm",
    "rs",
    "rst",
    "scss",
    "service",
    "sh",
    "snippet",
    "snippets",
    "so",
    "spec",
    "sql",
    "svg",
    "tar",
    "tf",
    "tgz",
    "toml",
    "ts",
    "txt",
    "vcl",
    "vim",
    "war",
    "xml",
    "yaml",
    "yml",
    "zip",
];

/// The last part of a path, as a file is called once its template is filled in.
pub(crate) fn installed_name(path: &str) -> &str {
    rendered(base_name(path))
}

/// The file at `path` as others include it, by the last part of its name: how much of a
/// configuration it is, and of its own text.
pub(crate) fn included(kind: Kind, path: &str, extent: Extent, reading: Reading) -> Provide {
    Provide {
        kind,
        name: NamePattern::exact(installed_name(path)),
        span: Span::default(),
        within: None,
        detail: Detail::File(extent, reading),
    }
}

/// How much of a configuration a file is that its server cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    /// The server reads it from its beginning to its end, by the file's name: `nginx.conf`.
    pub is_whole: bool,
    /// It is a main file, by what stands in it.
    pub is_main: bool,
    /// The server reads it as a site or a part of a configuration, by its folder.
    pub is_part: bool,
}

/// What is said of a file that a server cannot read. Pieces of a file may be kept apart, and
/// joined where they are installed: of one of them, `nginx.conf.top`, it says nothing that a
/// block is not closed.
pub(crate) fn refused(mut problem: Problem, stand: Stand) -> Option<Problem> {
    let is_half =
        problem.message.contains("never closed") || problem.message.contains("closes nothing");
    if is_half && !stand.is_whole && !stand.is_part {
        return None;
    }
    if !stand.is_main && !stand.is_part {
        problem.strength = Strength::Likely;
    }
    Some(problem)
}

/// How certain it is that a server lacks what a configuration at `path` includes. What a role or
/// module hands out lies among files that others put on the same hosts.
pub(crate) fn of_include(path: &str) -> Strength {
    match is_handed_out(path) {
        true => Strength::Likely,
        false => Strength::Certain,
    }
}

/// Whether a file at `path` may be a configuration of a server that is called so: by what it
/// ends with, and the folders that it lies in.
pub(crate) fn may_configure(path: &str, names: &[&str]) -> bool {
    let base = base_name(path);
    let own = installed_name(base);
    let ending = own.rsplit_once('.').map_or("", |(_, ending)| ending);
    if matches!(ending, "conf" | "vhost" | "htaccess") {
        return true;
    }
    // `nginx.cfg`, and nothing else of what is called so.
    let is_named = ending == "cfg" && names.contains(&own.trim_end_matches(".cfg"));
    if OTHERS.binary_search(&ending).is_ok() && !is_named || own.starts_with("README") {
        return false;
    }
    // `sites-available/default`, `templates/nginx/site.j2`.
    let folder = &path[..path.len() - base.len()];
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    has(base, names) || has(folder, names) || has(folder, FOLDERS) || has(own, FOLDERS)
}

/// Provides a name of a server's configuration; `sort` is what it names: `acl`, `host`.
pub(crate) fn provide(sort: &str, name: &NamePattern, span: Span, out: &mut FileFacts) {
    let name = name.prepend(&format!("{sort} "));
    let kind = kinds::SERVER_NAME;
    out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
}

/// Requires such a name. What else may define it is not known, so only that it went is reported.
pub(crate) fn require(
    sort: &str,
    (name, span): (&str, Span),
    via: &'static str,
    strength: Strength,
    out: &mut FileFacts,
) {
    let target = Ref::exact(kinds::SERVER_NAME, format!("{sort} {name}"));
    out.requires.push(Require::certain(target, span, via, None).with_strength(strength));
}

/// Requires the file of a path on the host that the file at `from` names, where that lies in an
/// overlay of the host's root; a relative path is one beside it. It may be there from elsewhere,
/// so only that it went is reported.
pub(crate) fn require_file(
    from: &str,
    (path, span): (&str, Span),
    via: &'static str,
    strength: Strength,
    out: &mut FileFacts,
) {
    let Some(target) = in_overlay(from, path) else { return };
    let target = Ref::exact(kinds::PAYLOAD_FILE, target);
    out.requires.push(Require::certain(target, span, via, None).with_strength(strength));
}

/// The path of the tree that a path of the host stands for: `image/etc/ssl/a.pem` for
/// `/etc/ssl/a.pem` in `image/etc/nginx/nginx.conf`.
fn in_overlay(from: &str, path: &str) -> Option<String> {
    let Some(inner) = path.strip_prefix('/') else { return join_path(parent_folder(from), path) };
    let begins = |at: &usize| *at == 0 || from[..*at].ends_with('/');
    let tops = ["etc/", "usr/", "opt/", "srv/"].iter();
    let at = tops.filter_map(|top| from.find(top).filter(begins)).min()?;
    join_path(&from[..at], inner)
}

/// Folders of one server whose files are parts of its configuration.
const PARTS: &[&str] = &[
    "conf-available",
    "conf-enabled",
    "conf.d",
    "conf.modules.d",
    "http.d",
    "mods-available",
    "mods-enabled",
    "modules-enabled",
    "sites-available",
    "sites-enabled",
    "snippets",
    "stream.d",
    "streams-enabled",
    "vhost.d",
    "vhosts.d",
];

/// Whether a file lies where only parts of the configuration of a server lie that is called so.
pub(crate) fn is_part(path: &str, names: &[&str]) -> bool {
    let mut above = path.rsplit('/').skip(1);
    let is_part = above.next().is_some_and(|folder| PARTS.binary_search(&folder).is_ok());
    is_part && above.any(|folder| names.iter().any(|name| folder.contains(name)))
}

/// The first line that says something, and is no comment.
pub(crate) fn first_line<'b>(bytes: &'b [u8], comment: &[u8]) -> Option<&'b [u8]> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.find(|line| !line.is_empty() && !line.starts_with(comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_hosts_in_the_tree() {
        let own = |from, path| in_overlay(from, path);
        assert_eq!(own("a/etc/x/y.conf", "/usr/lib/z").as_deref(), Some("a/usr/lib/z"));
        assert_eq!(own("etc/x/y.conf", "/srv/z").as_deref(), Some("srv/z"));
        assert_eq!(own("x/y.conf", "z.conf").as_deref(), Some("x/z.conf"));
        assert_eq!(own("x/y.conf", "/etc/z"), None);
    }

    #[test]
    fn paths_that_may_be_configurations() {
        assert!(OTHERS.is_sorted() && PARTS.is_sorted());
        let may = |path: &str| may_configure(path, &["nginx"]);
        for path in ["a.conf", "a.conf.j2", "nginx/sites-enabled/a.example.org", "files/nginx.erb"]
        {
            assert!(may(path), "{path}");
        }
        for path in [
            "a.pp",
            "nginx/a.sh",
            "nginx/tasks/main.yml",
            "conf.d/README",
            "b.cfg.erb",
            "nginx.vim/a.snippets",
        ] {
            assert!(!may(path), "{path}");
        }
    }
}
