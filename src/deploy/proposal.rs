//! How units without a safe order are split: expand, migrate, contract.

use super::Deployment;
use super::pairs::is_lock;
use crate::facts::{base_name, kinds};
use crate::loader::{FileIx, Role};
use crate::schedule::Component;
use smol_str::SmolStr;

/// Three commits that can land one after the other, with what each does to which path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// What is new comes, what is old stays.
    pub expand: Vec<(SmolStr, String)>,
    /// Callers change over.
    pub migrate: Vec<(SmolStr, String)>,
    /// What is old goes.
    pub contract: Vec<(SmolStr, String)>,
}

/// The split of a component by the requirements whose removal frees it. `path` tells a
/// file's path in a tree.
pub fn proposal(
    deployment: &Deployment,
    component: &Component,
    path: impl Fn(Role, FileIx) -> SmolStr,
) -> Proposal {
    // Where something comes, it comes in place of what goes.
    let comes = component.forcing.iter().any(|reason| {
        let reason = deployment.needs.reasons.get(*reason as usize);
        reason.and_then(|reason| reason.from).is_some_and(|from| from.tree != Role::Old)
    });
    let mut out = Proposal::default();
    let push = |list: &mut Vec<(SmolStr, String)>, item: (SmolStr, String)| {
        if !list.contains(&item) {
            list.push(item);
        }
    };
    for reason in &component.forcing {
        let Some(reason) = deployment.needs.reasons.get(*reason as usize) else { continue };
        let (Some(from), Some(to)) = (reason.from, reason.to) else { continue };
        let name = reason.entity.name.as_str();
        // No version of a lock fits two versions of its list.
        if reason.entity.kind == kinds::FILE && is_lock(name) {
            continue;
        }
        if matches!(reason.entity.kind, kinds::FLAG | kinds::PARAM) {
            // An interface: its file is the one that did not make the call.
            let parameter = name.rsplit("::$").next().unwrap_or(name);
            let parameter = base_name(parameter);
            let (callee, caller) = (path(to.tree, to.file), path(from.tree, from.file));
            push(
                &mut out.expand,
                (
                    callee.clone(),
                    format!("accept calls with and without `{parameter}`, to the same effect"),
                ),
            );
            push(
                &mut out.migrate,
                (caller, format!("make the call as it shall be (`{parameter}`)")),
            );
            push(
                &mut out.contract,
                (callee, format!("stop accepting the old form (`{parameter}`)")),
            );
            continue;
        }
        let what = match reason.entity.kind {
            kinds::FILE => format!("keep `{name}` as a shim"),
            _ if comes => format!("keep `{name}` beside what replaces it"),
            _ => format!("keep `{name}`"),
        };
        let callee = path(to.tree, to.file);
        let caller = path(from.tree, from.file);
        if from.tree == Role::Old {
            push(&mut out.expand, (callee.clone(), what));
            push(&mut out.contract, (callee, format!("remove what `{name}` was kept for")));
            push(&mut out.migrate, (caller, format!("stop using `{name}`")));
        } else {
            push(&mut out.expand, (callee, format!("add `{name}`")));
            push(&mut out.migrate, (caller, format!("use `{name}`")));
        }
    }
    for list in [&mut out.expand, &mut out.migrate, &mut out.contract] {
        list.sort();
    }
    out
}
