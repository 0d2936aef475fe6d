//! `removed-but-referenced` of names that a package of Go no longer has: what uses them does not
//! compile.

use crate::check::Context;
use crate::facts::{Entity, Span, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::{FileIx, Role};
use memchr::memmem;
use rustc_hash::FxHashMap;

/// How much text is looked through.
const MOST: usize = 64 << 20;
/// How many names of one change.
const MOST_NAMES: usize = 2000;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let gone = gone(old, context.new);
    if gone.is_empty() || gone.values().map(Vec::len).sum::<usize>() > MOST_NAMES {
        return;
    }
    let modules = modules(context.new);
    let mut budget = MOST;
    for (ix, file) in context.files() {
        let path = file.entry.path.as_str();
        let is_installed = path.split('/').any(|part| matches!(part, "vendor" | "testdata"));
        if !path.ends_with(".go") || is_installed {
            continue;
        }
        let bytes = context.new.snapshot.contents(ix);
        let Some(left) = budget.checked_sub(bytes.len()) else { return };
        budget = left;
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        for (alias, import) in imports(text) {
            let Some(folder) = modules.folder(import) else { continue };
            let Some(names) = gone.get(folder.as_str()) else { continue };
            let alias = alias.unwrap_or_else(|| import.rsplit('/').next().unwrap_or(import));
            for (name, site) in names {
                let Some(at) = used(text, alias, name) else { continue };
                let span = Span::new(at, at + name.len());
                let place = Place { tree: context.new.snapshot.role, file: ix, span };
                findings.push(finding(context.new, place, (&folder, name), site));
            }
        }
    }
}

/// What packages had that are still there, by their folders.
fn gone<'g>(old: &Graph<'g>, new: &Graph<'_>) -> FxHashMap<&'g str, Vec<(&'g str, Site)>> {
    let mut out: FxHashMap<&str, Vec<(&str, Site)>> = FxHashMap::default();
    for (ix, file) in old.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        if !path.ends_with(".go") || new.snapshot.has_same(file) {
            continue;
        }
        for (at, own) in file.facts.provides.iter().enumerate() {
            let Some(name) = own.name.as_exact().filter(|_| own.kind == kinds::GO_NAME) else {
                continue;
            };
            if new.providers(kinds::GO_NAME, name).next().is_some() {
                continue;
            }
            let Some((folder, short)) = name.as_str().split_once('#') else { continue };
            let site = Site { file: ix as FileIx, span: own.span, provide: Some(at as u32) };
            out.entry(folder).or_default().push((short, site));
        }
    }
    // Who imports a package that is gone lacks all of it; so does what is too large to be read.
    out.retain(|folder, _| {
        let all = new.all(kinds::GO_NAME);
        let start = format!("{folder}#");
        let at = all.partition_point(|(name, _)| name.as_str() < start.as_str());
        all.get(at).is_some_and(|(name, _)| name.starts_with(&start))
    });
    out
}

/// Modules of the tree: their names and folders.
struct Modules(Vec<(String, String)>);

impl Modules {
    /// The folder of a package by its import.
    fn folder(&self, import: &str) -> Option<String> {
        self.0.iter().find_map(|(module, folder)| {
            let rest = import.strip_prefix(module.as_str())?;
            let rest = rest.strip_prefix('/').or_else(|| rest.is_empty().then_some(""))?;
            let parts = [folder.as_str(), rest];
            let parts: Vec<&str> = parts.into_iter().filter(|own| !own.is_empty()).collect();
            Some(parts.join("/"))
        })
    }
}

