//! `duplicate-definition` of an extension that is loaded in two ways: by its registration
//! file, and by the entry file that came before it. Each hook then runs twice.

use crate::check::Context;
use crate::facts::{Relation, Require, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind};
use crate::loader::FileIx;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    // The first place that loads each extension by its registration.
    let mut loaded: FxHashMap<&SmolStr, (FileIx, &Require)> = FxHashMap::default();
    for (ix, file) in graph.snapshot.all_files() {
        for require in
            file.facts.requires.iter().filter(|require| require.strength == Strength::Certain)
        {
            if let Some(name) = registered(require) {
                loaded.entry(name).or_insert((ix as FileIx, require));
            }
        }
    }
    if loaded.is_empty() {
        return;
    }
    for (ix, file) in graph.snapshot.all_files() {
        for require in &file.facts.requires {
            let Some((name, entry)) = entry_file(graph, require) else { continue };
            let Some((at, by)) = loaded.get(&name) else { continue };
            // An entry file that only passes on to the registration is loaded but once.
            let passes_on = graph.snapshot.file(entry).facts.requires.iter();
            if passes_on.filter_map(registered).any(|own| *own == name) {
                continue;
            }
            let tree = graph.snapshot.role;
            let place = |file, span| Place { tree, file, span };
            let message = format!(
                "extension `{name}` is loaded twice: by its entry file here, and by its registration"
            );
            findings.push(
                Finding::new("duplicate-definition", message, place(ix as FileIx, require.span))
                    .severity(Severity::Warning)
                    .label("loaded here by its entry file")
                    .help("remove this line: its hooks would run twice")
                    .related("loaded here by its registration", place(*at, by.span))
                    .entity(crate::facts::Entity::new(kinds::MEDIAWIKI_EXTENSION, name)),
            );
        }
    }
}

/// The extension that a line registers.
fn registered(require: &Require) -> Option<&SmolStr> {
    let target =
        require.any_of.first().filter(|target| target.kind == kinds::MEDIAWIKI_EXTENSION)?;
    target.name.as_exact().filter(|_| require.relation == Relation::Registers)
}

/// The extension whose entry file a line includes, and that file, beside a registration.
fn entry_file(graph: &Graph<'_>, require: &Require) -> Option<(SmolStr, FileIx)> {
    let target = require.any_of.first().filter(|target| target.kind == kinds::MEDIAWIKI_ENTRY)?;
    let name = target.name.as_exact()?;
    graph.providers(kinds::MEDIAWIKI_EXTENSION, name).find_map(|site| {
        let (folder, _) = graph.snapshot.file(site.file).entry.path.rsplit_once('/')?;
        match graph.paths.look_up(&format!("{folder}/{name}.php")) {
            PathKind::File(file) => Some((name.clone(), file)),
            _ => None,
        }
    })
}
