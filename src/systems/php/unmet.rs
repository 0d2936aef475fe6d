//! Methods that an interface asks for and a class that has the interface lacks: PHP refuses the
//! class where it is loaded.
//!
//! (Source: PHP's manual, "Object Interfaces": "all methods in the interface must be implemented
//! within a class; failure to do so will result in a fatal error".)

use crate::check::Context;
use crate::facts::{Entity, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::Snapshot;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// How many methods of one change, and classes of one interface, are looked at.
const MOST: usize = 400;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (new, Some(old)) = (context.new, context.old) else { return };
    let come = members_of(new, old);
    let gone = members_of(old, new);
    if come.is_empty() && gone.is_empty() || come.len() > MOST || gone.len() > MOST {
        return;
    }
    let tree = Classes { graph: new, below: below(new) };
    let mut wanted: Vec<(SmolStr, SmolStr, Site)> = Vec::new();
    for name in &come {
        let Some((class, method)) = name.split_once("::") else { continue };
        if tree.form(class) != Some(Form::Interface) {
            continue;
        }
        let Some(site) = new.providers(kinds::PHP_MEMBER, name).next() else { continue };
        let all = tree.all_below(class).into_iter();
        wanted.extend(all.map(|own| (own, method.into(), site)));
    }
    for name in &gone {
        let Some((class, method)) = name.split_once("::") else { continue };
        let Some((above, _)) = tree.above(class) else { continue };
        let asks = above.iter().find_map(|own| {
            let is_interface = tree.form(own) == Some(Form::Interface);
            let full = format!("{own}::{method}");
            new.providers(kinds::PHP_MEMBER, &full).next().filter(|_| is_interface)
        });
        wanted.extend(asks.map(|site| (class.into(), method.into(), site)));
    }
    let mut known = FxHashSet::default();
    for (class, method, site) in wanted.into_iter().take(MOST) {
        if known.insert((class.clone(), method.clone())) {
            findings.extend(tree.unmet(&class, &method, site));
        }
    }
}

/// Methods that files which differ have in `one` tree, and nothing has in the `other`.
fn members_of<'g>(one: &Graph<'g>, other: &Graph<'_>) -> Vec<&'g SmolStr> {
    let snapshot: &'g Snapshot = one.snapshot;
    let files = snapshot.files.iter().filter(|file| {
        let is_php = file.entry.path.ends_with(".php");
        file.standing.is_live() && is_php && !other.snapshot.has_same(file)
    });
    let provides = files.flat_map(|file| &file.facts.provides);
    let names = provides.filter(|own| own.kind == kinds::PHP_MEMBER);
    names
        .filter_map(|own| own.name.as_exact())
        .filter(|name| name.ends_with("()") && !name.contains("::__"))
        .filter(|name| other.providers(kinds::PHP_MEMBER, name).next().is_none())
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Interface,
    Abstract,
    Trait,
    Class,
}

struct Classes<'c, 'g> {
    graph: &'c Graph<'g>,
    /// The classes that have each one as their parent, interface or trait.
    below: FxHashMap<SmolStr, Vec<SmolStr>>,
}

fn below(graph: &Graph<'_>) -> FxHashMap<SmolStr, Vec<SmolStr>> {
    let mut out: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
    for (name, site) in graph.all(kinds::PHP_PARENT) {
        if let Some(parent) = parent_at(graph, site) {
            out.entry(parent).or_default().push(name.clone());
        }
    }
    out
}

fn parent_at(graph: &Graph<'_>, site: &Site) -> Option<SmolStr> {
    let provides = &graph.snapshot.file(site.file).facts.provides;
    let own = provides.get(site.provide? as usize)?;
    Some(own.detail.text().into())
}

impl Classes<'_, '_> {
    /// How a class is declared; `None` where that is not here, or in several places.
    fn form(&self, class: &str) -> Option<Form> {
        let mut sites = self.graph.providers(kinds::PHP_CLASS, class);
        let site = sites.next().filter(|_| sites.next().is_none())?;
        let contents = self.graph.snapshot.contents(site.file);
        let start = site.span.start as usize;
        let before = String::from_utf8_lossy(contents.get(..start)?).into_owned();
        let line = before.rsplit(['\n', ';', '{', '}']).next().unwrap_or_default();
        let mut words = line.split_whitespace().rev();
        match words.next()?.to_ascii_lowercase().as_str() {
            "interface" => Some(Form::Interface),
            "trait" => Some(Form::Trait),
            "class" if words.any(|own| own.eq_ignore_ascii_case("abstract")) => {
                Some(Form::Abstract)
            }
            "class" => Some(Form::Class),
            _ => None,
        }
    }

    fn all_below(&self, class: &str) -> Vec<SmolStr> {
        let mut out: Vec<SmolStr> = vec![class.into()];
        let mut at = 0;
        while let Some(own) = out.get(at).cloned().filter(|_| out.len() < MOST) {
            at += 1;
            for child in self.below.get(&own).into_iter().flatten() {
                if !out.contains(child) {
                    out.push(child.clone());
                }
            }
        }
        out.split_off(1)
    }

    /// All above a class, and itself; whether all of them are here.
    fn above(&self, class: &str) -> Option<(Vec<SmolStr>, bool)> {
        self.graph.providers(kinds::PHP_CLASS, class).next()?;
        let mut out: Vec<SmolStr> = vec![class.into()];
        let mut whole = true;
        let mut at = 0;
        while let Some(own) = out.get(at).cloned().filter(|_| out.len() < MOST) {
            at += 1;
            whole &= self.graph.providers(kinds::PHP_CLASS, &own).next().is_some();
            for site in self.graph.providers(kinds::PHP_PARENT, &own) {
                if let Some(parent) = parent_at(self.graph, &site)
                    && !out.contains(&parent)
                {
                    out.push(parent);
                }
            }
        }
        Some((out, whole))
    }

    /// That a class lacks a method which an interface at `site` asks for.
    fn unmet(&self, class: &str, method: &str, site: Site) -> Option<Finding> {
        if self.form(class) != Some(Form::Class) {
            return None;
        }
        let (above, whole) = self.above(class)?;
        let has = |own: &SmolStr| {
            let full = format!("{own}::{method}");
            let has = self.graph.providers(kinds::PHP_MEMBER, &full).next().is_some();
            has && self.form(own) != Some(Form::Interface)
        };
        if !whole || above.iter().any(has) {
            return None;
        }
        let own = self.graph.providers(kinds::PHP_CLASS, class).next()?;
        let provides = &self.graph.snapshot.file(own.file).facts.provides;
        let written = own.provide.and_then(|ix| provides.get(ix as usize));
        let written = written.map_or(class, |own| own.detail.text());
        let name = method.trim_end_matches("()");
        let tree = self.graph.snapshot.role;
        let asked =
            self.graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)?;
        let (interface, _) = asked.name.as_exact()?.split_once("::")?;
        let message = format!(
            "class `{written}` has no method `{name}`, which its interface `{interface}` asks for"
        );
        Some(
            Finding::new(
                "unresolved-reference",
                message,
                Place { tree, file: own.file, span: own.span },
            )
            .severity(Severity::Error)
            .of_change()
            .label("PHP refuses this class")
            .help(format!("add `{name}` to the class, or make it abstract"))
            .related("asked for here", Place { tree, file: site.file, span: site.span })
            .entity(Entity::new(kinds::PHP_MEMBER, format!("{class}::{method}"))),
        )
    }
}
