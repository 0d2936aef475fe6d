//! Which files are twins: the same thing in two environments that follow on each other.

use super::words::{Chain, Rank};
use crate::facts::Standing;
use crate::mapping::{Mapping, Rule};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Endings of files that are code: two of them beside each other are no twins.
const CODE: [&str; 14] = [
    ".pp", ".rb", ".py", ".sh", ".erb", ".epp", ".pl", ".js", ".ts", ".go", ".md", ".rst", ".txt",
    ".png",
];

/// Where a word for an environment stands in paths: a folder or a file of each environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Slot<'p> {
    /// What stands before the segment, with its `/`.
    before: &'p str,
    /// The segment's text before the word.
    head: &'p str,
    /// The segment's text behind the word.
    tail: &'p str,
    is_folder: bool,
}

/// One environment's place in a slot: the folder with its `/`, or the file.
type Places<'p> = BTreeMap<Rank, &'p str>;

/// Two environments that follow on each other, side by side in one place of a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The earlier environment.
    pub from: Rank,
    /// The later one.
    pub to: Rank,
    /// The earlier one's folder or file.
    pub here: SmolStr,
    /// The later one's.
    pub there: SmolStr,
    /// Files that both have.
    pub twins: Vec<(SmolStr, SmolStr)>,
    /// Files that the earlier one has alone, each with where its twin would be.
    pub lacking: Vec<(SmolStr, SmolStr)>,
    /// Files that the later one has alone.
    pub beyond: Vec<(SmolStr, SmolStr)>,
}

/// The pairs of a tree with these paths, which are sorted: those of `rules` first, then by place.
pub fn pairs(paths: &[&str], chain: &Chain, rules: &[Rule]) -> Vec<Pair> {
    let mut slots: BTreeMap<Slot<'_>, Places<'_>> = BTreeMap::new();
    for path in paths {
        places(path, chain, &mut slots);
    }
    if let Some(last) = chain.unnamed() {
        without_word(paths, chain, last, &mut slots);
    }
    let mut told: FxHashSet<(SmolStr, SmolStr)> = FxHashSet::default();
    let mut pairs: Vec<Pair> = rules.iter().filter_map(|rule| ruled(paths, chain, rule)).collect();
    for pair in &mut pairs {
        pair.twins.retain(|own| told.insert(own.clone()));
    }
    pairs.retain(|pair| !pair.twins.is_empty());
    for (slot, places) in &slots {
        let own: Vec<(&Rank, &&str)> = places.iter().collect();
        for two in own.windows(2) {
            let [(from, here), (to, there)] = two else { continue };
            let mut pair = Pair {
                from: **from,
                to: **to,
                here: (**here).into(),
                there: (**there).into(),
                twins: Vec::new(),
                lacking: Vec::new(),
                beyond: Vec::new(),
            };
            match slot.is_folder {
                true => folders(paths, chain, &mut pair),
                false => pair.twins.push((pair.here.clone(), pair.there.clone())),
            }
            pair.twins.retain(|own| told.insert(own.clone()));
            let is_alike = pair.twins.len() * 3 >= pair.lacking.len().min(pair.beyond.len());
            if !pair.twins.is_empty() && is_alike {
                pairs.push(pair);
            }
        }
    }
    pairs
}

/// Folders called like an environment that stand beside those of `pairs` and are in none, each with
/// the environment.
pub fn left_out<'p>(paths: &[&'p str], chain: &Chain, pairs: &[Pair]) -> Vec<(&'p str, Rank)> {
    let mut slots: BTreeMap<Slot<'_>, Places<'_>> = BTreeMap::new();
    for path in paths {
        places(path, chain, &mut slots);
    }
    let paired = || pairs.iter().flat_map(|pair| [pair.here.as_str(), pair.there.as_str()]);
    let known: FxHashSet<&str> = paired().collect();
    let beside: FxHashSet<&str> = paired()
        .filter_map(|place| place.strip_suffix('/'))
        .map(|place| place.rfind('/').map_or("", |at| &place[..=at]))
        .collect();
    let own = slots.iter().filter(|(slot, _)| slot.is_folder && beside.contains(slot.before));
    let own = own.flat_map(|(_, places)| places).map(|(rank, place)| (*place, *rank));
    let own: BTreeMap<&str, Rank> = own.filter(|(place, _)| !known.contains(place)).collect();
    own.into_iter().collect()
}

