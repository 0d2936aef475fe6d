//! Facts can be written down and read again, and their version comes from the sources.

#[path = "../../build/sources.rs"]
mod sources;

use crate::common::{tree, write};
use crosscheck::facts::*;
use crosscheck::{Analysis, Options, Tree, catalog};
use insta::assert_snapshot;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use smol_str::SmolStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn again(facts: &FileFacts) -> FileFacts {
    let written = serde_json::to_string(facts).expect("written");
    serde_json::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}"))
}

fn word() -> impl Strategy<Value = SmolStr> {
    prop_oneof!["[a-z/:$-]{0,8}", "\\PC{0,30}", any::<String>()].prop_map(SmolStr::from)
}

fn words() -> impl Strategy<Value = Vec<SmolStr>> {
    vec(word(), 0..3)
}

fn kind() -> impl Strategy<Value = Kind> {
    let known: Vec<Kind> = Kind::known().collect();
    let named = Kind::named("facts.of-test").expect("room for one more");
    prop_oneof![9 => prop::sample::select(known), 1 => Just(named)]
}

fn name() -> impl Strategy<Value = NamePattern> {
    let piece = prop_oneof![word().prop_map(Piece::Text), Just(Piece::Hole)];
    vec(piece, 0..5).prop_map(NamePattern::from_pieces)
}

fn span() -> impl Strategy<Value = Span> {
    any::<(u32, u32)>().prop_map(|(start, end)| Span { start, end })
}

fn strength() -> impl Strategy<Value = Strength> {
    prop::sample::select(vec![Strength::Guarded, Strength::Likely, Strength::Certain])
}

fn via() -> impl Strategy<Value = Via> {
    let relations = [Relation::Uses, Relation::InBranch, Relation::Inherits, Relation::Builds];
    let words = ["", "include", "Class[]", "use_backend", "a construct with ünïcode"];
    let all = relations.into_iter().flat_map(|own| words.map(|word| own.called(word)));
    prop::sample::select(all.collect::<Vec<_>>())
}

fn entity() -> impl Strategy<Value = Entity> {
    (kind(), word()).prop_map(|(kind, name)| Entity { kind, name })
}

fn target() -> impl Strategy<Value = Ref> {
    let sought = prop_oneof![
        Just(Sought::Anything),
        (kind(), Just(Extent::Body)).prop_map(|(kind, extent)| Sought::Kind(kind, extent)),
        word().prop_map(Sought::Inside),
    ];
    let scope = option::of((word(), sought).prop_map(|(from, sought)| Scope { from, sought }));
    (kind(), name(), scope).prop_map(|(kind, name, scope)| {
        let scope = scope.map(Arc::new);
        Ref { kind, name, scope }
    })
}

fn arg() -> impl Strategy<Value = Arg> {
    (word(), option::of(word()), span()).prop_map(|(name, value, span)| Arg { name, value, span })
}

fn detail() -> impl Strategy<Value = Detail> {
    let plain = [
        Detail::None,
        Detail::Latest,
        Detail::Present,
        Detail::Build,
        Detail::Front,
        Detail::Redirect,
        Detail::Map,
        Detail::Blank,
        Detail::Alias,
        Detail::Whole,
        Detail::Mention,
        Detail::File(Extent::Beginning, Reading::InPart),
    ];
    let text = || word().prop_map(|own| Box::from(own.as_str()));
    let how = prop::sample::select(vec![Matching::NotRegex, Matching::Built]);
    let matcher =
        (word(), how, word()).prop_map(|(label, how, value)| Matcher { label, how, value });
    prop_oneof![
        prop::sample::select(plain.to_vec()),
        word().prop_map(Detail::Text),
        text().prop_map(Detail::Folder),
        text().prop_map(Detail::Version),
        text().prop_map(Detail::Range),
        text().prop_map(Detail::Branch),
        entity().prop_map(|own| Detail::Leads(Box::new(own))),
        any::<u64>().prop_map(Detail::Count),
        words().prop_map(|own| Detail::Members(own.into())),
        (word(), word(), vec((word(), word()), 0..3)).prop_map(|(sort, asks, labels)| Monitor {
            sort,
            asks,
            labels
        }
        .into()),
        (word(), any::<bool>(), vec(matcher, 0..3))
            .prop_map(|(until, in_part, matchers)| Silence { until, in_part, matchers }.into()),
    ]
}

fn provide() -> impl Strategy<Value = Provide> {
    (kind(), name(), span(), any::<Option<u32>>(), detail())
        .prop_map(|(kind, name, span, within, detail)| Provide { kind, name, span, within, detail })
}

