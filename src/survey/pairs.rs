//! Which paths of a tree are staging's and which production's, told by their names.

use super::Certainty;
use crate::facts::{Standing, base_name};
use crate::mapping::Rule;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What staging is called.
const STAGING: [&str; 6] = ["staging", "stage", "stg", "preprod", "preproduction", "labs"];
/// What comes before staging in a chain, in order.
const EARLIER: [&str; 8] =
    ["dev", "development", "test", "testing", "integration", "qa", "uat", "acceptance"];
/// What production is called, in the order that is tried; nothing at all comes last.
const PRODUCTION: [&str; 5] = ["production", "prod", "prd", "live", ""];
/// Endings of files that are code: two of them beside each other are no pair.
const CODE: [&str; 14] = [
    ".pp", ".rb", ".py", ".sh", ".erb", ".epp", ".pl", ".js", ".ts", ".go", ".md", ".rst", ".txt",
    ".png",
];
/// Endings of files without which a folder is one of data alone.
const PROGRAMS: [&str; 7] = [".pp", ".rb", ".py", ".sh", ".erb", ".epp", ".php"];

/// A rule with the pairs that it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    /// The rule.
    pub rule: Rule,
    /// How many pairs of files it stands for.
    pub count: usize,
    /// Whether it is beyond doubt.
    pub certainty: Certainty,
    /// The environment before staging that it begins with, if any.
    pub earlier: Option<&'static str>,
}

/// One path of staging with its counterpart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Pair<'p> {
    /// What stands before the segment that differs, with its `/`.
    before: &'p str,
    /// The segment's text before the word, with the separator.
    head: &'p str,
    /// The same in production, where the separator may be gone.
    head_there: &'p str,
    word: &'p str,
    /// Production's word, or that of the next environment in a chain.
    word_there: &'static str,
    /// The segment's text behind the word.
    tail: &'p str,
    tail_there: &'p str,
    /// What stands behind the segment, with its `/`; empty for a file's own name.
    after: &'p str,
}

impl Pair<'_> {
    fn production(&self) -> String {
        let Self { before, head_there, word_there, tail_there, after, .. } = self;
        format!("{before}{head_there}{word_there}{tail_there}{after}")
    }
}

/// The rules that pair staging with production in `paths`, which are sorted: those without
/// wildcards first, then those of most pairs.
pub fn pairs(paths: &[&str]) -> Vec<Pairs> {
    let has = |path: &str| paths.binary_search(&path).is_ok();
    let live =
        paths.iter().copied().filter(|path| Standing::of(path).is_live() && !path.starts_with('.'));
    let found: Vec<Pair<'_>> = live.filter_map(|path| pair(path, &has)).collect();
    let mut alike: BTreeMap<Likeness<'_>, usize> = BTreeMap::new();
    for own in found.iter().filter_map(likeness) {
        *alike.entry(own).or_default() += 1;
    }
    let mut rules: BTreeMap<(Rule, bool), (usize, BTreeSet<&str>)> = BTreeMap::new();
    let mut folders: BTreeMap<(&str, String, String), Vec<&Pair<'_>>> = BTreeMap::new();
    let mut files: BTreeMap<(String, String), Vec<&Pair<'_>>> = BTreeMap::new();
    for own in &found {
        let there = format!("{}{}{}", own.head_there, own.word_there, own.tail_there);
        if own.after.is_empty() {
            let many = likeness(own).is_some_and(|own| alike.get(&own).is_some_and(|n| *n > 1));
            let star = |head: &str, word: &str, tail: &str| match many {
                true => format!("*{}{word}{tail}", separator(head)),
                false => format!("{head}{word}{tail}"),
            };
            let key = (
                star(own.head, own.word, own.tail),
                star(own.head_there, own.word_there, own.tail_there),
            );
            files.entry(key).or_default().push(own);
        } else {
            let here = format!("{}{}{}", own.head, own.word, own.tail);
            folders.entry((own.before, here, there)).or_default().push(own);
        }
    }
    for ((here, there), own) in &files {
        let above: BTreeSet<&str> = own.iter().map(|pair| pair.before).collect();
        let dropped = own.iter().all(|pair| pair.word_there.is_empty());
        for before in spread(&above) {
            let rule = Rule::new(format!("{before}{here}"), format!("{before}{there}"));
            let count = own.iter().filter(|pair| covers(&before, pair.before)).count();
            rules.entry((rule, dropped)).or_default().0 += count;
        }
    }
    folder_rules(paths, &folders, &mut rules);
    let mut out: Vec<Pairs> = rules
        .into_iter()
        .map(|((rule, dropped), (count, _))| {
            let known = rule.staging.contains("values-") || rule.staging.ends_with("-labs.php");
            let certainty = match dropped && count < 2 && !known {
                true => Certainty::Guess,
                false => Certainty::Sure,
            };
            let earlier = earlier(&rule);
            Pairs { rule, count, certainty, earlier }
        })
        .collect();
    // What comes before staging is one only where staging follows on it.
    let rules: Vec<Rule> = out.iter().map(|own| own.rule.clone()).collect();
    for (own, step) in out.iter_mut().zip(crate::mapping::steps(&rules)) {
        if own.earlier.is_some() && step == 0 {
            own.certainty = Certainty::Guess;
            own.earlier = None;
        }
    }
    out.sort_by(|a, b| {
        let guess = |own: &Pairs| own.certainty == Certainty::Guess;
        // The first rule that leads to a file holds: what is named comes before wildcards.
        let wild = |own: &Pairs| own.rule.staging.contains('*');
        // A chain in its order: development before integration before staging.
        let rank = |own: &Pairs| own.earlier.map_or(EARLIER.len(), rank);
        (guess(a), rank(a), wild(a), b.count, &a.rule).cmp(&(
            guess(b),
            rank(b),
            wild(b),
            a.count,
            &b.rule,
        ))
    });
    out
}