/// What a rule of the configuration pairs.
fn ruled(paths: &[&str], chain: &Chain, rule: &Rule) -> Option<Pair> {
    let mapping = Mapping::new(std::slice::from_ref(rule)).ok()?;
    let rank = |glob: &str| {
        let words = glob.split('/').flat_map(|own| chain.words(own)).map(|own| own.2);
        words.max()
    };
    let last = chain.len().checked_sub(1)?;
    let to = rank(&rule.production).unwrap_or(last);
    let named = rank(&rule.staging).filter(|from| *from < to);
    let from = named.or(to.checked_sub(1))?;
    let root = |glob: &str| -> SmolStr {
        let plain = glob.split('*').next().unwrap_or_default();
        let end = plain.rfind('/').map_or(0, |at| at + 1);
        if glob.contains('*') { plain[..end].into() } else { glob.into() }
    };
    let mut pair = Pair {
        from,
        to,
        here: root(&rule.staging),
        there: root(&rule.production),
        twins: Vec::new(),
        lacking: Vec::new(),
        beyond: Vec::new(),
    };
    let has = |path: &str| paths.binary_search(&path).is_ok();
    for path in paths {
        let own = SmolStr::new(path);
        if let Some(there) = mapping.to_production(path) {
            let list = if has(&there) { &mut pair.twins } else { &mut pair.lacking };
            list.push((own, there));
        } else if let Some(there) = mapping.paired(path).filter(|there| has(there)) {
            pair.twins.push((own, there));
        } else if let Some(here) = mapping.to_staging(path).find(|here| !has(here)) {
            pair.beyond.push((own, here));
        }
    }
    pair.twins.retain(|(here, there)| here != there);
    Some(pair)
}

/// Where the words for environments stand in a path.
fn places<'p>(path: &'p str, chain: &Chain, slots: &mut BTreeMap<Slot<'p>, Places<'p>>) {
    let mut start = 0;
    for segment in path.split('/') {
        let end = start + segment.len();
        let (before, is_folder) = (&path[..start], end < path.len());
        let place = if is_folder { &path[..=end] } else { path };
        start = end + 1;
        let is_code = !is_folder && CODE.iter().any(|ending| segment.ends_with(ending));
        if is_code || is_source(before) {
            continue;
        }
        for (from, to, rank) in chain.words(segment) {
            // A folder called `test` is one of tests, but for an environment of that name.
            let live = format!("{before}{}x{}/f.yaml", &segment[..from], &segment[to..]);
            if !Standing::of(&live).is_live() || before.starts_with('.') {
                continue;
            }
            let (head, tail) = (&segment[..from], &segment[to..]);
            let slot = Slot { before, head, tail, is_folder };
            slots.entry(slot).or_default().entry(rank).or_insert(place);
        }
    }
}

/// The environments that a path is of, innermost first.
pub fn ranks(path: &str, chain: &Chain) -> Vec<Rank> {
    let mut slots = BTreeMap::new();
    places(path, chain, &mut slots);
    let mut own: Vec<(usize, Rank)> = slots
        .iter()
        .flat_map(|(slot, places)| places.keys().map(move |rank| (slot.before.len(), *rank)))
        .collect();
    own.sort_unstable_by(|a, b| b.cmp(a));
    own.into_iter().map(|(_, rank)| rank).collect()
}

/// Whether a folder holds what is loaded by its name.
fn is_source(folder: &str) -> bool {
    let holds = |word: &str| folder.starts_with(word) || folder.contains(&format!("/{word}"));
    // Manifests of Kubernetes are no names.
    let is_puppet = folder.contains("modules/") && holds("manifests/");
    is_puppet || ["templates/", "lib/", "tasks/", "src/"].into_iter().any(holds)
}

/// Production's file where no word names it: `web` beside `web_stg`, `a.conf` beside
/// `a.conf.stg`, `X.php` beside `X-labs.php`. Values that stand beside those of an environment
/// are the base of all.
fn without_word<'p>(
    paths: &[&'p str],
    chain: &Chain,
    last: Rank,
    slots: &mut BTreeMap<Slot<'p>, Places<'p>>,
) {
    let find = |path: &str| paths.binary_search(&path).ok().map(|ix| paths[ix]);
    for (slot, places) in slots.iter_mut() {
        let is_staging = places.keys().any(|rank| chain.name(*rank) == "staging");
        let separator = slot.head.ends_with(['-', '_', '.']);
        if slot.is_folder || places.len() != 1 || !is_staging || !separator {
            continue;
        }
        let own = places.values().next().copied().unwrap_or_default();
        let is_values =
            slot.head.starts_with("values") || own.ends_with(".yaml") || own.ends_with(".yml");
        if is_values && !own.contains("group_vars/") && !own.contains("host_vars/") {
            continue;
        }
        let head = &slot.head[..slot.head.len() - 1];
        let there = find(&format!("{}{head}{}", slot.before, slot.tail));
        if let Some(there) = there.filter(|_| !head.is_empty()) {
            places.insert(last, there);
        }
    }
}

