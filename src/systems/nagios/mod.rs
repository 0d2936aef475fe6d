//! Nagios and Icinga 1 object files, also as templates: the commands that they define and
//! refer to, the services that they check, and those that notify nobody.
//!
//! (Source: Nagios Core's documentation of object definitions: `define command`, `define
//! service`, `register`, `notifications_enabled`, `check_command`, whose arguments follow
//! the name behind `!`.)

mod calls;
mod names;
mod objects;

use crate::domain::watch;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, Monitor, Provide, Span, kinds, rendered};
use crate::graph::Graph;
use crate::syntax::tags::templated;
use crate::systems::System;

/// Nagios and Icinga 1.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "nagios"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Nagios, &calls::Nagios]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }
}

/// Extracts from object files.
pub struct Nagios;

impl Extractor for Nagios {
    fn system(&self) -> &'static str {
        "nagios"
    }

    fn claims(&self, path: &str) -> bool {
        rendered(path).ends_with(".cfg")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        [
            "command_name",
            "check_command",
            "define host",
            "define service",
            "define contact",
            "define timeperiod",
        ]
        .iter()
        .any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut object: Option<Object<'_>> = None;
        let mut sort = "";
        for (start, line) in source.lines() {
            let code = line.split(';').next().unwrap_or_default();
            let own = code.trim();
            if let Some(rest) = own.strip_prefix("define ") {
                let is_service = rest.trim_start().starts_with("service")
                    && rest.trim_end().trim_end_matches('{').trim() == "service";
                object = is_service.then(Object::default);
                sort = rest
                    .split(|own: char| own == '{' || own.is_whitespace())
                    .find(|own| !own.is_empty())
                    .unwrap_or("");
                continue;
            }
            if own == "}" {
                sort = "";
                object.take().into_iter().for_each(|own| own.finish(out));
                continue;
            }
            let Some((word, rest)) = code.trim_start().split_once(char::is_whitespace) else {
                continue;
            };
            let value = rest.trim();
            let Some(at) =
                line.find(rest).map(|at| start + at + rest.len() - rest.trim_start().len())
            else {
                continue;
            };
            if let Some(object) = &mut object {
                object.entries.push((word, value, Span::new(at, at + value.len())));
            }
            if !sort.is_empty() {
                objects::entry((sort, word), (value, at), source.path, out);
            }
            let name = match word {
                "check_command" => before_arguments(value),
                "command_name" => value,
                _ => continue,
            };
            if name.is_empty() {
                continue;
            }
            let span = Span::new(at, at + name.len());
            let pattern = templated(name);
            if word == "command_name" {
                out.provides.push(Provide {
                    kind: kinds::NAGIOS_COMMAND,
                    name: pattern,
                    span,
                    within: None,
                    detail: Detail::None,
                });
            } else if let Some(require) = watch::check_command(pattern, span) {
                out.requires.push(require);
            }
        }
    }
}

/// A `define service` that is still open.
#[derive(Default)]
struct Object<'t> {
    entries: Vec<(&'t str, &'t str, Span)>,
}

impl Object<'_> {
    fn get(&self, name: &str) -> Option<(&str, Span)> {
        let own = self.entries.iter().find(|(own, ..)| *own == name);
        own.map(|(_, value, span)| (*value, *span))
    }

    /// A service that is registered is a monitor; without a description it is a template.
    fn finish(self, out: &mut FileFacts) {
        let Some((description, span)) = self.get("service_description") else { return };
        if self.get("register").is_some_and(|(value, _)| value == "0") {
            return;
        }
        let name = templated(description);
        let mut labels = Vec::new();
        for (key, label) in [
            ("host_name", "host"),
            ("hostgroup_name", "hostgroup"),
            ("servicegroups", "servicegroup"),
        ] {
            let Some((values, _)) = self.get(key) else { continue };
            let whole = templated(values).to_string();
            let values = whole.split(',').map(str::trim).filter(|own| !own.starts_with('!'));
            labels.extend(values.map(|value| (label.into(), value.into())));
        }
        labels.push(("service".into(), name.to_string().into()));
        let asks = self.get("check_command").map_or("", |(value, _)| value);
        let asks = templated(asks).to_string().into();
        let monitor = Monitor { sort: "monitor".into(), asks, labels };
        if let Some((_, at)) = self.get("notifications_enabled").filter(|(value, _)| *value == "0")
        {
            watch::quiet(out, &name, at);
        }
        watch::provide_all(out, &monitor, name, span, None);
    }
}

/// The command of `NAME!arguments`, outside tags.
fn before_arguments(value: &str) -> &str {
    let mut depth = 0usize;
    for (at, c) in value.char_indices() {
        match c {
            '<' if value[at..].starts_with("<%") => depth += 1,
            '{' if value[at..].starts_with("{{") => depth += 1,
            '>' if value[..at].ends_with('%') => depth = depth.saturating_sub(1),
            '}' if value[..at].ends_with('}') => depth = depth.saturating_sub(1),
            '!' if depth == 0 => return value[..at].trim_end(),
            _ => {}
        }
    }
    value
}
