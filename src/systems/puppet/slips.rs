//! Slips in what a manifest says that a reader of it sees at once: a text where a resource belongs, a
//! variable between single quotes, a brace before its sign, the name of a system but for a letter.
//!
//! (Sources: Puppet 7.23: "is not a valid resource reference"; Puppet's manual, "Strings"; the
//! names of `os.name` and `os.family`, and the parts of facts, in Facter's manual, "Core facts".)

use super::walk::Walk;
use super::{builtin, every_scope};
use crate::extract::Names;
use crate::facts::{Problem, Span, Strength, kinds};
use crate::syntax::puppet::ast::{Attribute, Call, Definition, Expr, ExprKind, Part, ResourceBody};
use rustc_hash::FxHashMap;

/// What orders resources.
const ORDERING: [&str; 4] = ["before", "notify", "require", "subscribe"];

/// Attributes of Puppet's own types in which a `$` stands for a variable and nothing else.
const PLACES: [&str; 10] =
    ["creates", "cwd", "ensure", "group", "home", "mode", "owner", "path", "source", "target"];

/// Systems, as facts name them, and families of them; in small letters.
const SYSTEMS: [&str; 19] = [
    "almalinux",
    "amazon",
    "archlinux",
    "centos",
    "darwin",
    "debian",
    "fedora",
    "freebsd",
    "gentoo",
    "linuxmint",
    "netbsd",
    "openbsd",
    "opensuse",
    "oraclelinux",
    "raspbian",
    "redhat",
    "scientific",
    "solaris",
    "ubuntu",
];

/// What the parts of facts are called that have the same ones on all hosts.
const PARTS: [(&str, &[&str]); 3] = [
    (
        "os",
        &[
            "architecture",
            "distro",
            "family",
            "hardware",
            // Up to Facter 2.
            "lsb",
            "macosx",
            "name",
            "release",
            "rosetta",
            "selinux",
            "windows",
        ],
    ),
    ("memory", &["swap", "system"]),
    (
        "processors",
        &["cores", "count", "extensions", "isa", "models", "physicalcount", "speed", "threads"],
    ),
];

/// Ends of hosts' names that no function is called by.
const DOMAINS: [&str; 11] =
    ["com", "de", "edu", "gov", "internal", "io", "lan", "local", "localdomain", "net", "org"];

/// Whether a variable is surely called so.
fn is_variable_name(name: &str) -> bool {
    name.starts_with(|own: char| own.is_ascii_lowercase())
        && name.bytes().all(|own| own.is_ascii_alphanumeric() || own == b'_')
}

impl<'a> Walk<'_, '_, 'a> {
    /// `$domain = example.org`: without quotes it is a word on which a function `org` is called, and
    /// to Puppet 3 nothing at all.
    pub fn bare_host(&mut self, receiver: &Expr<'a>, call: &Call<'a>) {
        let ExprKind::Name(end) = call.callee.kind else { return };
        if !DOMAINS.contains(&end) || call.lambda.is_some() || !call.args.is_empty() {
            return;
        }
        let span = Span { start: receiver.span.start, end: call.callee.span.end };
        let name = self.source.text.get(span.range()).unwrap_or_default();
        let is_sign = |own: u8| own.is_ascii_alphanumeric() || matches!(own, b'.' | b'-');
        if !name.bytes().all(is_sign) || self.settings.layout.is_nested(self.source.path) {
            return;
        }
        let message = format!("`{name}` stands without quotes");
        let mut problem = Problem::new("parse-error", message, span);
        problem.help = format!("Puppet takes `{end}` for a function: write `'{name}'`");
        self.out.problems.push(problem);
    }