/// Which files of two folders are twins.
fn folders(paths: &[&str], chain: &Chain, pair: &mut Pair) {
    let inside = |folder: &str, rank: Rank| -> FxHashMap<SmolStr, SmolStr> {
        let from = paths.partition_point(|path| *path < folder);
        let own = paths[from..].iter().take_while(|path| path.starts_with(folder));
        own.map(|path| (chain.neutral(&path[folder.len()..], rank), SmolStr::new(path))).collect()
    };
    let here = inside(&pair.here, pair.from);
    let there = inside(&pair.there, pair.to);
    let at = |name: &str, folder: &str, word: &str| -> SmolStr {
        format!("{folder}{}", name.replace('\u{1}', word)).into()
    };
    // The word as the folder itself has it.
    let word = |place: &str, rank: Rank| -> String {
        let segment = place.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let own = chain.words(segment).into_iter().find(|own| own.2 == rank);
        own.map_or_else(|| chain.name(rank).to_owned(), |own| segment[own.0..own.1].to_owned())
    };
    let (word_here, word_there) = (word(&pair.here, pair.from), word(&pair.there, pair.to));
    let names: BTreeSet<&SmolStr> = here.keys().chain(there.keys()).collect();
    for name in names {
        match (here.get(name), there.get(name)) {
            (Some(own), Some(twin)) => pair.twins.push((own.clone(), twin.clone())),
            (Some(own), None) => {
                pair.lacking.push((own.clone(), at(name, &pair.there, &word_there)));
            }
            (None, Some(own)) => {
                pair.beyond.push((own.clone(), at(name, &pair.here, &word_here)));
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(paths: &[&str]) -> Vec<String> {
        let mut paths = paths.to_vec();
        paths.sort_unstable();
        let chain = Chain::default();
        let pairs = pairs(&paths, &chain, &[]);
        let twins =
            |own: &Pair| own.twins.iter().map(|(a, b)| format!("{a} = {b}")).collect::<Vec<_>>();
        let lacking =
            |own: &Pair| own.lacking.iter().map(|(a, b)| format!("{a} - {b}")).collect::<Vec<_>>();
        pairs.iter().flat_map(|own| [twins(own), lacking(own)].concat()).collect()
    }

    #[test]
    fn every_scheme_is_known() {
        for (paths, expected) in [
            (
                &["c/values-staging.yaml", "c/values-prod.yaml"][..],
                "c/values-staging.yaml = c/values-prod.yaml",
            ),
            (
                &["c/staging.values.yaml", "c/prod.values.yaml"],
                "c/staging.values.yaml = c/prod.values.yaml",
            ),
            (
                &["k/overlays/stage/a.yaml", "k/overlays/prod/a.yaml"],
                "k/overlays/stage/a.yaml = k/overlays/prod/a.yaml",
            ),
            (&["apps/x/stg.yaml", "apps/x/prd.yaml"], "apps/x/stg.yaml = apps/x/prd.yaml"),
            (&["group_vars/web_stg", "group_vars/web"], "group_vars/web_stg = group_vars/web"),
            (&["etc/app.conf.stg", "etc/app.conf"], "etc/app.conf.stg = etc/app.conf"),
            (
                &["n/db-preprod/a-preprod.tf", "n/db-prod/a-prod.tf"],
                "n/db-preprod/a-preprod.tf = n/db-prod/a-prod.tf",
            ),
            (&["w/Common-labs.php", "w/Common.php"], "w/Common-labs.php = w/Common.php"),
            (
                &["k8s/environments/test/x.yaml", "k8s/environments/prod/x.yaml"],
                "k8s/environments/test/x.yaml = k8s/environments/prod/x.yaml",
            ),
        ] {
            assert_eq!(shown(paths), [expected]);
        }
    }

    #[test]
    fn a_folder_beside_them_that_pairs_with_nothing_is_left_out() {
        let paths =
            ["other/prod-x/a.tf", "prod-eu/a.tf", "prod-eu/b.tf", "stage/a.tf", "test/a.tf"];
        let chain = Chain::default();
        let pairs = pairs(&paths, &chain, &[]);
        assert_eq!(left_out(&paths, &chain, &pairs), [("prod-eu/", 9)]);
        assert!(left_out(&paths[..3], &chain, &[]).is_empty());
    }

    #[test]
    fn a_chain_is_compared_step_by_step() {
        assert_eq!(
            shown(&["n/x-dev/a.tf", "n/x-dev/b.tf", "n/x-preprod/a.tf", "n/x-prod/a.tf"]),
            [
                "n/x-dev/a.tf = n/x-preprod/a.tf",
                "n/x-dev/b.tf - n/x-preprod/b.tf",
                "n/x-preprod/a.tf = n/x-prod/a.tf",
            ]
        );
    }

    #[test]
    fn rules_pair_what_no_word_tells() {
        let paths = ["modules-next/a.pp", "modules-next/b.pp", "modules/a.pp", "modules/c.pp"];
        let rules = [Rule::new("modules-next/**", "modules/**")];
        let own = &pairs(&paths, &Chain::default(), &rules)[0];
        assert_eq!(own.twins, [("modules-next/a.pp".into(), "modules/a.pp".into())]);
        assert_eq!(own.lacking, [("modules-next/b.pp".into(), "modules/b.pp".into())]);
        assert_eq!(own.beyond, [("modules/c.pp".into(), "modules-next/c.pp".into())]);
    }

    #[test]
    fn what_has_nothing_in_common_is_no_pair() {
        assert!(shown(&["dev/Makefile", "production/site.yaml"]).is_empty());
        assert!(shown(&["values-staging.yaml", "values.yaml"]).is_empty());
        assert!(
            shown(&["m/manifests/modules/staging.pp", "m/manifests/modules/prod.pp"]).is_empty()
        );
    }
}
