//! Flags and sub-commands that a well-known command no longer has in the version that
//! `crosscheck.yaml` names.

use super::Context;
use super::called::command_name;
use crate::facts::{Call, Entity, Word, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Search;
use crate::loader::FileIx;
use crate::packs::{KnownCommand, Removed};

/// Reports calls of what a command's version has removed.
pub fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let known = context.packages;
    if known.versions.is_empty() {
        return;
    }
    let graph = context.new;
    for (file, own) in graph.snapshot.all_files() {
        for call in &own.facts.calls {
            let entry = match variable(call) {
                Some(name) => known.packs.reader(name),
                None => command(call).and_then(|name| known.packs.command(name)),
            };
            let Some(entry) = entry else { continue };
            let name = match variable(call) {
                Some(_) => entry.name.clone(),
                None => command_name(call),
            };
            let Some(version) = known.versions.get(entry.version_key()) else { continue };
            // One of the tree's own has its own flags.
            if call
                .any_of
                .iter()
                .any(|target| !graph.programs(target, Search::UsualFolders).is_empty())
            {
                continue;
            }
            if let Some((word, flag)) = unlisted(entry, version, &call.words) {
                let place = |span| Place { tree: graph.snapshot.role, file, span };
                let message = format!(
                    "{} has no flag `{flag}` up to version {version}, which runs here",
                    entry.name
                );
                let near = nearest_of(flag, entry.flags.iter().map(|flag| flag.as_str()));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("its flags: {}", entry.source),
                };
                findings.push(
                    Finding::new("unknown-parameter", message, place(word.span))
                        .severity(Severity::Warning)
                        .label("passed here")
                        .help(help)
                        .related("in this call", place(call.span))
                        .entity(Entity::flag(&name, flag)),
                );
            }
            findings.extend(too_new(context, entry, version, (file, call), &name));
            for removed in entry.removed_in(version) {
                let Some(word) = passed(entry, removed, &call.words) else { continue };
                let place = |span| Place { tree: graph.snapshot.role, file, span };
                let (own, spelling) = (&entry.name, removed.spelling());
                let message = format!(
                    "`{spelling}` was removed in {own} {}; the version that runs here is {version}",
                    removed.removed
                );
                findings.push(
                    Finding::new("removed-directive", message, place(word.span))
                        .severity(super::called::severity(call))
                        .label("passed here")
                        .help(instead(&removed.replacement))
                        .related("in this call", place(call.span))
                        .entity(Entity::flag(&name, &spelling)),
                );
            }
        }
    }
}

/// A flag that came with a newer version than the one that runs here.
fn too_new(
    context: &Context<'_>,
    entry: &KnownCommand,
    version: &str,
    (file, call): (FileIx, &Call),
    name: &str,
) -> Option<Finding> {
    let words = call.words.iter();
    let (word, flag, added) = words
        .take_while(|word| !word.text.as_exact().is_some_and(|text| entry.ends_at(text)))
        .find_map(|word| {
            let text = word.text.prefix();
            // What follows the `=` may be computed.
            let whole = word.text.as_exact().is_some() || text.contains('=');
            let flag = text.split('=').next().unwrap_or(text);
            let added = entry.added_after(flag, version).filter(|_| whole)?;
            Some((word, flag, added))
        })?;
    let place = |span| Place { tree: context.new.snapshot.role, file, span };
    let message = format!(
        "`{flag}` came with {} {added}; the version that runs here is {version}",
        entry.name
    );
    Some(
        Finding::new("unknown-parameter", message, place(word.span))
            .severity(super::called::severity(call))
            .label("passed here")
            .help("leave it away until all hosts have that version".to_owned())
            .related("in this call", place(call.span))
            .entity(Entity::flag(name, flag)),
    )
}

/// What to do about something that was removed.
fn instead(replacement: &str) -> String {
    match replacement.strip_prefix("nothing") {
        Some(rest) => match rest.trim_start_matches(':').trim() {
            "" => "remove it".to_owned(),
            rest => rest.to_owned(),
        },
        None => format!("use {replacement}"),
    }
}

/// The first long flag that the version is known not to take.
fn unlisted<'w>(
    entry: &KnownCommand,
    version: &str,
    words: &'w [Word],
) -> Option<(&'w Word, &'w str)> {
    for word in words {
        let text = word.text.as_exact()?;
        if entry.ends_at(text) {
            return None;
        }
        let name = text.split_once('=').map_or(text.as_str(), |(name, _)| name);
        if name.len() > 3 && name.starts_with("--") && entry.lacks(name, version) {
            return Some((word, name));
        }
    }
    None
}

/// The environment variable that holds the flags, where it is one.
fn variable(call: &Call) -> Option<&str> {
    let target = call.any_of.first().filter(|target| target.kind == kinds::ENV)?;
    target.name.as_exact().map(|name| name.as_str())
}

/// The name of the command that is called, by itself or by its path on the host.
fn command(call: &Call) -> Option<&str> {
    let target = call.any_of.first()?;
    let name = target.name.as_exact()?;
    match &target.kind {
        kind if *kind == kinds::COMMAND => Some(name.as_str()),
        kind if *kind == kinds::DEPLOYED_PATH => name.rsplit('/').next(),
        _ => None,
    }
}

/// The word that is what was removed.
fn passed<'w>(entry: &KnownCommand, removed: &Removed, words: &'w [Word]) -> Option<&'w Word> {
    let last = |word: &Word| word.text.as_exact().is_some_and(|text| entry.ends_at(text));
    let end = words.iter().position(last).unwrap_or(words.len());
    let words = &words[..end];
    // `module build`: words one after another.
    let sequence = |at: usize, names: &str| {
        let mut rest = words[at.min(words.len())..].iter();
        names.split(' ').all(|name| {
            rest.next().is_some_and(|word| word.text.as_exact().is_some_and(|text| text == name))
        })
    };
    if let Some(names) = &removed.command {
        // What stands after a flag may be its value.
        let first = words.iter().position(|word| !word.text.prefix().starts_with('-'))?;
        let certain =
            words[..first].iter().all(|word| word.text.prefix().contains('=') && !word.splits);
        return (certain && sequence(first, names)).then(|| words.get(first)).flatten();
    }
    let flag = removed.flag.as_deref()?;
    let from = match &removed.within {
        Some(names) => (0..words.len()).find(|at| sequence(*at, names))?,
        None => 0,
    };
    if let Some(value) = &removed.value {
        let is_value = |text: &str| text.split('=').next() == Some(value.as_str());
        let mut last = None;
        return words[from..].iter().find(|word| {
            let text = word.text.prefix();
            let apart = std::mem::replace(&mut last, word.text.as_exact());
            apart.is_some_and(|apart| apart == flag) && is_value(text)
                || text.strip_prefix(flag).is_some_and(is_value)
        });
    }
    let is_flag = |word: &&Word| {
        let prefix = word.text.prefix();
        let rest = prefix.strip_prefix(flag);
        let whole = word.text.as_exact().is_some_and(|text| text == flag);
        whole || (!removed.bare && rest.is_some_and(|rest| rest.starts_with('=')))
    };
    words[from..].iter().find(is_flag)
}