fn modules(graph: &Graph<'_>) -> Modules {
    let mut out = Vec::new();
    for (ix, file) in graph.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        let Some(folder) = path.strip_suffix("go.mod").map(|own| own.trim_end_matches('/')) else {
            continue;
        };
        if !(folder.is_empty() || path.ends_with("/go.mod")) {
            continue;
        }
        let bytes = graph.snapshot.contents(ix as FileIx);
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().find_map(|line| line.trim().strip_prefix("module "));
        if let Some(name) = line.and_then(|own| own.split_whitespace().next()) {
            out.push((name.trim_matches('"').to_owned(), folder.to_owned()));
        }
    }
    // The longest module is the one that is meant.
    out.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    Modules(out)
}

/// The packages that a file imports, with the names that it gives them.
fn imports(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut out = Vec::new();
    let mut group = false;
    for line in text.lines() {
        let code = line.split("//").next().unwrap_or_default().trim();
        // What is in quotes may hold two slashes in no import.
        let rest = match code {
            "import (" => {
                group = true;
                continue;
            }
            ")" => {
                group = false;
                continue;
            }
            _ if group => code,
            _ if code.starts_with("func ") || code.starts_with("type ") => break,
            _ => match code.strip_prefix("import ") {
                Some(rest) => rest,
                None => continue,
            },
        };
        let Some((alias, rest)) = rest.split_once('"') else { continue };
        let Some((path, _)) = rest.split_once('"') else { continue };
        let alias = alias.trim();
        if alias != "_" && alias != "." {
            out.push(((!alias.is_empty()).then_some(alias), path));
        }
    }
    out
}

/// Where the text uses `ALIAS.NAME`.
fn used(text: &str, alias: &str, name: &str) -> Option<usize> {
    let wanted = format!("{alias}.{name}");
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/');
    memmem::find_iter(bytes, wanted.as_bytes()).find_map(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + wanted.len());
        let ends = after.is_none_or(|own| !own.is_ascii_alphanumeric() && *own != b'_');
        let line = &text[..at];
        let line = &line[line.rfind('\n').map_or(0, |at| at + 1)..];
        let is_code = !line.contains("//")
            && line.matches('"').count().is_multiple_of(2)
            && !line.contains('`');
        // `queue := …` hides the package.
        let is_hidden = memmem::find(bytes, format!("{alias} := ").as_bytes()).is_some()
            || memmem::find(bytes, format!("{alias}, ").as_bytes()).is_some();
        (!before.is_some_and(is_part) && ends && is_code && !is_hidden)
            .then_some(at + alias.len() + 1)
    })
}

fn finding(new: &Graph<'_>, place: Place, (folder, name): (&str, &str), site: &Site) -> Finding {
    let message = format!("name `{name}` of `{folder}` was removed but is still used");
    let start = format!("{folder}#");
    let here: Vec<&str> = new
        .all(kinds::GO_NAME)
        .iter()
        .filter_map(|(own, _)| own.strip_prefix(start.as_str()))
        .collect();
    let near = nearest_of(name, here.into_iter());
    let help = match near {
        Some(near) => format!("the package has `{near}`: is that meant? It does not compile so"),
        None => "it does not compile: change this use too, or keep the name".to_owned(),
    };
    Finding::new("removed-but-referenced", message, place)
        .severity(Severity::Error)
        .of_change()
        .label("still used here")
        .help(help)
        .related(
            "declared here before this change",
            Place { tree: Role::Old, file: site.file, span: site.span },
        )
        .entity(Entity::new(kinds::GO_NAME, format!("{folder}#{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_and_uses() {
        let text = "package main\n\nimport (\n\t\"fmt\"\n\tq \"a.example/x/queue\" // y\n)\nimport \"b\"\n\nfunc main() {\n\t// q.Open\n\tq.OpenAll()\n\tx, err := q.Open(1)\n}\n";
        assert_eq!(imports(text), [(None, "fmt"), (Some("q"), "a.example/x/queue"), (None, "b")]);
        let at = used(text, "q", "Open").unwrap();
        assert_eq!(&text[at - 2..at + 5], "q.Open(");
        assert!(used("fmt.Println(\"q.Open\")", "q", "Open").is_none());
    }
}
