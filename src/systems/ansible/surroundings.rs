//! What a tree says of where Ansible finds things: `ansible.cfg`, lists of requirements, the
//! collections that a tree holds.
//!
//! (Source: Ansible's documentation, "Ansible Configuration Settings", "Installing roles and
//! collections from the same requirements.yml file", "Collection Galaxy metadata structure";
//! Zuul's documentation of `roles.yaml`.)

use crate::extract::{Extractor, Settings, Source, Told};
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Problem, Provide, Span, Strength, base_name, join_path,
    kinds, parent_folder, split_path,
};
use crate::syntax::lines::lines;
use crate::syntax::yaml::{Node, Value};
use crate::tree::{EntryKind, Tree};
use smol_str::SmolStr;

/// Extracts search paths and lists of what lives elsewhere.
pub struct Surroundings;

impl Extractor for Surroundings {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        if matches!(base, "ansible.cfg" | "setup.cfg") || is_zuul(path) {
            return true;
        }
        let is_yaml = base.ends_with(".yml") || base.ends_with(".yaml");
        let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
        let listed = stem.contains("requirements") || matches!(stem, "galaxy" | "roles");
        // At the root they are the tree's own, which its users copy out.
        let payload = ["/files/", "/templates/", "hieradata/", "tasks/"];
        is_yaml && listed && !payload.iter().any(|folder| path.contains(folder))
    }

    fn by_contents(&self, path: &str) -> bool {
        !path.ends_with("ansible.cfg")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with("ansible.cfg") {
            configuration(source, out);
            return;
        }
        if is_package(source.path) {
            package(source, out);
            return;
        }
        let roots = &source.yaml().roots;
        if is_zuul(source.path) {
            roots.iter().flat_map(Node::items).for_each(|item| job(item, out));
            // Its roles run beside those of other projects too.
            let span = Span::default();
            add(out, kinds::ANSIBLE_LISTED_COLLECTION, "zuul.jobs", span, "roles");
        } else if base_name(source.path).starts_with("galaxy.") {
            collection(source.path, roots.first(), out);
        } else {
            roots.iter().for_each(|root| requirements(root, out));
        }
    }
}

fn add(out: &mut FileFacts, kind: Kind, name: &str, span: Span, detail: impl Into<Detail>) {
    out.provides.push(Provide {
        kind,
        name: NamePattern::exact(name),
        span,
        within: None,
        detail: detail.into(),
    });
}

/// Whether a file configures Zuul, which runs plays with roles of other projects.
fn is_zuul(path: &str) -> bool {
    let (folder, base) = split_path(path);
    matches!(base, ".zuul.yaml" | "zuul.yaml")
        || matches!(base_name(folder), "zuul.d" | ".zuul.d") && base.ends_with(".yaml")
}

/// The playbooks of one of Zuul's jobs: its base job brings roles of other projects.
///
/// (Source: Zuul's documentation, "Job": `run`, `pre-run`, `post-run`, `cleanup-run`, `roles`.)
fn job(item: &Node<'_>, out: &mut FileFacts) {
    let Some(job) = item.get("job") else { return };
    for key in ["run", "pre-run", "post-run", "cleanup-run"] {
        let Some(node) = job.get(key) else { continue };
        for playbook in std::iter::once(node).chain(node.items()) {
            let Some(path) = playbook.as_str() else { continue };
            // Roles beside a playbook run together with those of other projects.
            if let Some((folder, _)) = path.rsplit_once('/') {
                let roles = format!("{folder}/roles");
                add(
                    out,
                    kinds::ANSIBLE_LISTED_COLLECTION,
                    "zuul.jobs",
                    playbook.span,
                    roles.as_str(),
                );
            }
            for ending in ["", ".yaml", ".yml"] {
                let path = format!("{path}{ending}");
                add(
                    out,
                    kinds::ANSIBLE_LISTED_COLLECTION,
                    "zuul.jobs",
                    playbook.span,
                    path.as_str(),
                );
            }
        }
    }
}

/// A setting of `ansible.cfg`, one a line.
struct Setting<'t> {
    key: &'t str,
    value: &'t str,
    span: Span,
}

fn lines_of(text: &str) -> impl Iterator<Item = Setting<'_>> {
    lines(text).filter_map(|(start, line)| {
        let (key, value) = line.split_once('=')?;
        let value = value.split(" ;").next().unwrap_or_default().trim();
        let span = Span::new(start, start + line.trim_end().len());
        Some(Setting { key: key.trim(), value, span })
    })
}

