//! Files that tasks write on the control node, among the tree's own: a later play reads them.
//!
//! (Source: Ansible's documentation, "Controlling where tasks run: delegation and local
//! actions"; `fetch` always writes there.)

use super::arguments::{Arguments, Text};
use super::tasks::File;
use crate::domain::beside::names_its_folder;
use crate::facts::{
    NamePattern, Piece, Ref, Relation, Strength, Via, Wording, join_path, kinds, parent_folder,
};
use smallvec::smallvec;

/// How a task takes in a template whose delimiters it sets.
pub(super) const OWN_DELIMITERS: Wording = "template with its own delimiters";

/// Variables that stand for a folder of the tree.
const OWN_FOLDERS: [&str; 3] = ["playbook_dir", "role_path", "inventory_dir"];

impl File<'_, '_> {
    /// How a task names a file that is read where it is put.
    pub(super) fn carries(source: &Text) -> Option<Via> {
        names_its_folder(&source.text).then(|| Relation::Carries.called("copy"))
    }

    /// How a module takes in a file.
    pub(super) fn filled_by(module: &str, arguments: &Arguments) -> Wording {
        const DELIMITERS: [&str; 6] = [
            "block_end_string",
            "block_start_string",
            "comment_end_string",
            "comment_start_string",
            "variable_end_string",
            "variable_start_string",
        ];
        match module {
            "template" if DELIMITERS.iter().any(|own| arguments.get(own).is_some()) => {
                OWN_DELIMITERS
            }
            "template" => "template",
            _ => "copy",
        }
    }

    /// The same by the end of its path, where a variable stands before it.
    pub(super) fn carried(&mut self, source: &Text) {
        let Some(via) = Self::carries(source) else { return };
        let tail = source.text.strip_prefix("{{").and_then(|rest| rest.split_once("}}"));
        let Some((_, tail)) = tail.filter(|(_, tail)| tail.matches('/').count() > 1) else {
            return;
        };
        if !tail.contains(['{', '*', '?']) && !tail.contains("..") {
            let tail = tail.trim_start_matches('/');
            let name = NamePattern::from_pieces([Piece::Hole, Piece::Text(tail.into())]);
            let target = Ref::new(kinds::FILE, name);
            self.push(smallvec![target], source.span, via, Strength::Guarded);
        }
    }

    /// Provides the file that a task of `module` writes, where its path is one of the tree.
    pub(super) fn written(&mut self, module: &str, arguments: &Arguments) {
        if !self.local && module != "fetch" {
            return;
        }
        let dest = match module {
            "lineinfile" | "blockinfile" => arguments.get("path").or(arguments.get("dest")),
            _ => arguments.get("dest"),
        };
        let Some(dest) = dest else { return };
        let path = match dest.text.strip_prefix("{{").and_then(|rest| rest.split_once("}}")) {
            Some((variable, rest)) if OWN_FOLDERS.contains(&variable.trim()) => {
                rest.trim_start_matches('/')
            }
            Some(_) => return,
            None => dest.text.as_str(),
        };
        // Where it is one of a folder's, the folder is what is known.
        let known = path.find("{{").map_or(path, |at| parent_folder(&path[..at]));
        if known.is_empty() || known.starts_with(['/', '~', '$']) {
            return;
        }
        let known = known.trim_start_matches("../");
        if let Some(known) = join_path("", known).filter(|own| !own.is_empty()) {
            self.provide(kinds::WRITTEN_FILE, NamePattern::exact(known), dest.span, "");
        }
    }
}
