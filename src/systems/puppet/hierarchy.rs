//! `hiera.yaml`: the levels of a hierarchy, as patterns of the data files they read.
//!
//! (Sources: Puppet's manual, "Hiera configuration file (hiera.yaml)", version 5 and 3.)

use crate::extract::{Extractor, Names, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Piece, Problem, Provide, Ref, Require, Span, Strength,
    base_name, join_path, kinds, parent_folder,
};
use crate::syntax::yaml::{self, Documents};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// Extracts from `hiera.yaml`.
pub struct Hierarchy;

/// One level's files.
struct Level {
    /// Folder of its data, in the tree; a pattern where facts are part of it.
    datadir: NamePattern,
    /// The files, below the folder.
    path: NamePattern,
    span: Span,
}

impl Extractor for Hierarchy {
    fn system(&self) -> &'static str {
        "hiera"
    }

    fn claims(&self, path: &str) -> bool {
        // One of several is called after what it is for: `hiera_aws.yml`.
        let name = base_name(path);
        name.starts_with("hiera") && (name.ends_with(".yaml") || name.ends_with(".yml"))
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        interpolations(source.text, out);
        shell_like(source, out);
        // Elsewhere it may be made from something else first.
        if !source.text.contains("<%") && !source.text.contains("{{") {
            let problem = source.yaml_problem(yaml::Form::Either);
            // Old Puppets ran on a Ruby whose YAML took more.
            let is_old = settings.layout.names == Names::Relative;
            out.problems.extend(problem.map(|own| match is_old {
                true => Problem { strength: Strength::Likely, ..own },
                false => own,
            }));
        }
        if reads_elsewhere(source.yaml()) {
            let (name, span) = (NamePattern::exact("/"), Span::default());
            let detail = Detail::None;
            out.provides.push(Provide {
                kind: kinds::HIERA_LEVEL,
                name,
                span,
                within: None,
                detail,
            });
        }
        functions(source.yaml(), out);
        for level in levels(source.path, source.yaml()) {
            out.provides.push(Provide {
                kind: kinds::HIERA_LEVEL,
                name: joined(&level.datadir, &level.path),
                span: level.span,
                within: None,
                detail: Detail::folder_of(level.datadir.prefix()),
            });
        }
    }
}

/// `${::fqdn}` in a level: Hiera fills in `%{…}` alone. (Source: Puppet's manual, "Interpolation".)
fn shell_like(source: &Source<'_>, out: &mut FileFacts) {
    for (start, line) in source.lines() {
        let code = line.trim_start();
        let Some(at) = line.find("${").filter(|_| !code.starts_with('#')) else { continue };
        let is_variable = line[at + 2..].starts_with("::")
            || ["facts.", "trusted."].iter().any(|own| line[at + 2..].starts_with(own));
        let is_level = code.starts_with("- ") || code.starts_with("path: ");
        if !is_level || !is_variable {
            continue;
        }
        let end = line[at..].find('}').map_or(line.len(), |own| at + own + 1);
        let written = &line[at..end];
        let message = format!("Hiera does not fill in `{written}`");
        let span = Span::new(start + at, start + end);
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.help = format!("write `%{}`: this level is never found", &written[1..]);
        out.problems.push(problem);
    }
}

/// Functions of modules that look up the data of a level.
fn functions(documents: &Documents<'_>, out: &mut FileFacts) {
    let Some(root) = documents.roots.first() else { return };
    let levels = root.get("hierarchy").into_iter().flat_map(|own| own.items());
    for level in levels.chain(root.get("defaults")) {
        let backends = ["lookup_key", "data_hash", "data_dig"];
        for name in backends.into_iter().filter_map(|key| level.get(key)) {
            if let Some(text) = name.as_str().filter(|own| own.contains("::")) {
                let target = Ref::exact(kinds::PUPPET_FUNCTION, text);
                out.requires.push(Require::certain(target, name.span, "hierarchy", None));
            }
        }
    }
}

/// Folders, in the tree, that the hierarchy at `path` reads data from.
pub fn datadirs(path: &str, documents: &Documents<'_>) -> Vec<SmolStr> {
    let exact = |level: Level| level.datadir.as_exact().cloned();
    let mut folders: Vec<SmolStr> = levels(path, documents).into_iter().filter_map(exact).collect();
    folders.sort();
    folders.dedup();
    folders
}

