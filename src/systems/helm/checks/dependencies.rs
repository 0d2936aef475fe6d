//! Charts of the tree that a chart depends on: they have to be there, under the name and in a
//! version that the chart asks for.
//!
//! (Source: Helm's "Chart dependency", "dependency build": of a repository `file://…` the folder
//! is loaded, and its version is held against the constraint; a bare version is that very one.)

use crate::check::Context;
use crate::facts::{Detail, Entity, Provide, base_name, join_path, kinds, parent_folder, path_in};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, PathKind, is_generated};
use crate::loader::FileIx;
use crate::systems::helm::references::is_chart;
use semver::{Version, VersionReq};

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (_, site) in graph.all(kinds::HELM_DEPENDENCY) {
        let file = graph.snapshot.file(site.file);
        let own = site.provide.and_then(|ix| file.facts.provides.get(ix as usize));
        let local = own.filter(|own| own.detail != Detail::Alias);
        if let Some(own) = local.filter(|own| own.detail.text().is_empty()) {
            findings.extend(nowhere(context, own, site.file));
            continue;
        }
        let Some((own, path)) =
            local.and_then(|own| Some((own, own.detail.text().strip_prefix("file://")?)))
        else {
            continue;
        };
        let parent = parent_folder(&file.entry.path);
        let Some(folder) = join_path(parent, path).filter(|_| !is_open(path)) else { continue };
        let place = Place { tree: graph.snapshot.role, file: site.file, span: own.span };
        // What follows a dependency is its version, where it has one.
        let asked = site.provide.and_then(|ix| file.facts.provides.get(ix as usize + 1));
        let asked = asked.filter(|own| own.kind == kinds::HELM_VERSION);
        let found = one(context, (own, asked), parent, &folder);
        findings.extend(found.map(|(rule, message, help)| {
            Finding::new(rule, message, place)
                .label("depended on here")
                .help(help)
                .entity(Entity::new(kinds::HELM_CHART, folder.as_str()))
        }));
    }
}

/// A dependency of no repository, which lies in `charts/` or nowhere.
fn nowhere(context: &Context<'_>, own: &Provide, file: FileIx) -> Option<Finding> {
    let graph = context.new;
    let name = own.name.as_exact().filter(|own| !own.is_empty() && !is_open(own))?;
    let parent = parent_folder(&graph.snapshot.file(file).entry.path);
    let folder = path_in(parent, &format!("charts/{name}"));
    let below = format!("{}/", path_in(parent, "charts"));
    let mut charts = graph.all(kinds::HELM_CHART).iter().filter(|(own, _)| own.starts_with(&below));
    let is_own = |own: &Provide| own.kind == kinds::HELM_CHART;
    let is_there = charts.any(|(_, site)| detail(graph, site.file, is_own) == Some(name.as_str()));
    let is_ignored = ["/Chart.yaml", "-1.0.0.tgz"]
        .iter()
        .any(|end| graph.paths.is_ignored(&format!("{folder}{end}"), graph.snapshot));
    let is_elsewhere = graph.paths.look_up(&folder) == PathKind::Elsewhere
        || graph.paths.look_up(&path_in(parent, "charts")) == PathKind::Elsewhere;
    // A chart in the folder of this name may have another one.
    let is_packed = is_vendored(graph, parent, name) && !is_chart(graph, &folder);
    if is_there || is_ignored || is_elsewhere || is_packed || is_generated(graph, &folder) {
        return None;
    }
    let place = Place { tree: graph.snapshot.role, file, span: own.span };
    let message = format!("the dependency `{name}` has no repository, and is not in `charts/`");
    Some(
        Finding::new("unresolved-reference", message, place)
            .label("depended on here")
            .help("`helm dependency build` stops here, and so does `helm template`")
            .entity(Entity::new(kinds::HELM_CHART, folder.as_str())),
    )
}

/// Whether something fills it in, or it lies outside.
fn is_open(path: &str) -> bool {
    path.starts_with('/') || path.contains(['$', '{', '<', '~'])
}

