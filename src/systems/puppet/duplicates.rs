//! What one definition declares twice: a parameter, a variable, a resource.
//!
//! A block knows what the blocks around it have; branches of a condition exclude each other.
//! (Source: Puppet refuses such a catalogue: "declared more than once", "Cannot reassign variable",
//! "Duplicate declaration".)

use super::text::{Constants, canonical, capitalised, fold};
use crate::extract::Names;
use crate::facts::{
    Detail, Entity, FileFacts, NamePattern, Piece, Problem, Provide, Span, Strength, kinds,
};
use crate::syntax::puppet::ast::{
    AssignOp, BinaryOp, Call, Definition, Expr, ExprKind, If, Resource,
};
use crate::syntax::puppet::children;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// Most that are told of one file.
const MOST: usize = 20;

/// Adds the classes and defined types that the file itself defines twice: Puppet loads it as
/// a whole. (Source: "is already defined; cannot redefine".)
pub(super) fn definitions(out: &mut FileFacts) {
    // What is left of a file that does not parse is not what stands in it.
    if out.problems.iter().any(|problem| problem.rule == "parse-error") {
        return;
    }
    let mut seen: FxHashMap<SmolStr, Span> = FxHashMap::default();
    let mut twice = Vec::new();
    for own in &out.provides {
        let what = match own.kind {
            kinds::PUPPET_CLASS => "class",
            kinds::PUPPET_DEFINE => "defined type",
            _ => continue,
        };
        let Some(name) = own.name.as_exact() else { continue };
        match seen.get(name) {
            Some(first) => twice.push((what, own.kind, name.clone(), own.span, *first)),
            None => drop(seen.insert(name.clone(), own.span)),
        }
    }
    for (what, kind, name, span, first) in twice {
        if let Some(problem) =
            say(out, format!("{what} `{name}` is defined twice in this file"), span, first)
        {
            problem.entity = Some(Entity::new(kind, name));
        }
    }
}

/// Adds what `definition` declares twice. Puppet 3 takes the last of two parameters.
pub(super) fn check(definition: &Definition<'_>, names: Names, out: &mut FileFacts) {
    let mut seen = FxHashMap::default();
    for param in definition.params {
        if let Some(first) = seen.insert(param.name, param.span) {
            let message = format!("the parameter `${}` is declared twice", param.name);
            let told = say(out, message, param.span, first);
            if let Some(problem) = told.filter(|_| names == Names::Relative) {
                problem.strength = Strength::Likely;
                problem.help =
                    "Puppet 4 and later refuse the catalogue: remove one of the two".into();
            }
        }
    }
    let mut known = Known::default();
    let params = definition.params.iter().map(|param| (param.name, param.span));
    known.variables.extend(params);
    known.collect_lists(definition.body, &mut FxHashSet::default());
    known.block(definition.body, out);
}

