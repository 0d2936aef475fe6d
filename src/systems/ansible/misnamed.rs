//! Modules that are not there: one letter from another's name, in another collection, or called
//! like the command that the module runs.
//!
//! (Source: Ansible, "couldn't resolve module/action"; what its collections hold.)

use super::modules::Short;
use super::published;
use crate::extract::Settings;
use crate::facts::{Entity, Problem, Span, Strength, nearest_of};
use crate::syntax::yaml::Node;
use smol_str::SmolStr;

/// Commands, and what they do, that no module is called by, with the modules that do it.
const COMMANDS: [(&str, &str); 30] = [
    ("adduser", "user"),
    ("apt-get", "apt"),
    ("apt_get", "apt"),
    ("bash", "shell"),
    ("brew", "homebrew"),
    ("chmod", "file"),
    ("chown", "file"),
    ("cp", "copy"),
    ("crontab", "cron"),
    ("curl", "uri"),
    ("echo", "debug"),
    ("firewall-cmd", "firewalld"),
    ("groupadd", "group"),
    ("hostnamectl", "hostname"),
    ("include_playbook", "import_playbook"),
    ("ln", "file"),
    ("mkdir", "file"),
    ("mv", "command"),
    ("print", "debug"),
    ("rm", "file"),
    ("sed", "replace"),
    ("sh", "shell"),
    ("symlink", "file"),
    ("systemctl", "systemd"),
    ("touch", "file"),
    ("untar", "unarchive"),
    ("unzip", "unarchive"),
    ("useradd", "user"),
    ("usermod", "user"),
    ("wget", "get_url"),
];

/// A task whose one word that is no keyword is nearly a module of Ansible's own: `set_facts`.
pub(super) fn misspelt(node: &Node<'_>, short: Short, settings: &Settings) -> Option<Problem> {
    let keywords = settings.packs.words("ansible.keywords.task");
    let keys = node.entries().iter().filter_map(|(key, _)| Some((key.as_str()?, key.span)));
    let mut others =
        keys.filter(|(word, _)| keywords.get(word).is_none() && !word.starts_with("with_"));
    let (Some((word, span)), None) = (others.next(), others.next()) else { return None };
    let own = &settings.ansible_modules;
    if let Some(module) = word.strip_prefix("ansible.builtin.") {
        return (!module.contains('.')).then(|| misspelt_builtin(word, module, span, settings))?;
    }
    if let Some((collection, module)) = own.own_collection(word) {
        let known = collection.modules.iter().chain(&collection.others).map(SmolStr::as_str);
        return (!collection.has(module)).then(|| {
            let near = nearest_of(module, known).map(|near| format!("{}.{near}", collection.name));
            match near {
                Some(_) => absent(word, span, near),
                None => Problem {
                    help: format!("the tree holds `{}`, which has none", collection.name),
                    strength: Strength::Certain,
                    ..absent(word, span, None)
                },
            }
        });
    }
    if let Some((collection, module)) = word.rsplit_once('.') {
        let Some(known) = published::of_collection(collection) else {
            let near = published::near_collection(collection, module)?;
            return (!own.has(module)).then(|| absent(word, span, Some(near)));
        };
        let is_known = known.get(module).is_some() || published::module(word).is_some();
        // A collection that the tree holds is of a version of its own.
        return (!is_known && !own.has(module)).then(|| {
            let near = nearest_of(module, known.names());
            absent(word, span, near.map(|near| format!("{collection}.{near}")))
        });
    }
    let bare = |own: &'static str| move |name: &SmolStr| name.strip_prefix(own).map(SmolStr::new);
    let builtin = || settings.packs.words.keys().filter_map(bare("ansible.module."));
    let is_plain =
        word.len() > 6 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_known = || {
        builtin().any(|known| known == word)
            || published::was_module(word)
            || own.has(word)
            || own.has_program(word)
    };
    let command = COMMANDS.iter().find(|(own, _)| *own == word);
    if let Some((_, meant)) = command.filter(|_| short == Short::Known && !is_known()) {
        return Some(absent(word, span, Some((*meant).to_owned())));
    }
    if !is_plain || is_known() {
        return None;
    }
    let near = builtin().find(|own| strsim::osa_distance(own, word) == 1);
    let near = near.or_else(|| published::near_module(word).map(SmolStr::new))?;
    Some(absent(word, span, Some(near.to_string())))
}

/// A module that the collection of Ansible itself does not have, nor leads to another one.
fn misspelt_builtin(word: &str, module: &str, span: Span, settings: &Settings) -> Option<Problem> {
    let own = &settings.ansible_modules;
    let mut builtin =
        settings.packs.words.keys().filter_map(|own| own.strip_prefix("ansible.module."));
    let is_name = module.bytes().all(|own| own.is_ascii_alphanumeric() || own == b'_');
    if !is_name
        || builtin.clone().any(|known| known == module)
        || published::module(module).is_some()
        || published::was_module(module)
        || own.has(module)
        || own.has_program(module)
    {
        return None;
    }
    let command = COMMANDS.iter().find(|(own, _)| *own == module).map(|(_, meant)| *meant);
    let near = command
        .or_else(|| builtin.find(|own| strsim::osa_distance(own, module) == 1))
        .or_else(|| published::near_module(module))
        .map(|near| format!("ansible.builtin.{near}"));
    Some(match near {
        Some(_) => absent(word, span, near),
        None => Problem {
            help: "no version of Ansible up to 2026 has it".to_owned(),
            ..absent(word, span, None)
        },
    })
}

/// A module that is not there, and what may be meant.
fn absent(word: &str, span: Span, near: Option<String>) -> Problem {
    let meant = near.as_ref().map(SmolStr::new);
    let (strength, help) = match near {
        Some(near) => {
            (Strength::Certain, format!("did you mean `{near}`? Ansible refuses the whole play"))
        }
        None => (Strength::Likely, "no version of the collection up to 2026 has it".to_owned()),
    };
    Problem {
        entity: Some(Entity::parameter("task", word)),
        help,
        strength,
        meant,
        ..Problem::new("unknown-parameter", format!("Ansible has no module `{word}`"), span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, short: Short) -> Option<String> {
        let documents = crate::syntax::yaml::parse(text);
        let task = documents.roots[0].items().first()?;
        misspelt(task, short, &Settings::default()).map(|own| own.help)
    }

    #[test]
    fn modules_of_ansible_itself() {
        let said =
            |module: &str| said(&format!("- name: a\n  {module}: {{src: b}}\n"), Short::Known);
        for (module, near) in
            [("ansible.builtin.tempalte", "template"), ("ansible.builtin.curl", "uri")]
        {
            let help = said(module).unwrap_or_default();
            assert!(help.contains(&format!("`ansible.builtin.{near}`")), "{help}");
        }
        assert!(said("ansible.builtin.wholly_other").is_some());
        // What moved elsewhere is led there.
        for known in ["ansible.builtin.template", "ansible.builtin.docker_container"] {
            assert_eq!(said(known), None, "{known}");
        }
    }

    #[test]
    fn commands_are_no_modules() {
        let task = "- name: a\n  systemctl: {name: b, state: started}\n";
        assert!(said(task, Short::Known).is_some_and(|help| help.contains("`systemd`")));
        assert_eq!(said(task, Short::Listed), None);
        assert_eq!(said("- name: a\n  a.b.systemctl: {name: b}\n", Short::Known), None);
        assert_eq!(said("- name: a\n  systemd: {name: b}\n", Short::Known), None);
    }
}
