//! Commands of `exec` that need a search path: Puppet refuses one that is not given in full where
//! nothing sets `path`.
//!
//! (Source: Puppet's type reference, `exec`: "is not qualified and no path was specified".)

use super::text::fold;
use super::walk::Walk;
use crate::facts::{Detail, NamePattern, Ref, Strength, kinds};
use crate::syntax::puppet::ast::{Attribute, Expr, ExprKind, ResourceBody};
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
        let command = given("command").unwrap_or(&body.title);
        let tests = ["unless", "onlyif"].into_iter().filter_map(given);
        let found: Vec<_> =
            std::iter::once(command).chain(tests).filter(|own| self.is_unqualified(own)).collect();
        if let Some(first) = found.first() {
            let target = Ref::exact(kinds::PUPPET_DEFAULTS, PATH);
            self.require(smallvec![target], first.span, "exec", Strength::Guarded);
        }
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