    /// `$facts['os']['major']`: that fact has no such part, and what is not there is empty.
    pub fn part_of_fact(&mut self, fact: &str, part: &Expr<'a>) {
        let (ExprKind::Str { text, .. } | ExprKind::Name(text)) = part.kind else { return };
        let parts = PARTS.iter().find(|(own, _)| *own == fact).map(|(_, parts)| *parts);
        let Some(parts) = parts.filter(|parts| !parts.contains(&text)) else { return };
        let message = format!("the fact `{fact}` has no part `{text}`");
        let mut problem = Problem::new("incompatible-value", message, part.span);
        problem.strength = Strength::Likely;
        problem.help = match (fact, text) {
            ("os", "major" | "minor" | "full") => {
                format!("did you mean `$facts['os']['release']['{text}']`?")
            }
            _ => format!("its parts are `{}`", parts.join("`, `")),
        };
        self.out.problems.push(problem);
    }

    /// Slips in an attribute of a resource of type `ty`.
    pub fn slips(&mut self, ty: &str, attribute: &Attribute<'a>) {
        if ORDERING.contains(&attribute.name) {
            return self.ordered_by_text(attribute.name, &attribute.value);
        }
        let is_place = PLACES.contains(&attribute.name) && builtin::is_type(ty);
        self.unfilled(&attribute.value, is_place);
    }

