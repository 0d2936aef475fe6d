//! No circle between modules that lie side by side, at any level of `src`.
//!
//! An arrow from one module to another counts for the two children of the folder that holds
//! both: `deploy::report::text` using `deploy::sheet` is `report` → `sheet` within `deploy`.
//! A path to an item that a module only re-exports is a use of the module that has the item.
//! A parent and its children are one room: arrows between them are not judged, so children may
//! share what their `mod.rs` defines.

use super::source;
use std::collections::{BTreeMap, BTreeSet};

pub type Path = Vec<String>;

/// A module's imports: the name that it gives, and what it stands for.
type Imports = BTreeMap<Path, BTreeMap<String, Path>>;

struct Modules {
    all: BTreeSet<Path>,
    imports: Imports,
}

/// Words and `::`, `{`, `}`, `,`, `;`, `*`; anything else as one sign that ends a path.
fn tokens(code: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = code[at..].chars().next() {
        let rest = &code[at..];
        let len = if source::is_word(c) {
            rest.find(|c| !source::is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            c.len_utf8()
        };
        if !c.is_whitespace() {
            out.push(&rest[..len]);
        }
        at += len;
    }
    out
}

fn is_name(token: &str) -> bool {
    token.chars().next().is_some_and(source::is_word)
}

/// The paths of a `use` tree that starts at `at`, each with the name that it gives.
fn use_tree(tokens: &[&str], at: &mut usize, stem: &Path, out: &mut Vec<(String, Path)>) {
    let mut path = stem.clone();
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        match *token {
            "::" => {}
            "{" => {
                while tokens.get(*at).is_some_and(|token| *token != "}") {
                    use_tree(tokens, at, &path, out);
                    if tokens.get(*at) == Some(&",") {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "as" => {
                let name = tokens.get(*at).map_or("_", |token| token);
                *at += 1;
                out.push((name.to_owned(), path));
                return;
            }
            "self" if !path.is_empty() => {}
            "*" => {
                out.push(("*".to_owned(), path));
                return;
            }
            name if is_name(name) => path.push(name.to_owned()),
            _ => {
                *at -= 1;
                break;
            }
        }
    }
    if let Some(name) = path.last().cloned() {
        out.push((name, path));
    }
}

/// The `use` declarations of `code`, and all other paths of two words and more.
fn paths(code: &str) -> (Vec<(String, Path)>, Vec<Path>) {
    let tokens = tokens(code);
    let (mut imports, mut others) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" {
            at += 1;
            use_tree(&tokens, &mut at, &Path::new(), &mut imports);
            continue;
        }
        let starts = is_name(tokens[at]) && (at == 0 || tokens[at - 1] != "::");
        let mut path = Path::new();
        if starts {
            path.push(tokens[at].to_owned());
            while tokens.get(at + 1) == Some(&"::")
                && tokens.get(at + 2).is_some_and(|t| is_name(t))
            {
                path.push(tokens[at + 2].to_owned());
                at += 2;
            }
        }
        if path.len() > 1 {
            others.push(path);
        }
        at += 1;
    }
    (imports, others)
}

impl Modules {
    /// The module that `path`, written in `module`, leads to; `None` outside the program.
    fn target(&self, module: &Path, path: &[String], depth: usize) -> Option<Path> {
        let mut rest = path;
        let mut here = module.clone();
        let first = rest.first()?;
        match first.as_str() {
            "crate" => here = Path::new(),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    here.pop()?;
                    rest = &rest[1..];
                }
                return self.descend(here, rest, depth);
            }
            name if self.child(&here, name) => return self.descend(here, rest, depth),
            name => {
                let import = self.imports.get(module)?.get(name)?;
                if depth == 0 || import.first() == Some(first) {
                    return None;
                }
                let mut whole = import.clone();
                whole.extend_from_slice(&rest[1..]);
                return self.target(module, &whole, depth - 1);
            }
        }
        self.descend(here, &rest[1..], depth)
    }

    fn child(&self, module: &Path, name: &str) -> bool {
        let mut child = module.clone();
        child.push(name.to_owned());
        self.all.contains(&child)
    }

    fn descend(&self, mut here: Path, rest: &[String], depth: usize) -> Option<Path> {
        for (ix, word) in rest.iter().enumerate() {
            if self.child(&here, word) {
                here.push(word.clone());
                continue;
            }
            let import = self.imports.get(&here).and_then(|imports| imports.get(word));
            if let (Some(import), true) = (import, depth > 0) {
                let mut whole = import.clone();
                whole.extend_from_slice(&rest[ix + 1..]);
                return self.target(&here, &whole, depth - 1).or(Some(here));
            }
            break;
        }
        Some(here)
    }
}

