//! Interfaces and their calls: `missing-required-parameter`, `unknown-parameter`,
//! `removed-parameter`, `newly-required-parameter`, `incompatible-value`.
//!
//! One compatibility check for every kind of interface (DESIGN section 3).

use super::Context;
use super::called::{MOST_OF_CALL, cut};
use crate::compat::{Issue, judge};
use crate::deadline::Work;
use crate::facts::{
    Call, Entity, Interface, NamePattern, Param, Property, Relation, Span, Strength,
    is_secret_name, nearest_of,
};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Data, Graph};
use crate::loader::{FileIx, Role};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in context.files() {
        for call in &file.facts.calls {
            let is_guarded = call.strength == Strength::Guarded;
            if is_guarded || !graph.snapshot.deadline.allows(Work::References) {
                continue;
            }
            check_call(context, ix, call, findings);
        }
    }
}

fn check_call(context: &Context<'_>, file: FileIx, call: &Call, findings: &mut Vec<Finding>) {
    let mut first = None;
    // A file that does not parse may define what it calls, in the part that was not read.
    let is_definition = || call.any_of.iter().any(|target| target.kind.has(Property::DEFINITION));
    if !context.comparing && context.new.is_partly_read(file) && is_definition() {
        return;
    }
    let callees = context.new.callees(call);
    let reads = |(_, own): &(FileIx, &Interface)| own.environment.iter().any(|own| own.required);
    // Files of variables are looked into only where one is required.
    let completed = callees.iter().any(reads).then(|| context.new.completed(call));
    let call = completed.as_deref().unwrap_or(call);
    for (at, interface) in callees {
        let mut own = Vec::new();
        if interface.command.is_some() {
            super::commands::check(context, file, call, (at, interface), &mut own);
        } else {
            compare(context, file, call, at, interface, &mut own);
        }
        if own.is_empty() {
            // Where a name may mean several things, one that fits is what is meant.
            return;
        }
        first.get_or_insert(own);
    }
    findings.extend(first.into_iter().flatten());
}

/// What a call by name gets wrong, with what only a tree knows: what was there before, and
/// what data or defaults fill in.
struct Judged<'c, 'g> {
    context: &'c Context<'g>,
    file: FileIx,
    call: &'c Call,
    defined_in: FileIx,
    interface: &'c Interface,
    /// The interface before the change.
    old: Option<(FileIx, &'c Interface)>,
}

fn compare(
    context: &Context<'_>,
    file: FileIx,
    call: &Call,
    defined_in: FileIx,
    interface: &Interface,
    findings: &mut Vec<Finding>,
) {
    let old = context.old.and_then(|old| old.interfaces(&interface.entity).next());
    let judged = Judged { context, file, call, defined_in, interface, old };
    let said = judge(interface, call).into_iter().filter_map(|own| match own.issue {
        Issue::Unknown(name) => judged.unknown(&name, own.span),
        Issue::Choice(param, value) => Some(judged.choice(param, &value, own.span)),
        Issue::Missing(param) => judged.missing(param),
        // The others are of command lines.
        _ => None,
    });
    findings.extend(said.take(MOST_OF_CALL + 1));
    cut(findings);
}

impl Judged<'_, '_> {
    fn place(&self, span: Span) -> Place {
        Place { tree: self.context.new.snapshot.role, file: self.file, span }
    }

    fn defined(&self, span: Span) -> Place {
        Place { tree: self.context.new.snapshot.role, file: self.defined_in, span }
    }

    fn unknown(&self, passed: &str, span: Span) -> Option<Finding> {
        let (interface, name) = (self.interface, &self.interface.entity.name);
        let before = self.old.and_then(|(file, old)| {
            old.params.iter().find(|param| param.name == passed).map(|param| (file, param))
        });
        // A native type has further ones, of Puppet itself and of what it includes.
        if interface.entity.kind.has(Property::OPEN) && before.is_none() {
            return None;
        }
        let near = nearest_of(passed, interface.params.iter().map(|param| param.name.as_str()));
        let help = match &near {
            Some(near) => format!("did you mean `{near}`?"),
            None => accepted(interface),
        };
        let finding = match before {
            Some((file, param)) => Finding::new(
                "removed-parameter",
                format!("`{name}` no longer takes the parameter `{passed}`"),
                self.place(span),
            )
            .of_change()
            .related("taken before this change", Place { tree: Role::Old, file, span: param.span }),
            None => Finding::new(
                "unknown-parameter",
                format!("`{name}` takes no parameter `{passed}`"),
                self.place(span),
            ),
        };
        let finding = finding
            .label("passed here")
            .help(help)
            .related("in this call", self.place(self.call.span))
            .related(format!("`{name}` is defined here"), self.defined(interface.span))
            .entity(interface.parameter(name, passed));
        Some(finding)
    }

