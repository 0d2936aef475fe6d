//! `pyproject.toml`: the commands that a project installs, and the packages that it depends on.
//!
//! (Sources: the `pyproject.toml` specification; setuptools', Poetry's documentation.)

use super::entries::{Layout, depends};
use crate::facts::{FileFacts, Span, parent_folder};
use std::ops::Range;
use toml_edit::{Item, Key, Value};

/// Where a build writes the version that it took from the repository. (Sources: setuptools-scm's,
/// hatch-vcs', pdm-backend's, versioningit's documentation.)
const WRITTEN: [&str; 6] = [
    "tool.setuptools_scm.version_file",
    "tool.setuptools_scm.write_to",
    "tool.hatch.build.hooks.vcs.version-file",
    "tool.hatch.build.hooks.version.path",
    "tool.pdm.version.write_to",
    "tool.versioningit.write.file",
];

/// `pyproject.toml`. What is no TOML is not read, neither here nor by what builds the package.
pub(super) fn read(path: &str, text: &str, out: &mut FileFacts) {
    let Ok(file) = toml_edit::Document::parse(text) else { return };
    let find = |path: &str| path.split('.').try_fold(file.as_item(), |item, key| item.get(key));
    let mut layout = Layout { folder: parent_folder(path), ..Layout::default() };
    for table in ["project.name", "tool.poetry.name"] {
        if let Some((name, span)) = find(table).and_then(Item::as_value).and_then(literal) {
            layout.built(name, span, out);
        }
    }
    for table in WRITTEN {
        if let Some((file, span)) = find(table).and_then(Item::as_value).and_then(literal) {
            layout.written(file, span, out);
        }
    }
    for (text, span) in strings(find("project.dependencies")) {
        depends(text, span, out);
    }
    if let Some(folders) = find("tool.setuptools.package-dir").and_then(Item::as_table_like) {
        let known = folders.iter().filter_map(|(name, own)| Some((name, own.as_str()?)));
        layout.packages.extend(known.map(|(name, folder)| (name.to_owned(), folder.to_owned())));
    }
    let others = strings(find("tool.setuptools.packages.find.where")).into_iter();
    layout.packages.extend(others.map(|(folder, _)| (String::new(), folder.to_owned())));
    // `packages = [{ include = "a", from = "src" }]`.
    for own in find("tool.poetry.packages").and_then(Item::as_array).into_iter().flatten() {
        let folder = own.as_inline_table().and_then(|own| own.get("from")?.as_str());
        layout.packages.extend(folder.map(|folder| (String::new(), folder.to_owned())));
    }
    let modules = strings(find("tool.setuptools.py-modules")).into_iter();
    layout.modules.extend(modules.map(|(module, _)| module.to_owned()));
    for table in ["project.scripts", "project.gui-scripts", "tool.poetry.scripts"] {
        let Some(table) = find(table).and_then(Item::as_table_like) else { continue };
        for (name, own) in table.iter() {
            // `name = "a.b:c"`, `name = { reference = "a.b:c", type = "console" }`.
            let inner = |key| own.get(key).and_then(Item::as_str);
            let target = own.as_str().or_else(|| inner("reference")).or_else(|| inner("callable"));
            let span = table.key(name).and_then(Key::span).map_or(Span::default(), span);
            if let Some(target) = target {
                layout.entry(name, target, span, out);
            }
        }
    }
}

fn span(range: Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

/// A string with the place of its text, which its quotes stand around.
fn literal(value: &Value) -> Option<(&str, Span)> {
    let (text, range) = (value.as_str()?, value.span()?);
    // Escapes and three quotes are longer than what they stand for: then it is the whole value.
    let quotes = usize::from(range.len() == text.len() + 2);
    Some((text, span(range.start + quotes..range.end - quotes)))
}

/// A string, or those of a list.
fn strings(item: Option<&Item>) -> Vec<(&str, Span)> {
    match item.and_then(Item::as_value) {
        Some(Value::Array(all)) => all.iter().filter_map(literal).collect(),
        Some(other) => literal(other).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        read("own/pyproject.toml", text, &mut out);
        let shown = out.provides.iter().map(|provide| {
            format!("{} {} {}", provide.name, provide.detail, &text[provide.span.range()])
        });
        shown.collect()
    }

    #[test]
    fn lists_over_several_lines_and_tables_in_place() {
        let text = "[project]\nname = \"Own_Tool\"\ndependencies = [\n  \"one>=1\", # \"no\"\n  'two',\n]\nscripts = { own = \"own.cli:main\" }\n[tool.setuptools.packages.find]\nwhere = [\n  \"src\",\n]\n";
        assert_eq!(
            read_all(text),
            [
                "own-tool own Own_Tool",
                "one range:>=1 one>=1",
                "two present two",
                "own file:own/src/own/cli.py own"
            ]
        );
    }

    #[test]
    fn escapes_do_not_move_the_place_of_a_string() {
        let text = "[project]\nname = \"\u{20ac}\\u00e9\"\ndependencies = [\"\"\"one\"\"\"]\n";
        assert_eq!(
            read_all(text),
            ["\u{20ac}\u{e9} own \"\u{20ac}\\u00e9\"", "one present \"\"\"one\"\"\""]
        );
    }

    #[test]
    fn what_is_no_toml_says_nothing() {
        assert!(read_all("[project]\nname = \"a\"\nname = \"b\"\n").is_empty());
        assert!(read_all(&format!("a = {}", "[".repeat(100_000))).is_empty());
    }
}
