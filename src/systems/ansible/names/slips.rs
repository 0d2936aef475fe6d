//! Names that are slips of variables that a role has.
//!
//! What nothing of a tree sets may be set on a command line, or by whoever uses a role. A name
//! that is one letter from that of another variable of the role is hardly meant to be.

use super::super::spelling::{
    MIN_SLIP, apart, digits, is_shuffled, is_slip, is_turned, is_word_slip,
};
use super::given::{SPECIAL, is_of_inventory};
use super::unit;
use crate::facts::{NamePattern, base_name, kinds, parent_folder};
use crate::graph::{Graph, PathKind, Resolution};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Shorter names are any role's.
const MIN_PREFIXED: usize = 8;

/// The name of a role as its variables begin with it: `repo_mysql` of `roles/acme.repo-mysql`.
pub(in super::super) fn own_name(unit: &str) -> String {
    let name = base_name(unit);
    name.rsplit('.').next().unwrap_or(name).replace('-', "_")
}

/// Roles that plays of the tree use, with their names of variables.
#[derive(Default)]
pub(super) struct Slips {
    used: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Names that a unit's own tasks fill, whoever uses it.
    filled: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Names that anything reads.
    read: FxHashSet<SmolStr>,
    /// Names that inventories set.
    inventories: FxHashSet<SmolStr>,
    /// Names that a file of plays sets.
    plays: FxHashMap<SmolStr, Vec<SmolStr>>,
    /// Whether variables of groups or hosts lie outside of the tree, behind a link.
    kept_elsewhere: bool,
}

