//! Classes, defined types, functions, nodes, type aliases and variables.

use super::builtin;
use super::nodes;
use super::reads::{self, Need};
use super::text::{branches, canonical, fold};
use super::walk::Walk;
use crate::extract::Names;
use crate::facts::{
    Arity, CommandLine, Detail, Entity, Interface, NamePattern, Param, Problem, Ref, Relation,
    Span, Strength, Syntax, is_slip, kinds,
};
use crate::syntax::puppet::ast::{
    AssignOp, Definition, DefinitionKind, Expr, ExprKind, Node, Parameter,
};
use rustc_hash::FxHashMap;
use smallvec::smallvec;
use smol_str::SmolStr;

/// Longest default or type that is kept as text, bytes.
const MAX_KEPT_TEXT: usize = 80;
/// Longest text of an alias that is kept, bytes.
const MAX_KEPT_ALIAS: usize = 300;

impl<'a> Walk<'_, '_, 'a> {
    pub fn definition(&mut self, definition: &Definition<'a>) {
        let own = canonical(definition.name);
        // A definition inside a class is relative to it.
        let name = if self.scope.is_empty() || own.starts_with(&format!("{}::", self.scope)) {
            own
        } else {
            format!("{}::{own}", self.scope).into()
        };
        let kind = match definition.kind {
            DefinitionKind::Class => kinds::PUPPET_CLASS,
            DefinitionKind::Define => kinds::PUPPET_DEFINE,
            DefinitionKind::Function => kinds::PUPPET_FUNCTION,
            DefinitionKind::Plan => return self.plan(definition),
        };
        let is_nested = !self.scope.is_empty();
        let outer_within = self.within;
        let outer_scope = std::mem::take(&mut self.scope);
        let outer_constants = std::mem::take(&mut self.constants);
        self.within = None;
        let index = self.provide(
            kind,
            NamePattern::exact(name.clone()),
            definition.name_span,
            Detail::None,
        );
        self.within = Some(index);
        self.start_scope(name.clone());
        if definition.kind == DefinitionKind::Class {
            self.constants.insert("name", name.clone());
            self.constants.insert("title", name.clone());
        }
        self.interface(kind, &name, definition);
        if let Some((parent, span)) = definition.parent {
            self.inherits(parent, span);
        }
        for param in definition.params {
            self.parameter(param, &name, definition.kind);
            self.metaparameter(param, definition);
            self.default_template(param, definition.body);
        }
        if let Some(returns) = definition.returns {
            self.datatype(returns);
        }
        self.learn_constants(definition.params, definition.body);
        super::duplicates::check(definition, self.settings.layout.names, self.out);
        super::branches::check(definition, &mut self.out.problems);
        match kind {
            kinds::PUPPET_CLASS => super::duplicates::firm(definition.body, index, self.out),
            kinds::PUPPET_DEFINE => {
                super::duplicates::firm_resources(definition.body, index, self.out);
            }
            _ => {}
        }
        // What one inside of another sees differs from version to version.
        if !is_nested {
            self.plain_variables(definition);
            self.early_variables(definition);
            self.outer_namesakes(definition);
        }
        self.body(definition.body);
        self.within = outer_within;
        self.scope = outer_scope;
        self.constants = outer_constants;
    }

    /// Variables that a plan reads under almost the name of one that it sets: a plan has no others
    /// but in what it applies. (Source: Bolt's manual: "Unknown variable".)
    fn plan(&mut self, definition: &Definition<'a>) {
        let params = definition.params.iter().map(|own| own.name);
        let set = self.source.text.lines().filter_map(|line| {
            let (name, _) = line.trim_start().strip_prefix('$')?.split_once('=')?;
            Some(name.trim_end())
        });
        let known: Vec<&str> = params.chain(set).collect();
        for own in reads::free(definition) {
            let Some(near) = known.iter().find(|name| is_slip(own.name, name)) else { continue };
            let message = format!("variable `{}` does not exist", own.name);
            let mut problem = Problem::new("unresolved-reference", message, own.span);
            problem.help = format!("did you mean `${near}`?");
            problem.meant = Some(format!("${near}").into());
            self.out.problems.push(problem);
        }
    }

