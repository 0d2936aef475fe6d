//! Files that Puppet never looks at, by what they or their folders are called: data without the
//! ending of the data beside it, manifests in a `manifest/` beside modules with a `manifests/`.
//!
//! (Sources: Hiera's documentation, "The YAML backend"; Puppet's manual, "Module fundamentals".)

use crate::check::Context;
use crate::facts::{Entity, Span, base_name, kinds, parent_folder, split_path};
use crate::finding::{Finding, Place, Severity};
use crate::tree::EntryKind;
use rustc_hash::{FxHashMap, FxHashSet};

/// Lines of a file that tell whether it is data.
const HEAD: usize = 30;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    data(context, findings);
    manifests(context, findings);
}

/// What stands behind the last dot of a name.
fn ending(base: &str) -> Option<&str> {
    base.rsplit_once('.').map(|(_, ending)| ending)
}

/// `nodes/web1.example.org` beside `nodes/web2.example.org.yaml`.
fn data(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut beside: FxHashMap<&str, FxHashSet<Option<&str>>> = FxHashMap::default();
    let mut stems: FxHashSet<&str> = FxHashSet::default();
    for (_, file) in graph.providing(&[kinds::KEY]) {
        let path = file.entry.path.as_str();
        let stem = [".yaml", ".eyaml"].iter().find_map(|own| path.strip_suffix(own));
        let Some(stem) = stem else { continue };
        let (folder, base) = split_path(stem);
        beside.entry(folder).or_default().insert(ending(base));
        stems.insert(stem);
    }
    if beside.is_empty() {
        return;
    }
    for (ix, file) in context.files() {
        let path = file.entry.path.as_str();
        let (folder, base) = split_path(path);
        let is_like = beside.get(folder).is_some_and(|own| own.contains(&ending(base)));
        if !is_like
            || base.starts_with('.')
            || file.entry.kind != EntryKind::File
            || !file.standing.is_live()
            || stems.contains(path)
            || !is_data(&graph.snapshot.contents(ix))
        {
            continue;
        }
        let place = Place { tree: graph.snapshot.role, file: ix, span: Span::new(0, 3) };
        let message = format!("Hiera does not read `{base}`: its name has no ending");
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("data")
                .help(format!("call it `{base}.yaml`, as the files beside it"))
                .entity(Entity::new(kinds::FILE, path.to_owned())),
        );
    }
}

/// Whether contents are a mapping of YAML: what stands at the beginning of lines are keys.
fn is_data(contents: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(contents) else { return false };
    let is_letter = |own: u8| own.is_ascii_alphanumeric() || matches!(own, b'_' | b':');
    let mut keys = 0;
    for line in text.lines().take(HEAD).filter(|line| !line.starts_with([' ', '\t', '#', '-'])) {
        let line = line.trim_end();
        let key = line.split_once(": ").map(|(key, _)| key).or_else(|| line.strip_suffix(':'));
        let is_key = |own: &str| {
            own.starts_with(|own: char| own.is_ascii_lowercase()) && own.bytes().all(is_letter)
        };
        match key {
            Some(key) if is_key(key) => keys += 1,
            _ if line.is_empty() => {}
            _ => return false,
        }
    }
    keys > 0
}

/// `web/manifest/init.pp` beside `db/manifests/init.pp` and others.
fn manifests(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let odd = context.files().filter(|(_, file)| file.entry.path.contains("/manifest/"));
    let odd: Vec<_> = odd.collect();
    if odd.is_empty() {
        return;
    }
    let mut modules: FxHashSet<&str> = FxHashSet::default();
    for path in graph.paths.all() {
        modules.extend(path.find("/manifests/").map(|at| &path[..at]));
    }
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for (ix, file) in odd {
        let Some((dir, rest)) = file.entry.path.split_once("/manifest/") else { continue };
        let above = parent_folder(dir);
        let others = modules.iter().filter(|own| parent_folder(own) == above).take(2).count();
        if !rest.ends_with(".pp")
            || !file.standing.is_live()
            || others < 2
            || modules.contains(dir)
            || !seen.insert(dir)
        {
            continue;
        }
        let module = base_name(dir);
        let is_own = |name: &str| name.split("::").next() == Some(module);
        let Some(own) = file.facts.provides.iter().find(|own| {
            matches!(own.kind, kinds::PUPPET_CLASS | kinds::PUPPET_DEFINE)
                && own.name.as_exact().is_some_and(|name| is_own(name))
        }) else {
            continue;
        };
        let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
        let message = format!("nothing loads `{}`: Puppet looks in `{dir}/manifests/`", own.name);
        findings.push(
            Finding::new("unresolved-reference", message, place)
                .severity(Severity::Warning)
                .label("defined here")
                .help("call the folder `manifests`, as those of the modules beside it")
                .entity(Entity::new(own.kind, own.name.to_string())),
        );
    }
}
