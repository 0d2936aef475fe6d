//! Which definitions a file's variables have.
//!
//! A variable may be set in more ways than a tree shows: on the command line, by whoever uses a
//! role, in an inventory elsewhere. So one that nothing sets is not missing; one that a role, or
//! the inventory, has set and sets no more is.
//!
//! (Source: Ansible's documentation, "Using Variables", "Special Variables".)

use super::super::items::ITEM;
use super::given::{
    is_kept_secret, is_near, is_of_inventory, is_only_commented, is_special, is_supplied,
};
use super::nowhere::Nowhere;
use super::slips::{Slips, near_special};
use super::texts::Texts;
use super::{Resolver, unit};
use crate::facts::{Detail, Entity, NamePattern, Ref, base_name, kinds, nearest_of};
use crate::graph::{Autoload, Graph, PathKind, Resolution, Site};
use crate::loader::FileIx;
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::sync::{Arc, OnceLock};

pub(super) fn install(graph: &mut Graph<'_>) {
    let known = Arc::<Known>::default();
    graph.set_resolver(kinds::ANSIBLE_VARIABLE, Box::new(Variables(known.clone())));
    graph.set_resolver(kinds::ANSIBLE_RESULT, Box::new(Results));
    graph.add_autoloader(Box::new(Mentioned {
        texts: Texts::default(),
        known,
        is_private: OnceLock::new(),
    }));
}

/// What is known of the tree's variables as a whole.
#[derive(Default)]
struct Known {
    slips: OnceLock<Slips>,
    nowhere: OnceLock<Nowhere>,
}

impl Known {
    fn slips(&self, graph: &Graph<'_>) -> &Slips {
        self.slips.get_or_init(|| Slips::new(graph))
    }

    fn nowhere(&self, graph: &Graph<'_>) -> &Nowhere {
        self.nowhere.get_or_init(|| Nowhere::new(graph))
    }
}

struct Variables(Arc<Known>);

impl Resolver for Variables {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let sites = graph.matching(kinds::ANSIBLE_VARIABLE, name);
        let open = || Resolution::Open(Entity::new(kinds::ANSIBLE_VARIABLE, name.to_string()));
        let Some((path, exact)) = target.placed() else {
            return if sites.is_empty() { open() } else { Resolution::Found(sites) };
        };
        let unit = unit(path);
        let mut found = SmallVec::new();
        let mut is_elsewhere = false;
        let mut may_be_secret = false;
        for site in sites.iter().copied() {
            let file = graph.snapshot.file(site.file);
            let other = &file.entry.path;
            let is_near = other == path || is_near(unit, other);
            let provide = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
            if other == path && provide.is_some_and(|own| own.detail == Detail::Inner) {
                continue;
            }
            match provide.map(|provide| &provide.name) {
                Some(NamePattern::Exact(_)) if is_near => found.push(site),
                // What is encrypted may be any name.
                Some(own) if *own == NamePattern::any() => {
                    may_be_secret |= is_near && is_kept_secret(exact);
                }
                _ => is_elsewhere = true,
            }
        }
        if !found.is_empty() {
            return Resolution::Found(found);
        }
        let missing = || Resolution::Missing(Entity::new(kinds::ANSIBLE_VARIABLE, exact));
        if self.0.nowhere(graph).has(path, exact) {
            return missing();
        }
        // What is encrypted sets no name that is known.
        let is_any = |site: &Site| {
            let facts = &graph.snapshot.file(site.file).facts;
            let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
            provide.is_some_and(|own| own.name == NamePattern::any())
        };
        let is_unset = sites.iter().all(is_any);
        if is_unset && near_special(exact).is_some() && !is_supplied(graph, unit, exact) {
            return missing();
        }
        let slips = self.0.slips(graph);
        let is_open = is_special(exact) || slips.are_elsewhere() || is_supplied(graph, unit, exact);
        let is_of_roles = |site: &Site| {
            let path = &graph.snapshot.file(site.file).entry.path;
            path.contains("/defaults/") && super::unit(path).is_some_and(|own| !own.is_empty())
        };
        if !is_open
            && sites.iter().all(is_of_roles)
            && unit.and_then(|unit| slips.unread(graph, unit, exact)).is_some()
        {
            return missing();
        }
        // What a change puts into a comment is gone.
        let is_commented = is_unset
            && !is_special(exact)
            && !slips.are_elsewhere()
            && is_only_commented(graph, unit, exact);
        if is_open && is_commented && !may_be_secret {
            return open();
        }
        if is_elsewhere || is_open || may_be_secret && slips.shuffled(path, unit, exact).is_none() {
            return Resolution::Elsewhere;
        }
        // No value is made of itself: `db_host: "{{ DB_HOST }}"` hands on what is kept elsewhere.
        let holder = graph.snapshot.find(path).and_then(|file| holder(graph, file, exact));
        let is_other = |own: Option<&SmolStr>| own.is_some_and(|own| holder != Some(own.as_str()));
        let is_slip = is_other(unit.and_then(|unit| slips.meant(unit, exact)))
            || is_unset
                && (is_other(unit.and_then(|unit| slips.reworded(graph, unit, exact)))
                    || is_other(slips.around(graph, path, exact))
                    || is_other(unit.and_then(|unit| slips.instead(graph, unit, exact)))
                    || is_other(unit.and_then(|unit| slips.prefixed(unit, exact))));
        if is_slip { missing() } else { open() }
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        if let Some(near) = near_special(name) {
            return Some(near.into());
        }
        let names = graph.all(kinds::ANSIBLE_VARIABLE).iter().map(|(own, _)| own.as_str());
        nearest_of(name, names)
    }
}