    fn inherits(&mut self, parent: &str, span: Span) {
        let parent = canonical(parent);
        if parent == "default" {
            return;
        }
        let mut any_of = smallvec![Ref::exact(kinds::PUPPET_CLASS, parent.clone())];
        any_of
            .extend(self.relative_names(&parent).map(|name| Ref::exact(kinds::PUPPET_CLASS, name)));
        self.require(any_of, span, Relation::Inherits.called("inherits"), Strength::Certain);
    }

    fn interface(&mut self, kind: crate::facts::Kind, name: &SmolStr, definition: &Definition<'a>) {
        // Every resource has a name and a title, whoever declares them (Puppet 2 lets a
        // definition do so).
        let is_function = kind == kinds::PUPPET_FUNCTION;
        let filled = |param: &Parameter<'_>| {
            let is_given = || matches!(param.name, "name" | "title");
            !is_function && (is_given() || builtin::is_metaparameter(param.name))
        };
        let params = definition.params.iter().map(|param| Param {
            required: is_required(param) && !filled(param),
            choices: param.ty.map(choices).unwrap_or_default(),
            ty: param.ty.map(|ty| self.kept(ty.span)).unwrap_or_default(),
            default: param.default.map(|default| self.kept(default.span)).unwrap_or_default(),
            ..Param::new(param.name, param.span)
        });
        let entity = Entity::new(kind, name.clone());
        let by_place = |(param, own): (Param, &Parameter<'a>)| Param {
            positional: is_function,
            values: is_function.then_some(match (own.rest, param.required) {
                (true, _) => Arity::ANY,
                (false, true) => Arity::ONE,
                (false, false) => Arity::OPTIONAL,
            }),
            ..param
        };
        let params = params.zip(definition.params).map(by_place);
        let syntax = Syntax { positional_only: true, ..Syntax::default() };
        let command = CommandLine { syntax, ..CommandLine::default() };
        let interface = Interface {
            command: is_function.then(|| Box::new(command)),
            open: definition.params.iter().any(|param| param.rest),
            ..Interface::new(entity, params.collect(), definition.name_span)
        };
        self.out.interfaces.push(interface);
    }

    fn kept(&self, span: Span) -> SmolStr {
        let text = self.source.text.get(span.range()).unwrap_or_default();
        if text.len() <= MAX_KEPT_TEXT { text.into() } else { "…".into() }
    }

    fn parameter(&mut self, param: &Parameter<'a>, owner: &str, kind: DefinitionKind) {
        if let Some(ty) = param.ty {
            self.datatype(ty);
        }
        if let Some(default) = param.default {
            self.value(default);
        }
        if let (Some(ty), Some(default)) = (param.ty, param.default) {
            self.default_of_type(param.name, ty, default);
        }
        if kind == DefinitionKind::Class {
            let name = NamePattern::exact(format!("{owner}::{}", param.name));
            self.provide(kinds::PUPPET_VARIABLE, name, param.span, Detail::None);
        } else {
            self.local_variable(param.name, param.span);
        }
    }

    /// Notes a parameter that is called as one which all resources take, and that has no default.
    /// (Source: Puppet, "… is a metaparameter; please choose another parameter name in the …
    /// definition"; with a default it warns.)
    fn metaparameter(&mut self, param: &Parameter<'a>, definition: &Definition<'a>) {
        let is_type = matches!(definition.kind, DefinitionKind::Class | DefinitionKind::Define);
        // Puppet 2 takes `name`, and Puppet 4 refuses it otherwise; two are of Puppet 4 and 5 alone.
        let is_always = builtin::is_metaparameter(param.name)
            && !matches!(param.name, "name" | "consume" | "export");
        if !is_type || !is_always || param.default.is_some() {
            return;
        }
        let (own, name) = (param.name, definition.name);
        let message = format!("`{name}` has a parameter `{own}`, a metaparameter of all resources");
        let mut problem = Problem::new("duplicate-definition", message, param.span);
        problem.help = "Puppet refuses the definition: call the parameter otherwise".into();
        self.out.problems.push(problem);
    }

    /// Notes a literal default that the parameter's own type refuses. Where something always sets
    /// the parameter, nothing fails. (Source: "expects a Boolean value, got String".)
    fn default_of_type(&mut self, name: &str, ty: &Expr<'a>, default: &Expr<'a>) {
        let Some(refused) = refused_default(ty, default) else { return };
        if matches!(default.kind, ExprKind::Undef) {
            return;
        }
        let message = format!("the default of `${name}` is no `{refused}`");
        let mut problem = Problem::new("incompatible-value", message, default.span);
        problem.strength = Strength::Likely;
        problem.help = "Puppet refuses it where nothing sets the parameter".into();
        self.out.problems.push(problem);
    }

    /// A defined type's variables cannot be read from outside, but its templates read them.
    pub fn local_variable(&mut self, name: &str, span: Span) {
        if self.scope.is_empty() {
            return;
        }
        let name = NamePattern::exact(format!("{}::{name}", self.scope));
        self.provide(kinds::PUPPET_VARIABLE, name, span, Detail::None);
    }

    pub fn assigned_variable(&mut self, name: &str, span: Span) {
        if self.scope.is_empty() {
            let name = NamePattern::exact(SmolStr::new(name.trim_start_matches("::")));
            self.provide(kinds::PUPPET_VARIABLE, name, span, Detail::None);
        } else {
            self.local_variable(name, span);
        }
    }

    /// Variables that the body assigns exactly once, to a literal, outside any lambda.
    fn learn_constants(&mut self, params: &[Parameter<'a>], body: &[Expr<'a>]) {
        let mut seen: FxHashMap<&'a str, Option<SmolStr>> = FxHashMap::default();
        for param in params {
            seen.insert(param.name, None);
        }
        collect_assignments(body, &mut seen, &self.constants);
        for (name, value) in seen {
            match value {
                Some(value) => {
                    self.constants.insert(name, value);
                }
                None => {
                    self.constants.remove(name);
                }
            }
        }
    }

    /// A qualified variable of another class.
    pub fn variable(&mut self, name: &str, span: Span) {
        let top = name.len();
        let name = name.trim_start_matches("::");
        if !name.contains("::") {
            if name.len() < top {
                self.top_scope(name, span, "variable");
            }
            return;
        }
        self.variable_of_boxen(name, span);
        let target = Ref::exact(kinds::PUPPET_VARIABLE, super::text::variable(name));
        self.require(smallvec![target], span, "variable", Strength::Likely);
    }

    /// Variables that a definition has from elsewhere.
    fn plain_variables(&mut self, definition: &Definition<'a>) {
        let fails = self.settings.layout.names == Names::Absolute;
        for own in reads::free(definition) {
            let name = format!("{}::{}", self.scope, own.name);
            let target = Ref::exact(kinds::PUPPET_PLAIN_VARIABLE, name);
            let strength = match own.need {
                Need::Value if fails => Strength::Certain,
                _ => Strength::Likely,
            };
            self.require(smallvec![target], own.span, "variable", strength);
        }
    }

    /// Variables that the top of a manifest reads, under names that begin with `::`.
    pub fn variables_at_top(&mut self, body: &[Expr<'a>]) {
        for own in reads::free_at_top(body) {
            let target = Ref::exact(kinds::PUPPET_PLAIN_VARIABLE, format!("::{}", own.name));
            self.require(smallvec![target], own.span, "variable", Strength::Likely);
        }
    }

    /// Something reads a variable of the top scope, where facts are.
    pub fn top_scope(&mut self, name: &str, span: Span, via: &'static str) {
        if self.top_read.insert(SmolStr::new(name)) {
            let target = Ref::exact(kinds::PUPPET_TOP_SCOPE, name);
            self.require(smallvec![target], span, via, Strength::Guarded);
        }
    }

    pub fn node(&mut self, node: &Node<'a>) {
        let outer_within = self.within.take();
        let title = match node.hosts.first().map(|host| host.kind) {
            Some(ExprKind::Str { text, .. }) => SmolStr::new(text),
            Some(ExprKind::Regex(text)) => format!("/{text}/").into(),
            _ => "default".into(),
        };
        let span = node.hosts.first().map_or(Span::default(), |host| host.span);
        for host in node.hosts {
            if let ExprKind::Regex(text) = host.kind {
                self.regex(text, host.span);
            }
        }
        let hosts = nodes::count(node.hosts).map_or(Detail::None, Detail::Count);
        let index = self.provide(kinds::PUPPET_NODE, NamePattern::exact(title), span, hosts);
        self.within = Some(index);
        // What a node inherits is in its catalogue: up to Puppet 3.
        let parent = node.parent.and_then(|parent| match parent.kind {
            ExprKind::Str { text, .. } | ExprKind::Name(text) => Some((text, parent.span)),
            ExprKind::Default => Some(("default", parent.span)),
            _ => None,
        });
        if let Some((text, span)) = parent {
            let target = Ref::exact(kinds::PUPPET_NODE, text);
            let via = Relation::Inherits.called("inherits");
            self.require(smallvec![target], span, via, Strength::Guarded);
        }
        super::duplicates::body(node.body, self.out);
        super::duplicates::firm(node.body, index, self.out);
        self.body(node.body);
        self.within = outer_within;
    }

    pub fn type_alias(&mut self, left: &Expr<'a>, right: &Expr<'a>) {
        let base = match left.kind {
            ExprKind::Access(base, _) => base,
            _ => left,
        };
        if let ExprKind::TypeRef(name) = base.kind {
            let detail = self.source.text.get(right.span.range()).unwrap_or_default();
            // What has arguments of its own, or is long, is of no use to checks.
            let is_kept =
                detail.len() <= MAX_KEPT_ALIAS && matches!(left.kind, ExprKind::TypeRef(_));
            let detail = if is_kept { detail.into() } else { Detail::None };
            let name = NamePattern::exact(canonical(name));
            self.provide(kinds::PUPPET_DATATYPE, name, base.span, detail);
        }
        self.datatype(right);
    }

    /// Names in a type expression.
    pub fn datatype(&mut self, ty: &Expr<'a>) {
        match ty.kind {
            ExprKind::TypeRef(name) => {
                let name = name.trim_start_matches("::");
                if name.contains("::") {
                    let target = Ref::exact(kinds::PUPPET_DATATYPE, canonical(name));
                    let define = Ref::exact(kinds::PUPPET_DEFINE, canonical(name));
                    self.require(smallvec![target, define], ty.span, "type", Strength::Certain);
                } else {
                    self.known_type(name, ty.span);
                }
            }
            ExprKind::Access(base, keys) => {
                self.datatype(base);
                keys.iter().for_each(|key| self.datatype(key));
            }
            ExprKind::Hash(pairs) => {
                for (key, value) in pairs {
                    self.datatype(key);
                    self.datatype(value);
                }
            }
            ExprKind::Array(entries) => entries.iter().for_each(|entry| self.datatype(entry)),
            _ => {}
        }
    }

    /// `Arrary`: nearly the name of a data type of the language.
    fn known_type(&mut self, name: &str, span: Span) {
        let Some(near) = builtin::near_datatype(name) else { return };
        let message = format!("data type `{name}` does not exist");
        let mut problem = Problem::new("unresolved-reference", message, span);
        problem.help = format!("did you mean `{near}`?");
        problem.meant = Some(near);
        self.out.problems.push(problem);
    }

    /// A capitalised name outside any brackets: a data type, or a resource type.
    pub fn type_mention(&mut self, name: &str, span: Span) {
        let name = name.trim_start_matches("::");
        if !name.contains("::") {
            return self.known_type(name, span);
        }
        let lower = canonical(name);
        let any_of = smallvec![
            Ref::exact(kinds::PUPPET_DATATYPE, lower.clone()),
            Ref::exact(kinds::PUPPET_DEFINE, lower),
        ];
        self.require(any_of, span, Relation::Orders.called("reference"), Strength::Certain);
    }

    /// A value whose strings may be file sources.
    pub fn value(&mut self, value: &Expr<'a>) {
        let mut groups = Vec::new();
        branches(value, &self.constants, &mut groups);
        let is_source = |name: &NamePattern| name.prefix().starts_with("puppet:");
        if groups.iter().flatten().any(|text| is_source(&text.name)) {
            for group in groups {
                self.source_group(&group);
            }
            self.without_strings(value);
        } else {
            self.expr(value);
        }
    }
}

