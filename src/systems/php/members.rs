//! Members of classes: a class has what its parents and traits have.

use crate::facts::{Entity, Ref, kinds};
use crate::graph::{Graph, Resolution, Resolver, Site};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smol_str::SmolStr;

/// How many classes above one are looked at.
const ABOVE: usize = 60;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::PHP_MEMBER, Box::new(Members));
    graph.set_bearers(kinds::PHP_MEMBER, |graph, target| {
        let name = target.name.as_exact();
        let found = name.and_then(|name| look_up(graph, name).ok());
        found.into_iter().map(|(name, _)| Entity::new(kinds::PHP_MEMBER, name)).collect()
    });
}

struct Members;

impl Resolver for Members {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(name) = target.name.as_exact() else { return Resolution::Elsewhere };
        match look_up(graph, name) {
            Ok((_, sites)) => Resolution::Found(sites),
            Err(Absent::Certainly) => Resolution::Open(target.entity()),
            Err(Absent::Perhaps) => Resolution::Elsewhere,
        }
    }
}

/// How sure it is that a class lacks a member.
enum Absent {
    /// All above it is here, and nothing takes any name.
    Certainly,
    /// A class above it is elsewhere, or takes any name; or it is not here itself.
    Perhaps,
}

/// The nearest class above `CLASS::MEMBER` that has the member, and where.
fn look_up(graph: &Graph<'_>, name: &str) -> Result<(SmolStr, SmallVec<[Site; 1]>), Absent> {
    let Some((class, member)) = name.rsplit_once("::") else { return Err(Absent::Perhaps) };
    // `A::$b::c()`: of what the property holds.
    if let Some((owner, _)) = class.split_once("::$") {
        let (_, sites) = look_up(graph, class).map_err(|_| Absent::Perhaps)?;
        let held = sites.first().and_then(|site| {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            Some(SmolStr::new(provides.get(site.provide? as usize)?.detail.text()))
        });
        let held = held.filter(|own| !own.is_empty() && own != owner && !own.contains("::"));
        let held = held.ok_or(Absent::Perhaps)?;
        return look_up(graph, &format!("{held}::{member}"));
    }
    let is_method = member.ends_with("()");
    let mut waiting = vec![SmolStr::new(class)];
    let mut seen = FxHashSet::default();
    let mut next = 0;
    let mut absent = Absent::Certainly;
    while let Some(class) = waiting.get(next).cloned() {
        next += 1;
        if next > ABOVE {
            return Err(Absent::Perhaps);
        }
        let own = SmolStr::from(format!("{class}::{member}"));
        let sites: SmallVec<[Site; 1]> = graph.providers(kinds::PHP_MEMBER, &own).collect();
        if !sites.is_empty() {
            return Ok((own, sites));
        }
        let takes_any = |magic: &str| {
            let magic = format!("{class}::{magic}()");
            graph.providers(kinds::PHP_MEMBER, &magic).next().is_some()
        };
        if graph.providers(kinds::PHP_CLASS, &class).next().is_none()
            || is_method && (takes_any("__call") || takes_any("__callstatic"))
        {
            absent = Absent::Perhaps;
        }
        for site in graph.providers(kinds::PHP_PARENT, &class) {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            let parent = site.provide.and_then(|ix| provides.get(ix as usize));
            if let Some(parent) = parent.map(|parent| SmolStr::new(parent.detail.text()))
                && seen.insert(parent.clone())
            {
                waiting.push(parent);
            }
        }
    }
    Err(absent)
}