impl Slips {
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut used: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        let mut filled: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        let mut read = FxHashSet::default();
        let known = [kinds::ANSIBLE_VARIABLE, kinds::ANSIBLE_RESULT, kinds::ANSIBLE_ROLE_USE];
        for (_, file) in graph.asking(&known).filter(|(_, file)| file.standing.is_live()) {
            let targets = file.facts.requires.iter().filter_map(|require| require.any_of.first());
            for target in targets {
                if target.kind != kinds::ANSIBLE_ROLE_USE && known.contains(&target.kind) {
                    read.extend(target.name.as_exact().cloned());
                }
                if target.kind != kinds::ANSIBLE_ROLE_USE {
                    continue;
                }
                let Resolution::Found(sites) = graph.resolve_ref(target) else { continue };
                for site in sites {
                    let path = &graph.snapshot.file(site.file).entry.path;
                    used.extend(unit(path).map(|own| (own.into(), Vec::new())));
                }
            }
        }
        let mut inventories = FxHashSet::default();
        let mut plays: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        for (name, site) in graph.all(kinds::ANSIBLE_VARIABLE) {
            let path = &graph.snapshot.file(site.file).entry.path;
            if is_of_inventory(path) {
                inventories.insert(name.clone());
            }
            let Some(own) = unit(path) else {
                plays.entry(path.as_str().into()).or_default().push(name.clone());
                continue;
            };
            if let Some(names) = used.get_mut(own) {
                names.push(name.clone());
            }
            if parent_folder(path).split('/').any(|part| part == "tasks") {
                filled.entry(own.into()).or_default().push(name.clone());
            }
        }
        let is_apart = |path: &SmolStr| {
            matches!(base_name(path), "group_vars" | "host_vars")
                && graph.paths.look_up(path) == PathKind::Elsewhere
        };
        let kept_elsewhere = graph.paths.all().iter().any(is_apart);
        Self { used, filled, read, inventories, plays, kept_elsewhere }
    }

    /// The variable of the role that the name is a slip of.
    pub fn meant(&self, unit: &str, name: &str) -> Option<&SmolStr> {
        let names = [&self.used, &self.filled].into_iter().filter_map(|names| names.get(unit));
        names
            .flatten()
            .filter(|own| !is_private(own, name))
            .find(|own| is_slip(name, own) || is_shuffled(name, own) || is_word_slip(name, own))
    }

    /// The variable of the role that has the words of `name`, but for one that means the same, or in
    /// another order, and that nothing reads: `web_log_dir` for `web_log_path`.
    pub fn reworded(&self, graph: &Graph<'_>, unit: &str, name: &str) -> Option<&SmolStr> {
        let mut names = self.used.get(unit)?.iter();
        names.find(|own| {
            (is_reworded(name, own) || is_turned(name, own)) && self.is_unread(graph, own)
        })
    }

    /// The only variable of the role that nothing reads and that has the words of `name` but for one
    /// of many, or one more or less: whoever set it meant to set `name`.
    pub fn instead(&self, graph: &Graph<'_>, unit: &str, name: &str) -> Option<&SmolStr> {
        let near = self.used.get(unit)?.iter();
        let mut near = near.filter(|own| is_beside(name, own) && self.is_unread(graph, own));
        let found = near.next()?;
        near.all(|own| own == found).then_some(found)
    }

    /// The variable of the role, the file's own plays or inventories that has the words of `name` in
    /// another order.
    pub fn shuffled(&self, path: &str, unit: Option<&str>, name: &str) -> Option<&SmolStr> {
        let of_role = unit.and_then(|unit| self.used.get(unit)).into_iter().flatten();
        let of_file = self.plays.get(path).into_iter().flatten();
        let all = of_role.chain(of_file).chain(&self.inventories);
        all.filter(|own| is_shuffled(name, own)).min()
    }

    /// The variable of the file's own plays, or of inventories, that the name is a slip of: of
    /// these there are many, so that only more than a letter counts, or one that nothing reads.
    pub fn around(&self, graph: &Graph<'_>, path: &str, name: &str) -> Option<&SmolStr> {
        let own = self.plays.get(path).into_iter().flatten().filter(|own| !is_private(own, name));
        let unread = |own: &&SmolStr| self.is_unread(graph, own);
        let in_file = |own: &&SmolStr| {
            is_slip(name, own)
                || is_shuffled(name, own)
                || (is_letter_away(name, own) || is_cut(name, own)) && self.is_unread(graph, own)
        };
        let mut own = own.filter(in_file);
        own.next().or_else(|| {
            let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
            let of_inventories = self.inventories.iter().filter(|own| {
                // `port: "{{ _port }}"` hands on what is kept elsewhere.
                name.len() >= MIN_SLIP
                    && own.len().abs_diff(name.len()) < 3
                    && own.as_str() != name
                    && !is_private(own, name)
                    && !is_of_holder(path, name, own)
                    && (plain(own) == plain(name)
                        || is_shuffled(name, own)
                        || (is_slip(name, own) || is_word_slip(name, own)) && unread(own))
            });
            of_inventories.min()
        })
    }

    /// The variable of the role that has the role's own name, or a part of it, before `name`.
    pub fn prefixed(&self, unit: &str, name: &str) -> Option<&SmolStr> {
        if name.len() < MIN_PREFIXED {
            return None;
        }
        let role = own_name(unit);
        let has_prefix = |own: &&SmolStr| {
            let prefix = own.strip_suffix(name).and_then(|rest| rest.strip_suffix('_'));
            let first = prefix.and_then(|own| own.split('_').next());
            first.is_some_and(|first| first.len() > 2 && role.split('_').any(|own| own == first))
        };
        self.used.get(unit)?.iter().find(has_prefix)
    }

    /// Whether variables of groups or hosts lie outside of the tree, behind a link.
    pub fn are_elsewhere(&self) -> bool {
        self.kept_elsewhere
    }

    /// Whether anything reads a variable.
    pub fn is_read(&self, name: &str) -> bool {
        self.read.contains(name)
    }

    fn is_unread(&self, graph: &Graph<'_>, name: &SmolStr) -> bool {
        let exact = NamePattern::exact(name.clone());
        !self.read.contains(name) && graph.matching(kinds::ANSIBLE_SUPPLIED, &exact).is_empty()
    }

    /// One that is, and that nothing reads: what only other roles set was to be set here.
    pub fn unread(&self, graph: &Graph<'_>, unit: &str, name: &str) -> Option<&SmolStr> {
        self.meant(unit, name).filter(|own| self.is_unread(graph, own))
    }
}

