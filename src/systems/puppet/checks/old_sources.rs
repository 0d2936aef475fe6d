//! `puppet:///MODULE/path`, the place of a module's file up to Puppet 2.7.
//!
//! To Puppet 3 and later the first word is a mount of the file server, and such a mount hardly has
//! the very file that the module has. Up to 2.7 it may be a mount too, but not in a tree that finds
//! other files of that module so. (Source: release notes of Puppet 3.0; `fileserver.conf`.)

use crate::check::Context;
use crate::extract::Names;
use crate::facts::{Entity, Require, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Resolution;
use crate::loader::FileIx;
use crate::systems::puppet::files::OLD_SOURCE;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let is_old = graph.snapshot.layout.names == Names::Relative;
    let mut found: FxHashSet<&str> = FxHashSet::default();
    let mut kept: Vec<(FileIx, &Require, &str)> = Vec::new();
    let mut missed: Vec<(FileIx, &Require, &str)> = Vec::new();
    let mut new: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
    for (ix, file) in graph.asking(&[kinds::PUPPET_FILES]) {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp")
            || !file.standing.is_live()
            || graph.snapshot.layout.is_nested(path)
        {
            continue;
        }
        for require in &file.facts.requires {
            let target = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_FILES);
            let Some(name) = target.and_then(|own| own.name.as_exact()) else { continue };
            let Some((module, rest)) = name.split_once('/') else { continue };
            if require.via != OLD_SOURCE {
                new.entry(module).or_default().insert(rest);
                continue;
            }
            if graph.providers(kinds::PUPPET_MOUNT, module).next().is_some() {
                continue;
            }
            match graph.resolve_from(ix, require) {
                Resolution::Found(_) if is_old => {
                    found.insert(module);
                    kept.push((ix, require, module));
                }
                Resolution::Found(_) if is_for_old(context, ix, require) => {}
                Resolution::Found(_) => {
                    let message = format!("the file server has no mount `{module}`");
                    findings.push(
                        Finding::new("unresolved-reference", message, place(context, ix, require))
                            .severity(Severity::Error)
                            .label("asked for here")
                            .help(format!("did you mean `puppet:///modules/{name}`?"))
                            .entity(Entity::new(kinds::PUPPET_MOUNT, name.clone())),
                    );
                }
                Resolution::Missing(_) if is_old && !is_for_old(context, ix, require) => {
                    missed.push((ix, require, module));
                }
                _ => {}
            }
        }
    }
    forgotten(context, &kept, &new, findings);
    for (ix, require, module) in missed.into_iter().filter(|(_, _, own)| found.contains(own)) {
        let Some(target) = require.any_of.first() else { continue };
        let message = format!("module `{module}` has no file `{}`", target.name);
        findings.push(
            Finding::new("unresolved-reference", message, place(context, ix, require))
                .severity(Severity::Error)
                .label("asked for here")
                .help("other sources of the tree find files of this module under its name")
                .entity(Entity::new(kinds::PUPPET_FILES, target.name.to_string())),
        );
    }
}

/// Among sources as Puppet 3 takes them, one of the old kind was forgotten, unless a file of the
/// module is named in both ways: it chooses by the version.
fn forgotten(
    context: &Context<'_>,
    kept: &[(FileIx, &Require, &str)],
    new: &FxHashMap<&str, FxHashSet<&str>>,
    findings: &mut Vec<Finding>,
) {
    let rest = |require: &Require| {
        let target = require.any_of.first()?;
        target.name.prefix().split_once('/').map(|(_, rest)| SmolStr::new(rest))
    };
    let is_both = |(_, require, module): &(FileIx, &Require, &str)| {
        let others = new.get(*module);
        others.is_some_and(|others| rest(require).is_some_and(|own| others.contains(own.as_str())))
    };
    let both: FxHashSet<&str> =
        kept.iter().filter(|own| is_both(own)).map(|(_, _, module)| *module).collect();
    for &(ix, require, module) in kept {
        let is_forgotten = new.contains_key(module) && !both.contains(module);
        let Some(target) = require.any_of.first().filter(|_| is_forgotten) else { continue };
        let message = format!("to Puppet 3 and later, `{module}` is a mount of the file server");
        findings.push(
            Finding::new("removed-directive", message, place(context, ix, require))
                .severity(Severity::Warning)
                .label("asked for here")
                .help(format!("write `puppet:///modules/{}`, as the others here", target.name))
                .entity(Entity::new(kinds::PUPPET_FILES, target.name.to_string())),
        );
    }
}

/// `24 => 'puppet:///web/a'`: a choice by the version, for the Puppet that finds it there.
fn is_for_old(context: &Context<'_>, file: FileIx, require: &Require) -> bool {
    let contents = context.new.snapshot.contents(file);
    let before = contents.get(..require.span.start as usize).unwrap_or_default();
    let begin = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = String::from_utf8_lossy(&before[begin..]);
    let line = line.trim_end_matches(['\'', '"', ' ', '\t']);
    let Some(key) = line.strip_suffix("=>").map(str::trim) else { return false };
    let key = key.rsplit(['{', ',']).next().unwrap_or(key);
    let key = key.trim_matches(['\'', '"', '/', '^', ' ', '\t']).replace("\\.", ".");
    ["24", "25", "0.24", "0.25"].iter().any(|own| key == *own)
        || key.starts_with("0.24.")
        || key.starts_with("0.25.")
}

fn place(context: &Context<'_>, file: FileIx, require: &Require) -> Place {
    Place { tree: context.new.snapshot.role, file, span: require.span }
}