/// What only tasks of the tree fill: any that does is one, whichever file it stands in.
struct Results;

impl Resolver for Results {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let text = name.to_string();
        // What is encrypted is registered by no task.
        let is_named = |site: &Site| {
            let facts = &graph.snapshot.file(site.file).facts;
            let provide = site.provide.and_then(|ix| facts.provides.get(ix as usize));
            provide.is_none_or(|own| own.name != NamePattern::any())
        };
        let mut sites = graph.matching(kinds::ANSIBLE_VARIABLE, name);
        sites.retain(|site| is_named(site));
        let path = target.placed().map_or("", |(path, _)| path);
        if text == ITEM {
            sites.retain(|site| may_give(graph, site, path));
        }
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        if may_be_filled(graph, path)
            || may_be_listed(graph, &text)
            || graph.is_aside(kinds::ANSIBLE_VARIABLE, &text)
            // `port: "{{ _port }}"` hands on what is kept elsewhere, or encrypted.
            || text.starts_with('_') && (is_of_inventory(path) || takes_in_listed(graph, path) || is_library(graph, path, &text))
            || is_special(&text) && text != "ansible_managed"
            || graph.matching(kinds::ANSIBLE_SUPPLIED, name).iter().any(is_named)
            || is_supplied(graph, unit(path), &text)
        {
            return Resolution::Elsewhere;
        }
        Resolution::Missing(Entity::new(kinds::ANSIBLE_RESULT, text))
    }

    fn nearest(&self, graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
        graph.nearest(kinds::ANSIBLE_VARIABLE, name)
    }
}

/// Whether a loop at `site` may give its items to tasks of the file at `path`: it includes files of
/// the same role, or roles, or it is one of plays. What a role includes and does not have lies beside
/// the plays.
fn may_give(graph: &Graph<'_>, site: &Site, path: &str) -> bool {
    let file = graph.snapshot.file(site.file);
    let own = unit(&file.entry.path);
    let of_role = |own: &str| own.split('/').any(|part| part == "roles");
    let mut targets = file.facts.requires.iter().flat_map(|own| &own.any_of);
    own == unit(path)
        || own.is_none_or(|own| !of_role(own))
        || unit(path).is_none_or(|own| !of_role(own))
        || targets.any(|target| target.kind == kinds::ANSIBLE_ROLE_USE)
}

/// Whether a role that is installed elsewhere may fill what the file at `path` reads: one of plays
/// that use roles, and any beside them if the tree lists such roles, which use its templates.
fn may_be_filled(graph: &Graph<'_>, path: &str) -> bool {
    let is_of_role = unit(path).is_some_and(|own| own.split('/').any(|part| part == "roles"));
    let uses_roles = |file| {
        let requires = &graph.snapshot.file(file).facts.requires;
        requires.iter().flat_map(|own| &own.any_of).any(|own| own.kind == kinds::ANSIBLE_ROLE_USE)
    };
    !is_of_role
        && (graph.snapshot.find(path).is_none_or(uses_roles)
            || !graph.all(kinds::ANSIBLE_LISTED_ROLE).is_empty())
}

