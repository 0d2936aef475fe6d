//! Laws of name patterns and of resolution, over generated names and trees.

use crate::extract::Settings;
use crate::facts::{NamePattern, Piece};
use crate::graph::{Graph, Resolution};
use crate::loader::{Loader, Role, Snapshot};
use crate::systems::{names, readers};
use crate::tree::MemoryTree;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn load(files: &BTreeMap<String, String>) -> Snapshot {
    let files = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let tree = Arc::new(MemoryTree::new(files));
    Loader::new(readers(), Settings::default(), globset::GlobSet::empty()).load(Role::New, tree)
}

/// What became of every requirement, keyed by place.
fn resolutions(snapshot: &Snapshot) -> BTreeMap<(String, u32, usize), Resolution> {
    let graph = Graph::new(snapshot, names);
    let mut all = BTreeMap::new();
    for file in &snapshot.files {
        for (ix, require) in file.facts.requires.iter().enumerate() {
            let key = (file.entry.path.to_string(), require.span.start, ix);
            all.insert(key, graph.resolve(require));
        }
    }
    all
}

const MODULES: [&str; 3] = ["web", "db", "cache"];
const PARTS: [&str; 4] = ["server", "client", "backup", "monitor"];

fn class_name() -> impl Strategy<Value = String> {
    (0..MODULES.len(), 0..PARTS.len())
        .prop_map(|(module, part)| format!("{}::{}", MODULES[module], PARTS[part]))
}

/// A path of a module and a file for it.
fn file() -> impl Strategy<Value = (String, String)> {
    let manifest = (class_name(), prop::collection::vec(class_name(), 0..4), class_name(), any::<bool>())
        .prop_map(|(name, includes, source, built)| {
            let (module, part) = name.split_once("::").expect("two segments");
            let mut text = format!("class {name} {{\n");
            for include in includes {
                text.push_str(&format!("  include {include}\n"));
            }
            let (owner, base) = source.split_once("::").expect("two segments");
            let base = if built { "${facts['site']}" } else { base };
            text.push_str(&format!("  file {{ '/etc/x':\n    source => \"puppet:///modules/{owner}/{base}.conf\",\n  }}\n}}\n"));
            (format!("modules/{module}/manifests/{part}.pp"), text)
        });
    let plain = class_name().prop_map(|name| {
        let (module, part) = name.split_once("::").expect("two segments");
        (format!("modules/{module}/files/{part}.conf"), "on\n".to_owned())
    });
    prop_oneof![3 => manifest, 1 => plain]
}

fn files() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::vec(file(), 1..10).prop_map(|files| files.into_iter().collect())
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let piece =
        prop_oneof!["[ab/]{0,3}".prop_map(|text| Piece::Text(text.into())), Just(Piece::Hole),];
    prop::collection::vec(piece, 0..6)
}

fn pattern() -> impl Strategy<Value = NamePattern> {
    pieces().prop_map(NamePattern::from_pieces)
}

/// A pattern and a name that it stands for.
fn instance() -> impl Strategy<Value = (NamePattern, String)> {
    (pieces(), prop::collection::vec("[ab/]{0,3}", 6)).prop_map(|(pieces, fillings)| {
        let mut fillings = fillings.into_iter();
        let name = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Hole => fillings.next().unwrap_or_default(),
        });
        let name = name.collect();
        (NamePattern::from_pieces(pieces), name)
    })
}

/// Matching by trying every split, straight from the definition.
fn matches_slowly(pieces: &[Piece], name: &str) -> bool {
    match pieces.split_first() {
        None => name.is_empty(),
        Some((Piece::Text(text), rest)) => {
            name.strip_prefix(text.as_str()).is_some_and(|tail| matches_slowly(rest, tail))
        }
        Some((Piece::Hole, rest)) => (0..=name.len())
            .filter(|&at| name.is_char_boundary(at))
            .any(|at| matches_slowly(rest, &name[at..])),
    }
}

proptest! {
    #[test]
    fn a_pattern_matches_what_it_stands_for((pattern, name) in instance()) {
        prop_assert!(pattern.matches(&name), "{pattern:?} {name:?}");
        prop_assert!(name.starts_with(pattern.prefix()));
        prop_assert!(name.ends_with(pattern.suffix()));
    }

    #[test]
    fn matching_is_what_its_definition_says(pattern in pattern(), name in "[ab/]{0,8}") {
        prop_assert_eq!(pattern.matches(&name), matches_slowly(&pattern.pieces(), &name));
    }

    #[test]
    fn normalising_twice_changes_nothing(pattern in pattern()) {
        prop_assert_eq!(&NamePattern::from_pieces(pattern.pieces()), &pattern);
        prop_assert_eq!(&pattern.map_text(|text| text.into()), &pattern);
    }

    #[test]
    fn a_prefix_goes_before_everything((pattern, name) in instance(), prefix in "[ab/]{0,4}") {
        let longer = pattern.prepend(&prefix);
        let full = format!("{prefix}{name}");
        prop_assert!(longer.matches(&full));
        prop_assert!(longer.prefix().starts_with(&prefix));
    }

    #[test]
    fn overlap_is_symmetric_and_never_denied_wrongly(a in pattern(), (b, name) in instance()) {
        prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
        if a.matches(&name) {
            prop_assert!(a.overlaps(&b), "{a:?} and {b:?} both match {name:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What is found stays found when files are added; nothing found depends on what
    /// is absent.
    #[test]
    fn resolution_is_monotone(files in files(), more in file()) {
        let before = resolutions(&load(&files));
        let mut larger = files.clone();
        larger.entry(more.0).or_insert(more.1);
        let after = resolutions(&load(&larger));
        for (place, resolution) in before {
            if matches!(resolution, Resolution::Found(_)) {
                let now = after.get(&place);
                prop_assert!(matches!(now, Some(Resolution::Found(_))), "{place:?}: {now:?}");
            }
        }
    }

    /// Nothing is missing from a module that is not in the tree.
    #[test]
    fn only_modules_of_the_tree_can_miss_something(files in files()) {
        let modules: BTreeSet<&str> = files.keys().filter_map(|path| path.split('/').nth(1)).collect();
        for (place, resolution) in resolutions(&load(&files)) {
            if let Resolution::Missing(entity) = resolution {
                let name = entity.name.strip_prefix("modules/").unwrap_or(&entity.name);
                let module = name.split(['/', ':']).next().unwrap_or_default();
                prop_assert!(modules.contains(module), "{place:?}: {entity}");
            }
        }
    }

    /// What is provided by exact name resolves, and what does not was not provided.
    #[test]
    fn a_class_is_found_exactly_when_it_is_defined(files in files()) {
        let snapshot = load(&files);
        let defined: BTreeSet<String> = files
            .keys()
            .filter_map(|path| path.strip_prefix("modules/")?.strip_suffix(".pp"))
            .map(|path| path.replace("/manifests/", "::"))
            .collect();
        let graph = Graph::new(&snapshot, names);
        for file in &snapshot.files {
            for require in file.facts.requires.iter().filter(|require| require.via == "include") {
                let name = require.any_of[0].name.to_string();
                let found = matches!(graph.resolve(require), Resolution::Found(_));
                prop_assert_eq!(found, defined.contains(&name), "{}", name);
            }
        }
    }

    /// Threads and repetition change nothing, order included.
    #[test]
    fn the_result_does_not_depend_on_threads(files in files()) {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let alone = pool(1).expect("starts").install(|| resolutions(&load(&files)));
        let many = pool(4).expect("starts").install(|| resolutions(&load(&files)));
        prop_assert_eq!(alone, many);
    }
}