/// Where a word stands in the chain.
fn rank(word: &str) -> usize {
    EARLIER.iter().position(|own| *own == word).unwrap_or(EARLIER.len())
}

/// The earlier environment that a rule begins with: what its two sides differ in.
fn earlier(rule: &Rule) -> Option<&'static str> {
    let parts = |glob: &str| -> BTreeSet<String> {
        glob.split(['/', '.', '-', '_']).map(str::to_owned).collect()
    };
    let (here, there) = (parts(&rule.staging), parts(&rule.production));
    EARLIER.iter().copied().find(|word| here.contains(*word) && !there.contains(*word))
}

type Folders<'p, 'f> = BTreeMap<(&'p str, String, String), Vec<&'f Pair<'p>>>;

/// The rules of folders. One that holds programs, or is an overlay, is promoted as a whole;
/// of any other, a file is compared with its counterpart.
fn folder_rules<'p>(
    paths: &[&'p str],
    folders: &Folders<'p, '_>,
    rules: &mut BTreeMap<(Rule, bool), (usize, BTreeSet<&'p str>)>,
) {
    let mut names: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for (before, here, there) in folders.keys() {
        names.entry((here, there)).or_default().insert(before);
    }
    for ((before, here, there), own) in folders {
        let folder = format!("{before}{here}/");
        let from = paths.partition_point(|path| *path < folder.as_str());
        let inside = paths[from..].iter().take_while(|path| path.starts_with(&folder));
        let is_program = |path: &&&str| PROGRAMS.iter().any(|end| path.ends_with(end));
        let is_data = before.contains("hieradata") || before.contains("_vars/");
        let whole = !is_data
            && (before.ends_with("overlays/") || inside.clone().any(|path| is_program(&path)));
        let parent = base_name(before.trim_end_matches('/'));
        let others = names.get(&(here.as_str(), there.as_str())).into_iter().flatten();
        let alike: BTreeSet<&str> = others
            .copied()
            .filter(|other| base_name(other.trim_end_matches('/')) == parent)
            .filter(|_| !parent.is_empty())
            .collect();
        let is_many = alike.len() > 2 && before.matches('/').count() > 1;
        let before = if is_many { format!("**/{parent}/") } else { (*before).to_owned() };
        let tails: &[&str] = if whole { &["**"] } else { &["*", "**/*"] };
        for tail in tails {
            let is_deep = |pair: &&&Pair<'_>| pair.after.matches('/').count() > 1;
            let count = own.iter().filter(|pair| whole || is_deep(pair) == (*tail != "*")).count();
            if count == 0 {
                continue;
            }
            let rule =
                Rule::new(format!("{before}{here}/{tail}"), format!("{before}{there}/{tail}"));
            rules.entry((rule, false)).or_default().0 += count;
        }
    }
}

/// The pair of `path`, whose counterpart `has` to be there.
fn pair<'p>(path: &'p str, has: &impl Fn(&str) -> bool) -> Option<Pair<'p>> {
    let mut start = 0;
    for segment in path.split('/') {
        let end = start + segment.len();
        let (before, after) = (&path[..start], &path[end..]);
        start = end + 1;
        let is_code = CODE.iter().any(|end| segment.ends_with(end));
        // Classes and templates of two names are two things.
        if (after.is_empty() && is_code) || is_source(before) {
            continue;
        }
        for (at, word) in words(segment) {
            if let Some(found) = counterpart(before, segment, at, word, after, has) {
                return Some(found);
            }
        }
    }
    None
}