/// The type that a literal default is not of.
fn refused_default<'a>(ty: &Expr<'a>, default: &Expr<'a>) -> Option<&'a str> {
    let base = match ty.kind {
        ExprKind::Access(base, _) => base,
        _ => ty,
    };
    let ExprKind::TypeRef(ty) = base.kind else { return None };
    let takes = match ty {
        "String" | "Enum" | "Pattern" => "String",
        "Boolean" => "Boolean",
        "Integer" | "Float" | "Numeric" => "Numeric",
        "Array" | "Tuple" => "Array",
        "Hash" | "Struct" => "Hash",
        _ => return None,
    };
    let given = match default.kind {
        ExprKind::Undef => "Undef",
        ExprKind::Bool(_) => "Boolean",
        ExprKind::Number(_) => "Numeric",
        ExprKind::Str { .. } | ExprKind::Name(_) | ExprKind::Interpolated(_) => "String",
        ExprKind::Array(_) => "Array",
        ExprKind::Hash(_) => "Hash",
        _ => return None,
    };
    (takes != given).then_some(ty)
}

/// Whether a parameter has to be given a value: it has no default, or one that its type refuses.
fn is_required(param: &Parameter<'_>) -> bool {
    match (param.ty, param.default) {
        (_, None) => !param.rest,
        (Some(ty), Some(default)) => {
            matches!(default.kind, ExprKind::Undef) && refused_default(ty, default).is_some()
        }
        (None, Some(_)) => false,
    }
}

