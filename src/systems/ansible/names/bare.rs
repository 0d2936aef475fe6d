//! Words without quotes that nothing sets, and that the tree has as texts elsewhere.
//!
//! A variable of that name may be set on a command line. A word that is a text between quotes in
//! another condition, or a group of hosts, is meant to be one here too.

use super::given::{is_kept_secret, is_special};
use super::groups;
use crate::facts::{Entity, NamePattern, Ref, Relation, base_name, kinds, parent_folder};
use crate::graph::{Graph, Resolution, Resolver};
use crate::loader::FileIx;
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::OnceLock;

/// Files of more bytes are not looked through.
const MAX_SEARCHED: u64 = 256 * 1024;

/// As many files that have a word as a value show that it is a text.
const SEVERAL: usize = 3;

/// Words that are truth values in YAML and none in Jinja.
const TRUTHS: [&str; 8] = ["yes", "no", "on", "off", "Yes", "No", "YES", "NO"];

/// Endings of sources of programs.
const PROGRAMS: [&str; 10] = ["go", "js", "php", "pl", "py", "rb", "rs", "sh", "tf", "ts"];

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::ANSIBLE_BARE_WORD, Box::new(Words::default()));
}

#[derive(Default)]
struct Words {
    groups: OnceLock<FxHashSet<SmolStr>>,
    seen: OnceLock<FxHashMap<SmolStr, Seen>>,
    /// Names that anything reads as a variable.
    filled: OnceLock<FxHashSet<SmolStr>>,
}

/// How files of the tree have a word.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Something compares with it as a text.
    quoted: bool,
    /// As many files have it as a value.
    values: usize,
    /// Something sets it: `-e word=x`.
    set: bool,
    /// A program has it as a word: it may hand it to Ansible.
    programmed: bool,
}

impl Resolver for Words {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let text = name.to_string();
        let entity = || Entity::new(kinds::ANSIBLE_BARE_WORD, text.clone());
        if is_set(graph, name, &text) {
            return Resolution::Elsewhere;
        }
        let seen = self.seen.get_or_init(|| seen(graph)).get(text.as_str()).copied();
        let seen = seen.unwrap_or_default();
        let is_group = || self.groups.get_or_init(|| groups::names(graph)).contains(text.as_str());
        // A name of several words is rather one of a variable.
        let is_passed = seen.programmed && text.contains('_');
        let is_value = seen.values >= SEVERAL && !text.contains('_');
        let is_text = || seen.quoted || is_value || TRUTHS.contains(&text.as_str()) || is_group();
        // Last what is gathered of the whole tree.
        match !seen.set && !is_passed && is_text() && !self.is_filled_in(graph, &text) {
            true => Resolution::Missing(entity()),
            false => Resolution::Open(entity()),
        }
    }
}

impl Words {
    /// Whether other text of the tree reads a variable of that name between braces, where no word is
    /// taken for a text.
    fn is_filled_in(&self, graph: &Graph<'_>, text: &str) -> bool {
        let filled = self.filled.get_or_init(|| {
            let asking = graph.asking(&[kinds::ANSIBLE_VARIABLE]);
            let requires = asking.flat_map(|(_, file)| &file.facts.requires);
            // Conditions read by `Sometimes`.
            let filled = requires.filter(|own| own.relation == Relation::FilledIn);
            let targets = filled.filter_map(|require| require.any_of.first());
            let reads = targets.filter(|target| target.kind == kinds::ANSIBLE_VARIABLE);
            reads.filter_map(|target| target.name.as_exact().cloned()).collect()
        });
        filled.contains(text)
    }
}

/// Whether anything of the tree may set a variable of that name.
fn is_set(graph: &Graph<'_>, name: &NamePattern, text: &str) -> bool {
    let any = NamePattern::any();
    let sites = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_SUPPLIED]
        .into_iter()
        .flat_map(|kind| graph.matching(kind, name));
    let mut known = sites.filter_map(|site| {
        let facts = &graph.snapshot.file(site.file).facts;
        facts.provides.get(site.provide? as usize).map(|own| &own.name)
    });
    is_special(text)
        || graph.is_aside(kinds::ANSIBLE_VARIABLE, text)
        // What is encrypted may be any name.
        || known.any(|own| *own != any || is_kept_secret(text))
}