/// Whether a folder holds what is loaded by its name.
fn is_source(folder: &str) -> bool {
    ["manifests/", "templates/", "lib/", "tasks/"]
        .iter()
        .any(|word| folder.starts_with(word) || folder.contains(&format!("/{word}")))
}

/// Words for staging in a segment that stand by themselves, with their places.
fn words(segment: &str) -> impl Iterator<Item = (usize, &'static str)> + '_ {
    let is_edge = |c: Option<char>| c.is_none_or(|c| matches!(c, '-' | '_' | '.'));
    STAGING.iter().chain(&EARLIER).flat_map(move |word| {
        segment.match_indices(word).filter_map(move |(at, _)| {
            let before = segment[..at].chars().next_back();
            let behind = segment[at + word.len()..].chars().next();
            (is_edge(before) && is_edge(behind)).then_some((at, *word))
        })
    })
}

fn counterpart<'p>(
    before: &'p str,
    segment: &'p str,
    at: usize,
    word: &'static str,
    after: &'p str,
    has: &impl Fn(&str) -> bool,
) -> Option<Pair<'p>> {
    let (head, tail) = (&segment[..at], &segment[at + word.len()..]);
    let word_text = &segment[at..at + word.len()];
    let is_earlier = EARLIER.contains(&word);
    let next: Vec<&'static str> = match is_earlier {
        // The nearest one of the chain, and always with a name.
        true => {
            let later = EARLIER[rank(word) + 1..].iter().chain(&STAGING[..5]);
            let named = PRODUCTION.iter().filter(|word| !word.is_empty());
            later.chain(named).copied().collect()
        }
        false => PRODUCTION.to_vec(),
    };
    next.into_iter().find_map(|word_there| {
        let (mut head_there, mut tail_there) = (head, tail);
        if word_there.is_empty() {
            // `values-staging.yaml` → `values.yaml`, `staging.values.yaml` → `values.yaml`.
            let is_folder = !after.is_empty();
            if !head.is_empty() {
                head_there = head.get(..head.len() - 1)?;
            } else if tail[1.min(tail.len())..].contains('.') {
                tail_there = tail.get(1..)?;
            } else {
                return None;
            }
            let is_nothing = head_there.is_empty() && tail_there.is_empty();
            if is_nothing || (is_folder && word != "stg" && word != "staging") {
                return None;
            }
        } else if word == "labs" {
            return None;
        }
        let own =
            Pair { before, head, head_there, word: word_text, word_there, tail, tail_there, after };
        has(&own.production()).then_some(own)
    })
}

/// What names that differ from their counterparts in the same way share, where a wildcard
/// can stand for the rest.
fn likeness<'p>(own: &Pair<'p>) -> Option<Likeness<'p>> {
    let separators = (separator(own.head), separator(own.head_there));
    let words = (own.word, own.word_there, own.tail, own.tail_there);
    (own.after.is_empty() && own.head.len() > 1).then_some((own.before, separators, words))
}

type Likeness<'p> = (&'p str, (&'p str, &'p str), (&'p str, &'static str, &'p str, &'p str));

/// The separator that a head ends in, if any.
fn separator(head: &str) -> &str {
    let at = head.trim_end_matches(['-', '_', '.']).len();
    &head[at..]
}

/// The folders as they are, or as `**/` where they are many.
fn spread(folders: &BTreeSet<&str>) -> Vec<SmolStr> {
    if folders.len() < 3 {
        return folders.iter().map(SmolStr::new).collect();
    }
    let mut out = vec![SmolStr::new_static("**/")];
    if folders.contains("") {
        out.push(SmolStr::new_static(""));
    }
    out
}

