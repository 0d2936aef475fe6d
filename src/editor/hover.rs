//! What is known of the thing at a place, as Markdown.

use super::Answers;
use super::spot::Spot;
use crate::facts::{Entity, Interface, Param, Position};
use crate::graph::Resolution;
use crate::report::{Resolved, ResolvedPlace};
use std::fmt::Write;

/// Things that are told of one place, and parameters of one of them, at most.
const MOST_THINGS: usize = 4;
const MOST_PARAMETERS: usize = 40;

/// What is to be shown at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hover {
    /// Markdown.
    pub markdown: String,
    /// The text that it is about.
    pub place: ResolvedPlace,
}

impl<'g> Answers<'g> {
    /// What is known of what stands at a place: what it is, where it is defined, what it takes, how
    /// many use it; and of a finding there what its rule says.
    pub fn hover(&self, path: &str, at: Position) -> Option<Hover> {
        let spot = self.spot(path, at);
        let mut parts: Vec<String> = Vec::new();
        if let Some(spot) = &spot {
            parts.extend(self.about(spot));
        }
        let found = self.found.borrow();
        let here = |own: &&Resolved| {
            own.primary.path == path && own.primary.start <= at && at <= own.primary.end
        };
        let findings: Vec<&Resolved> = found.iter().filter(here).collect();
        for rule in findings.iter().map(|own| own.rule) {
            let Some(page) = crate::catalog::find(rule) else { continue };
            let first = page.what.split("\n\n").next().unwrap_or_default().replace('\n', " ");
            parts.push(format!("**{rule}**: {} (`crosscheck explain {rule}`)", first.trim()));
        }
        parts.dedup();
        let place = match (&spot, findings.first()) {
            (Some(spot), _) => self.location(spot.file, spot.span),
            (None, Some(finding)) => finding.primary.clone(),
            (None, None) => return None,
        };
        (!parts.is_empty()).then(|| Hover { markdown: parts.join("\n\n---\n\n"), place })
    }

    fn about(&self, spot: &Spot<'g>) -> Vec<String> {
        let targets = spot.targets(self.graph);
        if !targets.parameters.is_empty() {
            let told = targets.parameters.iter().take(MOST_THINGS);
            return told
                .map(|(_, interface, param)| {
                    format!("{} of {}", parameter(param), interface.entity.spoken())
                })
                .collect();
        }
        let mut parts: Vec<String> = self.unfound(spot);
        let users = self.uses(&targets).len();
        let names = targets.names(self.graph);
        let places = targets.definitions(self.graph);
        let mut text = String::new();
        for (ix, entity) in names.iter().take(MOST_THINGS).enumerate() {
            let _ = writeln!(text, "{}{}", if ix == 0 { "" } else { "\n" }, entity.spoken());
        }
        for (file, span) in places.iter().take(MOST_THINGS) {
            let at = self.location(*file, *span);
            let _ = write!(text, "\nin `{}:{}`", at.path, at.start.line);
        }
        if places.len() > MOST_THINGS {
            let _ = write!(text, " and {} more places", places.len() - MOST_THINGS);
        }
        if names.is_empty() {
            return parts;
        }
        let mut interfaces = names.iter().flat_map(|own| self.graph.interfaces(own));
        if let Some((_, interface)) = interfaces.next() {
            let _ = write!(text, "\n\n{}", takes(interface).trim_end());
        }
        let _ = write!(text, "\n\n{}", used(users));
        parts.push(text);
        parts
    }

    /// References that lead to nothing of the tree.
    fn unfound(&self, spot: &Spot<'g>) -> Vec<String> {
        let told = spot.requires.iter().filter_map(|require| {
            let told = |entity: &Entity, what| Some(format!("{}: {what}", entity.spoken()));
            match self.graph.resolve_from(spot.file, require) {
                Resolution::Found(_) => None,
                Resolution::Missing(entity) => told(&entity, "not in this tree"),
                Resolution::Open(entity) => told(&entity, "not in this tree; it may be elsewhere"),
                Resolution::Elsewhere => {
                    told(&require.any_of.first()?.entity(), "lives outside this tree")
                }
            }
        });
        let mut told: Vec<String> = told.collect();
        told.dedup();
        told.truncate(1);
        told
    }
}

fn used(users: usize) -> String {
    match users {
        0 => "used nowhere in this tree".to_owned(),
        1 => "used in 1 place".to_owned(),
        _ => format!("used in {users} places"),
    }
}

/// What an interface takes, as a list.
fn takes(interface: &Interface) -> String {
    let mut text = String::new();
    let all = interface.params.iter().chain(&interface.environment);
    let all: Vec<&Param> = all.collect();
    if all.is_empty() && !interface.open {
        return "takes no parameters".to_owned();
    }
    for param in all.iter().take(MOST_PARAMETERS) {
        let _ = writeln!(text, "- {}", parameter(param));
    }
    if all.len() > MOST_PARAMETERS {
        let _ = writeln!(text, "- … {} more", all.len() - MOST_PARAMETERS);
    }
    if interface.open {
        text.push_str("- and others\n");
    }
    text
}

/// One parameter: name, type, whether it is required, its default, its choices.
fn parameter(param: &Param) -> String {
    let code = |text: &str| format!("`{}`", text.replace(['`', '\n'], " ").trim());
    let mut text = code(&param.name);
    for alias in &param.aliases {
        let _ = write!(text, ", {}", code(alias));
    }
    if !param.ty.is_empty() {
        let _ = write!(text, " {}", code(&param.ty));
    }
    if param.required {
        text.push_str(" (required)");
    } else if !param.default.is_empty() {
        let _ = write!(text, " = {}", code(&param.default));
    }
    if !param.choices.is_empty() {
        let choices: Vec<String> = param.choices.iter().map(|own| code(own)).collect();
        let _ = write!(text, ", one of {}", choices.join(", "));
    }
    text
}
