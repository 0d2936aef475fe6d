//! Commands of `exec` that need a search path: Puppet refuses one that is not given in full where
//! nothing sets `path`.
//!
//! (Source: Puppet's type reference, `exec`: "is not qualified and no path was specified".)

use super::text::fold;
use super::walk::Walk;
use crate::facts::{Detail, NamePattern, Problem, Ref, Strength, kinds};
use crate::syntax::puppet::ast::{Attribute, Expr, ExprKind, ResourceBody};
use crate::syntax::shell::grammar::{Sort, slips};
use smallvec::smallvec;

/// The search path, as defaults set it.
pub(super) const PATH: &str = "exec::path";

impl<'a> Walk<'_, '_, 'a> {
    /// Notes that something sets a search path beside the resource itself.
    pub fn search_path(&mut self, ty: &str, attributes: &[Attribute<'a>]) {
        let sets = |own: &&Attribute<'_>| matches!(own.name, "path" | "provider" | "*");
        if ty == "exec"
            && let Some(own) = attributes.iter().find(sets)
        {
            let name = NamePattern::exact(PATH);
            self.provide(kinds::PUPPET_DEFAULTS, name, own.name_span, Detail::None);
        }
    }

    /// Commands of one `exec` that a search path has to find.
    pub fn unqualified(&mut self, body: &ResourceBody<'a>, defaults: &[Attribute<'a>]) {
        let all = || body.attributes.iter().chain(defaults);
        if all().any(|own| matches!(own.name, "path" | "provider" | "*" | "cwd")) {
            return;
        }
        let given = |name: &str| all().find(|own| own.name == name).map(|own| &own.value);
        let command = given("command").or_else(|| given("name")).unwrap_or(&body.title);
        let tests = ["unless", "onlyif"].into_iter().filter_map(given);
        let found: Vec<_> =
            std::iter::once(command).chain(tests).filter(|own| self.is_unqualified(own)).collect();
        if let Some(first) = found.first() {
            let target = Ref::exact(kinds::PUPPET_DEFAULTS, PATH);
            self.require(smallvec![target], first.span, "exec", Strength::Guarded);
        }
    }

    /// Notes paths of an `exec` that are not absolute. (Source: Puppet's type reference: `creates`
    /// and `cwd` "must be a fully qualified path".)
    pub fn exec_paths(&mut self, body: &ResourceBody<'a>) {
        for name in ["creates", "cwd"] {
            let Some(own) = body.attributes.iter().find(|own| own.name == name) else { continue };
            let Some(path) = fold(&own.value, &self.constants) else { continue };
            if super::attributes::is_relative(&path) && !path.prefix().starts_with(['%', '$', '~'])
            {
                let message = format!("`{name}` of `exec` does not accept the path `{path}`");
                self.refused(&message, own.value.span, "give it in full: it begins with `/`");
            }
        }
        for name in ["command", "unless", "onlyif"] {
            let Some(own) = body.attributes.iter().find(|own| own.name == name) else { continue };
            let Some(text) = fold(&own.value, &self.constants) else { continue };
            let program = text.prefix().split(' ').next().unwrap_or_default();
            if begins_late(program) {
                let message = format!("`{name}` of `exec` runs `{program}`, which is no full path");
                self.refused(&message, own.value.span, "it begins with `/`");
            }
        }
    }