/// Whether a name is one that a role keeps for itself which the tree lists and does not hold:
/// `_backup_config` of `acme.backup`.
fn may_be_listed(graph: &Graph<'_>, name: &str) -> bool {
    let word = name.strip_prefix('_').map(|own| own.trim_start_matches('_'));
    let word = word.and_then(|own| own.split('_').next()).filter(|own| own.len() > 3);
    let mut listed = graph.all(kinds::ANSIBLE_LISTED_ROLE).iter();
    word.is_some_and(|word| listed.any(|(own, _)| own.contains(word)))
}

/// Whether the tree has roles and no hosts, and a name is neither the role's own nor nearly another:
/// whoever uses the roles may set it.
fn is_library(graph: &Graph<'_>, path: &str, name: &str) -> bool {
    let is_own = |role: &str| name.trim_start_matches('_').starts_with(base_name(role));
    !name.starts_with("__")
        && !unit(path).is_some_and(is_own)
        && graph.all(kinds::ANSIBLE_HOST).is_empty()
        && graph.nearest(kinds::ANSIBLE_VARIABLE, name).is_none()
}

/// Whether a role takes in one that the tree lists and does not hold, or is used with one: that one
/// may have set what it keeps for itself.
fn takes_in_listed(graph: &Graph<'_>, path: &str) -> bool {
    let Some(own) = unit(path).filter(|own| own.split('/').any(|part| part == "roles")) else {
        return false;
    };
    let is_listed = |name: &str| graph.providers(kinds::ANSIBLE_LISTED_ROLE, name).next().is_some();
    graph.asking(&[kinds::ANSIBLE_ROLE, kinds::ANSIBLE_ROLE_USE]).any(|(_, file)| {
        let targets = file.facts.requires.iter().flat_map(|own| &own.any_of);
        let roles = targets
            .filter(|own| matches!(own.kind, kinds::ANSIBLE_ROLE | kinds::ANSIBLE_ROLE_USE))
            .filter_map(|own| own.name.as_exact());
        let is_own = || unit(&file.entry.path) == Some(own);
        let uses_it = || roles.clone().any(|name| name == base_name(own));
        roles.clone().any(|name| is_listed(name)) && (is_own() || uses_it())
    })
}

/// Variables that nothing sets as far as facts say, and that text of other sorts names.
struct Mentioned {
    texts: Texts,
    known: Arc<Known>,
    /// Whether the inventory is kept out of the tree; found when it is first asked for.
    is_private: OnceLock<bool>,
}

/// Whether a role in a submodule, which is not here, may set a variable: `roles/debops.apt` has
/// those that begin with `apt_`.
fn is_of_submodule(graph: &Graph<'_>, name: &str) -> bool {
    graph.paths.submodules().any(|path| {
        let role = base_name(path).rsplit('.').next().unwrap_or_default().replace('-', "_");
        let role = ["ansible_role_", "ansible_", "role_"]
            .iter()
            .find_map(|own| role.strip_prefix(own))
            .unwrap_or(&role);
        name.strip_prefix(role).is_some_and(|rest| rest.starts_with('_'))
    })
}

/// Whether git ignores the inventory at the root of the tree, which sets variables as well.
fn is_kept_private(graph: &Graph<'_>) -> bool {
    let all =
        ["inventory", "inventory.ini", "inventory.yml", "inventory.yaml", "hosts", "hosts.ini"];
    all.iter().any(|path| {
        graph.paths.look_up(path) == PathKind::Absent
            && graph.paths.is_ignored_by_name(path, graph.snapshot)
    })
}

impl Autoload for Mentioned {
    fn is_loose(&self, _graph: &Graph<'_>, _file: FileIx) -> bool {
        false
    }

