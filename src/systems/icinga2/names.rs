//! Objects and templates of Icinga 2, and what names them.
//!
//! Its template library, the Director and API may define others, so that only what went is missed.
//!
//! (Source: Icinga 2's documentation, "Object Types", "Template Imports".)

use crate::domain::servers;
use crate::facts::{FileFacts, NamePattern, Span, Strength};

/// Attributes that name an object, and of which type it is.
const ATTRIBUTES: [(&str, &str); 9] = [
    ("check_command", "CheckCommand"),
    ("check_period", "TimePeriod"),
    ("command_endpoint", "Endpoint"),
    ("event_command", "EventCommand"),
    ("host_name", "Host"),
    ("parent_host_name", "Host"),
    ("period", "TimePeriod"),
    ("user_groups", "UserGroup"),
    ("users", "User"),
];

/// What is read of a file so far.
#[derive(Default)]
pub(super) struct Names {
    /// The type of the object, template or rule that is open.
    sort: String,
}

impl Names {
    /// Adds what a line, which stands `depth` blocks deep, defines or names.
    pub(super) fn line(&mut self, line: &str, at: usize, depth: usize, out: &mut FileFacts) {
        let mut words = line.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut quoted = texts(line, at).into_iter();
        if depth == 0 {
            if !matches!(first, "object" | "template" | "apply") {
                return;
            }
            self.sort = second.to_owned();
            let Some((name, span)) = quoted.next() else { return };
            match first {
                "template" => {
                    let sort = format!("{second} template");
                    servers::provide(&sort, &NamePattern::exact(name), span, out);
                }
                "object" => servers::provide(second, &NamePattern::exact(name), span, out),
                _ => {}
            }
            return;
        }
        if first == "import" {
            let sort = format!("{} template", self.sort);
            if let Some(own) = quoted.next() {
                servers::require(&sort, own, "import", Strength::Certain, out);
            }
            return;
        }
        if depth != 1 || !matches!(second, "=" | "+=") || line.contains(['+', '?']) && second == "="
        {
            return;
        }
        let sort = match first {
            "command" if self.sort == "Notification" => Some(("command", "NotificationCommand")),
            "groups" => match self.sort.as_str() {
                "Host" => Some(("groups", "HostGroup")),
                "Service" => Some(("groups", "ServiceGroup")),
                "User" => Some(("groups", "UserGroup")),
                _ => None,
            },
            _ => ATTRIBUTES.iter().find(|(own, _)| *own == first).copied(),
        };
        let Some((via, sort)) = sort else { return };
        for own in quoted {
            servers::require(sort, own, via, Strength::Certain, out);
        }
    }
}

/// The texts between quotes of a line.
fn texts(line: &str, at: usize) -> Vec<(&str, Span)> {
    let mut from = 0;
    let mut found = Vec::new();
    for (ix, part) in line.split('"').enumerate() {
        if ix % 2 == 1 && !part.is_empty() && !part.contains('$') {
            found.push((part, Span::new(at + from, at + from + part.len())));
        }
        from += part.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_templates_and_what_names_them() {
        let mut out = FileFacts::default();
        let mut names = Names::default();
        for (line, depth) in [
            ("template Notification \"mail\" {", 0),
            ("command = \"by-mail\"", 1),
            ("object CheckCommand \"a\" {", 0),
            ("command = [ PluginDir + \"/check_a\" ]", 1),
            ("apply Service \"b\" to Host {", 0),
            ("import \"generic\"", 1),
            ("check_command = \"a\"", 1),
            ("vars.x = \"y\"", 1),
            ("host_name = \"a\" + name", 1),
        ] {
            names.line(line, 0, depth, &mut out);
        }
        let provides: Vec<_> = out.provides.iter().map(|own| own.name.to_string()).collect();
        assert_eq!(provides, ["Notification template mail", "CheckCommand a"]);
        let named: Vec<_> = out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect();
        let own = ["NotificationCommand by-mail", "Service template generic", "CheckCommand a"];
        assert_eq!(named, own);
    }
}
