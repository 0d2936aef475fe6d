//! Words that say something else than they seem to: a blank at the end of a title, the state of a
//! package but for a letter, a word where a condition asks about a variable, a condition behind an
//! arrow.
//!
//! (Sources: Puppet 7.23, "can not form a relationship with an Undef Value", and "undefined method
//! `split'" of `template()`; the grammar of Puppet 3.8; the type reference on `package`.)

use super::walk::Walk;
use crate::extract::Names;
use crate::facts::{Problem, Span, Strength, nearest_of};
use crate::syntax::puppet::ast::{Attribute, BinaryOp, Expr, ExprKind, ResourceBody, UnaryOp};

/// What a package may be, apart from a version.
const PACKAGE_STATES: [&str; 7] =
    ["absent", "disabled", "held", "installed", "latest", "present", "purged"];

/// Types of which each title is the name of a thing on the host.
const NAMED: [&str; 5] = ["file", "group", "package", "service", "user"];

const BLANKS: [char; 2] = [' ', '\t'];

impl<'a> Walk<'_, '_, 'a> {
    /// `package { 'vim ': }`: no program takes the blank for anything but a part of the name.
    pub fn blank_ends(&mut self, ty: &str, body: &ResourceBody<'a>) {
        let is_renamed =
            || body.attributes.iter().any(|own| matches!(own.name, "name" | "path" | "*"));
        if !NAMED.contains(&ty) || is_renamed() {
            return;
        }
        for text in self.title_texts(&body.title) {
            let name = &text.name;
            // A path that begins so is none.
            let begins = ty != "file" && name.prefix().starts_with(BLANKS);
            if !begins && !name.suffix().ends_with(BLANKS) {
                continue;
            }
            let end = if begins { "begins" } else { "ends" };
            let message = format!("the name of this {ty}, `{name}`, {end} with a blank");
            self.refused(&message, text.span, "the blank is a part of the name: remove it");
        }
    }

    /// `"base/$name}/a"`: the brace that opens is missing.
    pub fn stray_brace(&mut self, span: Span) {
        let text = self.source.text.get(span.range()).unwrap_or_default();
        if !text.starts_with('"') || text.contains(|own: char| own == '{' || own.is_whitespace()) {
            return;
        }
        for (at, _) in text.match_indices('$').filter(|(at, _)| !text[..*at].ends_with('\\')) {
            let rest = &text[at + 1..];
            let len = rest.find(|own: char| !(own.is_ascii_alphanumeric() || own == '_'));
            let Some((name, after)) = len.map(|len| rest.split_at(len)) else { continue };
            let goes_on = after.strip_prefix('}').is_some_and(|own| {
                own.starts_with(|own: char| own.is_ascii_alphanumeric() || "/._-".contains(own))
            });
            if !goes_on || !name.starts_with(|own: char| own.is_ascii_lowercase()) {
                continue;
            }
            let start = span.start as usize + at;
            let message = format!("`${name}}}` is the value of `${name}` and a brace");
            let span = Span::new(start, start + name.len() + 2);
            let mut problem = Problem::new("incompatible-value", message, span);
            problem.strength = Strength::Likely;
            problem.help = format!("did you mean `${{{name}}}`?");
            return self.out.problems.push(problem);
        }
    }

    /// `notify { Service['a']: }`. (Source: Puppet 7.23, "Illegal title type".)
    pub fn title_of_resource(&mut self, body: &ResourceBody<'a>) {
        if let ExprKind::Access(base, _) = body.title.kind
            && let ExprKind::TypeRef(_) = base.kind
            && self.settings.layout.names == Names::Absolute
        {
            let help =
                "Puppet refuses the catalogue: put it into quotes, or name it in `notify =>`";
            self.refused("a title is text, and this is a resource", body.title.span, help);
        }
    }

