//! Attributes of the resource types that are Puppet's own: names and values that it refuses.
//!
//! (Source: what Puppet 7.23 says of each, "no parameter named", "Invalid value", when it
//! compiles a catalogue and when it applies one. The lists are in `rules/packs/puppet.yaml`.)

use super::builtin;
use super::text::fold;
use super::walk::{More, Walk};
use crate::extract::Names;
use crate::facts::{Arg, NamePattern, Problem, Ref, Relation, Span, Strength, kinds, nearest_of};
use crate::syntax::puppet::ast::{Attribute, Expr, ExprKind, ResourceBody};
use smallvec::smallvec;
use smol_str::{SmolStr, format_smolstr};

/// What makes the contents of a file; Puppet takes one of them.
const MAKERS: [&str; 2] = ["content", "source"];

/// How the text of a file names a template that nothing renders.
pub(super) const PLAIN: &str = "content";

/// What `ensure` of a file says but for the target of a link.
const FILE_STATES: [&str; 5] = ["absent", "directory", "file", "link", "present"];

/// What `ensure` of other types says, and what people take for a state of a file.
const OTHER_STATES: [&str; 11] = [
    "created",
    "dir",
    "enabled",
    "exists",
    "folder",
    "installed",
    "latest",
    "mounted",
    "purged",
    "running",
    "stopped",
];

/// The list of attributes of a type of Puppet's own.
pub(super) fn list(ty: &str) -> SmolStr {
    format_smolstr!("puppet.type.{ty}")
}

impl<'a> Walk<'_, '_, 'a> {
    /// Notes what `ty`, a type of Puppet's own, does not take of `attributes`: a call that
    /// passes that alone. Whether the tree has a type of its own under this name only a graph
    /// can tell.
    pub fn native_attributes(&mut self, ty: &SmolStr, attributes: &[Attribute<'a>], span: Span) {
        if attributes.is_empty() || !builtin::is_type(ty) {
            return;
        }
        let words = self.settings.packs.words(&list(ty));
        let mut args = Vec::new();
        for attribute in attributes {
            let name = attribute.name;
            if name == "*" || builtin::is_metaparameter(name) {
                continue;
            }
            let arg = |value| Arg { name: SmolStr::new(name), value, span: attribute.name_span };
            match words.get(name) {
                Some("") => {}
                Some(all) => {
                    let mut said = Vec::new();
                    self.literals(&attribute.value, &mut said);
                    let wrong =
                        said.into_iter().filter(|own| !all.split(',').any(|one| one == own));
                    args.extend(wrong.map(|value| arg(Some(value))));
                }
                // A type of which no list is at hand.
                None if words.is_empty() => return,
                None => args.push(arg(None)),
            }
        }
        if !args.is_empty() {
            let target = Ref::exact(kinds::PUPPET_TYPE, ty.clone());
            self.push_call(smallvec![target], args, More::Possible, span, "resource");
        }
    }

    /// The literals that a value can be, through selectors.
    fn literals(&self, value: &Expr<'a>, out: &mut Vec<SmolStr>) {
        match value.kind {
            ExprKind::Undef => {}
            ExprKind::Bool(value) => out.push(if value { "true" } else { "false" }.into()),
            ExprKind::Selector(_, entries) => {
                entries.iter().for_each(|(_, value)| self.literals(value, out));
            }
            ExprKind::Paren(inner) => self.literals(inner, out),
            ExprKind::Str { .. } | ExprKind::Name(_) | ExprKind::Number(_) => {
                let text = fold(value, &self.constants);
                out.extend(
                    text.and_then(|text| text.as_exact().cloned()).filter(|own| !own.is_empty()),
                );
            }
            _ => {}
        }
    }

    /// What Puppet refuses of a `file` as it stands.
    pub fn file_attributes(&mut self, body: &ResourceBody<'a>, defaults: &[Attribute<'a>]) {
        let mut all = body.attributes.iter().chain(defaults);
        if all.any(|own| own.name == "*") {
            return;
        }
        let given = |name: &str| {
            let mut all = body.attributes.iter().chain(defaults);
            all.find(|own| own.name == name).map(|own| &own.value)
        };
        self.file_path(body, given("path").or_else(|| given("name")));
        for name in ["owner", "group"] {
            if let Some(value) = given(name) {
                self.file_owner(name, value);
            }
        }
        if let Some(mode) = given("mode") {
            self.file_mode(mode);
        }
        // Of a link that says where it leads, any word will do.
        if let Some(state) = given("ensure").filter(|_| given("target").is_none()) {
            self.file_state(state);
        }
        if let Some(source) = given("source") {
            self.relative_source(source);
            self.rendered_source(source);
        }
        if let Some(content) = given("content") {
            self.plain_template(content);
            self.unbroken(content);
            self.content_of_source(content);
        }
        if let [Some(content), Some(source)] = MAKERS.map(given)
            && is_set(content)
            && is_set(source)
        {
            let help = "Puppet takes one of them: remove the other";
            self.refused("a file has both `content` and `source`", content.span, help);
        }
    }