type Said = (&'static str, String, String);

fn one(
    context: &Context<'_>,
    (own, asked): (&Provide, Option<&Provide>),
    parent: &str,
    folder: &str,
) -> Option<Said> {
    let graph = context.new;
    let name = own.name.as_exact()?;
    if !is_chart(graph, folder) {
        if is_vendored(graph, parent, name) {
            return None;
        }
        // A folder that is a submodule, or that something fetches, cannot be told.
        let absent = match graph.paths.look_up(folder) {
            PathKind::Absent => !is_generated(graph, folder),
            PathKind::Folder => !has_chart(graph, folder),
            PathKind::File(_) | PathKind::Elsewhere => false,
        };
        let removed = context.old.is_some_and(|old| is_chart(old, folder));
        let (rule, how) = match removed {
            true => ("removed-but-referenced", "was removed but is still used"),
            false => ("unresolved-reference", "does not exist"),
        };
        let help = "`helm dependency build` stops here".to_owned();
        return absent.then(|| (rule, format!("chart `{folder}` {how}"), help));
    }
    let chart = graph.providers(kinds::HELM_CHART, folder).next()?;
    let is = detail(graph, chart.file, |own| own.kind == kinds::HELM_CHART)?;
    if !is.is_empty() && is != name.as_str() {
        let message = format!("the chart in `{folder}` is called `{is}`, not `{name}`");
        return Some(("unresolved-reference", message, "name it as its `Chart.yaml` does".into()));
    }
    let is_asked =
        |own: &&Provide| own.name.as_exact().is_some_and(|own| *own == format!("{parent}#{name}"));
    let asked = asked.filter(is_asked)?.detail.text();
    let is_own = |own: &Provide| {
        own.kind == kinds::HELM_VERSION && own.name.as_exact().is_some_and(|own| own == folder)
    };
    let version = detail(graph, chart.file, is_own)?;
    if satisfies(version, asked)? {
        return None;
    }
    let message =
        format!("the chart in `{folder}` is version {version}, and `{asked}` is asked for");
    Some(("unavailable-version", message, format!("ask for {version}, or for a range that has it")))
}

/// Whether the chart has its own copy, as `helm dependency build` leaves one.
fn is_vendored(graph: &Graph<'_>, parent: &str, name: &str) -> bool {
    let copies = path_in(parent, "charts");
    let copy = format!("{copies}/{name}");
    graph.paths.under(&copies).any(|(_, path)| {
        path.strip_prefix(copy.as_str()).is_some_and(|rest| rest.starts_with(['/', '-']))
    })
}

fn detail<'g>(
    graph: &'g Graph<'_>,
    file: FileIx,
    is: impl Fn(&Provide) -> bool,
) -> Option<&'g str> {
    let provides = &graph.snapshot.file(file).facts.provides;
    provides.iter().find(|own| is(own)).map(|own| own.detail.text())
}

fn has_chart(graph: &Graph<'_>, folder: &str) -> bool {
    matches!(graph.paths.look_up(&path_in(folder, "Chart.yaml")), PathKind::File(_))
        || base_name(folder) == "charts"
}

/// Whether a version is one that is asked for; `None` where the range is not understood.
pub(super) fn satisfies(version: &str, asked: &str) -> Option<bool> {
    let version = Version::parse(version.trim_start_matches('v')).ok()?;
    let asked = asked.trim();
    if let Ok(exact) = Version::parse(asked.trim_start_matches(['=', ' ', 'v'])) {
        return Some(exact.cmp_precedence(&version).is_eq());
    }
    // `-0` lets versions before a release in; several ranges stand apart by blanks or bars.
    if asked.contains(['|', '!', '-'])
        || asked.split([' ', ',']).filter(|own| !own.is_empty()).count() > 1
    {
        return None;
    }
    let range = VersionReq::parse(&asked.replace(['x', 'X'], "*")).ok()?;
    // Without a comparison, `1.2` is any version of that line.
    let bare = asked.starts_with(|c: char| c.is_ascii_digit()) && !asked.contains(['*', 'x', 'X']);
    (!bare && version.pre.is_empty()).then(|| range.matches(&version))
}

#[cfg(test)]
mod tests {
    use super::satisfies;

    #[test]
    fn ranges_of_helm() {
        assert_eq!(satisfies("0.1.0", "0.1.0"), Some(true));
        assert_eq!(satisfies("0.1.1", "0.1.0"), Some(false));
        assert_eq!(satisfies("1.4.0", "^1.2.0"), Some(true));
        assert_eq!(satisfies("1.4.0", "~1.2.0"), Some(false));
        assert_eq!(satisfies("1.4.0", "1.x.x"), Some(true));
        assert_eq!(satisfies("2.4.0", ">=1.0.0"), Some(true));
        assert_eq!(satisfies("2.4.0", ">=1.0.0-0 <2"), None);
        assert_eq!(satisfies("1.4.0-rc.1", "^1.0.0"), None);
        assert_eq!(satisfies("1.4.0", "*"), Some(true));
    }
}
