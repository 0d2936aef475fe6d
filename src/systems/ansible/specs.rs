//! Role arguments: what a role's `argument_specs` asks for, and what uses of the role pass.
//!
//! (Source: Ansible's documentation, "Role argument validation".)

use super::given::supplied;
use super::variables;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Arg, Call, Detail, Entity, FileFacts, Interface, NamePattern, Param, Ref, base_name, kinds,
    parent_folder,
};
use crate::syntax::yaml::Node;
use memchr::memmem;
use smallvec::smallvec;
use smol_str::{SmolStr, format_smolstr};

/// Extracts role arguments.
pub struct RoleArguments;

impl Extractor for RoleArguments {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
        is_yaml
            && !variables::stands(path)
            && (is_specs(path) || {
                let folder = parent_folder(path);
                folder.is_empty()
                    || folder.split('/').any(|part| matches!(part, "playbooks" | "tasks" | "plays"))
            })
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
        has("argument_specs") || has("roles:") || has("_role") || !has("- ")
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        // What is wrong with the YAML is said by the extractor that the file belongs to.
        for root in &source.yaml().roots {
            if is_specs(source.path) {
                specs(source.path, root, out);
            } else {
                uses(root, 0, out);
            }
        }
    }
}

fn is_specs(path: &str) -> bool {
    let Some((folder, base)) = path.rsplit_once('/') else { return false };
    let folder = folder.ends_with("/meta");
    folder && (base.starts_with("argument_specs.") || base.starts_with("main."))
}

/// `roles/NAME/meta/…`.
fn specs(path: &str, root: &Node<'_>, out: &mut FileFacts) {
    let role = path.rsplit('/').nth(2).unwrap_or_default();
    for (_, point) in root.get("argument_specs").map(Node::entries).unwrap_or_default() {
        for (name, _) in point.get("options").map(Node::entries).unwrap_or_default() {
            if let Some(text) = name.as_str() {
                supplied(NamePattern::exact(text), name.span, Detail::None, out);
            }
        }
    }
    for (point, spec) in root.get("argument_specs").map(Node::entries).unwrap_or_default() {
        let (Some(point), Some(options)) = (point.as_str(), spec.get("options")) else { continue };
        let entity = Entity::new(kinds::ANSIBLE_ROLE, entry_point(role, point));
        // A role reads variables beyond its arguments, and none is refused.
        let own = Interface::new(entity, params(options), options.span);
        out.interfaces.push(Interface { open: true, ..own });
    }
}

/// What a role is called by one of its entry points: `main` is the role's own.
fn entry_point(role: &str, point: &str) -> SmolStr {
    if point == "main" { role.into() } else { format_smolstr!("{role}:{point}") }
}

fn params(options: &Node<'_>) -> Vec<Param> {
    let params = options.entries().iter().filter_map(|(name, option)| {
        let text = |key: &str| option.get(key).and_then(Node::as_str).map(SmolStr::new);
        let choices = option.get("choices").map(|list| list.items()).unwrap_or_default();
        Some(Param {
            required: text("required")
                .is_some_and(|own| matches!(own.as_str(), "true" | "yes" | "True")),
            choices: choices.iter().filter_map(Node::as_str).map(SmolStr::new).collect(),
            ty: text("type").unwrap_or_default(),
            default: text("default").unwrap_or_default(),
            ..Param::new(name.as_str()?, name.span)
        })
    });
    params.collect()
}

/// `roles: [{role: x, port: 1}]`, `include_role: {name: x}` with `vars:` beside.
fn uses(node: &Node<'_>, depth: u32, out: &mut FileFacts) {
    if depth > 24 {
        return;
    }
    for (key, value) in node.entries() {
        let Some(name) = key.as_str() else { continue };
        if name == "roles" {
            for role in value.items() {
                call(role, &[role, node], out);
            }
        } else if name.ends_with("include_role") || name.ends_with("import_role") {
            call(value, &[node], out);
        }
        uses(value, depth + 1, out);
    }
    node.items().iter().for_each(|item| uses(item, depth + 1, out));
}

/// A use of a role; variables come from its own keys and from `vars` of the holders.
fn call(role: &Node<'_>, holders: &[&Node<'_>], out: &mut FileFacts) {
    let named = role.get("role").or(role.get("name"));
    let (text, span) = match (named, role.as_str()) {
        (Some(node), _) => (node.as_str(), node.span),
        (None, text) => (text, role.span),
    };
    let Some(name) = text.filter(|name| !name.contains("{{") && !name.contains('=')) else {
        return;
    };
    let own = role.entries().iter().filter(|(key, _)| {
        !key.as_str().is_some_and(|key| {
            matches!(key, "role" | "name" | "vars" | "tags" | "when" | "become" | "tasks_from")
        })
    });
    let vars =
        holders.iter().filter_map(|holder| holder.get("vars")).flat_map(|vars| vars.entries());
    let args: Vec<Arg> = own
        .chain(vars)
        .filter_map(|(key, value)| {
            let text = value.as_str().filter(|text| !text.contains("{{"));
            Some(Arg { name: key.as_str()?.into(), value: text.map(SmolStr::new), span: key.span })
        })
        .collect();
    // `vars_files`, `vars_prompt` and facts may bring more; whoever is asked for the hosts of a
    // play is asked for other variables too.
    let open = holders.iter().any(|holder| {
        let hosts = holder.get("hosts").and_then(Node::as_str);
        ["vars_files", "vars_prompt", "pre_tasks", "apply"]
            .iter()
            .any(|key| holder.get(key).is_some())
            || hosts.is_some_and(|hosts| hosts.contains("{{"))
    });
    // Another file of its tasks is another entry point.
    let point = match role.get("tasks_from").map(Node::as_str) {
        None => "main",
        Some(Some(own)) if !own.contains("{{") => own.split('.').next().unwrap_or(own),
        Some(_) => return,
    };
    let name = entry_point(base_name(name), point);
    let any_of = smallvec![Ref::exact(kinds::ANSIBLE_ROLE, name)];
    out.calls.push(Call { args, open, ..Call::new(any_of, span, "role") });
}