/// The path in the tree that an entry of the `ansible.cfg` in `folder` means.
fn inside(folder: &str, entry: &str) -> Option<String> {
    match entry.strip_prefix("{{CWD}}/") {
        Some(rest) => join_path("", rest),
        None if entry.starts_with(['~', '$']) => None,
        None => join_path(folder, entry),
    }
}

/// `roles_path = roles:~/.ansible/roles`.
fn configuration(source: &Source<'_>, out: &mut FileFacts) {
    let folder = parent_folder(source.path);
    for setting in lines_of(source.text).filter(|own| own.key == "roles_path") {
        let entries = setting.value.split(':').map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let path = inside(folder, entry).unwrap_or_default();
            add(out, kinds::ANSIBLE_ROLES_PATH, &path, setting.span, entry);
        }
    }
}

/// Where a Python package puts roles so that Ansible finds them beside those of others.
const SHARED_ROLES: &str = "share/ansible/roles";

/// Whether a file describes a Python package.
pub(super) fn is_package(path: &str) -> bool {
    base_name(path) == "setup.cfg"
}

/// `usr/local/share/ansible/roles = roles/*`, in the `data_files` of a package.
///
/// (Source: the manual of pbr, "files".)
fn package(source: &Source<'_>, out: &mut FileFacts) {
    for setting in lines_of(source.text).filter(|own| own.key.ends_with(SHARED_ROLES)) {
        add(out, kinds::ANSIBLE_ROLES_PATH, "", setting.span, setting.key);
    }
}

/// Reads every `ansible.cfg` for the inventories that it names.
pub(super) fn settings(tree: &dyn Tree, told: &mut Told) {
    let mut reader = tree.reader();
    for (ix, entry) in tree.entries().iter().enumerate() {
        if entry.kind == EntryKind::File && base_name(&entry.path) == "ansible.cfg" {
            // One that cannot be read is reported with the rest of the tree.
            let bytes = reader.read(ix).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            told.inventories.extend(inventories(&entry.path, &text));
        }
    }
}

/// Files and folders of the tree that the `ansible.cfg` at `path` calls inventories.
fn inventories(path: &str, text: &str) -> Vec<SmolStr> {
    let folder = parent_folder(path);
    let named = lines_of(text).filter(|own| matches!(own.key, "inventory" | "hostfile"));
    let entries = named.flat_map(|own| own.value.split(',')).map(str::trim);
    let paths = entries.filter(|entry| !entry.is_empty()).filter_map(|entry| inside(folder, entry));
    paths.filter(|path| !path.is_empty()).map(SmolStr::from).collect()
}

/// A collection that the tree holds, and those that it depends on. One whose name is filled
/// in when it is built has none here.
fn collection(path: &str, root: Option<&Node<'_>>, out: &mut FileFacts) {
    let text = |key: &str| root.and_then(|root| root.get(key)).and_then(Node::as_str);
    let folder = parent_folder(path);
    let full = match (text("namespace"), text("name")) {
        (Some(namespace), Some(name)) => format!("{namespace}.{name}"),
        _ => String::new(),
    };
    let name = root.and_then(|root| root.get("name"));
    let span = name.map_or(Span::default(), |name| name.span);
    add(out, kinds::ANSIBLE_COLLECTION, &full, span, Detail::folder_of(folder));
    let Some(root) = root else { return };
    for (name, _) in root.get("dependencies").map(Node::entries).unwrap_or_default() {
        if let Some(text) = name.as_str() {
            add(out, kinds::ANSIBLE_LISTED_COLLECTION, text, name.span, "");
        }
    }
}

/// A list of roles, or a mapping with one of roles and one of collections.
fn requirements(root: &Node<'_>, out: &mut FileFacts) {
    let (roles, collections) = match &root.value {
        Value::Sequence(items) => (items.as_slice(), &[][..]),
        _ => {
            let list = |key: &str| root.get(key).map(Node::items).unwrap_or_default();
            (list("roles"), list("collections"))
        }
    };
    for role in roles {
        out.problems.extend(other_source(role));
        let named = || {
            let node = role.get("name").or(role.get("role"))?;
            let keys = ["version", "scm", "src", "type"];
            let fine = role.entries().len() == 1 || keys.iter().any(|key| role.get(key).is_some());
            Some(Wanted { name: node.as_str().filter(|_| fine)?.to_owned(), span: node.span })
        };
        let plain = || Some(Wanted { name: role_of(role.as_str()?), span: role.span });
        if let Some(Wanted { name, span }) = requirement(role).or_else(named).or_else(plain) {
            add(out, kinds::ANSIBLE_LISTED_ROLE, &name, span, "");
        }
    }
    for own in collections {
        let node = own.get("name").unwrap_or(own);
        if let Some(text) = node.as_str() {
            let name = text.split([':', ',']).next().unwrap_or(text);
            add(out, kinds::ANSIBLE_LISTED_COLLECTION, name, node.span, "");
        }
    }
}