/// Whether a hierarchy reads data that is in no file of the tree: folders of the server,
/// other backends than files of YAML or JSON.
fn reads_elsewhere(documents: &Documents<'_>) -> bool {
    let Some(root) = documents.roots.first() else { return false };
    let absolute = |node: &yaml::Node<'_>| {
        node.get("datadir").and_then(|node| node.as_str()).is_some_and(|own| own.starts_with('/'))
    };
    if let Some(hierarchy) = root.get("hierarchy") {
        let paths = ["path", "paths", "glob", "globs", "mapped_paths"];
        return root.get("defaults").is_some_and(absolute)
            || hierarchy
                .items()
                .iter()
                .any(|level| absolute(level) || paths.iter().all(|key| level.get(key).is_none()));
    }
    let backends = root.get(":backends").or_else(|| root.get("backends"));
    let is_file = |text: &str| matches!(text.trim_start_matches(':'), "yaml" | "eyaml" | "json");
    backends.is_some_and(|own| {
        own.items().iter().chain([own]).filter_map(|own| own.as_str()).any(|own| !is_file(own))
    })
}

/// Variables of the top scope that `%{…}` reads.
pub(super) fn interpolations(text: &str, out: &mut FileFacts) {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for at in memchr::memmem::find_iter(text.as_bytes(), b"%{") {
        let rest = text[at + 2..].trim_start_matches(':');
        let rest =
            rest.strip_prefix("facts.").or_else(|| rest.strip_prefix("trusted.")).unwrap_or(rest);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let name = &rest[..end.unwrap_or(rest.len())];
        if !name.is_empty() && !rest[name.len()..].starts_with(['(', ':']) && seen.insert(name) {
            let start = name.as_ptr() as usize - text.as_ptr() as usize;
            let target = Ref::exact(kinds::PUPPET_TOP_SCOPE, name);
            let span = Span::new(start, start + name.len());
            let require = Require::certain(target, span, "%{}", None);
            out.requires.push(require.with_strength(Strength::Guarded));
        }
    }
}

/// Whether a hierarchy is of version 5, which Puppet 4 brought.
pub fn is_version_5(documents: &Documents<'_>) -> bool {
    let version = documents.roots.first().and_then(|root| root.get("version")?.as_str());
    version == Some("5")
}

fn levels(path: &str, documents: &Documents<'_>) -> Vec<Level> {
    let folder = parent_folder(path);
    let Some(root) = documents.roots.first() else { return Vec::new() };
    match root.get("hierarchy") {
        Some(hierarchy) => version_5(folder, root, hierarchy),
        None => version_3(root),
    }
}

fn version_5(folder: &str, root: &yaml::Node<'_>, hierarchy: &yaml::Node<'_>) -> Vec<Level> {
    let default = root.get("defaults").and_then(|defaults| defaults.get("datadir")?.as_str());
    let mut levels = Vec::new();
    for level in hierarchy.items() {
        let datadir = level.get("datadir").and_then(|node| node.as_str()).or(default);
        let datadir = datadir.unwrap_or("data").trim_end_matches('/');
        // A folder outside the environment is not in the tree.
        if datadir.starts_with('/') {
            continue;
        }
        let datadir = interpolated(datadir);
        let Some(datadir) = in_folder(folder, &datadir) else { continue };
        let one = ["path", "glob"].into_iter().filter_map(|key| level.get(key));
        let many = ["paths", "globs"].into_iter().filter_map(|key| level.get(key));
        let nodes = one.chain(many.flat_map(|list| list.items()));
        for node in nodes {
            let Some(text) = node.as_str() else { continue };
            levels.push(Level {
                datadir: datadir.clone(),
                path: interpolated(text),
                span: node.span,
            });
        }
        // `mapped_paths: [VARIABLE, NAME, TEMPLATE]`: the template holds `%{NAME}`.
        if let Some([.., template]) = level.get("mapped_paths").map(|node| node.items())
            && let Some(text) = template.as_str()
        {
            let path = interpolated(text);
            levels.push(Level { datadir: datadir.clone(), path, span: template.span });
        }
    }
    levels
}

