//! Configurations of servers: where they lie.

use crate::facts::{
    Detail, Extent, Kind, NamePattern, Problem, Provide, Reading, Span, Strength, base_name,
    is_handed_out, rendered,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_may_be_configurations() {
        assert!(OTHERS.is_sorted());
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