/// Adds what a node, or the top of a manifest, declares twice.
pub(super) fn body(body: &[Expr<'_>], out: &mut FileFacts) {
    nodes(body, out);
    let mut known = Known::default();
    known.collect_lists(body, &mut FxHashSet::default());
    known.block(body, out);
}

/// Adds the nodes that a manifest defines twice. (Source: "Node 'x' is already defined".)
fn nodes(body: &[Expr<'_>], out: &mut FileFacts) {
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    for statement in body {
        let ExprKind::Node(node) = statement.kind else { continue };
        for host in node.hosts {
            let (ExprKind::Str { text: name, .. } | ExprKind::Name(name)) = host.kind else {
                continue;
            };
            match seen.get(name) {
                Some(first) => {
                    say(out, format!("node `{name}` is defined twice"), host.span, *first);
                }
                None => drop(seen.insert(name, host.span)),
            }
        }
    }
}

/// Adds the resources and classes that a body has whatever its conditions, for the class or node
/// `within`. What may return before its end has none.
pub(super) fn firm(body: &[Expr<'_>], within: u32, out: &mut FileFacts) {
    if body.iter().any(returns) {
        return;
    }
    firm_resources(body, within, out);
    let mut blocks = 0;
    includes(body, Detail::None, &mut blocks, &mut |name, span, detail| {
        let name = NamePattern::exact(canonical(name));
        let (kind, within) = (kinds::PUPPET_FIRM_INCLUDE, Some(within));
        out.provides.push(Provide { kind, name, span, within, detail });
    });
}

/// Adds the resources that a body has whatever its conditions, for the definition or node
/// `within`. What may return before its end has none.
pub(super) fn firm_resources(body: &[Expr<'_>], within: u32, out: &mut FileFacts) {
    if body.iter().any(returns) {
        return;
    }
    let mut known = Known::default();
    known.collect_lists(body, &mut FxHashSet::default());
    // A title that is filled in says nothing but by the text around.
    let named = |own: &Expr<'_>| {
        let name = fold(own, &Constants::default())?;
        let text = [name.prefix(), name.suffix()].concat();
        let is_telling = name.as_exact().is_some_and(|own| !own.is_empty())
            || text.bytes().filter(u8::is_ascii_alphanumeric).count() > 2;
        is_telling.then_some(name)
    };
    flat(body, &mut |statement| {
        if let ExprKind::Resource(resource) = statement.kind
            && let ExprKind::Name(ty) = resource.ty.kind
        {
            let ty = capitalised(&canonical(ty));
            for title in resource.bodies.iter().flat_map(|body| known.titles(&body.title)) {
                let name = match named(title) {
                    Some(NamePattern::Exact(name)) if ty == "Class" => {
                        NamePattern::exact(canonical(&name))
                    }
                    Some(name) => name,
                    None => continue,
                };
                let text = |text: String| std::iter::once(Piece::Text(text.into()));
                let pieces = text(format!("{ty}[")).chain(name.pieces()).chain(text("]".into()));
                let name = NamePattern::from_pieces(pieces);
                let (kind, within) = (kinds::PUPPET_ALWAYS, Some(within));
                let detail = Detail::None;
                out.provides.push(Provide { kind, name, span: title.span, within, detail });
            }
        }
    });
}

/// Hands on the classes that a block takes in, and those of the blocks in it with their numbers:
/// what one branch has comes together too.
fn includes(
    body: &[Expr<'_>],
    block: Detail,
    blocks: &mut u64,
    each: &mut dyn FnMut(&str, Span, Detail),
) {
    let mut inner: Vec<&[Expr<'_>]> = Vec::new();
    flat(body, &mut |statement| {
        let named: Vec<&Expr<'_>> = match statement.kind {
            ExprKind::Call(call)
                if matches!(
                    call.callee.kind,
                    ExprKind::Name("include" | "contain" | "require")
                ) =>
            {
                let all = call.args.iter();
                all.flat_map(|arg| match arg.kind {
                    ExprKind::Array(entries) => entries,
                    _ => std::slice::from_ref(arg),
                })
                .collect()
            }
            ExprKind::Resource(resource) if matches!(resource.ty.kind, ExprKind::Name("class")) => {
                resource.bodies.iter().map(|body| &body.title).collect()
            }
            ExprKind::If(node) if !asks(&node.test) => {
                inner.extend([node.then, node.otherwise]);
                return;
            }
            ExprKind::Case(_, options) => {
                inner.extend(options.iter().map(|option| option.body));
                return;
            }
            _ => return,
        };
        for class in named {
            let name = fold(class, &Constants::default());
            if let Some(name) = name.as_ref().and_then(|own| own.as_exact()) {
                each(name, class.span, block.clone());
            }
        }
    });
    for body in inner {
        *blocks += 1;
        includes(body, Detail::Count(*blocks), blocks, each);
    }
}

fn returns(expr: &Expr<'_>) -> bool {
    let mut found = matches!(expr.kind, ExprKind::Call(call)
        if matches!(call.callee.kind, ExprKind::Name("return")));
    if !matches!(expr.kind, ExprKind::Resource(_)) {
        children(expr, &mut |inner| found |= returns(inner));
    }
    found
}

/// What the blocks around a place have, each with where it has it first.
#[derive(Default)]
struct Known<'a> {
    /// Variables that are set by then.
    variables: FxHashMap<&'a str, Span>,
    /// Resources that are declared whichever branch is taken, wherever in their block.
    resources: FxHashMap<SmolStr, Span>,
    /// Classes that are included by then.
    included: FxHashMap<SmolStr, Span>,
    /// Variables that hold a list of literals, and are set once.
    lists: FxHashMap<&'a str, &'a [Expr<'a>]>,
}

impl<'a> Known<'a> {
    fn collect_lists(&mut self, body: &[Expr<'a>], seen: &mut FxHashSet<&'a str>) {
        for statement in body {
            match statement.kind {
                ExprKind::Assign(_, left, right) => {
                    let ExprKind::Variable(name) = left.kind else { continue };
                    match right.kind {
                        ExprKind::Array(entries) if seen.insert(name) => {
                            self.lists.insert(name, entries);
                        }
                        _ => {
                            seen.insert(name);
                            self.lists.remove(name);
                        }
                    }
                }
                ExprKind::If(node) => {
                    self.collect_lists(node.then, seen);
                    self.collect_lists(node.otherwise, seen);
                }
                ExprKind::Case(_, options) => {
                    options.iter().for_each(|option| self.collect_lists(option.body, seen));
                }
                _ => {}
            }
        }
    }

    /// A block, knowing what stands around it: what it has itself, nothing after it has.
    fn block(&mut self, body: &[Expr<'a>], out: &mut FileFacts) {
        let mut declared = Vec::new();
        flat(body, &mut |statement| {
            if let ExprKind::Resource(resource) = statement.kind {
                self.resource(resource, &mut declared, out);
            }
        });
        created(body, out);
        let mut set = Vec::new();
        let mut included = Vec::new();
        let mut conditions: Vec<Condition<'a>> = Vec::new();
        flat(body, &mut |statement| match statement.kind {
            ExprKind::Assign(AssignOp::Set, left, _) => {
                let ExprKind::Variable(name) = left.kind else { return };
                match self.variables.get(name) {
                    Some(first) => {
                        let message = format!("the variable `${name}` is assigned twice");
                        say(out, message, left.span, *first);
                    }
                    None => {
                        self.variables.insert(name, left.span);
                        set.push(name);
                    }
                }
            }
            ExprKind::Call(call) if matches!(call.callee.kind, ExprKind::Name("include")) => {
                for class in call.args.iter().filter_map(|own| fold(own, &Constants::default())) {
                    let Some(class) = class.as_exact().map(|own| canonical(own)) else { continue };
                    if !self.included.contains_key(&class) {
                        self.included.insert(class.clone(), call.callee.span);
                        included.push(class);
                    }
                }
            }
            ExprKind::Resource(resource) => self.redeclared(resource, out),
            ExprKind::If(node) => {
                let outer = asks(&node.test).then(|| std::mem::take(self));
                if let Some(outer) = &outer {
                    self.lists.clone_from(&outer.lists);
                }
                // What holds once holds again further down.
                let same = |own: &&Condition<'_>| {
                    own.node.negated == node.negated && is_same(&own.node.test, &node.test)
                };
                let before = conditions.iter().find(same).map(|own| own.resources.clone());
                let mut added = Vec::new();
                for (name, span) in before.into_iter().flatten() {
                    if self.resources.insert(name.clone(), span).is_none() {
                        added.push(name);
                    }
                }
                self.block(node.then, out);
                added.iter().for_each(|name| _ = self.resources.remove(name));
                self.block(node.otherwise, out);
                match outer {
                    Some(outer) => *self = outer,
                    None => conditions.push(Condition { node, resources: self.held(node.then) }),
                }
            }
            ExprKind::Case(_, options) => {
                options.iter().for_each(|option| self.block(option.body, out));
            }
            _ => {}
        });
        set.into_iter().for_each(|name| _ = self.variables.remove(name));
        included.into_iter().for_each(|name| _ = self.included.remove(&name));
        declared.into_iter().for_each(|name| _ = self.resources.remove(&name));
    }

    fn resource(
        &mut self,
        resource: &Resource<'a>,
        declared: &mut Vec<SmolStr>,
        out: &mut FileFacts,
    ) {
        let ExprKind::Name(ty) = resource.ty.kind else { return };
        let ty = capitalised(&canonical(ty));
        let all = resource.bodies.iter().flat_map(|body| self.titles(&body.title));
        let named = all.filter_map(|title| {
            let name = fold(title, &Constants::default())?;
            Some((SmolStr::from(format!("{ty}[{}]", name.as_exact()?)), title))
        });
        for (name, title) in named.collect::<Vec<_>>() {
            let Some(first) = self.resources.get(&name) else {
                self.resources.insert(name.clone(), title.span);
                declared.push(name);
                continue;
            };
            let told = say(out, format!("`{name}` is declared twice"), title.span, *first);
            if let Some(problem) = told {
                problem.entity = Some(Entity::new(kinds::PUPPET_RESOURCE, name));
            }
        }
    }

    /// The resources that stand in a block itself, under plain titles.
    fn held(&self, body: &[Expr<'a>]) -> Vec<(SmolStr, Span)> {
        let mut found = Vec::new();
        flat(body, &mut |statement| {
            let ExprKind::Resource(resource) = statement.kind else { return };
            let ExprKind::Name(ty) = resource.ty.kind else { return };
            let ty = capitalised(&canonical(ty));
            for title in resource.bodies.iter().flat_map(|body| self.titles(&body.title)) {
                let name = fold(title, &Constants::default());
                if let Some(name) = name.as_ref().and_then(|own| own.as_exact()) {
                    found.push((SmolStr::from(format!("{ty}[{name}]")), title.span));
                }
            }
        });
        found
    }

    /// `include a`, and then `class { 'a': }`.
    fn redeclared(&self, resource: &Resource<'a>, out: &mut FileFacts) {
        if !matches!(resource.ty.kind, ExprKind::Name("class")) {
            return;
        }
        for title in resource.bodies.iter().flat_map(|body| self.titles(&body.title)) {
            let name = fold(title, &Constants::default());
            let Some(name) = name.as_ref().and_then(|own| own.as_exact()) else { continue };
            let name = canonical(name);
            let Some(first) = self.included.get(&name) else { continue };
            let message = format!("class `{name}` is declared after it was included");
            if let Some(problem) = say(out, message, title.span, *first) {
                problem.entity = Some(Entity::new(kinds::PUPPET_CLASS, name));
                problem.help =
                    "Puppet refuses the catalogue: declare it first, or include it alone".into();
            }
        }
    }

    fn titles<'e>(&self, title: &'e Expr<'a>) -> &'e [Expr<'a>]
    where
        'a: 'e,
    {
        match title.kind {
            ExprKind::Array(entries) => entries,
            ExprKind::Variable(name) => self.lists.get(name).copied().unwrap_or_default(),
            ExprKind::Str { .. } | ExprKind::Interpolated(_) | ExprKind::Name(_) => {
                std::slice::from_ref(title)
            }
            _ => &[],
        }
    }
}

/// A condition of a block, and what its first branch declares.
struct Condition<'a> {
    node: &'a If<'a>,
    resources: Vec<(SmolStr, Span)>,
}

/// Whether two conditions are the same, word by word; nothing else is said of them.
fn is_same(one: &Expr<'_>, other: &Expr<'_>) -> bool {
    match (one.kind, other.kind) {
        (ExprKind::Variable(one), ExprKind::Variable(other))
        | (ExprKind::Name(one), ExprKind::Name(other))
        | (ExprKind::Number(one), ExprKind::Number(other))
        | (ExprKind::Regex(one), ExprKind::Regex(other))
        | (ExprKind::Str { text: one, .. }, ExprKind::Str { text: other, .. }) => one == other,
        (ExprKind::Bool(one), ExprKind::Bool(other)) => one == other,
        (ExprKind::Undef, ExprKind::Undef) => true,
        (ExprKind::Paren(one), ExprKind::Paren(other)) => is_same(one, other),
        (ExprKind::Unary(op, one), ExprKind::Unary(same, other)) => {
            op == same && is_same(one, other)
        }
        (ExprKind::Binary(op, a, b), ExprKind::Binary(same, c, d)) => {
            op == same && is_same(a, c) && is_same(b, d)
        }
        (ExprKind::Access(one, keys), ExprKind::Access(other, own)) => {
            is_same(one, other)
                && keys.len() == own.len()
                && keys.iter().zip(own).all(|(one, other)| is_same(one, other))
        }
        _ => false,
    }
}

/// The statements of a block, those of chains each by itself.
fn flat<'e, 'a: 'e>(body: &'e [Expr<'a>], each: &mut impl FnMut(&'e Expr<'a>)) {
    for statement in body {
        match statement.kind {
            ExprKind::Binary(BinaryOp::Edge, left, right) => {
                flat(std::slice::from_ref(left), each);
                flat(std::slice::from_ref(right), each);
            }
            _ => each(statement),
        }
    }
}

/// `create_resources('a', $all)` twice in one block.
fn created(body: &[Expr<'_>], out: &mut FileFacts) {
    let mut seen: FxHashMap<(SmolStr, &str), Span> = FxHashMap::default();
    flat(body, &mut |statement| {
        let ExprKind::Call(call) = statement.kind else { return };
        let (ExprKind::Name("create_resources"), [ty, all, ..]) = (call.callee.kind, call.args)
        else {
            return;
        };
        let ty = fold(ty, &Constants::default()).and_then(|own| own.as_exact().cloned());
        if let (Some(ty), ExprKind::Variable(name)) = (ty, all.kind)
            && let Some(first) = seen.insert((ty, name), statement.span)
        {
            say(
                out,
                format!("the resources of `${name}` are declared twice"),
                statement.span,
                first,
            );
        }
    });
}

/// Whether a condition asks what is declared by then.
fn asks(test: &Expr<'_>) -> bool {
    let is_defined = |call: &Call<'_>| {
        matches!(call.callee.kind, ExprKind::Name("defined" | "defined_with_params"))
    };
    let mut found = matches!(test.kind, ExprKind::Call(call) if is_defined(call));
    children(test, &mut |inner| found |= asks(inner));
    found
}

/// Adds a problem, and hands it out; no more than [`MOST`] of one file.
fn say(out: &mut FileFacts, message: String, span: Span, first: Span) -> Option<&mut Problem> {
    let told = out.problems.iter().filter(|own| own.rule == "duplicate-definition");
    if told.count() >= MOST {
        return None;
    }
    let mut problem = Problem::new("duplicate-definition", message, span);
    problem.help = "Puppet refuses the catalogue: remove one of the two".into();
    problem.related.push((first, "first here".into()));
    out.problems.push(problem);
    out.problems.last_mut()
}