    fn choice(&self, param: &Param, value: &str, span: Span) -> Finding {
        let name = &self.interface.entity.name;
        let list = param.choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>();
        Finding::new(
            "incompatible-value",
            format!("`{}` of `{name}` does not accept `{value}`", param.name),
            self.place(span),
        )
        .label("passed here")
        .help(format!("it accepts {}", list.join(", ")))
        .related("declared here", self.defined(param.span))
        .entity(self.interface.parameter(name, &param.name))
    }

    fn missing(&self, param: &Param) -> Option<Finding> {
        let (call, interface, name) = (self.call, self.interface, &self.interface.entity.name);
        if filled(self.context.new, self.file, call, interface, param) {
            return None;
        }
        let by_data = interface.entity.kind.has(Property::BY_DATA);
        // A class may get it from data that the tree does not hold: secrets do, and where
        // a class is merely included, data is the only source there is.
        let included = by_data && call.relation == Relation::Includes;
        let data = self.context.new.data();
        let unseen = by_data
            && match data {
                Data::Absent | Data::Partial => true,
                Data::Loose | Data::Whole => false,
            };
        if (included || unseen) && !self.context.comparing {
            return None;
        }
        // An inventory may set a role's arguments, for some hosts; where the tree holds none, it
        // is elsewhere.
        let kind = interface.entity.kind;
        let by_inventory = kind.arguments().is_some();
        let has_inventory =
            || kind.set_for().is_some_and(|own| !self.context.new.all(own).is_empty());
        if by_inventory && !self.context.comparing && !has_inventory() {
            return None;
        }
        // Where no hierarchy is in the tree, what else is read is not known.
        let unsure = match data {
            Data::Partial => true,
            Data::Loose => !self.context.comparing,
            Data::Absent | Data::Whole => false,
        };
        let private =
            by_inventory || by_data && (included || unsure || is_secret_name(&param.name));
        let severity = if private { Severity::Warning } else { Severity::Error };
        let newly = self.old.is_some_and(|(_, old)| {
            let before = old.params.iter().find(|own| own.name == param.name);
            before.is_none_or(|before| !before.required)
        });
        let (rule, now) = match newly {
            true => ("newly-required-parameter", "now "),
            false => ("missing-required-parameter", ""),
        };
        let message = format!(
            "`{name}` {now}requires the parameter `{}`, which this call does not pass",
            param.name
        );
        let help = if by_data {
            format!(
                "pass it, set the key `{name}::{}` in the data, or give it a default",
                param.name
            )
        } else {
            "pass it, or give it a default".to_owned()
        };
        let finding = Finding::new(rule, message, self.place(call.span))
            .severity(severity)
            .label("called here")
            .help(help)
            .related("required here", self.defined(param.span))
            .entity(interface.parameter(name, &param.name));
        Some(if newly { finding.of_change() } else { finding })
    }
}

/// Whether something other than the call may give the parameter its value: data, variables,
/// defaults that are set elsewhere.
fn filled(
    graph: &Graph<'_>,
    file: FileIx,
    call: &Call,
    interface: &Interface,
    param: &Param,
) -> bool {
    let Entity { kind, name } = &interface.entity;
    let key = format!("{name}::{}", param.name);
    if kind.has(Property::BY_DATA) {
        return graph.sets_key(&key);
    }
    if let Some(variables) = kind.arguments() {
        return !graph.matching(variables, &NamePattern::exact(param.name.clone())).is_empty();
    }
    graph.sets_default(file, call, &key)
}

fn accepted(interface: &Interface) -> String {
    if interface.params.is_empty() {
        return "it takes no parameters".to_owned();
    }
    let names: Vec<_> =
        interface.params.iter().take(12).map(|param| format!("`{}`", param.name)).collect();
    let more = if interface.params.len() > 12 { ", …" } else { "" };
    format!("it takes {}{more}", names.join(", "))
}
