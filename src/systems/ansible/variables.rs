//! Files of variables: `group_vars/`, `host_vars/`, and `vars/` and `defaults/` of roles and
//! beside plays.

use super::aimed;
use super::broken::{Stands, detail};
use super::filled_early;
use super::given::supplied;
use super::jinja;
use super::{again, alike, attributes, outside, quotes, shape, twice, typed, unclosed};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Span, kinds, parent_folder, split_path,
};
use crate::syntax::lines::lines;
use crate::syntax::yaml::Form;

/// Extracts the variables that data files set, and what Ansible could not read of them.
pub struct Variables;

impl Extractor for Variables {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        stands(path)
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    /// Any variable may be set.
    fn unread(&self, _path: &str, out: &mut FileFacts) {
        out.provides.push(Provide {
            kind: kinds::ANSIBLE_VARIABLE,
            name: NamePattern::any(),
            span: Span::default(),
            within: None,
            detail: Detail::None,
        });
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        aimed::of_variables(source.path, out);
        if source.text.starts_with("$ANSIBLE_VAULT") {
            return;
        }
        commented(source.text, out);
        let documents = source.yaml();
        if is_ansibles(source.path) {
            let problem = source.yaml_problem(Form::Plain);
            shape::refused(problem, source, &mut out.problems);
            twice::of_values(&documents.roots, &mut out.problems);
            again::of_values(&documents.roots, &mut out.problems);
            for root in &documents.roots {
                quotes::of_values(root, &mut out.problems);
                outside::of_values(root, &mut out.problems);
                unclosed::of_values(root, &mut out.problems);
                typed::of_values(root, &mut out.problems);
                alike::of_values(root, &mut out.problems);
                filled_early::dashes(root, source.text, &mut out.problems);
            }
        }
        if is_filled_in(source.path) {
            jinja::of_values(&documents.roots, source, out);
        }
        // What is marked so is never filled in.
        let is_judged = is_filled_in(source.path) && !source.text.contains("!unsafe");
        for (key, value) in documents.roots.iter().flat_map(|root| root.entries()) {
            // What SOPS says of the file that it encrypted.
            let is_seal = |name: &&str| *name == "sops" && value.get("mac").is_some();
            if let Some(name) = key.as_str().filter(|name| !is_seal(name)) {
                attributes::provided(name, value, key.span, out);
                out.provides.push(Provide {
                    kind: kinds::ANSIBLE_VARIABLE,
                    name: NamePattern::exact(name),
                    span: key.span,
                    within: None,
                    detail: if is_judged { detail(value, Stands::InFile) } else { Detail::None },
                });
            }
        }
    }
}

/// `# name: value`: who needs it takes the mark away, unless a change put it there.
fn commented(text: &str, out: &mut FileFacts) {
    for (start, line) in lines(text) {
        let Some(inner) = line.trim_start().strip_prefix('#') else { continue };
        let inner = inner.trim_start_matches(['#', ' ']);
        let Some((name, _)) = inner.split_once(':') else { continue };
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name {
            let at = start + line.len() - line.trim_start().len();
            let span = Span::new(at, start + line.len());
            supplied(NamePattern::exact(name), span, Detail::Mention, out);
        }
    }
}

/// Whether a file at `path` may be one of variables.
pub(super) fn stands(path: &str) -> bool {
    let (folders, base) = split_path(path);
    let is_yaml = base.ends_with(".yml") || base.ends_with(".yaml");
    let mut folders = folders.split('/');
    // What a generator makes variables of.
    if path.starts_with("templates/") {
        return false;
    }
    if is_yaml {
        folders.any(|part| matches!(part, "group_vars" | "host_vars" | "vars" | "defaults"))
    } else {
        !base.contains('.') && folders.any(|part| matches!(part, "group_vars" | "host_vars"))
    }
}

/// Whether a file holds a role's own variables, which its tasks read.
fn stands_in_role(path: &str) -> bool {
    let folder = parent_folder(path);
    let of_role = ["defaults", "vars"].iter().any(|own| {
        folder
            .split_once(&format!("/{own}"))
            .is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with('/'))
    });
    of_role && (folder.split('/').any(|part| part == "roles") || is_main(path))
}

/// Whether the values of a file are filled in for sure: a role's, or those of hosts.
fn is_filled_in(path: &str) -> bool {
    let of_hosts = ["group_vars/", "host_vars/"].iter().any(|own| path.contains(own));
    stands_in_role(path) || of_hosts || path.starts_with("vars/")
}

/// Whether a file is what roles alone have: `defaults/main.yml`, `vars/main.yml`.
fn is_main(path: &str) -> bool {
    ["defaults/main.yml", "defaults/main.yaml", "vars/main.yml", "vars/main.yaml"].iter().any(
        |own| path.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')),
    )
}

/// Whether Ansible alone puts files of variables there: other tools have folders of that name.
fn is_ansibles(path: &str) -> bool {
    let mut folders = parent_folder(path).split('/');
    let own = |part: &str| matches!(part, "group_vars" | "host_vars" | "roles" | "playbooks");
    let at_root = path.starts_with("vars/");
    !path.contains("/templates/")
        && !path.contains("/files/")
        && (at_root || is_main(path) || folders.any(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sops_says_of_a_file_is_no_variable() {
        let text = "token: ENC[data]\nsops:\n  mac: ENC[data]\n  version: 3.9.0\n";
        let mut out = FileFacts::default();
        let source = Source::of("group_vars/all.sops.yml", text);
        Variables.extract(&source, &Settings::default(), &mut out);
        let variables = out.provides.iter().filter(|own| own.kind == kinds::ANSIBLE_VARIABLE);
        let names: Vec<_> = variables.map(|provide| provide.name.to_string()).collect();
        assert_eq!(names, ["token"]);
        assert!(out.problems.is_empty());
    }
}