    /// A key for a login that does not say whose. (Source: `ssh_authorized_key`, "Attribute 'user'
    /// or 'target' is mandatory".) Defaults may say it, elsewhere too.
    pub fn key_of_nobody(&mut self, ty: &str, body: &ResourceBody<'a>, defaults: &[Attribute<'a>]) {
        let says = |own: &Attribute<'a>| matches!(own.name, "user" | "target" | "*");
        if ty != "ssh_authorized_key"
            || body.attributes.iter().chain(defaults).any(says)
            || matches!(body.title.kind, ExprKind::Default)
            || *self.keys_elsewhere.get_or_init(|| self.source.text.contains("Ssh_authorized_key"))
            || self.settings.layout.is_nested(self.source.path)
        {
            return;
        }
        let message = "this key has neither `user` nor `target`";
        let mut problem = Problem::new("missing-required-parameter", message, body.title.span);
        problem.strength = Strength::Likely;
        problem.help = "Puppet refuses the catalogue: say whose key it is".into();
        self.out.problems.push(problem);
    }

    /// `ensure => instaled`: any other word is taken for a version, and no version is called so.
    pub fn package_state(&mut self, state: &Expr<'a>) {
        let (ExprKind::Str { text, .. } | ExprKind::Name(text)) = state.kind else { return };
        let is_word = text.len() > 3 && text.bytes().all(|own| own.is_ascii_lowercase());
        if !is_word || PACKAGE_STATES.contains(&text) {
            return;
        }
        let Some(near) = nearest_of(text, PACKAGE_STATES.into_iter()) else { return };
        let message = format!("no version of a package is called `{text}`");
        self.refused(&message, state.span, &format!("did you mean `{near}`?"));
    }

    /// `Package`, `File['a']`, `a::b`: a statement that is nothing but a reference or a name. To the grammar of Puppet 3
    /// it is none; what later ones say of it the parser does.
    pub fn alone(&mut self, statement: &Expr<'a>) {
        let is_type = |own: &Expr<'a>| matches!(own.kind, ExprKind::TypeRef(_));
        // `backup::server`: no function of Puppet 3 has such a name.
        let is_class =
            |own: &Expr<'a>| matches!(own.kind, ExprKind::Name(name) if name.contains("::"));
        let is_alone = match statement.kind {
            ExprKind::TypeRef(_) => true,
            ExprKind::Access(base, _) => is_type(base),
            ExprKind::Name(_) => is_class(statement),
            _ => false,
        };
        let is_torn = || self.out.problems.iter().any(|own| own.rule == "parse-error");
        if !is_alone
            || self.settings.layout.names == Names::Absolute
            || self.settings.layout.is_nested(self.source.path)
            || is_torn()
            // A lambda's last statement is its value.
            || *self.modern.get_or_init(|| super::surroundings::is_modern(self.source.text))
        {
            return;
        }
        let (message, help) = match is_class(statement) {
            true => ("a name alone says nothing", "an `include` is missing before it"),
            false => (
                "a reference alone says nothing",
                "an arrow or `<| |>` is missing behind it, or it is one too many",
            ),
        };
        let mut problem = Problem::new("parse-error", message, statement.span);
        problem.help = help.into();
        self.out.problems.push(problem);
    }

    /// The words in a test that are compared with texts.
    pub fn asked_words(&mut self, test: &Expr<'a>) {
        match test.kind {
            ExprKind::Paren(inner) | ExprKind::Unary(UnaryOp::Not, inner) => {
                self.asked_words(inner);
            }
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
                self.asked_words(left);
                self.asked_words(right);
            }
            ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, left, right) => {
                if let ExprKind::Str { quoted: true, .. } = right.kind {
                    self.asked_word(left, [right]);
                }
            }
            _ => {}
        }
    }

    /// `case ::osfamily {`, `if osfamily == 'Debian'`: without its `$` it is a word, the same one on
    /// every host. `keys` is what it is compared with.
    pub fn asked_word<'e>(
        &mut self,
        subject: &Expr<'a>,
        keys: impl IntoIterator<Item = &'e Expr<'a>>,
    ) where
        'a: 'e,
    {
        let ExprKind::Name(name) = subject.kind else { return };
        for key in keys {
            match key.kind {
                ExprKind::Default | ExprKind::Regex(_) | ExprKind::Number(_) => {}
                // One that is written so on purpose.
                ExprKind::Str { text, .. } | ExprKind::Name(text)
                    if !text.eq_ignore_ascii_case(name) => {}
                _ => return,
            }
        }
        let message = format!("`{name}` is a word here, the same one on every host");
        self.refused(&message, subject.span, &format!("did you mean `${name}`?"));
    }

    /// `File['a'] -> if $b { … }`: where the condition does not hold there is nothing to order, and
    /// Puppet 3 takes no condition there at all.
    pub fn ordered_condition(&mut self, operand: &Expr<'a>) {
        let ExprKind::If(node) = operand.kind else { return };
        if !node.otherwise.is_empty() && self.settings.layout.names == Names::Absolute
            || self.settings.layout.is_nested(self.source.path)
        {
            return;
        }
        let start = operand.span.start as usize;
        let word = if node.negated { "unless" } else { "if" };
        let span = Span::new(start, start + word.len());
        let message = format!("an arrow beside `{word}`: it may leave nothing to order");
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.strength = Strength::Likely;
        problem.help = "Puppet 3 refuses the manifest, later ones the catalogue where the \
                        condition does not hold: put the arrows inside"
            .into();
        self.out.problems.push(problem);
    }
}
