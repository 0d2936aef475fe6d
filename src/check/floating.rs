//! Packages that are built from a tree, and where they are installed without a version.

use crate::facts::{Detail, Entity, Kind, PACKAGES, Provide, kinds};
use crate::finding::Place;
use crate::graph::{Graph, Site};

/// Packages of any manager that are built from the source tree that holds `path`.
pub(super) fn packages_of(graph: &Graph<'_>, path: &str) -> Vec<Entity> {
    let mut packages = Vec::new();
    for (installed, built) in PACKAGES {
        for (name, site) in graph.all(built) {
            let root = provide(graph, site).map_or("", |own| own.detail.folder());
            let inside = path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
            if root.is_empty() || inside {
                packages.push(Entity::new(installed, name.clone()));
            }
        }
    }
    packages.dedup();
    packages
}

fn provide<'g>(graph: &Graph<'g>, site: &Site) -> Option<&'g Provide> {
    graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)
}

/// Where `package` is installed without saying which version, and how.
pub(super) fn installed(graph: &Graph<'_>, package: &Entity) -> Vec<(Place, String)> {
    let sites = graph.providers(package.kind, &package.name);
    let found = sites.filter_map(|site| {
        let facts = &graph.snapshot.file(site.file).facts;
        let own = facts.provides.get(site.provide? as usize)?;
        let how = version(package.kind, &own.detail)?;
        let holder = own.within.and_then(|ix| facts.provides.get(ix as usize));
        let holder = holder.map(|holder| format!(" in `{}`", holder.name)).unwrap_or_default();
        let place = Place { tree: graph.snapshot.role, file: site.file, span: site.span };
        let name = &package.name;
        let what = match package.kind == kinds::PACKAGE_IMAGE {
            true => format!("the image `{name}` is used here"),
            false => format!("`{name}` is installed here"),
        };
        Some((place, format!("{what}{holder}: {how}")))
    });
    found.collect()
}

/// Which version the detail of a package brings, in words; `None` where it is pinned.
fn version(kind: Kind, detail: &Detail) -> Option<String> {
    let ranged = |range: &str| format!("whatever fits `{range}` when it is installed");
    Some(match detail {
        Detail::Latest if kind == kinds::PACKAGE_IMAGE => "whatever was last pulled".into(),
        Detail::Latest => "whatever is latest when it runs".into(),
        Detail::Build => "whatever was latest when the image was built".into(),
        Detail::Present => "whatever was there when it was first installed".into(),
        Detail::Branch(name) if name.is_empty() => {
            "whatever its repository held when it was installed".into()
        }
        Detail::Branch(name) => format!("whatever the branch `{name}` held when it was installed"),
        Detail::Range(range) => ranged(range),
        _ => return None,
    })
}