/// The strings of an `Enum[…]`, through `Optional`.
fn choices(ty: &Expr<'_>) -> Vec<SmolStr> {
    let ExprKind::Access(base, keys) = ty.kind else { return Vec::new() };
    match base.kind {
        ExprKind::TypeRef("Enum") => {
            let none = Default::default();
            let folded =
                keys.iter().map(|key| fold(key, &none).and_then(|name| name.as_exact().cloned()));
            folded.collect::<Option<Vec<_>>>().unwrap_or_default()
        }
        ExprKind::TypeRef("Optional") => keys.first().map(choices).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Counts assignments: a variable assigned a literal once keeps it, any other has `None`.
fn collect_assignments<'a>(
    body: &[Expr<'a>],
    seen: &mut FxHashMap<&'a str, Option<SmolStr>>,
    constants: &super::text::Constants<'a>,
) {
    for statement in body {
        match statement.kind {
            ExprKind::Assign(AssignOp::Set, left, right) => {
                let ExprKind::Variable(name) = left.kind else { continue };
                let literal = match right.kind {
                    ExprKind::Str { .. } | ExprKind::Interpolated(_) => {
                        fold(right, constants).and_then(|name| name.as_exact().cloned())
                    }
                    _ => None,
                };
                seen.entry(name).and_modify(|value| *value = None).or_insert(literal);
            }
            ExprKind::Assign(_, left, _) => {
                if let ExprKind::Variable(name) = left.kind {
                    seen.insert(name, None);
                }
            }
            ExprKind::If(node) => {
                collect_assignments(node.then, seen, constants);
                collect_assignments(node.otherwise, seen, constants);
            }
            ExprKind::Case(_, options) => {
                for option in options {
                    collect_assignments(option.body, seen, constants);
                }
            }
            _ => {}
        }
    }
}