    fn file_path(&mut self, body: &ResourceBody<'a>, path: Option<&Expr<'a>>) {
        let texts = match path {
            Some(path) => match fold(path, &self.constants) {
                Some(name) => vec![super::text::Text { name, span: path.span }],
                None => return,
            },
            None => self.title_texts(&body.title),
        };
        for text in texts {
            if let Some(meant) = misspelt_root(text.name.prefix()) {
                let message = format!("no system has the folder of `{}`", text.name);
                let help = format!("did you mean `/{meant}/`?");
                self.refused(&message, text.span, &help);
            }
            if !is_relative(&text.name) {
                continue;
            }
            let message = format!("the path of a file is absolute, and `{}` is not", text.name);
            self.refused(&message, text.span, "begin it with `/`, or add the attribute `path`");
        }
    }

    /// Octal digits, or symbols as of chmod. Puppet 4 and later want text: said of a manifest that
    /// they alone can read.
    fn file_mode(&mut self, mode: &Expr<'a>) {
        if matches!(mode.kind, ExprKind::Str { .. } | ExprKind::Interpolated(_)) {
            self.modes.texts += 1;
        }
        let (message, help) = match mode.kind {
            ExprKind::Number(text)
                if self.settings.layout.names == Names::Absolute
                    && super::surroundings::is_modern(self.source.text) =>
            {
                (
                    format!("`mode` of `file` does not accept the number {text}"),
                    "Puppet 4 and later take text: put it into quotes",
                )
            }
            ExprKind::Number(_) => return self.modes.number(mode.span),
            ExprKind::Str { text, .. } if !is_mode(text) => (
                format!("`mode` of `file` does not accept `{text}`"),
                "it accepts octal digits, as in `0644`, and symbols, as in `u=rw,go=r`",
            ),
            _ => return,
        };
        self.refused(&message, mode.span, help);
    }

