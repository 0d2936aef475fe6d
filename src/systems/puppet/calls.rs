//! Function calls: class declarations, lookups, packages.

use super::text::{Text, branches, canonical, canonical_pattern, fold, odd_sign};
use super::walk::{More, Walk};
use crate::extract::Names;
use crate::facts::{
    Arg, Detail, NamePattern, Ref, Relation, Span, Strength, Via, Word, kinds, parent_folder,
};
use crate::syntax::puppet::ast::{Call, Expr, ExprKind, Part, UnaryOp};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

/// Which arguments of its resources a call writes down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    All,
    Shared,
}

/// Parts of the names of functions that declare resources.
const DECLARING: [&str; 4] = ["create_", "declare", "ensure_", "install"];

/// Classes that are declared as they are.
const INCLUDE: Via = Via { relation: Relation::Includes, wording: "include" };

impl<'a> Walk<'_, '_, 'a> {
    pub fn call(&mut self, call: &Call<'a>, span: Span) {
        let ExprKind::Name(name) = call.callee.kind else {
            self.expr(&call.callee);
            call.args.iter().for_each(|arg| self.expr(arg));
            return self.lambda(call);
        };
        let name = name.trim_start_matches("::");
        self.function_call(name, call, call.args, span);
        self.lambda(call);
    }

    /// `receiver.name(args)` is `name(receiver, args)`.
    pub fn method(&mut self, receiver: &Expr<'a>, call: &Call<'a>) {
        self.bare_host(receiver, call);
        if let ExprKind::Name(name) = call.callee.kind {
            let classes = matches!(name, "include" | "require" | "contain");
            if classes {
                self.classes(std::slice::from_ref(receiver), INCLUDE);
            }
            self.created_by_each(receiver, call);
            self.require_function(name, call.callee.span);
            self.function_arguments(name, Some(receiver), call.args, call.callee.span);
        }
        call.args.iter().for_each(|arg| self.expr(arg));
        self.lambda(call);
    }

