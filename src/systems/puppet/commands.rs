//! What a manifest puts on the host and runs there: `file` resources as copies of the
//! tree's files, and the command lines of `exec`, `cron`, services and timers.

use super::text::fold;
use super::walk::Walk;
use crate::domain::commands::inherit_environment;
use crate::domain::commands::{Lines, runs_program};
use crate::domain::watch;
use crate::facts::{
    Detail, Environment, NamePattern, Piece, Relation, Strength, Via, is_variable_name, kinds,
};
use crate::syntax::puppet::ast::{Attribute, Expr, ExprKind, Part, ResourceBody};
use crate::syntax::shell::CommandText;

impl<'a> Walk<'_, '_, 'a> {
    /// `file { '/usr/local/bin/x': source => 'puppet:///modules/m/x' }`: the path is a copy
    /// of the module's file.
    pub fn deployed(&mut self, body: &ResourceBody<'a>, defaults: &[Attribute<'a>]) {
        let attribute = |name: &str| {
            let mut all = body.attributes.iter().chain(defaults);
            all.find(|attribute| attribute.name == name).map(|attribute| &attribute.value)
        };
        let path = attribute("path").unwrap_or(&body.title);
        let text = |value: &Expr<'a>| fold(value, &self.constants)?.as_exact().cloned();
        let Some(name) = text(path).filter(|name| name.starts_with('/')) else { return };
        let ensure = attribute("ensure").and_then(text);
        if matches!(ensure.as_deref(), Some("absent")) {
            return;
        }
        let link = attribute("target").or(attribute("ensure")).and_then(text);
        let detail = match link.filter(|target| target.starts_with('/')) {
            Some(target) => Some(Detail::leads(kinds::DEPLOYED_PATH, target)),
            None => attribute("source").or(attribute("content")).and_then(|from| self.origin(from)),
        };
        if let Some(detail) = detail {
            let name = NamePattern::Exact(name.trim_end_matches('/').into());
            self.provide(kinds::DEPLOYED_PATH, name, path.span, detail);
        }
    }

    /// What a file's contents come from: a module's file, or a template.
    fn origin(&self, value: &Expr<'a>) -> Option<Detail> {
        if let ExprKind::Call(call) = value.kind
            && let ExprKind::Name(function) = call.callee.kind
        {
            let name = fold(call.args.first()?, &self.constants)?.as_exact()?.clone();
            return match function {
                "template" | "epp" => Some(Detail::leads(kinds::PUPPET_TEMPLATE, name)),
                "file" => Some(Detail::leads(kinds::PUPPET_FILES, name)),
                _ => None,
            };
        }
        let url = fold(value, &self.constants)?.as_exact()?.clone();
        let name = url.strip_prefix("puppet:///modules/")?;
        Some(Detail::leads(kinds::PUPPET_FILES, name.trim_end_matches('/')))
    }

    /// The command lines of a resource.
    pub fn command_lines(&mut self, ty: &str, body: &ResourceBody<'a>) {
        let absent = |own: &Attribute<'a>| {
            own.name == "ensure"
                && fold(&own.value, &self.constants)
                    .is_some_and(|text| text.as_exact().is_some_and(|text| text == "absent"))
        };
        // It is taken away, not run.
        if body.attributes.iter().any(absent) {
            return;
        }
        let from = self.out.calls.len();
        let named = |name: &str| body.attributes.iter().any(|attribute| attribute.name == name);
        if ty == "exec" && !named("command") {
            self.command_line(&body.title, "exec");
        }
        let via = match ty {
            "exec" => "exec",
            "cron" => "cron",
            "service" => "service",
            _ => "command",
        };
        for attribute in body.attributes {
            let name = attribute.name;
            let runs = matches!(name, "command" | "onlyif" | "unless" | "refresh")
                || (ty == "service" && matches!(name, "start" | "stop" | "restart" | "status"))
                || name.ends_with("_command")
                || name.ends_with("_cmd");
            if !runs {
                continue;
            }
            match attribute.value.kind {
                ExprKind::Array(entries) if ty == "exec" && name == "command" => {
                    self.word_list(entries, via);
                }
                ExprKind::Array(entries) => {
                    entries.iter().for_each(|entry| self.command_line(entry, via));
                }
                _ => self.command_line(&attribute.value, via),
            }
        }
        for attribute in body.attributes.iter().filter(|attribute| attribute.name == "environment")
        {
            let environment = self.environment(&attribute.value);
            inherit_environment(&mut self.out.calls[from..], &environment);
        }
    }

    /// `environment => ['A=b']`, and `{'A' => 'b'}` of defined types.
    fn environment(&self, value: &Expr<'a>) -> Environment {
        let mut own = Environment::inherited();
        let mut add = |expr: &Expr<'a>, whole: bool| {
            let text = fold(expr, &self.constants);
            let prefix = text.as_ref().map(|text| text.prefix()).unwrap_or_default();
            let name = prefix.split_once('=').map_or(prefix, |(name, _)| name);
            let known = prefix.contains('=')
                || whole && text.as_ref().is_some_and(|text| text.as_exact().is_some());
            match is_variable_name(name) && known {
                true => own.add(name, None, expr.span),
                false => own.add_unknown(kinds::ENV),
            }
        };
        match value.kind {
            ExprKind::Array(entries) => entries.iter().for_each(|entry| add(entry, false)),
            ExprKind::Hash(entries) => entries.iter().for_each(|(key, _)| add(key, true)),
            _ => add(value, false),
        }
        own
    }

    /// `check_command => 'name!argument'`.
    pub fn check_command(&mut self, value: &Expr<'a>) {
        let Some(text) = fold(value, &self.constants) else { return };
        let mut pieces = Vec::new();
        for piece in text.pieces() {
            if let Piece::Text(own) = &piece
                && let Some((name, _)) = own.split_once('!')
            {
                pieces.push(Piece::Text(name.trim_end().into()));
                break;
            }
            pieces.push(piece);
        }
        // Past the quote, and no further than the name.
        let name = NamePattern::from_pieces(pieces);
        let mut span = value.span;
        if let Some(exact) = name.as_exact() {
            span.start = (span.start + 1).min(span.end);
            span.end = (span.start + exact.len() as u32).min(span.end);
        }
        if let Some(mut require) = watch::check_command(name, span) {
            require.within = self.within;
            if !self.guards.is_empty() {
                require.strength = Strength::Guarded;
            }
            self.out.requires.push(require);
        }
    }

    /// A variable that holds a command line: one that begins with an installed program.
    pub fn command_string(&mut self, value: &Expr<'a>) {
        if !matches!(value.kind, ExprKind::Str { .. } | ExprKind::Interpolated(_)) {
            return;
        }
        let runs = fold(value, &self.constants).is_some_and(|text| runs_program(text.prefix()));
        if runs {
            self.command_line(value, Relation::Remote.called("command string"));
        }
    }

    /// The text of a command line with the place of each part.
    fn command_text(&self, value: &Expr<'a>) -> Option<CommandText> {
        let mut out = CommandText::default();
        let mut push = |text: &str| match self.offset(text).filter(|_| !text.contains('\\')) {
            Some(start) => {
                out.push(text, start);
                true
            }
            None => false,
        };
        match value.kind {
            ExprKind::Str { text, .. } if push(text) => return Some(out),
            ExprKind::Interpolated(parts) => {
                for part in parts {
                    match part {
                        Part::Text(text) => {
                            // Puppet takes away the escape of a quote; that of a line's end
                            // means the same to the shell.
                            let mut start = self.offset(text)?;
                            let mut rest = *text;
                            while let Some(at) = ["\\\"", "\\$", "\\'"]
                                .iter()
                                .filter_map(|escape| rest.find(escape))
                                .min()
                            {
                                out.push(&rest[..at], start);
                                (start, rest) = (start + at + 1, &rest[at + 1..]);
                                // The escaped character itself, so that it is not found again.
                                out.push(&rest[..1], start);
                                (start, rest) = (start + 1, &rest[1..]);
                            }
                            out.push(rest, start);
                        }
                        Part::Expr(inner) => match fold(inner, &self.constants) {
                            Some(NamePattern::Exact(own)) if !own.contains('\n') => {
                                out.push(&own, inner.span.start as usize);
                            }
                            _ => out.hole(inner.span.start as usize),
                        },
                    }
                }
                return Some(out);
            }
            _ => {}
        }
        let name = fold(value, &self.constants)?;
        // Past the quote.
        let mut span = value.span;
        span.start = (span.start + 1).min(span.end);
        Some(CommandText::pattern(&name, span))
    }

    /// Where a piece of the source stands in it.
    fn offset(&self, text: &str) -> Option<usize> {
        let source = self.source.text;
        let start = (text.as_ptr() as usize).checked_sub(source.as_ptr() as usize)?;
        (start + text.len() <= source.len()).then_some(start)
    }

    fn command_line(&mut self, value: &Expr<'a>, via: impl Into<Via>) {
        let Some(text) = self.command_text(value) else { return };
        Lines::new(self.source.path, via).within(self.within).add(&text, self.out);
    }

    /// `command => ['/bin/a', '--b']`: each entry is one word.
    fn word_list(&mut self, entries: &[Expr<'a>], via: &'static str) {
        let mut text = CommandText::default();
        for entry in entries {
            let start = entry.span.start as usize;
            match fold(entry, &self.constants) {
                Some(name) => {
                    text.push("'", start);
                    for piece in name.pieces() {
                        match piece {
                            Piece::Text(own) => {
                                text.push(&own.replace('\'', " "), start + 1);
                            }
                            Piece::Hole => text.hole(start),
                        }
                    }
                    text.push("' ", start);
                }
                None => {
                    text.hole(start);
                    text.push(" ", start);
                }
            }
        }
        Lines::new(self.source.path, via).within(self.within).add(&text, self.out);
    }
}
