//! The parts of the program use each other only as `docs/architecture.md` says.

mod circles;
mod rooms;
mod sizes;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Uses = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table's rows: a part and the parts that it may use.
fn allowed() -> Uses {
    let page = fs::read_to_string(root().join("docs/architecture.md")).expect("the page exists");
    let table = page.lines().skip_while(|line| !line.starts_with("| part | may use |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let names = |cell: &str| -> BTreeSet<String> {
            cell.split(',')
                .filter_map(|name| name.trim().strip_prefix('`')?.strip_suffix('`'))
                .map(str::to_owned)
                .collect()
        };
        let part = names(cells[0]).into_iter().next().unwrap_or_else(|| panic!("no part in {row}"));
        (part, names(cells[1]))
    })
    .collect()
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Code without line comments (their links are no dependency) and without inline tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    text.lines().map(|line| line.split("//").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// The names that follow `prefix`: `prefix::name` and `prefix::{a, b::c}`.
fn names_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let ident = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(ident(rest));
            continue;
        };
        let mut depth = 0_usize;
        let mut start = 0;
        for (ix, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    names.insert(ident(group[start..ix].trim()));
                    start = ix + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    names.remove("");
    names.remove("self");
    names
}

/// What each top-level part really uses.
fn real() -> Uses {
    let source = root().join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut uses = Uses::new();
    for file in files {
        let inside = file.strip_prefix(&source).expect("below src");
        let mut parts: Vec<String> = inside
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        if matches!(parts.last().map(String::as_str), Some("mod" | "tests")) {
            parts.pop();
        }
        let Some(part) = parts.first().cloned() else { continue };
        // Tests may look at everything.
        if inside.iter().any(|name| name == "tests" || name == "tests.rs") {
            continue;
        }
        if parts.len() == 1 && matches!(part.as_str(), "main" | "lib") {
            continue;
        }
        let text = code(&fs::read_to_string(&file).expect("UTF-8"));
        let mut found = names_after(&text, "crate::");
        found.extend(names_after(&text, &"super::".repeat(parts.len())));
        found.remove(&part);
        found.retain(|name| {
            source.join(name).is_dir() || source.join(format!("{name}.rs")).is_file()
        });
        uses.entry(part).or_default().extend(found);
    }
    uses
}