/// Words that conditions compare with and that no facts set, as all files of the tree have them.
fn seen(graph: &Graph<'_>) -> FxHashMap<SmolStr, Seen> {
    let asking = graph.asking(&[kinds::ANSIBLE_BARE_WORD]);
    let requires = asking.flat_map(|(_, file)| &file.facts.requires);
    let targets = requires.filter_map(|require| require.any_of.first());
    let wanted: FxHashSet<&SmolStr> = targets
        .filter(|target| target.kind == kinds::ANSIBLE_BARE_WORD)
        .filter_map(|target| target.name.as_exact())
        .filter(|name| !is_set(graph, &NamePattern::exact((*name).clone()), name))
        .collect();
    if wanted.is_empty() {
        return FxHashMap::default();
    }
    let is_small =
        |ix: &usize| graph.snapshot.files[*ix].entry.size.is_none_or(|size| size <= MAX_SEARCHED);
    let all = 0..graph.snapshot.files.len();
    let found: Vec<(SmolStr, Seen)> = all
        .into_par_iter()
        .filter(is_small)
        .flat_map_iter(|ix| {
            let contents = graph.snapshot.contents(ix as FileIx);
            let path = graph.snapshot.files[ix].entry.path.as_str();
            let of_file = |name: &&SmolStr| {
                let seen = Seen {
                    quoted: is_compared(&contents, name),
                    values: usize::from(is_value(&contents, name)),
                    set: sets(&contents, name, path),
                    programmed: is_program(path) && has_word(&contents, name),
                };
                (seen.quoted || seen.set || seen.programmed || seen.values > 0)
                    .then(|| ((*name).clone(), seen))
            };
            wanted.iter().filter_map(of_file).collect::<Vec<_>>()
        })
        .collect();
    let mut out: FxHashMap<SmolStr, Seen> = FxHashMap::default();
    for (name, seen) in found {
        let own = out.entry(name).or_default();
        own.quoted |= seen.quoted;
        own.values += seen.values;
        own.set |= seen.set;
        own.programmed |= seen.programmed;
    }
    out
}

/// Whether a text compares with the word between quotes: `== 'word'`.
fn is_compared(text: &[u8], word: &str) -> bool {
    memmem::find_iter(text, word.as_bytes()).any(|at| {
        let quote = at.checked_sub(1).map(|own| text[own]).filter(|own| b"'\"".contains(own));
        let before = text[..at.saturating_sub(1)].trim_ascii_end();
        quote.is_some_and(|quote| text.get(at + word.len()) == Some(&quote))
            && [&b"=="[..], b"!=", b"in [", b",", b"\\"].iter().any(|own| before.ends_with(own))
    })
}

/// Whether a file is the source of a program.
fn is_program(path: &str) -> bool {
    let ending = base_name(path).rsplit_once('.').map_or("", |(_, ending)| ending);
    PROGRAMS.contains(&ending)
}

/// Whether a text has the word between others.
fn has_word(text: &[u8], word: &str) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    memmem::find_iter(text, word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|own| text.get(own));
        !before.is_some_and(is_part) && !text.get(at + word.len()).is_some_and(is_part)
    })
}

/// Whether a line of a text ends with the word as a value: `owner: word`.
fn is_value(text: &[u8], word: &str) -> bool {
    let quotes = |own: &u8| b"'\"".contains(own);
    memmem::find_iter(text, word.as_bytes()).any(|at| {
        let before = &text[..at];
        let before = before.strip_suffix(b"'").or(before.strip_suffix(b"\"")).unwrap_or(before);
        let rest = &text[at + word.len()..];
        let rest = if rest.first().is_some_and(quotes) { &rest[1..] } else { rest };
        before.ends_with(b": ") && rest.first().is_none_or(|own| *own == b'\n')
    })
}

/// Whether a text sets a variable of that name: `word=x`, and `word: x` at the left of a file that
/// may be one of variables.
fn sets(text: &[u8], word: &str, path: &str) -> bool {
    let is_yaml = [".yml", ".yaml", ".json"].iter().any(|end| path.ends_with(end));
    let of_ci = path.starts_with('.')
        || base_name(path).starts_with(['.'])
        || base_name(path).starts_with("docker-compose");
    let is_data = is_yaml && !of_ci && !parent_folder(path).split('/').any(|own| own == "tasks");
    memmem::find_iter(text, word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).map(|own| text[own]);
        let rest = &text[at + word.len()..];
        let is_own = before.is_none_or(|own| b" \t\n\"'{-".contains(&own));
        let assigns = rest.first() == Some(&b'=') && rest.get(1) != Some(&b'=');
        let at_left = before.is_none_or(|own| own == b'\n');
        is_own && assigns || is_data && at_left && rest.first() == Some(&b':')
    })
}