    /// `ensure => direcotry`: Puppet takes any other word for the target of a link.
    fn file_state(&mut self, state: &Expr<'a>) {
        let mut said = Vec::new();
        self.literals(state, &mut said);
        for word in said {
            if FILE_STATES.contains(&word.as_str())
                || word.contains(['/', '.', ':', '\\'])
                || word == "false"
            {
                continue;
            }
            let near = nearest_of(&word, FILE_STATES.into_iter());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if OTHER_STATES.contains(&word.as_str()) => {
                    "it accepts `present`, `absent`, `file`, `directory`, `link`".to_owned()
                }
                None => continue,
            };
            let message = format!("`ensure => {word}` makes a file a link to `{word}`");
            self.refused(&message, state.span, &help);
        }
    }

    /// `source => 'modules/a/b'`.
    fn relative_source(&mut self, source: &Expr<'a>) {
        let Some(name) = fold(source, &self.constants) else { return };
        let prefix = name.prefix();
        let plain = prefix.contains('/') || name.as_exact().is_some_and(|own| !own.is_empty());
        if plain && !prefix.contains(':') && !prefix.starts_with(['/', '\\']) {
            let message = format!("`source` of `file` does not accept the relative path `{name}`");
            let help = "it accepts absolute paths and URLs: `puppet:///modules/MODULE/PATH`";
            self.refused(&message, source.span, help);
        }
    }

    /// `source => template('a/b.erb')`: text where Puppet expects a place.
    fn rendered_source(&mut self, source: &Expr<'a>) {
        if let ExprKind::Call(call) = source.kind
            && let ExprKind::Name(name @ ("template" | "epp")) = call.callee.kind
        {
            let message = format!("`source` of `file` is a place, and `{name}()` makes text");
            self.refused(&message, source.span, "write `content`");
        }
    }

    /// `content => 'puppet:///modules/a/b'`: the file holds these very words.
    fn content_of_source(&mut self, content: &Expr<'a>) {
        if let ExprKind::Str { text, .. } = content.kind
            && text.starts_with("puppet:///modules/")
            && !text.contains(char::is_whitespace)
        {
            let message = format!("`content` of `file` is text, and `{text}` is a place");
            self.refused(&message, content.span, "write `source`");
        }
    }

    /// `content => 'a/b.erb'`: text that may be the name of a template.
    fn plain_template(&mut self, content: &Expr<'a>) {
        let ExprKind::Str { text, .. } = content.kind else { return };
        let is_name = text.ends_with(".erb") || text.ends_with(".epp");
        if is_name && text.contains('/') && !text.starts_with('/') && !text.contains(' ') {
            let target = Ref::exact(kinds::PUPPET_TEMPLATE, text);
            self.require(smallvec![target], content.span, PLAIN, Strength::Guarded);
        }
    }

    /// `$config = 'web/site.erb'`: the name of a template of the module's own, which something
    /// renders by the variable.
    pub(super) fn template_names(&mut self, value: &Expr<'a>) {
        match value.kind {
            ExprKind::Selector(_, entries) => {
                entries.iter().for_each(|(_, value)| self.template_names(value));
            }
            ExprKind::Str { text, quoted: true } => {
                let is_name = text.ends_with(".erb") || text.ends_with(".epp");
                let own = self.module.as_deref().and_then(|own| text.strip_prefix(own));
                if is_name && own.is_some_and(|rest| rest.starts_with('/')) {
                    let target = Ref::exact(kinds::PUPPET_TEMPLATE, text);
                    let via = Relation::Names.called("name of a template");
                    self.require(smallvec![target], value.span, via, Strength::Likely);
                }
            }
            _ => {}
        }
    }

    /// `template => 'web/site.erb'` of a type that is not Puppet's: the name of a template, which the
    /// type renders.
    pub(super) fn handed_template(&mut self, value: &Expr<'a>) {
        let ExprKind::Str { text, quoted: true } = value.kind else { return };
        let is_name = text.ends_with(".erb") || text.ends_with(".epp");
        let module = text.split_once('/').map_or("", |(module, _)| module);
        let is_word = |own: &str| {
            !own.is_empty()
                && own
                    .bytes()
                    .all(|own| own.is_ascii_lowercase() || own.is_ascii_digit() || own == b'_')
        };
        if is_name && is_word(module) && !text.contains(char::is_whitespace) {
            let target = Ref::exact(kinds::PUPPET_TEMPLATE, text);
            let via = Relation::Names.called("name of a template");
            self.require(smallvec![target], value.span, via, Strength::Likely);
        }
    }

    pub(super) fn refused(&mut self, message: &str, span: Span, help: &str) {
        if !self.settings.layout.is_nested(self.source.path) {
            let mut problem = Problem::new("incompatible-value", message, span);
            problem.help = help.into();
            self.out.problems.push(problem);
        }
    }
}