    /// `require => 'apt-sources'`: a text of no resource.
    fn ordered_by_text(&mut self, attribute: &str, value: &Expr<'a>) {
        match value.kind {
            ExprKind::Array(entries) => {
                entries.iter().for_each(|own| self.ordered_by_text(attribute, own));
            }
            ExprKind::Str { text, .. } if !text.is_empty() && !text.contains(['[', '$']) => {
                self.orders_text(attribute, text, value.span);
            }
            // What begins as a text does is no reference, whatever is filled in.
            ExprKind::Interpolated([Part::Text(first), rest @ ..])
                if first.len() > 1 && !first.contains('[') =>
            {
                let has = |own: &Part<'_>| matches!(own, Part::Text(text) if text.contains('['));
                if !rest.iter().any(has) {
                    self.orders_text(attribute, first, value.span);
                }
            }
            // The title of what is declared.
            ExprKind::Variable(name @ ("name" | "title")) if !self.is_own(name) => {
                let own = self.within.and_then(|ix| self.out.provides.get(ix as usize));
                if own.is_some_and(|own| own.kind == kinds::PUPPET_DEFINE) {
                    let message = format!("`{attribute}` takes resources, and `${name}` is text");
                    let help = "name the type: `File[$name]`, `Package[$name]`";
                    self.refused(&message, value.span, help);
                }
            }
            _ => {}
        }
    }

    fn orders_text(&mut self, attribute: &str, text: &str, span: Span) {
        let message = format!("`{attribute}` takes resources, and `{text}` is text");
        self.refused(&message, span, "name the type: `File['…']`, `Package['…']`");
    }

    /// The title of a resource between the wrong quotes.
    pub fn unfilled_title(&mut self, ty: &str, body: &ResourceBody<'a>) {
        self.unfilled(&body.title, ty == "file");
    }

    /// `'/srv/$name'`: between single quotes nothing is filled in. In most texts a `$` may be
    /// meant; alone it is one of a variable that is there.
    fn unfilled(&mut self, value: &Expr<'a>, is_place: bool) {
        let ExprKind::Str { text, quoted: true } = value.kind else { return };
        let Some(at) = text.find('$') else { return };
        let written = self.source.text.get(value.span.range()).unwrap_or_default();
        if !written.starts_with('\'') {
            return;
        }
        let rest = &text[at + 1..];
        let inner = rest.strip_prefix('{').unwrap_or(rest).trim_start_matches("::");
        let end = inner.find(|own: char| !(own.is_ascii_alphanumeric() || own == '_'));
        let name = &inner[..end.unwrap_or(inner.len())];
        let is_whole = at == 0 && inner[name.len()..].trim_start_matches('}').is_empty();
        let is_path = is_place && (text.contains('/') || is_whole);
        if !name.starts_with(|own: char| own.is_ascii_lowercase()) || !(is_whole || is_path) {
            return;
        }
        // No address of a file server has such letters, whatever the variable.
        let is_address = text.starts_with("puppet:///") && rest.starts_with('{');
        let is_known = self.is_own(name) || is_path && every_scope::has(name);
        if !is_known && !is_address {
            return;
        }
        let message = format!("between single quotes `${name}` is these letters");
        let mut problem = Problem::new("incompatible-value", message, value.span);
        problem.strength = if is_address { Strength::Certain } else { Strength::Likely };
        problem.help = "between double quotes the variable's value is filled in".into();
        self.out.problems.push(problem);
    }

    /// Whether the definition around here sets a variable of this name, as far as it was read.
    pub fn is_own(&self, name: &str) -> bool {
        let mut own = self.out.provides.iter().filter(|own| own.kind == kinds::PUPPET_VARIABLE);
        own.any(|own| {
            let known = own.name.as_exact().and_then(|own| own.strip_suffix(name));
            known.and_then(|own| own.strip_suffix("::")) == Some(self.scope.as_str())
        })
    }

    /// `"$::{name}"`: what stands there is no variable.
    pub fn early_colons(&mut self, span: Span) {
        let written = self.source.text.get(span.range()).unwrap_or_default();
        let Some((before, rest)) = written.split_once("$::{") else { return };
        let Some((name, _)) = rest.split_once('}') else { return };
        if !is_variable_name(name) || before.ends_with('\\') || !written.starts_with('"') {
            return;
        }
        let at = span.start as usize + before.len();
        let message = format!("`$::{{{name}}}` is these letters");
        let span = Span::new(at, at + name.len() + 5);
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.strength = Strength::Likely;
        problem.help = format!("did you mean `${{::{name}}}`?");
        self.out.problems.push(problem);
    }

    /// A key that a hash holds twice. (Source: Puppet 7.23, "The key 'a' is declared more than
    /// once", a warning; an error to Puppet 8, whose `strict` is `error`.)
    pub fn keys_twice(&mut self, pairs: &[(Expr<'a>, Expr<'a>)]) {
        let mut first: FxHashMap<&str, Span> = FxHashMap::default();
        for (key, _) in pairs {
            let (ExprKind::Str { text, .. } | ExprKind::Name(text)) = key.kind else { continue };
            let Some(before) = first.insert(text, key.span) else { continue };
            let message = format!("the key `{text}` is set twice");
            let mut problem = Problem::new("duplicate-definition", message, key.span);
            problem.strength = Strength::Likely;
            problem.help = "the second value alone counts, and Puppet 8 refuses both".into();
            problem.related.push((before, "first here".into()));
            self.out.problems.push(problem);
        }
    }

    /// `include a;`, and more behind it: Puppet 3 knows no sign between statements. Said once.
    /// (Source: the grammars of Puppet 2.6 and 3.8.)
    pub fn parted(&mut self, body: &[Expr<'a>]) {
        const MESSAGE: &str = "a `;` between statements";
        if self.settings.layout.names == Names::Absolute {
            return;
        }
        let found = body.windows(2).find_map(|pair| {
            let [one, next] = pair else { return None };
            let between = self.source.text.get(one.span.end as usize..next.span.start as usize)?;
            let at = one.span.end as usize + (between.len() - between.trim_start().len());
            between.trim_start().starts_with(';').then(|| Span::new(at, at + 1))
        });
        let Some(span) = found else { return };
        if self.out.problems.iter().any(|own| own.message == MESSAGE) {
            return;
        }
        let mut problem = Problem::new("parse-error", MESSAGE, span);
        problem.strength = Strength::Likely;
        problem.help = "Puppet 3 refuses the manifest: remove it".into();
        self.out.problems.push(problem);
    }

    /// `Class <| title == 'a' |>`. (Source: Puppet 7.23, "Classes cannot be collected".)
    pub fn collected_class(&mut self, ty: &str, span: Span) {
        if ty == "class" && self.settings.layout.names == Names::Absolute {
            let help = "Puppet refuses the catalogue: name the type of a resource";
            self.refused("classes cannot be collected", span, help);
        }
    }

    /// `owner => 'root:www'`: a colon parts the names of users, and is in none.
    pub fn file_owner(&mut self, attribute: &str, value: &Expr<'a>) {
        let (ExprKind::Str { text, .. } | ExprKind::Name(text)) = value.kind else { return };
        if text.contains(':') {
            let what = if attribute == "owner" { "user" } else { "group" };
            let message = format!("no {what} is called `{text}`");
            let help = "no name of one holds a colon: `owner` and `group` are set apart";
            self.refused(&message, value.span, help);
        }
    }

    /// `$::key` in a class that has a parameter `key` and reads that nowhere.
    pub fn outer_namesakes(&mut self, definition: &Definition<'a>) {
        let (Some(first), Some(last)) = (definition.body.first(), definition.body.last()) else {
            return;
        };
        let start = first.span.start as usize;
        let text = self.source.text.get(start..last.span.end as usize).unwrap_or_default();
        // What is rendered may read it.
        if !text.contains("$::") && !text.contains("${::")
            || ["template(", "epp(", "template (", "epp ("].iter().any(|own| text.contains(own))
        {
            return;
        }
        for param in definition.params {
            // One whose default that very variable is may stand for it.
            let is_same = param.default.is_some_and(|own| {
                matches!(own.kind, ExprKind::Variable(own) if own.trim_start_matches("::") == param.name)
            });
            if is_same || every_scope::has(param.name) {
                continue;
            }
            let Some(at) = only_outer(text, param.name) else { continue };
            let message = format!(
                "`$::{0}` is none of this definition's, and nothing reads its parameter `{0}`",
                param.name
            );
            let span = Span::new(start + at, start + at + param.name.len());
            let mut problem = Problem::new("incompatible-value", message, span);
            problem.strength = Strength::Likely;
            problem.help = format!("did you mean `${}`?", param.name);
            problem.related.push((param.span, "the parameter".into()));
            self.out.problems.push(problem);
        }
    }

    /// `content => 'a\nb\n'`: between single quotes no line ends so.
    pub fn unbroken(&mut self, content: &Expr<'a>) {
        let ExprKind::Str { text, quoted: true } = content.kind else { return };
        let written = self.source.text.get(content.span.range()).unwrap_or_default();
        // Programs, patterns and texts in quotes have a use for the two letters.
        let other = ["printf", "echo", "sed", "awk", "perl", "PS1", "(", "[", "{", "\"", "\\\\"];
        if !written.starts_with('\'')
            || !text.contains("\\n")
            || text.contains('\n')
            || other.iter().any(|own| text.contains(own) && !(*own == "(" && text.contains("ALL")))
        {
            return;
        }
        let message = "between single quotes `\\n` is a backslash and an `n`";
        let mut problem = Problem::new("incompatible-value", message, content.span);
        problem.strength = Strength::Likely;
        problem.help = "between double quotes it ends the line".into();
        self.out.problems.push(problem);
    }

    /// `"{$fqdn}"`: braces around the value.
    pub fn swapped_brace(&mut self, span: Span) {
        let written = self.source.text.get(span.range()).unwrap_or_default();
        let Some((before, rest)) = written.split_once("{$") else { return };
        let Some((name, after)) = rest.split_once('}') else { return };
        let is_plain = |own: &str| {
            own.bytes().all(|own| own.is_ascii_alphanumeric() || b"\"./_-".contains(&own))
        };
        if !is_variable_name(name) || !is_plain(before) || !is_plain(after) {
            return;
        }
        let at = span.start as usize + before.len();
        let message = format!("`{{${name}}}` is the value of `${name}` between braces");
        let span = Span::new(at, at + name.len() + 3);
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.strength = Strength::Likely;
        problem.help = format!("did you mean `${{{name}}}`?");
        self.out.problems.push(problem);
    }

    /// `$facts['os']['name'] == 'Ubnutu'`: no system is called so.
    pub fn compared(&mut self, subject: &Expr<'a>, value: &Expr<'a>) {
        let (ExprKind::Str { text, .. } | ExprKind::Name(text)) = value.kind else { return };
        if !(5..13).contains(&text.len()) || !text.is_ascii() {
            return;
        }
        let name = text.to_ascii_lowercase();
        let near = SYSTEMS.into_iter().find(|own| strsim::osa_distance(own, &name) == 1);
        let Some(near) = near.filter(|_| !SYSTEMS.contains(&name.as_str())) else { return };
        let asked = self.source.text.get(subject.span.range()).unwrap_or_default();
        let asked = asked.to_ascii_lowercase();
        let marks = ["operatingsystem", "osfamily", "lsbdist", "os_", "_os", "'os'", "distro"];
        if !marks.iter().any(|own| asked.contains(own)) {
            return;
        }
        let message = format!("no system is called `{text}`");
        let mut problem = Problem::new("incompatible-value", message, value.span);
        problem.strength = Strength::Likely;
        problem.help = format!("did you mean `{near}`? What depends on it is never done");
        self.out.problems.push(problem);
    }

    /// `address => '127.0.0.1'` of a line in `pg_hba.conf`, which then has no mask. (Source:
    /// PostgreSQL's manual, "The pg_hba.conf File"; its server refuses the file.)
    pub fn address_of_hba(&mut self, body: &ResourceBody<'a>) {
        let own = body.attributes.iter().find(|own| own.name == "address");
        let Some(ExprKind::Str { text, .. }) = own.map(|own| own.value.kind) else { return };
        let parts: Vec<&str> = text.split('.').collect();
        if let (Some(own), true) =
            (own, parts.len() == 4 && parts.iter().all(|own| own.parse::<u8>().is_ok()))
        {
            let message = format!("the address `{text}` has no mask");
            let help = "PostgreSQL refuses the file: write `/32` behind it for one host";
            self.refused(&message, own.value.span, help);
        }
    }

    /// `Exec { 'x': }`: Puppet 4 and later alone take the name of a type with a capital here.
    /// (Source: the grammars of Puppet 2.6 and 3.8.)
    pub fn capital_type(&mut self, ty: &Expr<'a>) {
        let ExprKind::TypeRef(name) = ty.kind else { return };
        if self.settings.layout.names == Names::Absolute {
            return;
        }
        let message = format!("a resource of the type `{name}` is declared with a capital letter");
        let mut problem = Problem::new("parse-error", message, ty.span);
        problem.strength = Strength::Likely;
        problem.help = format!("Puppet 3 refuses the manifest: write `{}`", name.to_lowercase());
        self.out.problems.push(problem);
    }
}

/// The first place of a variable of the top scope, where no other variable of that name is read.
fn only_outer(text: &str, name: &str) -> Option<usize> {
    let is_word = |own: char| own.is_ascii_alphanumeric() || own == '_';
    let mut first = None;
    for (at, _) in text.match_indices(name) {
        let before = &text[..at];
        if text[at + name.len()..].starts_with(is_word) || before.ends_with(is_word) {
            continue;
        }
        if before.ends_with("$::") || before.ends_with("${::") {
            first = first.or(Some(at));
        } else if before.ends_with(['$', '{', ':', '@']) {
            return None;
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::only_outer;

    #[test]
    fn variables_of_the_top_scope_alone() {
        assert_eq!(only_outer("key => $::key,", "key"), Some(10));
        assert_eq!(only_outer("key => \"${::key}\", other => $::keys", "key"), Some(12));
        for text in ["$::key $key", "$::key ${key}", "$::keys", "$key", "$::key $a::key"] {
            assert_eq!(only_outer(text, "key"), None, "{text}");
        }
    }
}
