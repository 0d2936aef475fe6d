//! `"$tables[ipv4]"`: the whole of `$tables`, and then these letters.
//!
//! Told of variables that are surely lists or hashes: what the manifest assigns one, gives such a
//! type, or looks into elsewhere. (Source: Puppet's manual, "Strings", "Interpolating expressions".)

use super::walk::Walk;
use crate::facts::{Problem, Span, Strength};
use crate::syntax::puppet::ast::{Definition, Expr, ExprKind, Parameter, Part};
use crate::syntax::puppet::children;
use rustc_hash::FxHashSet;

/// Hashes that every catalogue has.
const HASHES: [&str; 3] = ["facts", "server_facts", "trusted"];

impl<'a> Walk<'_, '_, 'a> {
    /// Notes the places; what the variables are is known when all of the manifest was read.
    pub fn unbraced(&mut self, parts: &[Part<'a>]) {
        for pair in parts.windows(2) {
            let [Part::Expr(own), Part::Text(text)] = pair else { continue };
            let ExprKind::Variable(name) = own.kind else { continue };
            let rest = self.source.text.get(own.span.end as usize..).unwrap_or_default();
            if let Some(len) = index(text).filter(|_| rest.starts_with('[')) {
                let start = own.span.start as usize;
                let span = Span::new(start, own.span.end as usize + len);
                self.unbraced.push((name.trim_start_matches("::"), span));
            }
        }
    }

    pub fn finish_unbraced(&mut self, body: &[Expr<'a>]) {
        if self.unbraced.is_empty() {
            return;
        }
        let mut known: FxHashSet<&str> = HASHES.into_iter().collect();
        body.iter().for_each(|own| collections(own, &mut known));
        for (name, span) in std::mem::take(&mut self.unbraced) {
            if !known.contains(name) {
                continue;
            }
            let written = self.source.text.get(span.range()).unwrap_or_default();
            let message = format!("`{written}` is all of `${name}`, and then these letters");
            let mut problem = Problem::new("incompatible-value", message, span);
            problem.strength = Strength::Likely;
            problem.help = format!("write `${{{}}}`", written.trim_start_matches('$'));
            self.out.problems.push(problem);
        }
    }
}

/// How long the index is that a text begins with: `[ipv4]`, `['a']`, `[0]`. Letters that a pattern
/// may have between brackets are none.
fn index(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(']')?;
    let key = &inner[..end];
    let bare = key.trim_start_matches('\\').trim_matches(['\'', '"', '\\']);
    let is_word = !bare.is_empty()
        && bare.bytes().all(|own| own.is_ascii_alphanumeric() || matches!(own, b'_' | b'-'));
    let is_number = bare.bytes().all(|own| own.is_ascii_digit());
    let is_quoted = key.len() > bare.len();
    let is_name = bare.len() > 2 && !bare.contains('-');
    (is_word && (is_quoted || is_number || is_name)).then_some(end + 2)
}

/// Adds the variables that are lists or hashes.
fn collections<'a>(expr: &Expr<'a>, out: &mut FxHashSet<&'a str>) {
    match expr.kind {
        ExprKind::Assign(_, left, right) => {
            if let (ExprKind::Variable(name), true) = (left.kind, is_collection(right)) {
                out.insert(name);
            }
        }
        ExprKind::Access(base, _) => {
            if let ExprKind::Variable(name) = base.kind {
                out.insert(name.trim_start_matches("::"));
            }
        }
        ExprKind::Call(call) | ExprKind::MethodCall(_, call) => {
            parameters(call.lambda.map_or(&[][..], |own| own.params), out);
        }
        ExprKind::Definition(Definition { params, body, .. }) => {
            parameters(params, out);
            body.iter().for_each(|own| collections(own, out));
        }
        _ => {}
    }
    children(expr, &mut |inner| collections(inner, out));
}

fn parameters<'a>(params: &[Parameter<'a>], out: &mut FxHashSet<&'a str>) {
    for own in params {
        let ty = own.ty.map(|ty| match ty.kind {
            ExprKind::Access(base, _) => base.kind,
            other => other,
        });
        let is_typed = matches!(ty, Some(ExprKind::TypeRef("Array" | "Hash" | "Struct" | "Tuple")));
        if is_typed || own.default.is_some_and(is_collection) {
            out.insert(own.name);
        }
    }
}

fn is_collection(value: &Expr<'_>) -> bool {
    match value.kind {
        ExprKind::Array(_) | ExprKind::Hash(_) => true,
        ExprKind::Call(call) => {
            matches!(call.callee.kind, ExprKind::Name("hiera_array" | "hiera_hash" | "split"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::index;

    #[test]
    fn indices_and_sets_of_letters() {
        for text in ["[ipv4] x", "['a']", "[0]", "[\\\"a\\\"]", "[name]"] {
            assert!(index(text).is_some(), "{text}");
        }
        for text in ["[a-z]", "[0-9]", "[]", "[a b]", "[", "x[a]", "[^abc]", "[az]"] {
            assert!(index(text).is_none(), "{text}");
        }
    }
}
