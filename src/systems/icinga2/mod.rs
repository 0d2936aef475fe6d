//! Icinga 2: services that are checked, those that notify nobody, and downtimes.
//!
//! (Source: Icinga 2's documentation, "Object Types": `Service`, `ScheduledDowntime`; "Apply
//! Rules"; the commands of its template library, `http_uri`.)

mod names;

use crate::domain::{silences, watch};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    FileFacts, Matcher, Matching, Monitor, NamePattern, Problem, Silence, Span, rendered,
};
use crate::systems::System;
use memchr::memmem;

/// Icinga 2.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "icinga2"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Icinga2]
    }
}

/// Extracts from configuration files.
pub struct Icinga2;

impl Extractor for Icinga2 {
    fn system(&self) -> &'static str {
        "icinga2"
    }

    fn claims(&self, path: &str) -> bool {
        rendered(path).ends_with(".conf") && (path.contains("icinga") || path.contains("zones.d/"))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let words = ["apply ", "object ", "template ", "ScheduledDowntime"];
        words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut object: Option<Object<'_>> = None;
        let mut depth = 0usize;
        let mut names = names::Names::default();
        for (start, line) in source.lines() {
            let own = line.trim();
            let at = start + (line.len() - line.trim_start().len());
            if own.starts_with("//") || own.starts_with('#') || own.starts_with('*') {
                continue;
            }
            names.line(own, at, depth, out);
            if depth == 1
                && let Some(word) = unassigned(own)
            {
                let span = Span::new(at, at + own.len());
                let message = format!("no `=` between `{word}` and its value");
                let mut problem = Problem::new("parse-error", message, span);
                problem.help = "Icinga 2 refuses its whole configuration".into();
                out.problems.push(problem);
            }
            if depth == 0 {
                object = Object::begin(own, at);
            } else if let Some(object) = object.as_mut().filter(|_| depth == 1) {
                object.entries.push((own, at));
            }
            for byte in own.bytes() {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if depth == 0 {
                object.take().into_iter().for_each(|own| own.finish(out));
            }
        }
    }
}

/// The attribute of `email "a@b"`: of words, few take a text after them.
fn unassigned(line: &str) -> Option<&str> {
    let (word, value) = line.split_once(char::is_whitespace)?;
    let is_text = value.trim_start().strip_prefix('"').and_then(|own| own.strip_suffix('"'));
    let attributes = ["address", "address6", "check_command", "display_name", "email", "pager"];
    (attributes.contains(&word) && !is_text?.contains('"')).then_some(word)
}

/// An object or an apply rule that is still open.
struct Object<'t> {
    is_downtime: bool,
    /// Whether it is about hosts: a downtime of a host leaves its services alone.
    of_host: bool,
    name: &'t str,
    span: Span,
    entries: Vec<(&'t str, usize)>,
}

impl<'t> Object<'t> {
    /// `apply Service "wiki" to Host {`.
    fn begin(line: &'t str, at: usize) -> Option<Self> {
        let rest = line.strip_prefix("apply ").or_else(|| line.strip_prefix("object "))?;
        let (kind, rest) = rest.split_once(char::is_whitespace)?;
        let is_downtime = match kind {
            "Service" => false,
            "ScheduledDowntime" => true,
            _ => return None,
        };
        let name = rest.split('"').nth(1)?;
        let at = at + line.find(name)?;
        let of_host = rest.contains(" to Host");
        let span = Span::new(at, at + name.len());
        Some(Self { is_downtime, of_host, name, span, entries: Vec::new() })
    }