/// Adds the attributes that one resource is given twice. Puppet 3 takes the last.
pub(super) fn twice(body: &ResourceBody<'_>, names: Names, out: &mut Vec<Problem>) {
    for (ix, attribute) in body.attributes.iter().enumerate() {
        let mut before = body.attributes[..ix].iter();
        let Some(first) = before.find(|own| own.name == attribute.name) else { continue };
        let message = format!("the attribute `{}` is set twice", attribute.name);
        let mut problem = Problem::new("duplicate-definition", message, attribute.name_span);
        problem.related.push((first.name_span, "first here".into()));
        problem.help = match names {
            Names::Absolute => "Puppet refuses the catalogue: remove one of the two".into(),
            Names::Relative => {
                "Puppet 4 and later refuse the catalogue: remove one of the two".into()
            }
        };
        if names == Names::Relative {
            problem.strength = Strength::Likely;
        }
        out.push(problem);
    }
}

/// The folder at the root of which a path begins with the letters in another order: `/ect/`.
fn misspelt_root(path: &str) -> Option<&'static str> {
    let (first, _) = path.strip_prefix('/')?.split_once('/')?;
    let sorted = |name: &str| {
        let mut letters: Vec<u8> = name.bytes().collect();
        letters.sort_unstable();
        letters
    };
    let roots = ["etc", "home", "opt", "usr", "var"];
    let meant = roots.into_iter().find(|own| sorted(own) == sorted(first))?;
    (meant != first).then_some(meant)
}

/// Whether a value is there for certain, whatever the variables in it.
fn is_set(value: &Expr<'_>) -> bool {
    match value.kind {
        ExprKind::Str { .. } | ExprKind::Interpolated(_) => true,
        ExprKind::Call(call) => matches!(
            call.callee.kind,
            ExprKind::Name("template" | "epp" | "file" | "inline_template" | "inline_epp")
        ),
        _ => false,
    }
}

/// Whether no value of the variables makes it an absolute path, of Unix or of Windows.
pub(super) fn is_relative(name: &NamePattern) -> bool {
    let prefix = name.prefix();
    let known = name.as_exact().is_some() || prefix.len() > 1;
    known && !prefix.is_empty() && !prefix.starts_with(['/', '\\']) && prefix.get(1..2) != Some(":")
}

/// (Source: `Puppet::Util::SymbolicFileMode#valid_symbolic_mode?`.)
fn is_mode(text: &str) -> bool {
    let is_octal =
        (1..=5).contains(&text.len()) && text.bytes().all(|own| matches!(own, b'0'..=b'7'));
    let part = |part: &str| {
        let rest = part.trim_start_matches(['u', 'g', 'o', 'a']);
        rest.starts_with(['-', '=', '+']) && rest.chars().all(|own| "-=+rstwxXugo".contains(own))
    };
    text.is_empty() || is_octal || text.split(',').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_as_puppet_takes_them() {
        for mode in ["0644", "644", "7", "u=rwX,go=r", "a+x", "g-w,o=", "=r", ""] {
            assert!(is_mode(mode), "{mode}");
        }
        for mode in ["9999", "rw-r--r--", "0644 ", "u", "u=rw go=r"] {
            assert!(!is_mode(mode), "{mode}");
        }
    }

    #[test]
    fn paths_that_no_variable_makes_absolute() {
        for path in ["etc/a", "a", "tmp"] {
            assert!(is_relative(&NamePattern::exact(path)), "{path}");
        }
        for path in ["/etc/a", "C:/a", "d:\\a", "\\\\host\\a", ""] {
            assert!(!is_relative(&NamePattern::exact(path)), "{path}");
        }
        assert!(is_relative(&NamePattern::with_marks("etc/*", &['*'])));
        assert!(!is_relative(&NamePattern::with_marks("*/a", &['*'])));
        assert!(!is_relative(&NamePattern::with_marks("C*", &['*'])));
    }
}
