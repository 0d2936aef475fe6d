//! Groups and time periods that Nagios objects define, and those that they name.
//!
//! (Source: Nagios Core's documentation, "Object Definitions" and "Object Inheritance": names
//! in a list are separated by commas, `+` adds to what is inherited, `!` leaves one out.)

use crate::domain::servers;
use crate::facts::{
    Detail, Extent, FileFacts, Kind, Provide, Ref, Require, Scope, Span, Strength, kinds,
};
use crate::syntax::tags::templated;

/// The kind of object that a directive of an object defines.
fn defined(object: &str, word: &str) -> Option<Kind> {
    match (object, word) {
        ("hostgroup", "hostgroup_name") => Some(kinds::NAGIOS_HOSTGROUP),
        ("contactgroup", "contactgroup_name") => Some(kinds::NAGIOS_CONTACTGROUP),
        ("timeperiod", "timeperiod_name") => Some(kinds::NAGIOS_TIMEPERIOD),
        _ => None,
    }
}

/// Directives that name objects, each with the kind of these.
const NAMING: [(&str, Kind); 14] = [
    ("hostgroup_name", kinds::NAGIOS_HOSTGROUP),
    ("hostgroups", kinds::NAGIOS_HOSTGROUP),
    ("hostgroup_members", kinds::NAGIOS_HOSTGROUP),
    ("dependent_hostgroup_name", kinds::NAGIOS_HOSTGROUP),
    ("contact_groups", kinds::NAGIOS_CONTACTGROUP),
    ("contactgroups", kinds::NAGIOS_CONTACTGROUP),
    ("contactgroup_members", kinds::NAGIOS_CONTACTGROUP),
    ("check_period", kinds::NAGIOS_TIMEPERIOD),
    ("notification_period", kinds::NAGIOS_TIMEPERIOD),
    ("escalation_period", kinds::NAGIOS_TIMEPERIOD),
    ("dependency_period", kinds::NAGIOS_TIMEPERIOD),
    ("host_notification_period", kinds::NAGIOS_TIMEPERIOD),
    ("service_notification_period", kinds::NAGIOS_TIMEPERIOD),
    ("exclude", kinds::NAGIOS_TIMEPERIOD),
];

/// Adds what one directive, whose value stands at `at`, defines or names.
pub(super) fn entry(
    (object, word): (&str, &str),
    (value, at): (&str, usize),
    path: &str,
    out: &mut FileFacts,
) {
    let span = |text: &str, from: usize| Span::new(at + from, at + from + text.len());
    // A time period's other directives are days.
    if word == "exclude" && object != "timeperiod" {
        return;
    }
    if let Some(kind) = defined(object, word) {
        let (name, span) = (templated(value), span(value, 0));
        let detail = Detail::None;
        out.provides.push(Provide { kind, name, span, within: None, detail });
        return;
    }
    if let Some(sort) = named(object, word) {
        servers::provide(&sort, &templated(value), span(value, 0), out);
        return;
    }
    if let Some((sort, via)) = uses(object, word) {
        for (name, from) in parts(value) {
            servers::require(&sort, (name, span(name, from)), via, Strength::Certain, out);
        }
        return;
    }
    let Some((via, kind)) = NAMING.into_iter().find(|(own, _)| *own == word) else { return };
    for (name, from) in parts(value) {
        let scope = Scope::of_kind(path, kind, Extent::Fragment);
        let target = Ref::exact(kinds::NAGIOS_NAMED, name).seen_from(scope);
        out.requires.push(Require::certain(target, span(name, from), via, None));
    }
}

/// What an object is called that others name: a template, a host, a contact.
fn named(object: &str, word: &str) -> Option<String> {
    match (object, word) {
        (_, "name") => Some(format!("{object} template")),
        ("host", "host_name") | ("contact", "contact_name") => Some(object.to_owned()),
        _ => None,
    }
}

/// What a directive names of that.
fn uses(object: &str, word: &str) -> Option<(String, &'static str)> {
    let (sort, via) = match (object, word) {
        (_, "use") => return Some((format!("{object} template"), "use")),
        ("hostgroup", "members") => ("host", "members"),
        ("contactgroup", "members") => ("contact", "members"),
        ("host", "parents") => ("host", "parents"),
        (_, "host_name") => ("host", "host_name"),
        (_, "dependent_host_name") => ("host", "dependent_host_name"),
        (_, "contacts") => ("contact", "contacts"),
        _ => return None,
    };
    Some((sort.to_owned(), via))
}

/// The names of a list that say what they name, with where they stand in it.
fn parts(value: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    for part in value.split(',') {
        let start = from + part.len() - part.trim_start().len();
        from += part.len() + 1;
        let text = part.trim();
        let name = text.trim_start_matches(['+', '!']);
        // `*` and regular expressions match what there is; `null` is none; a computed name
        // may be any.
        let plain =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_. :@/".contains(&byte));
        if !name.is_empty() && name != "null" && plain {
            found.push((name, start + text.len() - name.len()));
        }
    }
    found
}