/// A source whose name is that of the role but for two letters that are the other way round.
fn other_source(role: &Node<'_>) -> Option<Problem> {
    let name = role.get("name").and_then(Node::as_str)?;
    let source = role.get("src")?;
    let text = source.as_str()?.trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    let tail = text.len().checked_sub(name.len()).and_then(|at| text.get(at..))?;
    let before = text[..text.len() - tail.len()].chars().next_back();
    let is_near = name.len() > 5
        && tail != name
        && before.is_none_or(|own| matches!(own, '/' | '-' | '.' | '_' | ':'))
        && strsim::osa_distance(tail, name) == 1
        && strsim::levenshtein(tail, name) == 2;
    is_near.then(|| Problem {
        help: "one of the two is misspelt".to_owned(),
        strength: Strength::Likely,
        ..Problem::new(
            "incompatible-value",
            format!("role `{name}` comes from `{tail}`"),
            source.span,
        )
    })
}

/// A role that is installed from elsewhere.
pub(super) struct Wanted {
    pub name: String,
    pub span: Span,
}

/// The role that an entry with a source brings: `src: git+https://example.org/ntp.git`.
pub(super) fn requirement(entry: &Node<'_>) -> Option<Wanted> {
    if let Some(text) = entry.as_str() {
        let is_source = text.contains("://") || text.contains("git@") || text.contains(',');
        return is_source.then(|| Wanted { name: role_of(text), span: entry.span });
    }
    let source =
        entry.get("src").or_else(|| entry.get("source").filter(|_| entry.get("scm").is_some()))?;
    let named = entry.get("name").or(entry.get("role"));
    let name = match named.and_then(Node::as_str) {
        Some(name) => name.to_owned(),
        None => role_of(source.as_str()?),
    };
    Some(Wanted { name, span: source.span })
}

/// The name that a role gets by its source: `SOURCE,VERSION,NAME`.
fn role_of(source: &str) -> String {
    let mut parts = source.split(',').map(str::trim);
    let address = parts.next().unwrap_or_default();
    if let Some(name) = parts.nth(1) {
        return name.to_owned();
    }
    if !address.contains("://") && !address.contains('@') {
        return address.to_owned();
    }
    let base = address.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or(address);
    base.trim_end_matches(".git").trim_end_matches(".tar.gz").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        assert!(Surroundings.claims(path));
        let source = Source::of(path, text);
        Surroundings.extract(&source, &Settings::default(), &mut out);
        let all = out.provides.iter();
        all.map(|own| format!("{}:{}", own.kind, own.name)).collect()
    }

    #[test]
    fn lists_of_requirements_in_all_their_forms() {
        let text = "- src: git+https://example.org/ntp.git\n- src: https://example.org/x\n  name: y\n- a.b\n- https://example.org/z.git,v1\n- name: w\n";
        let names = ["ntp", "y", "a.b", "z", "w"].map(|own| format!("ansible.listed-role:{own}"));
        assert_eq!(read("requirements.yml", text), names);
        let text = "roles:\n- name: a.b\n  version: 1\ncollections:\n- c.d\n- name: e.f\n";
        let names = ["listed-role:a.b", "listed-collection:c.d", "listed-collection:e.f"];
        assert_eq!(read("x/requirements.yaml", text), names.map(|name| format!("ansible.{name}")));
    }

    #[test]
    fn folders_of_roles_by_configuration() {
        let text = "[defaults]\nroles_path = ./roles:../more:/etc/ansible/roles\n";
        let names = ["a/b/roles", "a/more", ""].map(|own| format!("ansible.roles-path:{own}"));
        assert_eq!(read("a/b/ansible.cfg", text), names);
        let text = "namespace: a\nname: b\ndependencies: {c.d: '*'}\n";
        let names = ["ansible.collection:a.b", "ansible.listed-collection:c.d"];
        assert_eq!(read("galaxy.yml", text), names);
    }

    #[test]
    fn inventories_by_configuration() {
        let text = "[defaults]\ninventory = envs/live, ~/hosts, ../common\n";
        assert_eq!(inventories("deploy/ansible.cfg", text), ["deploy/envs/live", "common"]);
    }
}
