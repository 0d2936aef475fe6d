//! Jsonnet: the files that a file imports, and those whose text it takes in.
//!
//! A path counts from the file that imports it, and then from the folders that the interpreter
//! is told to search (`-J`, `JSONNET_PATH`), which no file says. So only what was here before is
//! missed. (Source: Jsonnet's specification, "Lexing" and "Imports"; Jsonnet's
//! "Language Reference": "Imports".)

mod mounted;

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Ref, Relation, Require, Span, join_path, kinds, parent_folder};
use crate::systems::System;

/// Jsonnet.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "jsonnet"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Imports, &mounted::Mounted]
    }
}

/// Extracts the imports of Jsonnet.
pub struct Imports;

impl Extractor for Imports {
    fn system(&self) -> &'static str {
        "jsonnet"
    }

    fn claims(&self, path: &str) -> bool {
        [".jsonnet", ".libsonnet", ".jsonnet.TEMPLATE"].iter().any(|ending| path.ends_with(ending))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let folder = parent_folder(source.path);
        for (keyword, path, at) in imports(source.text) {
            let Some(target) = join_path(folder, path).filter(|_| !path.starts_with('/')) else {
                continue;
            };
            let relation = if keyword == "import" { Relation::Uses } else { Relation::Carries };
            let span = Span::new(at, at + path.len());
            let target = Ref::exact(kinds::PAYLOAD_FILE, target);
            out.requires.push(Require::certain(target, span, relation.called(keyword), None));
        }
    }
}

/// The imports of a text: the keyword, the path, and where that stands.
fn imports(text: &str) -> Vec<(&'static str, &str, usize)> {
    let mut out = Vec::new();
    let mut keyword = None;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let next = at + first.len_utf8();
        at = if first == '#' || rest.starts_with("//") {
            rest.find('\n').map_or(text.len(), |len| at + len)
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(text.len(), |len| at + len + 2)
        } else if rest.starts_with("|||") {
            keyword = None;
            block_end(text, at)
        } else if matches!(first, '\'' | '"') {
            let verbatim = text[..at].ends_with('@');
            let end = string_end(text, next, first, verbatim);
            if let Some(keyword) = keyword.take()
                && let Some(path) = text.get(next..end).filter(|path| !path.is_empty())
            {
                out.push((keyword, path, next));
            }
            (end + 1).min(text.len())
        } else if first.is_alphabetic() || first == '_' {
            let is_end = |c: char| !(c.is_alphanumeric() || c == '_');
            let end = rest.find(is_end).map_or(text.len(), |len| at + len);
            let all = ["import", "importstr", "importbin"];
            keyword = all.into_iter().find(|own| *own == &text[at..end]);
            end
        } else {
            if !first.is_whitespace() && !matches!(first, '@' | '(') {
                keyword = None;
            }
            next
        };
    }
    out
}

/// Where the quote stands that ends a string.
fn string_end(text: &str, from: usize, quote: char, verbatim: bool) -> usize {
    let mut chars = text[from..].char_indices();
    while let Some((at, own)) = chars.next() {
        if own == '\\' && !verbatim {
            chars.next();
        } else if own == quote {
            return from + at;
        }
    }
    text.len()
}

/// Behind the `|||` that ends a block of text: the first that begins a line.
fn block_end(text: &str, from: usize) -> usize {
    let mut at = from + 3;
    while let Some(len) = text[at..].find("|||") {
        let line = text[..at + len].rfind('\n').map_or(0, |newline| newline + 1);
        let begins = line > from && text[line..at + len].trim().is_empty();
        at += len + 3;
        if begins {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::imports;

    #[test]
    fn imports_stand_outside_of_texts_and_remarks() {
        let text = "local a = import 'a.libsonnet';\n// import 'no'\n# import 'no'\n/* import 'no' */\n\
            { x: (importstr \"./b.yaml\"), y: 'import \"no\"', z: |||\n  import 'no'\n|||,\n  w: importbin @'c' }";
        let found: Vec<_> = imports(text).into_iter().map(|(own, path, _)| (own, path)).collect();
        let wanted = [("import", "a.libsonnet"), ("importstr", "./b.yaml"), ("importbin", "c")];
        assert_eq!(found, wanted);
        for broken in ["import '", "|||", "/*", "import @", "é import 'x"] {
            imports(broken);
        }
    }
}