/// For each folder's module, which of its children use which, and the first file that does.
pub type Arrows = BTreeMap<Path, BTreeMap<(String, String), String>>;

pub fn arrows() -> Arrows {
    let files = source::files();
    let mut modules = Modules {
        all: files.iter().map(|file| file.module.clone()).collect(),
        imports: Imports::new(),
    };
    let mut found = Vec::new();
    for file in &files {
        let (imports, mut others) = paths(&file.code);
        others.extend(imports.iter().map(|(_, path)| path.clone()));
        modules.imports.entry(file.module.clone()).or_default().extend(imports);
        found.push((file, others));
    }
    let mut arrows = Arrows::new();
    for (file, paths) in found {
        for path in paths {
            let Some(target) = modules.target(&file.module, &path, 8) else { continue };
            let shared =
                file.module.iter().zip(&target).take_while(|(one, other)| one == other).count();
            let (Some(from), Some(to)) = (file.module.get(shared), target.get(shared)) else {
                continue;
            };
            let parent = file.module[..shared].to_vec();
            let seen = arrows.entry(parent).or_default().entry((from.clone(), to.clone()));
            seen.or_insert_with(|| format!("{} ({})", file.path, path.join("::")));
        }
    }
    arrows
}

/// The children that reach each other, in groups of two and more.
fn circles(arrows: &BTreeMap<(String, String), String>) -> Vec<BTreeSet<String>> {
    let reached = |from: &str| -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut open = vec![from.to_owned()];
        while let Some(name) = open.pop() {
            for (_, to) in arrows.keys().filter(|(one, _)| *one == name) {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let names: BTreeSet<&String> = arrows.keys().flat_map(|(from, to)| [from, to]).collect();
    let reach: BTreeMap<&String, BTreeSet<String>> =
        names.into_iter().map(|name| (name, reached(name))).collect();
    let mut groups = BTreeSet::new();
    for (name, seen) in &reach {
        if seen.contains(*name) {
            let back = seen.iter().filter(|other| reach[other].contains(*name));
            groups.insert(back.cloned().collect::<BTreeSet<String>>());
        }
    }
    groups.into_iter().collect()
}

#[test]
fn no_modules_side_by_side_use_each_other_in_a_circle() {
    let mut wrong = Vec::new();
    for (parent, arrows) in arrows() {
        let parent = parent.join("::");
        for group in circles(&arrows) {
            let names: Vec<&str> = group.iter().map(String::as_str).collect();
            wrong.push(format!("within `{parent}`: {}", names.join(", ")));
            for ((from, to), at) in &arrows {
                if group.contains(from) && group.contains(to) {
                    wrong.push(format!("    {from} uses {to} in {at}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn uses_of_all_forms_are_seen() {
    let (imports, others) = paths(
        "pub use self::a::{B, c::{self, D as E}};\nuse super::f::*;\nfn g() { h::i(); crate::j::k::<L>(); x.y() }",
    );
    let imports: Vec<String> =
        imports.iter().map(|(name, path)| format!("{name}={}", path.join("::"))).collect();
    assert_eq!(imports, ["B=self::a::B", "c=self::a::c", "E=self::a::c::D", "*=super::f"],);
    let others: Vec<String> = others.iter().map(|path| path.join("::")).collect();
    assert_eq!(others, ["h::i", "crate::j::k"]);
}

#[test]
fn a_path_through_a_reexport_leads_to_the_module_that_has_the_item() {
    let path = |text: &str| -> Path {
        text.split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let all = ["", "a", "a::b", "a::c"].map(path).into_iter().collect();
    let given = BTreeMap::from([("Item".to_owned(), path("c::Item"))]);
    let modules = Modules { all, imports: Imports::from([(path("a"), given)]) };
    assert_eq!(modules.target(&path("a::b"), &path("super::Item"), 8), Some(path("a::c")));
    assert_eq!(modules.target(&path("a::b"), &path("super::own"), 8), Some(path("a")));
    assert_eq!(modules.target(&path("a::b"), &path("std::fs"), 8), None);
}