    /// Notes commands of an `exec` in which a quote is never closed: a shell refuses them.
    pub fn quotes(&mut self, body: &ResourceBody<'a>) {
        let given = |name: &str| body.attributes.iter().find(|own| own.name == name);
        let is_shell = |own: &Attribute<'_>| {
            matches!(
                own.value.kind,
                ExprKind::Name("shell" | "posix") | ExprKind::Str { text: "shell" | "posix", .. }
            )
        };
        if given("provider").is_some_and(|own| !is_shell(own)) {
            return;
        }
        for name in ["command", "unless", "onlyif"] {
            let Some(own) = given(name) else { continue };
            let Some(text) = self.written(&own.value) else { continue };
            let message = if !closes(&text) {
                format!("a quote in `{name}` is never closed")
            } else if let Some(slip) = refused(&text) {
                format!("a shell refuses `{name}`: {slip}")
            } else {
                continue;
            };
            let mut problem = Problem::new("incompatible-value", message, own.value.span);
            problem.help = "a shell refuses the command".into();
            self.out.problems.push(problem);
        }
    }

    /// The text of a string, with `x` for what is put into it. What a shell reads of it is not
    /// known where it is written over several lines, or for Windows.
    fn written(&self, value: &Expr<'a>) -> Option<String> {
        let text = match value.kind {
            ExprKind::Str { .. } | ExprKind::Interpolated(_) => {
                self.source.text.get(value.span.range())?
            }
            _ => return None,
        };
        let (quote, inner) = (text.chars().next()?, text.get(1..text.len() - 1)?);
        let is_odd = ["\n", "<<", "#", "powershell", "cmd", ":\\"];
        if !matches!(quote, '\'' | '"') || is_odd.iter().any(|word| inner.contains(word)) {
            return None;
        }
        let mut out = String::new();
        let mut letters = inner.chars().peekable();
        while let Some(letter) = letters.next() {
            match (letter, letters.peek()) {
                ('\\', Some(next))
                    if *next == quote
                        || *next == '\\'
                        || quote == '"' && matches!(*next, '$' | '\'') =>
                {
                    out.extend(letters.next());
                }
                // Other escapes stand for blanks and the like.
                ('\\', Some('n' | 't' | 'r' | 's' | 'u')) if quote == '"' => {
                    letters.next();
                    out.push(' ');
                }
                ('$', Some('{')) if quote == '"' => {
                    let mut depth = 0;
                    for own in letters.by_ref() {
                        depth += i32::from(own == '{') - i32::from(own == '}');
                        if depth == 0 {
                            break;
                        }
                    }
                    out.push('x');
                }
                _ => out.push(letter),
            }
        }
        Some(out)
    }

    fn is_unqualified(&self, command: &Expr<'a>) -> bool {
        let text = match command.kind {
            ExprKind::Str { .. } | ExprKind::Interpolated(_) => fold(command, &self.constants),
            _ => None,
        };
        let Some(text) = text else { return false };
        let text = text.prefix();
        // A program alone may be one of Windows, or a word of a shell.
        let Some((program, _)) = text.split_once(' ') else { return false };
        let is_word = |own: char| own.is_ascii_lowercase() || own.is_ascii_digit() || own == '-';
        program.starts_with(|own: char| own.is_ascii_lowercase())
            && program.chars().all(is_word)
            && !matches!(program, "cmd" | "powershell" | "net" | "netsh" | "sc" | "reg")
    }
}

/// Whether a path of a program lacks its slash, or has a letter before it: `usr/bin/a`, `Z/usr/bin/a`.
fn begins_late(program: &str) -> bool {
    let is_root = |own: &str| {
        let mut parts = own.split('/');
        let first = parts.next().unwrap_or_default();
        let second = parts.next().unwrap_or_default();
        match first {
            "usr" => matches!(second, "bin" | "sbin" | "local"),
            "sbin" => !second.is_empty(),
            _ => false,
        }
    };
    let behind = program.split_once('/').filter(|(letter, _)| letter.len() == 1);
    is_root(program)
        || behind.is_some_and(|(letter, rest)| {
            letter.bytes().all(|own| own.is_ascii_alphabetic()) && is_root(rest)
        })
}

/// Whether every quote of a command is closed, those inside of `$(…)` for themselves.
fn closes(text: &str) -> bool {
    let mut open: Vec<char> = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (open.last(), letter) {
            (Some('\''), '\'') => drop(open.pop()),
            (Some('\''), _) => {}
            (_, '\\') => drop(letters.next()),
            (Some('"'), '"') => drop(open.pop()),
            (_, '$') if letters.peek() == Some(&'(') => {
                letters.next();
                open.push('(');
            }
            (Some('"'), _) => {}
            (_, '"' | '\'') => open.push(letter),
            (Some('('), '(') => open.push('('),
            (Some('('), ')') => drop(open.pop()),
            _ => {}
        }
    }
    !open.iter().any(|own| matches!(own, '"' | '\''))
}

/// What a shell refuses of a command that is certainly one of a shell.
fn refused(text: &str) -> Option<String> {
    let is_shell = ["; then", "; do ", "; fi", "; done"].iter().any(|word| text.contains(word));
    let mut found = slips(text).into_iter();
    found
        .find(|own| is_shell && own.sort == Sort::Syntax || own.sort == Sort::Test)
        .map(|own| own.message)
}

#[cfg(test)]
mod tests {
    use super::{begins_late, closes, refused};

    #[test]
    fn paths_that_begin_late() {
        for own in ["usr/bin/a", "Z/usr/bin/a", "sbin/a"] {
            assert!(begins_late(own), "{own}");
        }
        for own in ["/usr/bin/a", "bin/rake", "usr/a", "./sbin/a", "C:/usr/bin/a", "a"] {
            assert!(!begins_late(own), "{own}");
        }
    }

    #[test]
    fn quotes_of_commands() {
        for text in
            ["test \"$(a \"b\")\" = 'it\"s'", "echo it\\'s", "grep \"it's\" x", "a $( (b) ) \"c\""]
        {
            assert!(closes(text), "{text}");
        }
        for text in ["test \"$(a) = \"b\"", "echo 'a", "echo it's"] {
            assert!(!closes(text), "{text}");
        }
    }

    #[test]
    fn commands_that_a_shell_refuses() {
        for text in
            ["test -f x || [ -f y", "[ -f x] && y", "for i in a; do echo $i", "if a; then b"]
        {
            assert!(refused(text).is_some(), "{text}");
        }
        for text in
            ["[ -f x ]", "if (a) { b }", "for i in a; do b; done", "echo [ a", "if x; then b; fi"]
        {
            assert!(refused(text).is_none(), "{text}");
        }
    }
}