    /// The text of `KEY = "text"`; what is no text is `None`.
    fn text(&self, key: &str) -> Option<&'t str> {
        self.entries.iter().find_map(|(line, _)| {
            let value = line.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim();
            value.strip_prefix('"')?.split('"').next()
        })
    }

    fn finish(self, out: &mut FileFacts) {
        if self.is_downtime {
            return self.downtime(out);
        }
        let name = NamePattern::exact(self.name);
        let mut labels = vec![("service".into(), self.name.into())];
        labels.extend(self.text("host_name").map(|own| ("host".into(), own.into())));
        for condition in self.assigned() {
            let own = condition.matchers.iter().filter(|matcher| matcher.how == Matching::Equal);
            labels.extend(own.map(|own| (own.label.clone(), own.value.clone())));
        }
        let command = self.text("check_command").unwrap_or_default();
        let uri = ["vars.http_uri", "vars.curl_uri"].iter().find_map(|key| self.text(key));
        let asks = format!("{command} {}", uri.unwrap_or_default()).into();
        let monitor = Monitor { sort: "monitor".into(), asks, labels };
        let silent = self.entries.iter().find(|(line, _)| {
            let value = line.strip_prefix("enable_notifications").map(str::trim_start);
            value.and_then(|value| value.strip_prefix('=')).is_some_and(|own| own.trim() == "false")
        });
        if let Some((line, at)) = silent {
            watch::quiet(out, &name, Span::new(*at, at + line.len()));
        }
        watch::provide_all(out, &monitor, name, self.span, None);
    }

    fn downtime(self, out: &mut FileFacts) {
        let mut all = Vec::new();
        let texts = [("host_name", "host"), ("service_name", "service")];
        let own: Vec<Matcher> = texts
            .iter()
            .filter_map(|(key, label)| Some(Matcher::new(label, Matching::Equal, self.text(key)?)))
            .collect();
        if !own.is_empty() {
            let in_part = !own.iter().any(|own| own.label == "service");
            all.push(Silence { matchers: own, in_part, ..Silence::default() });
        }
        all.extend(self.assigned());
        for mut silence in all {
            silence.in_part |= self.of_host;
            silences::provide(out, &silence, self.span);
        }
    }

    /// What `assign where` lines select, each alternative by itself.
    fn assigned(&self) -> Vec<Silence> {
        let ignores = self.entries.iter().any(|(line, _)| line.starts_with("ignore where"));
        let mut out = Vec::new();
        for (line, _) in &self.entries {
            let Some(condition) = line.strip_prefix("assign where") else { continue };
            let nested =
                condition.replace("match(", "").contains("&& (") || condition.contains("(host.");
            for one in condition.split("||") {
                let mut silence = Silence { in_part: ignores || nested, ..Silence::default() };
                for term in one.split("&&") {
                    match compared(term) {
                        Some(matcher) => silence.matchers.push(matcher),
                        None => silence.in_part = true,
                    }
                }
                out.push(silence);
            }
        }
        out
    }
}

/// `service.name == "x"`, `match("web*", host.name)`, `"web" in host.groups`.
fn compared(term: &str) -> Option<Matcher> {
    let term = term.trim();
    let value = term.split('"').nth(1)?;
    let outside = term.replacen(&format!("\"{value}\""), "", 1);
    let outside: String = outside.split_whitespace().collect();
    let (label, how) = match outside.as_str() {
        "host.name==" => ("host", Matching::Equal),
        "service.name==" => ("service", Matching::Equal),
        "match(,host.name)" => ("host", Matching::Glob),
        "match(,service.name)" => ("service", Matching::Glob),
        "inhost.groups" => ("hostgroup", Matching::Equal),
        "inservice.groups" => ("servicegroup", Matching::Equal),
        _ => return None,
    };
    Some(Matcher::new(label, how, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Detail;

    fn facts(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of("icinga2/conf.d/a.conf", text);
        Icinga2.extract(&source, &Settings::default(), &mut out);
        let show = |detail: &Detail| match detail {
            Detail::Monitor(own) => {
                let labels = own.labels.iter().map(|(name, value)| format!(" | {name} {value}"));
                format!("{} | {}{}", own.sort, own.asks, labels.collect::<String>())
            }
            Detail::Silence(own) => match own.in_part {
                true => format!("{} in part", own.until),
                false => own.until.to_string(),
            },
            _ => String::new(),
        };
        out.provides
            .iter()
            .map(|provide| format!("{} {}: {}", provide.kind, provide.name, show(&provide.detail)))
            .collect()
    }

    #[test]
    fn attributes_without_their_sign() {
        assert_eq!(unassigned("email \"a@example.org\""), Some("email"));
        for line in ["email = \"a\"", "import \"a\"", "email", "email \"a\" + \"b\""] {
            assert_eq!(unassigned(line), None, "{line}");
        }
    }

    #[test]
    fn services_and_downtimes() {
        let text = "apply Service \"wiki\" {\n  import \"generic\"\n  check_command = \"http\"\n  vars.http_uri = \"/health\"\n  enable_notifications = false\n  assign where \"web\" in host.groups\n}\n";
        assert_eq!(
            facts(text),
            [
                "silence monitor=wiki: ",
                "monitor wiki: monitor | http /health | service wiki | hostgroup web",
            ]
        );
        let text = "object ScheduledDowntime \"d\" {\n  host_name = \"web1\"\n  service_name = \"wiki\"\n  ranges = {\n    monday = \"02:00-03:00\"\n  }\n}\napply ScheduledDowntime \"e\" to Service {\n  assign where service.name == \"a\" && host.vars.x || match(\"b*\", service.name)\n}\n";
        assert_eq!(
            facts(text),
            [
                "server.name ScheduledDowntime d: ",
                "silence host=web1, service=wiki: ",
                "silence service=a:  in part",
                "silence service=b*: ",
            ]
        );
    }
}
