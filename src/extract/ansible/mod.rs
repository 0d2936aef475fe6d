//! Ansible: playbooks, roles, tasks, handlers.
//!
//! (Source: Ansible's documentation of playbooks, roles, the search paths of local files,
//! handlers, and the modules named here.)

mod arguments;
mod commands;
mod deployed;
mod inventory;
mod paths;
mod restarts;
mod specs;
mod tasks;

pub use inventory::Inventory;
pub use specs::RoleArguments;

use super::yaml::{self, Node, Value};
use super::{Extractor, Settings, Source};
use crate::facts::FileFacts;

/// Extracts from playbooks and role files.
pub struct Ansible;

impl Extractor for Ansible {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        let is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
        if !is_yaml || path.contains("group_vars/") || path.contains("host_vars/") {
            return false;
        }
        // A playbook at the root, or one of the folders that Ansible knows.
        let Some((folder, _)) = path.rsplit_once('/') else { return true };
        folder
            .split('/')
            .any(|part| matches!(part, "playbooks" | "roles" | "tasks" | "handlers" | "plays"))
            && !folder.split('/').any(|part| {
                matches!(
                    part,
                    "vars" | "defaults" | "templates" | "files" | "manifests" | "modules"
                )
            })
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let documents = yaml::parse(source.text);
        let is_ours = documents.roots.iter().any(looks_like_ansible)
            || source.path.contains("roles/") && source.path.contains("/meta/");
        // Another tool's YAML at the root is not ours to judge.
        if !is_ours {
            return;
        }
        out.problems.extend(documents.problems);
        let mut file = tasks::File::new(source, out);
        for root in &documents.roots {
            file.document(root);
        }
    }
}

/// A list of plays or tasks.
fn looks_like_ansible(root: &Node<'_>) -> bool {
    let Value::Sequence(items) = &root.value else { return false };
    items.iter().take(20).any(|item| {
        item.entries().iter().any(|(key, _)| {
            key.as_str().is_some_and(|key| {
                matches!(
                    key,
                    "hosts"
                        | "include"
                        | "import_playbook"
                        | "block"
                        | "action"
                        | "local_action"
                        | "import_tasks"
                        | "include_tasks"
                        | "include_role"
                        | "import_role"
                        | "notify"
                ) || tasks::is_module(key)
            })
        })
    })
}
