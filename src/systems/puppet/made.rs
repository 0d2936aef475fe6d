//! Resources that functions make of data: `create_resources()`, `each` with a splat.

use super::text::{branches, canonical, fold};
use super::walk::{More, Walk};
use crate::facts::{Arg, Detail, NamePattern, Span, Strength, kinds};
use crate::syntax::puppet::ast::{Call, Expr, ExprKind};
use smol_str::SmolStr;

impl<'a> Walk<'_, '_, 'a> {
    /// `create_resources('type', $hash, $defaults)`.
    pub fn create_resources(&mut self, args: &[Expr<'a>]) {
        let ty = args.first();
        let span = ty.map_or(Span::default(), |ty| ty.span);
        let is_defined = |name: &str| name != "class" && !super::builtin::is_type(name);
        let named = ty.and_then(|ty| fold(ty, &self.constants)?.as_exact().cloned());
        let named = named.map(|name| canonical(name.trim_start_matches('@')));
        self.untitled(named.as_deref().unwrap_or("*"), span);
        match (&named, ty) {
            (Some(name), _) if is_defined(name) => {
                self.require_type(name, span, "create_resources()", Strength::Certain);
                self.literal_entries(name, args, span);
            }
            // A selector may choose any of its types.
            (None, Some(ty)) => {
                let mut groups = Vec::new();
                branches(ty, &self.constants, &mut groups);
                for text in groups.into_iter().flatten() {
                    let Some(name) = text.name.as_exact() else { continue };
                    let name = canonical(name.trim_start_matches('@'));
                    if is_defined(&name) && name.contains("::") {
                        let via = "create_resources()";
                        self.require_type(&name, text.span, via, Strength::Likely);
                        self.literal_entries(&name, args, text.span);
                    }
                }
            }
            _ => {}
        }
        if let (Some(name), Some(data)) = (&named, args.get(1)) {
            self.created(name, data);
        }
        args.iter().skip(1).for_each(|arg| self.value(arg));
    }

    /// The entries of `create_resources('type', { title => { key => value } })` that are written
    /// out: each is a call with its keys.
    fn literal_entries(&mut self, ty: &SmolStr, args: &[Expr<'a>], span: Span) {
        let Some(Expr { kind: ExprKind::Hash(entries), .. }) = args.get(1) else { return };
        let more = if args.len() > 2 { More::Possible } else { More::None };
        for (_, entry) in *entries {
            let ExprKind::Hash(pairs) = entry.kind else { continue };
            let named = pairs.iter().map(|(key, _)| {
                let name = fold(key, &self.constants)?.as_exact()?.clone();
                Some(Arg { name, value: None, span: key.span })
            });
            let Some(mut args) = named.collect::<Option<Vec<_>>>() else { continue };
            args.retain(|arg| !super::builtin::is_metaparameter(&arg.name));
            let any_of = self.type_refs(ty);
            self.push_call(any_of, args, more, span, "create_resources()");
        }
    }

    /// Notes that the entries of `data` become resources: a key that is looked up here, or a
    /// parameter of the class, which has a key of its own.
    pub fn created(&mut self, ty: &SmolStr, data: &Expr<'a>) {
        let key = match data.kind {
            ExprKind::Variable(name) if !self.scope.is_empty() && !name.contains(':') => {
                SmolStr::from(format!("{}::{name}", self.scope))
            }
            ExprKind::Call(call) => {
                let is_lookup =
                    matches!(call.callee.kind, ExprKind::Name("lookup" | "hiera" | "hiera_hash"));
                let key = call.args.first().filter(|_| is_lookup);
                match key.and_then(|key| fold(key, &self.constants)) {
                    Some(NamePattern::Exact(key)) if !key.contains('.') => {
                        SmolStr::new(key.trim_start_matches("::"))
                    }
                    _ => return,
                }
            }
            _ => return,
        };
        let detail = Detail::from(ty.as_str());
        self.provide(kinds::PUPPET_CREATED, NamePattern::exact(key), data.span, detail);
    }

    /// `$all.each |$title, $own| { type { $title: * => $own } }`.
    pub fn created_by_each(&mut self, data: &Expr<'a>, call: &Call<'a>) {
        let Some(lambda) = call.lambda else { return };
        let ([title, own], ExprKind::Name("each")) = (lambda.params, call.callee.kind) else {
            return;
        };
        let is = |expr: &Expr<'_>, name: &str| matches!(expr.kind, ExprKind::Variable(own) if own == name);
        for statement in lambda.body {
            let ExprKind::Resource(resource) = statement.kind else { continue };
            let ExprKind::Name(ty) = resource.ty.kind else { continue };
            let [body] = resource.bodies else { continue };
            let mut splats = body.attributes.iter().filter(|own| own.name == "*");
            if is(&body.title, title.name) && splats.any(|splat| is(&splat.value, own.name)) {
                self.created(&canonical(ty), data);
            }
        }
    }
}