/// The variable of Ansible's own that a name is a slip of: `inventory_hostnamee`.
pub(in super::super) fn near_special(name: &str) -> Option<&'static str> {
    let others = ["ansible_distribution", "ansible_hostname", "ansible_os_family", "ansible_fqdn"];
    let long = SPECIAL.iter().filter(|own| own.len() > 8);
    let mut all = long.copied().chain(others);
    all.find(|own| is_slip(name, own))
}

/// Whether a name is `_port` beside `port`: what another role keeps for itself, what an encrypted
/// file holds, or what was worked out.
fn is_private(own: &str, name: &str) -> bool {
    name.strip_prefix('_').map(|rest| rest.trim_start_matches('_')) == Some(own)
}

/// Whether a name begins with the name of the group or host whose file reads it, and another does
/// not: `web_users` in `group_vars/web.yml` is no slip of `wed_users`.
fn is_of_holder(path: &str, name: &str, own: &str) -> bool {
    let inner = ["group_vars/", "host_vars/"].iter().find_map(|own| path.rsplit_once(*own));
    let holder = inner.and_then(|(_, own)| own.split(['/', '.']).next()).unwrap_or_default();
    let prefix = format!("{}_", holder.replace('-', "_"));
    prefix.len() > 2 && name.starts_with(&prefix) && !own.starts_with(&prefix)
}

/// Whether a name lacks the first words of another: `servers__keys` of `my_servers__keys`.
fn is_cut(name: &str, own: &str) -> bool {
    name.len() >= 2 * MIN_SLIP
        && name.matches('_').count() > 1
        && own.strip_suffix(name).is_some_and(|rest| rest.ends_with('_'))
}

/// Words of names that mean the same thing.
const ALIKE: [&[&str]; 8] = [
    &["dir", "directory", "folder", "path"],
    &["file", "filename", "path"],
    &["pass", "passwd", "password"],
    &["host", "hostname"],
    &["uri", "url"],
    &["name", "user", "username"],
    &["enable", "enabled"],
    &["conf", "config"],
];

/// Whether two names differ in one word, and the two words mean the same.
fn is_reworded(name: &str, own: &str) -> bool {
    let Some((theirs, ours)) = apart(name, own) else { return false };
    name.matches('_').count() > 1
        && ALIKE.iter().any(|words| words.contains(&theirs) && words.contains(&ours))
}

/// Whether two names of several words begin with the same one, and differ in one of four or more,
/// or one has a word that the other lacks.
fn is_beside(name: &str, own: &str) -> bool {
    let (ours, theirs): (Vec<&str>, Vec<&str>) =
        (own.split('_').collect(), name.split('_').collect());
    let is_word = |word: &str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    if ours[0] != theirs[0] || ours[0].is_empty() {
        return false;
    }
    if ours.len() == theirs.len() {
        let apart = apart(name, own);
        return ours.len() > 3 && apart.is_some_and(|(one, other)| is_word(one) && is_word(other));
    }
    let (short, long) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
    let same = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    // `a_fact` is what is worked out of `a`.
    long.len() == short.len() + 1
        && same < short.len()
        && long.len() > 2
        && is_word(long[same])
        && short[same..] == long[same + 1..]
}

/// Whether a name is one letter from another, plurals too.
fn is_letter_away(name: &str, own: &str) -> bool {
    name.len() >= MIN_SLIP + 2
        && own.len().abs_diff(name.len()) < 2
        && strsim::osa_distance(own, name) == 1
        && digits(name).eq(digits(own))
}