    fn function_call(&mut self, name: &str, call: &Call<'a>, args: &[Expr<'a>], span: Span) {
        match name {
            "include" => return self.classes(args, INCLUDE),
            "require" => return self.classes(args, "require"),
            "contain" => return self.classes(args, "contain"),
            "template" => return self.templates(args),
            "epp" => return self.epp(args),
            "file" => return self.file_function(args),
            "import" => return self.imports(args),
            "defined" | "defined_with_params" => {
                let before = self.guards.len();
                self.guards.all();
                self.defined(args);
                self.guards.truncate(before);
                return;
            }
            "create_resources" => return self.create_resources(args),
            "ensure_resource" => return self.ensure_resource(args, span, Given::All),
            // What is not the same for all of them stands in the hash of resources.
            "ensure_resources" => return self.ensure_resource(args, span, Given::Shared),
            "ensure_packages" | "stdlib::ensure_packages" | "require_package" => {
                return self.package_names(args);
            }
            "lookup" | "hiera" | "hiera_array" | "hiera_hash" | "hiera_include" => {
                if name == "hiera_include" {
                    self.untitled("class", span);
                }
                self.lookup(name, call, args);
            }
            // What a function of its own does is not known.
            "each" => {
                if let Some(data) = args.first() {
                    self.created_by_each(data, call);
                }
            }
            _ if DECLARING.iter().any(|word| name.contains(word)) => self.untitled("*", span),
            _ => {}
        }
        if let Some(prefix) = self.settings.puppet_wrappers.get(name) {
            return self.wrapped_classes(args, &prefix.clone());
        }
        self.require_function(name, call.callee.span);
        self.function_arguments(name, None, args, call.callee.span);
        args.iter().for_each(|arg| self.value(arg));
    }

    /// `import 'x/*.pp'` (to Puppet 3): paths beside this manifest, else the manifest of a
    /// module. A mention only: one that matches nothing is no error to Puppet's old versions
    /// when it holds a wildcard.
    ///
    /// (Source: `Puppet::Parser::Files.find_manifests_in_modules` of Puppet 3.)
    fn imports(&mut self, args: &[Expr<'a>]) {
        let folder = parent_folder(self.source.path);
        for arg in args {
            let Some(NamePattern::Exact(path)) = fold(arg, &self.constants) else { continue };
            let named = path.trim_end_matches(".pp");
            let (module, inner) = named.split_once('/').unwrap_or((named, "init"));
            let of_module = format!("*/{module}/manifests/{inner}.pp");
            let Some(path) = crate::facts::join_path(folder, &path) else { continue };
            let beside = format!("{}.pp", path.trim_end_matches(".pp"));
            let file = |text: &str| Ref::new(kinds::FILE, NamePattern::with_marks(text, &['*']));
            let any_of = smallvec![file(&beside), file(&of_module)];
            self.require(any_of, arg.span, Relation::Loads.called("import"), Strength::Guarded);
        }
    }

    /// A function of a module must exist; a plain name may be Puppet's own.
    fn require_function(&mut self, name: &str, span: Span) {
        if self.settings.layout.names == Names::Absolute && super::builtin::is_function(name) {
            return;
        }
        let target = Ref::exact(kinds::PUPPET_FUNCTION, SmolStr::new(name));
        let strength = if name.contains("::") { Strength::Certain } else { Strength::Likely };
        self.require(smallvec![target], span, "function call", strength);
    }

    /// A call of a function that a module defines: as many arguments as it takes.
    fn function_arguments(
        &mut self,
        name: &str,
        receiver: Option<&Expr<'a>>,
        args: &[Expr<'a>],
        span: Span,
    ) {
        if !name.contains("::") {
            return;
        }
        let word = |arg: &Expr<'a>| Word {
            text: fold(arg, &self.constants)
                .filter(|text| text.as_exact().is_some_and(|text| !text.is_empty()))
                .unwrap_or_else(|| NamePattern::exact("…")),
            splits: matches!(arg.kind, ExprKind::Unary(UnaryOp::Splat, _)),
            span: arg.span,
        };
        let words: Vec<Word> = receiver.into_iter().chain(args).map(word).collect();
        let any_of = smallvec![Ref::exact(kinds::PUPPET_FUNCTION, SmolStr::new(name))];
        self.push_call(any_of, Vec::new(), More::None, span, "function call");
        if let Some(call) = self.out.calls.last_mut() {
            call.words = words;
        }
    }

    // Classes.

    /// What a class name may mean: `name` is as written, a leading `::` makes it absolute.
    pub fn class_refs(&self, name: &NamePattern) -> SmallVec<[Ref; 1]> {
        let absolute = name.prefix().starts_with("::");
        let name = canonical_pattern(name);
        let mut any_of: SmallVec<[Ref; 1]> = smallvec![Ref::new(kinds::PUPPET_CLASS, name.clone())];
        if let Some(exact) = name.as_exact().filter(|_| !absolute) {
            any_of.extend(
                self.relative_names(exact).map(|name| Ref::exact(kinds::PUPPET_CLASS, name)),
            );
        }
        any_of
    }

    pub fn require_class(
        &mut self,
        name: &NamePattern,
        span: Span,
        via: impl Into<Via>,
        strength: Strength,
    ) {
        if *name == NamePattern::any() {
            return self.untitled("class", span);
        }
        if strength == Strength::Certain
            && let Some(sign) = name.as_exact().and_then(|name| odd_sign(name))
        {
            let message = format!("`{name}` is no name of a class: it has `{sign}` in it");
            return self.refused(&message, span, "Puppet refuses the catalogue");
        }
        let any_of = self.class_refs(name);
        self.require(any_of, span, via, strength);
    }

    /// `include a, b`; also in arrays.
    fn classes(&mut self, args: &[Expr<'a>], via: impl Into<Via>) {
        let via = via.into();
        for arg in args {
            if let ExprKind::Access(..) = arg.kind {
                // `require Class['a']`
                self.expr(arg);
                continue;
            }
            let mut groups = Vec::new();
            branches(arg, &self.constants, &mut groups);
            if groups.is_empty() {
                self.untitled("class", arg.span);
            }
            self.without_strings(arg);
            for text in groups.into_iter().flatten() {
                self.require_class(&text.name, text.span, via, Strength::Certain);
                if text.name.as_exact().is_some() {
                    let any_of = self.class_refs(&text.name);
                    self.push_call(any_of, Vec::new(), More::None, text.span, INCLUDE);
                }
            }
        }
    }

    /// `role(a, b)`: a configured wrapper that declares `role::a`, `role::b`.
    fn wrapped_classes(&mut self, args: &[Expr<'a>], prefix: &str) {
        for arg in args {
            let mut groups = Vec::new();
            branches(arg, &self.constants, &mut groups);
            for text in groups.into_iter().flatten() {
                let name = canonical_pattern(&text.name);
                let name =
                    if name.prefix().starts_with(prefix) { name } else { name.prepend(prefix) };
                if name.prefix() == prefix && name.as_exact().is_none() {
                    continue;
                }
                let any_of = smallvec![Ref::new(kinds::PUPPET_CLASS, name.clone())];
                self.require(any_of, text.span, "role()", Strength::Certain);
            }
        }
    }

    fn defined(&mut self, args: &[Expr<'a>]) {
        for arg in args {
            match arg.kind {
                ExprKind::Access(..) => self.expr(arg),
                ExprKind::Str { text, .. } | ExprKind::Name(text) if !text.starts_with('$') => {
                    self.require_class(
                        &NamePattern::exact(text),
                        arg.span,
                        "defined()",
                        Strength::Guarded,
                    );
                }
                _ => {}
            }
        }
    }

    // Resources by function.

    /// Resources of `ty` are declared under titles that the manifest does not say.
    pub fn untitled(&mut self, ty: &str, span: Span) {
        self.provide(kinds::PUPPET_UNTITLED, NamePattern::exact(ty), span, Detail::None);
    }

    /// `ensure_resource('type', 'title', { … })`.
    fn ensure_resource(&mut self, args: &[Expr<'a>], span: Span, given: Given) {
        let Some(NamePattern::Exact(ty)) = args.first().and_then(|ty| fold(ty, &self.constants))
        else {
            self.untitled("*", span);
            return args.iter().for_each(|arg| self.value(arg));
        };
        let ty = canonical(&ty);
        if let Some(title) = args.get(1) {
            let mut groups = Vec::new();
            branches(title, &self.constants, &mut groups);
            if groups.is_empty() {
                self.untitled(&ty, title.span);
            }
            for text in groups.into_iter().flatten() {
                let name = Self::resource_name(&ty, &text.name);
                self.provide(kinds::PUPPET_RESOURCE, name, text.span, Detail::None);
                if ty == "package" {
                    self.provide(kinds::PACKAGE, text.name, text.span, Detail::Present);
                }
            }
        }
        if ty != "class" && !super::builtin::is_type(&ty) {
            self.require_type(&ty, span, "ensure_resource()", Strength::Certain);
            if let Some(Expr { kind: ExprKind::Hash(pairs), .. }) = args.get(2) {
                let named = pairs.iter().map(|(key, _)| {
                    let name = fold(key, &self.constants)?.as_exact()?.clone();
                    Some(Arg { name, value: None, span: key.span })
                });
                if let Some(mut args) = named.collect::<Option<Vec<_>>>() {
                    args.retain(|arg| !super::builtin::is_metaparameter(&arg.name));
                    let any_of = smallvec![Ref::exact(kinds::PUPPET_DEFINE, ty.clone())];
                    let more = if given == Given::Shared { More::Possible } else { More::None };
                    self.push_call(any_of, args, more, span, "ensure_resource()");
                }
            }
        }
        args.iter().skip(2).for_each(|arg| self.value(arg));
    }

    /// `ensure_packages(['a', 'b'])`.
    fn package_names(&mut self, args: &[Expr<'a>]) {
        let mut ensure = SmolStr::new_static("present");
        if let Some(Expr { kind: ExprKind::Hash(pairs), .. }) = args.get(1) {
            for (key, value) in *pairs {
                if let (Some(NamePattern::Exact(key)), Some(NamePattern::Exact(value))) =
                    (fold(key, &self.constants), fold(value, &self.constants))
                    && key == "ensure"
                {
                    ensure = value;
                }
            }
        }
        if matches!(ensure.as_str(), "absent" | "purged") {
            return;
        }
        for arg in args {
            if matches!(arg.kind, ExprKind::Hash(_)) {
                self.untitled("package", arg.span);
                continue;
            }
            let mut groups = Vec::new();
            branches(arg, &self.constants, &mut groups);
            if groups.is_empty() {
                groups.push(vec![Text { name: NamePattern::any(), span: arg.span }]);
            }
            for text in groups.into_iter().flatten() {
                let name = Self::resource_name("package", &text.name);
                self.provide(kinds::PUPPET_RESOURCE, name, text.span, Detail::None);
                if text.name != NamePattern::any() {
                    self.provide(kinds::PACKAGE, text.name, text.span, Detail::version(&ensure));
                }
            }
        }
    }

    // Data.

    /// A key read by `lookup()` and its older forms; guarded when a default is given.
    fn lookup(&mut self, name: &str, call: &Call<'a>, args: &[Expr<'a>]) {
        let Some(key) = args.first() else { return };
        let Some(pattern) = fold(key, &self.constants) else { return };
        let has_default = match name {
            "lookup" => {
                call.lambda.is_some()
                    || args.len() >= 4
                    || args.iter().skip(1).any(|arg| {
                        matches!(arg.kind, ExprKind::Hash(pairs)
                        if pairs.iter().any(|(key, _)| matches!(
                            key.kind,
                            ExprKind::Str { text: "default_value" | "default_values_hash", .. }
                                | ExprKind::Name("default_value" | "default_values_hash")
                        )))
                    })
            }
            _ => args.len() >= 2,
        };
        let pattern = pattern.map_text(|text| SmolStr::new(text.trim_start_matches("::")));
        // A dotted key digs into the value of its first part.
        let pattern = match pattern.as_exact().and_then(|key| key.split_once('.')) {
            Some((root, _)) => NamePattern::exact(root),
            None => pattern,
        };
        if pattern == NamePattern::any() {
            return;
        }
        let strength = if has_default { Strength::Guarded } else { Strength::Likely };
        self.require(smallvec![Ref::new(kinds::KEY, pattern)], key.span, "lookup()", strength);
    }

    // Files and templates.

    /// Strings anywhere else: a `puppet:///` URL is a source wherever it stands.
    pub fn string(&mut self, expr: &Expr<'a>) {
        self.early_colons(expr.span);
        let is_url = match expr.kind {
            ExprKind::Str { text, .. } => text.starts_with("puppet:"),
            ExprKind::Interpolated(parts) => {
                matches!(parts.first(), Some(Part::Text(text)) if text.starts_with("puppet:"))
            }
            _ => false,
        };
        // Text that merely mentions a URL is no source.
        let is_url =
            is_url
                && self.source.text.get(expr.span.range()).is_some_and(|text| {
                    !text.contains(char::is_whitespace) && !text.contains("\\n")
                });
        if is_url && let Some(name) = fold(expr, &self.constants) {
            self.source_group(&[Text { name, span: expr.span }]);
        }
    }

    pub fn array(&mut self, array: &Expr<'a>, entries: &[Expr<'a>]) {
        let is_url = |entry: &Expr<'a>| {
            fold(entry, &self.constants).is_some_and(|name| name.prefix().starts_with("puppet:"))
        };
        if !entries.is_empty() && entries.iter().all(is_url) {
            self.file_source(array);
        } else {
            entries.iter().for_each(|entry| self.expr(entry));
        }
    }

    /// Walks an expression whose strings have been dealt with.
    pub fn without_strings(&mut self, expr: &Expr<'a>) {
        match expr.kind {
            ExprKind::Str { .. } => {}
            ExprKind::Interpolated(parts) => {
                for part in parts {
                    if let Part::Expr(inner) = part {
                        self.expr(inner);
                    }
                }
            }
            ExprKind::Array(entries) => {
                entries.iter().for_each(|entry| self.without_strings(entry))
            }
            ExprKind::Selector(subject, entries) => {
                self.expr(subject);
                entries.iter().for_each(|(_, value)| self.without_strings(value));
            }
            ExprKind::Paren(inner) => self.without_strings(inner),
            ExprKind::If(node) => {
                self.expr(&node.test);
                for body in [node.then, node.otherwise] {
                    body.iter().for_each(|statement| self.without_strings(statement));
                }
            }
            ExprKind::Case(subject, options) => {
                self.expr(subject);
                for option in options {
                    option.body.iter().for_each(|statement| self.without_strings(statement));
                }
            }
            _ => self.expr(expr),
        }
    }
}