fn covers(spread: &SmolStr, folder: &str) -> bool {
    if spread == "**/" { !folder.is_empty() } else { spread == folder }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Mapping;

    /// The rules as text, and that they map what they are made of.
    fn rules(paths: &[&str]) -> Vec<String> {
        let mut paths = paths.to_vec();
        paths.sort_unstable();
        let found = pairs(&paths);
        let rules: Vec<Rule> = found.iter().map(|own| own.rule.clone()).collect();
        Mapping::new(&rules).expect("valid rules");
        rules.iter().map(|rule| format!("{} → {}", rule.staging, rule.production)).collect()
    }

    #[test]
    fn every_scheme_is_known() {
        for (paths, expected) in [
            (["c/values-staging.yaml", "c/values.yaml"], "c/values-staging.yaml → c/values.yaml"),
            (
                ["c/staging.values.yaml", "c/prod.values.yaml"],
                "c/staging.values.yaml → c/prod.values.yaml",
            ),
            (
                ["hieradata/staging.yaml", "hieradata/production.yaml"],
                "hieradata/staging.yaml → hieradata/production.yaml",
            ),
            (
                ["k/overlays/stage/a.yaml", "k/overlays/prod/a.yaml"],
                "k/overlays/stage/** → k/overlays/prod/**",
            ),
            (["apps/x/stg.yaml", "apps/x/prd.yaml"], "apps/x/stg.yaml → apps/x/prd.yaml"),
            (["group_vars/web_stg", "group_vars/web"], "group_vars/web_stg → group_vars/web"),
            (["etc/app.conf.stg", "etc/app.conf"], "etc/app.conf.stg → etc/app.conf"),
            (["m/db-preprod/a.yaml", "m/db-prod/a.yaml"], "m/db-preprod/* → m/db-prod/*"),
            (["w/Common-labs.php", "w/Common.php"], "w/Common-labs.php → w/Common.php"),
            (["envs/staging/x.pp", "envs/production/x.pp"], "envs/staging/** → envs/production/**"),
        ] {
            assert_eq!(rules(&paths), [expected]);
        }
        let three =
            ["v/values-integration.yaml", "v/values-production.yaml", "v/values-staging.yaml"];
        assert_eq!(
            rules(&three),
            [
                "v/values-integration.yaml → v/values-staging.yaml",
                "v/values-staging.yaml → v/values-production.yaml",
            ]
        );
    }

    #[test]
    fn a_chain_is_written_in_its_order() {
        let four = ["v/dev.yaml", "v/integration.yaml", "v/staging.yaml", "v/production.yaml"];
        assert_eq!(
            rules(&four),
            [
                "v/dev.yaml → v/integration.yaml",
                "v/integration.yaml → v/staging.yaml",
                "v/staging.yaml → v/production.yaml",
            ]
        );
        let folders =
            ["o/overlays/dev/a.yaml", "o/overlays/stage/a.yaml", "o/overlays/prod/a.yaml"];
        assert_eq!(
            rules(&folders),
            ["o/overlays/dev/** → o/overlays/stage/**", "o/overlays/stage/** → o/overlays/prod/**",]
        );
        assert_eq!(rules(&["v/dev.yaml", "v/prod.yaml"]), ["v/dev.yaml → v/prod.yaml"]);
        assert!(rules(&["v/values-dev.yaml", "v/values.yaml"]).is_empty());
        assert!(rules(&["hosts/dev1.yaml", "hosts/prod1.yaml"]).is_empty());
    }

    #[test]
    fn names_and_folders_that_are_many_become_wildcards() {
        let vars = ["g/a_stg", "g/a", "g/b_stg", "g/b"];
        assert_eq!(rules(&vars), ["g/*_stg → g/*"]);
        let apps = [
            "a/x/stg.yaml",
            "a/x/prod.yaml",
            "a/y/stg.yaml",
            "a/y/prod.yaml",
            "a/z/stg.yaml",
            "a/z/prod.yaml",
        ];
        assert_eq!(rules(&apps), ["**/stg.yaml → **/prod.yaml"]);
    }

    #[test]
    fn what_has_no_counterpart_is_code_or_a_test_is_no_pair() {
        assert!(rules(&["hosts/ml-staging1.yaml", "hosts/ml1.yaml"]).is_empty());
        assert!(rules(&["m/manifests/staging.pp", "m/manifests/production.pp"]).is_empty());
        assert!(rules(&["m/manifests/staging/a.pp", "m/manifests/production/a.pp"]).is_empty());
        assert!(rules(&["role/staging/worker.yaml", "role/worker.yaml"]).is_empty());
        assert!(rules(&["spec/fixtures/staging.yaml", "spec/fixtures/production.yaml"]).is_empty());
        assert!(rules(&["backstage/a.yaml", "prod/a.yaml"]).is_empty());
    }
}