/// Version 3 names its data folder as it is on the server: only its last part says which
/// folder of the tree it is. A level that two backends read has a file of either ending.
fn version_3(root: &yaml::Node<'_>) -> Vec<Level> {
    let symbol = |name: &str| root.get(name).or_else(|| root.get(&name[1..]));
    let Some(hierarchy) = symbol(":hierarchy") else { return Vec::new() };
    let folder_of = |backend: &str| {
        let backend = symbol(backend)?;
        let datadir = backend.get(":datadir").or_else(|| backend.get("datadir"))?.as_str()?;
        let folder = datadir.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        (!folder.is_empty() && !folder.contains('%')).then_some(folder)
    };
    let text = |text: &str| Piece::Text(text.into());
    let found = match (folder_of(":yaml"), folder_of(":json")) {
        (Some(yaml), Some(json)) if yaml == json => vec![(yaml, vec![text("."), Piece::Hole])],
        (yaml, json) => [(yaml, ".yaml"), (json, ".json")]
            .into_iter()
            .filter_map(|(folder, ending)| Some((folder?, vec![text(ending)])))
            .collect(),
    };
    let named = hierarchy.items().iter().filter_map(|node| Some((node.as_str()?, node.span)));
    let single = hierarchy.as_str().map(|text| (text, hierarchy.span));
    let names: Vec<_> = named.chain(single).collect();
    let level = |folder: &str, ending: &[Piece], (text, span): (&str, Span)| Level {
        datadir: NamePattern::exact(folder),
        path: NamePattern::from_pieces(
            interpolated(text).pieces().into_iter().chain(ending.iter().cloned()),
        ),
        span,
    };
    let of_folder = |(folder, ending): &(&str, Vec<Piece>)| {
        names.iter().map(|name| level(folder, ending, *name)).collect::<Vec<_>>()
    };
    found.iter().flat_map(of_folder).collect()
}

/// The text with a hole for each `%{…}` and each wildcard.
fn interpolated(text: &str) -> NamePattern {
    NamePattern::with_holes(text, |rest| {
        let mut from = 0;
        loop {
            let at = from + rest[from..].find(['%', '*', '?', '{', '['])?;
            let after = &rest[at..];
            let end = match after.as_bytes()[0] {
                b'%' if !after.starts_with("%{") => {
                    from = at + 1;
                    continue;
                }
                b'%' | b'{' => after.find('}'),
                b'[' => after.find(']'),
                _ => Some(0),
            };
            return Some(at..end.map_or(rest.len(), |end| at + end + 1));
        }
    })
}

fn joined(folder: &NamePattern, path: &NamePattern) -> NamePattern {
    let slash = [Piece::Text("/".into())];
    NamePattern::from_pieces(folder.pieces().into_iter().chain(slash).chain(path.pieces()))
}

fn in_folder(folder: &str, datadir: &NamePattern) -> Option<NamePattern> {
    match datadir {
        NamePattern::Exact(own) => join_path(folder, own).map(NamePattern::exact),
        pattern if folder.is_empty() => Some(pattern.clone()),
        pattern => Some(pattern.prepend(&format!("{folder}/"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, text: &str) -> Vec<String> {
        levels(path, &yaml::parse(text))
            .iter()
            .map(|level| joined(&level.datadir, &level.path).to_string())
            .collect()
    }

    #[test]
    fn version_5_paths_globs_and_maps() {
        let text = "version: 5\ndefaults: {datadir: conf}\nhierarchy:\n- name: a\n  paths: ['os/%{facts.os.family}.yaml', common.yaml]\n- name: b\n  datadir: more\n  glob: '*.yaml'\n- name: c\n  mapped_paths: [services, s, 'svc/%{s}.yaml']\n- name: d\n  datadir: /etc/secret\n  path: x.yaml\n";
        assert_eq!(
            names("modules/web/hiera.yaml", text),
            [
                "modules/web/conf/os/*.yaml",
                "modules/web/conf/common.yaml",
                "modules/web/more/*.yaml",
                "modules/web/conf/svc/*.yaml"
            ]
        );
        assert_eq!(
            datadirs("modules/web/hiera.yaml", &yaml::parse(text)),
            ["modules/web/conf", "modules/web/more"]
        );
    }

    #[test]
    fn version_3_names_the_last_folder() {
        let text = ":backends: [yaml]\n:yaml:\n  :datadir: /etc/puppet/hieradata\n:hierarchy:\n- 'hosts/%{::fqdn}'\n- common\n";
        assert_eq!(names("hiera.yaml", text), ["hieradata/hosts/*.yaml", "hieradata/common.yaml"]);
        let json = text.replace(":yaml:", ":json:");
        assert_eq!(names("hiera.yaml", &json), ["hieradata/hosts/*.json", "hieradata/common.json"]);
        let both = format!("{text}:json:\n  :datadir: /srv/hieradata\n");
        assert_eq!(names("hiera.yaml", &both), ["hieradata/hosts/*.*", "hieradata/common.*"]);
    }
}
