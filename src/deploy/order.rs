//! Whether an order that somebody else made is safe: a deploy script's list of paths.

use super::{Deployment, Units};
use crate::facts::nearest_of;
use crate::schedule::Schedule;

/// A step of a given order that breaks something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsafe {
    /// The line of the list, from 1.
    pub line: usize,
    /// What is broken (index into the deployment's reasons).
    pub reason: u32,
    /// The unit whose landing breaks it.
    pub unit: u32,
    /// The line that mends it, if one does.
    pub until: Option<usize>,
}

/// Judges `text`: one step a line, each a path, a folder or a unit's name, or several of
/// them apart by blanks, which then land in any order. `#` begins a comment. A command of
/// MediaWiki's deployments (`scap sync-file PATH MESSAGE`) is a step of its path.
///
/// Returns the unsafe steps and the units that the list does not bring.
///
/// A path that the change does not touch is passed over; `exists` tells whether a tree has it.
///
/// # Errors
/// A message where a line names nothing that exists.
pub fn check(
    deployment: &Deployment,
    text: &str,
    exists: impl Fn(&str) -> bool,
) -> Result<(Vec<Unsafe>, Vec<u32>), String> {
    let units = &deployment.units;
    let mut steps: Vec<Vec<u32>> = Vec::new();
    let mut lines = Vec::new();
    for (ix, line) in text.lines().enumerate() {
        let synced = synced(line);
        let plain = line.split('#').next().unwrap_or_default();
        let words = match synced {
            Some(path) => vec![path],
            None => plain.split_whitespace().collect(),
        };
        let mut step = Vec::new();
        for word in words {
            let found = named(units, word);
            if found.is_empty() && !exists(word.trim_start_matches("./").trim_end_matches('/')) {
                let names = units.all.iter().map(|unit| unit.name.as_str());
                let near = nearest_of(word, names);
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                return Err(format!("line {}: neither tree has `{word}`{near}", ix + 1));
            }
            step.extend(found);
        }
        if !step.is_empty() {
            steps.push(step);
            lines.push(ix + 1);
        }
    }
    let rollout = Schedule::new(units.all.len() as u32, deployment.needs.clauses.clone());
    let checked = rollout.check_order(&steps);
    let line = |step: usize| lines.get(step).copied().unwrap_or_default();
    let broken = checked.violations.iter().map(|violation| Unsafe {
        line: line(violation.step),
        reason: violation.reason,
        unit: violation.unit,
        until: violation.until.map(line),
    });
    Ok((broken.collect(), checked.never))
}

/// The path that a line brings which is a command of scap: that of `scap sync-file PATH
/// [MESSAGE]`, of `sync-dir` likewise; everything for `scap sync-world`.
fn synced(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| matches!(*word, "$" | "sudo"));
    let command = match words.next()? {
        "scap" => words.next()?,
        command => command,
    };
    match command {
        "sync-file" | "sync-dir" => {
            let path = words.find(|word| !word.starts_with('-'))?;
            Some(path.trim_matches(['\'', '"']))
        }
        "sync-world" | "sync" if line.contains("scap") => Some("."),
        _ => None,
    }
}

/// Units that a word of the list means: one by name, the one that holds the path, or all
/// that lie in the folder.
fn named(units: &Units, word: &str) -> Vec<u32> {
    let word = word.trim_start_matches("./");
    let path = word.trim_end_matches('/');
    if let Some(unit) = units.named(path) {
        return vec![unit];
    }
    if !units.of(path).is_empty() {
        return units.of(path).to_vec();
    }
    let folder = format!("{path}/");
    let inside = |(_, unit): &(usize, &super::Unit)| {
        path == "." || unit.paths.iter().any(|path| path.starts_with(&folder))
    };
    units.all.iter().enumerate().filter(inside).map(|(ix, _)| ix as u32).collect()
}