    /// Of a host, or of a group other than that of all hosts; of that too, where git ignores what
    /// else lies beside it: whoever runs the tree keeps variables there.
    fn is_for_some(&self, graph: &Graph<'_>, site: &Site) -> bool {
        let path = &graph.snapshot.file(site.file).entry.path;
        let is_all = |inner: &str| {
            inner
                .strip_prefix("all")
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        };
        let is_private = |holder: &str| {
            let any = format!("{holder}group_vars/any.yml");
            graph.paths.is_ignored_by_name(&any, graph.snapshot)
        };
        let of_all = path
            .rsplit_once("group_vars/")
            .is_some_and(|(holder, inner)| is_all(inner) && !is_private(holder));
        is_of_inventory(path) && !of_all
    }

    /// Text of another sort names what a task fills: a plugin or a script may set it.
    fn may_be_unread(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        [kinds::ANSIBLE_RESULT, kinds::ANSIBLE_GROUP_NAME].contains(&entity.kind)
            && entity.name != ITEM
            && self.texts.name(graph, &entity.name)
    }

    fn may_be_set(&self, graph: &Graph<'_>, entity: &Entity) -> bool {
        entity.kind == kinds::ANSIBLE_VARIABLE
            && (self.texts.name(graph, &entity.name)
                || is_of_submodule(graph, &entity.name)
                || *self.is_private.get_or_init(|| is_kept_private(graph)))
    }

    fn may_be_set_as_before(&self, graph: &Graph<'_>, old: &Graph<'_>, entity: &Entity) -> bool {
        entity.kind != kinds::ANSIBLE_VARIABLE
            || self.texts.name_as_before(graph, old, &entity.name)
    }

    fn is_set_here_alone(&self, graph: &Graph<'_>, file: FileIx, entity: &Entity) -> bool {
        if entity.kind != kinds::ANSIBLE_VARIABLE {
            return false;
        }
        let path = &graph.snapshot.file(file).entry.path;
        let (slips, name) = (self.known.slips(graph), &entity.name);
        let holder = holder(graph, file, name);
        let is_other = |own: Option<&SmolStr>| own.is_some_and(|own| holder != Some(own.as_str()));
        let role = unit(path);
        let prefixed = || role.and_then(|role| slips.prefixed(role, name));
        let is_slip = is_other(role.and_then(|role| slips.meant(role, name)))
            || is_other(role.and_then(|role| slips.reworded(graph, role, name)))
            || is_other(slips.around(graph, path, name))
            || is_other(role.and_then(|role| slips.instead(graph, role, name)))
                && !self.texts.name(graph, name)
            || is_other(prefixed().filter(|own| !slips.is_read(own)));
        // What a value is made of counts where something reads the value.
        (is_slip || near_special(&entity.name).is_some())
            && (!super::super::variables::stands(path)
                || holder.is_some_and(|own| slips.is_read(own)))
    }
}

/// The variable of a file of variables whose value reads the one called `name`.
pub(in super::super) fn holder<'g>(
    graph: &'g Graph<'_>,
    file: FileIx,
    name: &str,
) -> Option<&'g str> {
    let facts = &graph.snapshot.file(file).facts;
    let read = facts.requires.iter().find(|require| {
        require.any_of.first().is_some_and(|target| {
            target.kind == kinds::ANSIBLE_VARIABLE
                && target.name.as_exact().is_some_and(|own| own == name)
        })
    })?;
    let before = facts
        .provides
        .iter()
        .filter(|own| own.kind == kinds::ANSIBLE_VARIABLE && own.span.start <= read.span.start);
    before.max_by_key(|own| own.span.start)?.name.as_exact().map(SmolStr::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_role() {
        let own = Some("roles/web");
        for path in ["tasks/main.yml", "templates/tasks/a.j2", "defaults/main.yml"] {
            assert_eq!(unit(&format!("roles/web/{path}")), own, "{path}");
        }
        assert_eq!(unit("a/roles/x/web/vars/main.yml"), Some("a/roles/x/web"));
        assert_eq!(unit("defaults/main.yml"), Some(""));
        assert_eq!(unit("playbooks/templates/x.j2"), Some("playbooks"));
        assert_eq!(unit("site.yml"), None);
        assert_eq!(unit("croles/tasks/x.yml"), Some("croles"));
    }
}