fn require() -> impl Strategy<Value = Require> {
    let place = (span(), option::of(span()), any::<Option<u32>>());
    (vec(target(), 1..3), place, strength(), via()).prop_map(
        |(any_of, (span, composed, within), strength, via)| Require {
            any_of: any_of.into(),
            span,
            composed,
            strength,
            relation: via.relation,
            via: via.wording,
            within,
        },
    )
}

fn param() -> impl Strategy<Value = Param> {
    let arity = any::<(u16, Option<u16>)>().prop_map(|(min, max)| Arity { min, max });
    let is = any::<(bool, bool)>();
    (word(), words(), is, option::of(arity), words(), (word(), word()), span()).prop_map(
        |(name, aliases, (positional, required), values, choices, (ty, default), span)| Param {
            name,
            aliases: aliases.into(),
            positional,
            required,
            values,
            choices,
            ty,
            default,
            span,
        },
    )
}

fn syntax() -> impl Strategy<Value = Syntax> {
    any::<[bool; 7]>().prop_map(|own| Syntax {
        function: own[6],
        abbreviates: own[0],
        single_dash: own[1],
        positional_only: own[2],
        stops_at_positional: own[3],
        ignores_case: own[4],
        valued_switches: own[5],
    })
}

fn command_line(below: BoxedStrategy<Interface>) -> impl Strategy<Value = CommandLine> {
    let group = (words(), any::<bool>()).prop_map(|(params, required)| Group { params, required });
    let passed = prop::sample::select(vec![Passed::Yes, Passed::No]);
    let effect = (word(), option::of((word(), passed)), span())
        .prop_map(|(what, guard, span)| Effect { what, guard, span });
    (syntax(), vec((word(), below), 0..3), vec(group, 0..2), vec(effect, 0..2)).prop_map(
        |(syntax, subcommands, groups, effects)| CommandLine {
            syntax,
            subcommands,
            groups,
            effects,
        },
    )
}

fn interface() -> impl Strategy<Value = Interface> {
    let params = || vec(param(), 0..3);
    let leaf = (entity(), params(), any::<bool>(), span(), params()).prop_map(
        |(entity, params, open, span, environment)| Interface {
            open,
            environment,
            ..Interface::new(entity, params, span)
        },
    );
    leaf.prop_recursive(3, 12, 3, |below| {
        (below.clone(), command_line(below))
            .prop_map(|(own, command)| Interface { command: Some(Box::new(command)), ..own })
    })
}

fn call() -> impl Strategy<Value = Call> {
    let text = (name(), any::<bool>(), span()).prop_map(|(text, splits, span)| Word {
        text,
        splits,
        span,
    });
    let environment = (vec(arg(), 0..2), vec(target(), 0..2), any::<bool>())
        .prop_map(|(set, sources, open)| Environment { set, sources, open });
    let passes = (vec(arg(), 0..3), vec(text, 0..3), any::<bool>(), option::of(environment));
    (vec(target(), 1..3), passes, span(), strength(), via(), any::<Option<u32>>()).prop_map(
        |(any_of, (args, words, open, environment), span, strength, via, within)| Call {
            any_of: any_of.into(),
            args,
            words,
            open,
            span,
            strength,
            relation: via.relation,
            via: via.wording,
            within,
            environment: environment.map(Box::new),
        },
    )
}

fn problem() -> impl Strategy<Value = Problem> {
    let related = vec((span(), any::<String>()), 0..2);
    let texts = any::<(String, String)>();
    let about = (option::of(entity()), option::of(word()));
    (prop::sample::select(RULES), texts, span(), strength(), about, related).prop_map(
        |(rule, (message, help), span, strength, (entity, meant), related)| Problem {
            rule,
            message,
            span,
            strength,
            entity,
            help,
            related,
            meant,
        },
    )
}

fn facts() -> impl Strategy<Value = FileFacts> {
    let allow =
        (words(), word(), span()).prop_map(|(rules, reason, span)| Allow { rules, reason, span });
    (
        vec(provide(), 0..4),
        vec(require(), 0..4),
        vec(interface(), 0..3),
        vec(call(), 0..3),
        vec(problem(), 0..3),
        vec(allow, 0..3),
    )
        .prop_map(|(provides, requires, interfaces, calls, problems, allows)| FileFacts {
            provides,
            requires,
            interfaces,
            calls,
            problems,
            allows,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn all_facts_come_back(own in facts()) {
        prop_assert_eq!(again(&own), own);
    }
}

/// The folders below `folder`, and itself.
fn folders(folder: &Path, depth: usize, out: &mut Vec<PathBuf>) {
    out.push(folder.to_owned());
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        if depth > 0 && entry.path().is_dir() {
            folders(&entry.path(), depth - 1, out);
        }
    }
}

/// Every folder that may be the root of one of the trees is read as one.
#[test]
fn the_facts_of_every_fixture_come_back() {
    let mut roots = Vec::new();
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), 4, &mut roots);
    let mut seen = [0_usize; 6];
    for root in roots {
        let tree = Tree::open(root.to_str().expect("UTF-8")).expect("opens");
        // A root may be any folder, whose configuration may be another one's.
        let options = Options::new().config_text("");
        let Ok(analysis) = Analysis::new(tree, &options) else { continue };
        for file in analysis.facts() {
            let own = file.facts.as_ref();
            assert_eq!(&again(own), own, "{}", file.path);
            let counts = [
                own.provides.len(),
                own.requires.len(),
                own.interfaces.len(),
                own.calls.len(),
                own.problems.len(),
                own.allows.len(),
            ];
            seen.iter_mut().zip(counts).for_each(|(all, own)| *all += own);
        }
    }
    assert!(seen.iter().all(|own| *own > 0), "{seen:?}");
}