#[test]
fn every_part_uses_only_what_the_architecture_page_allows() {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for (part, uses) in real() {
        let Some(may) = allowed.get(&part) else {
            wrong.push(format!("src/{part} has no row in docs/architecture.md"));
            continue;
        };
        for used in uses.difference(may) {
            wrong.push(format!("src/{part} uses `{used}`, which its row does not allow"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_architecture_page_allows_nothing_that_is_not_used() {
    let real = real();
    let mut stale = Vec::new();
    for (part, may) in allowed() {
        let Some(uses) = real.get(&part) else {
            stale.push(format!("the page has a row for `{part}`, which does not exist"));
            continue;
        };
        for unused in may.difference(uses) {
            stale.push(format!("the row of `{part}` allows `{unused}`, which it does not use"));
        }
    }
    assert!(stale.is_empty(), "{}", stale.join("\n"));
}

/// The command line is a crate of its own: what is not public does not exist for it.
#[test]
fn the_command_line_uses_the_library_as_anybody_can() {
    let read = |path: &str| fs::read_to_string(root().join("src").join(path)).expect("UTF-8");
    let modules = |text: &str| -> Vec<String> {
        let lines = code(text).lines().map(str::to_owned).collect::<Vec<_>>();
        let is_module = |line: &&String| line.trim_start_matches("pub ").starts_with("mod ");
        lines.iter().filter(is_module).cloned().collect()
    };
    assert_eq!(modules(&read("main.rs")), ["mod cli;"]);
    assert!(!modules(&read("lib.rs")).iter().any(|line| line.contains("cli")));
    let mut files = Vec::new();
    rust_files(&root().join("src/cli"), &mut files);
    for file in files {
        // A list of bundled files is no code of the library.
        let bundled = "include!(concat!(env!(\"OUT_DIR\"), \"/incidents.rs\"));";
        let text = fs::read_to_string(&file).expect("UTF-8").replace(bundled, "");
        for other in ["#[path", "include!("] {
            assert!(!text.contains(other), "{} reaches past the library", file.display());
        }
    }
}

/// Fuzz targets are no part of a build, so nothing else notices.
#[test]
fn fuzz_targets_read_files_as_the_library_does() {
    let mut files = Vec::new();
    rust_files(&root().join("fuzz/fuzz_targets"), &mut files);
    assert!(!files.is_empty());
    for file in files {
        let used = names_after(&fs::read_to_string(&file).expect("UTF-8"), "crosscheck::");
        // One runs whole commands, by what the command line uses.
        let meant: &[&str] = match file.file_stem().and_then(|name| name.to_str()) {
            Some("end_to_end") => &["Analysis", "Options", "Promotion", "Tree", "rollout"],
            _ => &["facts_of"],
        };
        let meant = meant.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(used, meant, "{}", file.display());
    }
}

/// `name = "…"`, `version = "…"` and the dependencies of each package of a lock.
fn locked(path: &str) -> Vec<(String, String, BTreeSet<String>)> {
    let text = fs::read_to_string(root().join(path)).expect("UTF-8");
    let packages = text.split("[[package]]\n").skip(1);
    packages
        .map(|package| {
            let of = |key: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(key));
                line.unwrap_or_default().trim_matches('"').to_owned()
            };
            let needs = package.lines().filter_map(|line| line.strip_prefix(" \""));
            let needs = needs.filter_map(|line| line.split([' ', '"']).next().map(str::to_owned));
            (of("name = "), of("version = "), needs.collect())
        })
        .collect()
}

/// The targets have a lock of their own, which a change of `Cargo.toml` leaves behind: it names what
/// the library needs, in versions that the program is built with.
#[test]
fn the_lock_of_the_fuzz_targets_follows() {
    let (own, fuzz) = (locked("Cargo.lock"), locked("fuzz/Cargo.lock"));
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("UTF-8");
    let needs = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let needs = needs.take_while(|line| !line.starts_with('['));
    let needs: BTreeSet<String> = needs
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (name, rest) = line.split_once(" = ")?;
            let renamed =
                rest.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
            Some(renamed.unwrap_or(name).to_owned())
        })
        .collect();
    assert!(needs.len() > 20, "{needs:?}");
    let library = fuzz.iter().find(|(name, ..)| name == "crosscheck").expect("the library");
    assert_eq!(library.2, needs, "`cargo update --workspace --manifest-path fuzz/Cargo.toml`");
    let known: BTreeSet<_> = own.iter().map(|(name, ..)| name).collect();
    let pairs: BTreeSet<_> = own.iter().map(|(name, version, _)| (name, version)).collect();
    let others = fuzz.iter().map(|(name, version, _)| (name, version));
    let others = others.filter(|(name, _)| known.contains(name));
    let others: Vec<_> = others.filter(|own| !pairs.contains(own)).collect();
    assert!(others.is_empty(), "other versions than the program's: {others:?}");
}

#[test]
fn the_core_parts_stay_apart() {
    let real = real();
    let uses = |part: &str, other: &str| real.get(part).is_some_and(|uses| uses.contains(other));
    assert_eq!(real.get("facts").map(BTreeSet::len), Some(0), "facts use something of ours");
    assert_eq!(real.get("tree").map(BTreeSet::len), Some(0), "trees use something of ours");
    for (part, other) in [
        ("extract", "graph"),
        ("extract", "loader"),
        ("extract", "check"),
        ("extract", "systems"),
        ("syntax", "extract"),
        ("domain", "graph"),
        ("domain", "systems"),
        ("loader", "systems"),
        ("graph", "systems"),
        ("graph", "syntax"),
        ("graph", "extract"),
        ("graph", "check"),
        ("check", "extract"),
        ("check", "systems"),
        ("check", "report"),
        ("check", "syntax"),
        ("report", "check"),
        ("report", "extract"),
        ("report", "graph"),
    ] {
        assert!(!uses(part, other), "{part} must not use {other}");
    }
}

#[test]
fn grouped_imports_and_comments_are_read_as_rust_reads_them() {
    let text = code(
        "use crate::{facts::{Kind, kinds}, graph};\n// crate::report\nlet x = crate::tree::open();",
    );
    let found: Vec<String> = names_after(&text, "crate::").into_iter().collect();
    assert_eq!(found, ["facts", "graph", "tree"]);
}