#[test]
fn what_the_program_cannot_have_written_is_refused() {
    let refused = |own: &FileFacts, from: &str, to: &str| {
        let written = serde_json::to_string(own).expect("written");
        assert!(written.contains(from), "{written}");
        serde_json::from_str::<FileFacts>(&written.replace(from, to)).unwrap_err().to_string()
    };
    let problem = Problem::new("parse-error", "x", Span::default());
    let own = FileFacts { problems: vec![problem], ..FileFacts::default() };
    assert_snapshot!(
        refused(&own, "parse-error", "no-rule"),
        @"no file alone breaks `no-rule` at line 1 column 85"
    );
    let require = Require::certain(Ref::exact(kinds::FILE, "a"), Span::default(), "x", None);
    let own = FileFacts { requires: vec![require], ..FileFacts::default() };
    let target = r#"{"kind":"file","name":{"exact":"a"},"scope":null}"#;
    assert_snapshot!(
        refused(&own, target, ""),
        @"invalid length 0, expected one target or more at line 1 column 39"
    );
    let long = format!("\"{}\"", "x".repeat(100));
    assert_snapshot!(
        refused(&own, "\"file\"", &long).replace(&"x".repeat(100), "xx…"),
        @"no room for the kind `xx…`: a name has 64 letters at most, and packs name 256 kinds at most at line 1 column 148"
    );
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        match entry.path() {
            path if path.is_dir() => rust_files(&path, out),
            path if path.extension().is_some_and(|own| own == "rs") => out.push(path),
            _ => {}
        }
    }
}

/// Every rule that an extractor names is in the list, and has a page.
#[test]
fn the_rules_of_single_files_are_all_listed() {
    assert!(RULES.is_sorted());
    RULES.iter().for_each(|rule| assert!(catalog::find(rule).is_some(), "{rule}"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for part in ["syntax", "domain", "systems", "extract"] {
        rust_files(&root.join("src").join(part), &mut files);
    }
    files.push(root.join("src/loader.rs"));
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        for (at, made) in text.match_indices("Problem::new(") {
            let rule = text[at + made.len()..].trim_start();
            // The problem of a tree, which says what every tree may.
            if rule.starts_with("problem.rule,") {
                continue;
            }
            let rule = rule.strip_prefix('"').and_then(|own| own.split('"').next());
            assert!(rule.is_some_and(|own| RULES.contains(&own)), "{}: {rule:?}", file.display());
        }
    }
}

#[test]
fn the_version_changes_with_the_sources_and_with_nothing_else() {
    let files = [("a/b.rs", "x\ny\n"), ("a/c/d.rs", "z"), ("e.lock", "1\n")];
    let places = ["a", "e.lock"];
    let hash = |root: &Path| sources::hash_of(root, &places, &[".rs"]).expect("readable");
    let (one, other) = (tree(&files), tree(&files));
    let own = hash(one.path());
    assert_eq!(own.len(), 16);
    assert_eq!(own, hash(other.path()), "wherever it is");
    write(other.path(), "a/b.rs", "x\r\ny\r\n");
    write(other.path(), "a/.b.rs.swp", "x");
    write(other.path(), "f.rs", "x");
    assert_eq!(own, hash(other.path()), "however lines end, whatever lies beside them");
    for (path, text) in [("a/b.rs", "x\ny"), ("a/c/d.rs", "z\n"), ("e.lock", "2\n"), ("a/f.rs", "")]
    {
        let changed = tree(&files);
        write(changed.path(), path, text);
        assert_ne!(own, hash(changed.path()), "{path}");
    }
    let moved = tree(&[("a/b.rs", "x\ny\n"), ("a/d.rs", "z"), ("e.lock", "1\n")]);
    assert_ne!(own, hash(moved.path()), "a file that moves");
    let missing = tempfile::tempdir().expect("a folder");
    assert!(sources::hash_of(missing.path(), &places, &[".rs"]).is_err());
}
