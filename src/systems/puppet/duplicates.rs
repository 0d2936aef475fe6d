//! What one definition declares twice: a parameter, a variable, a resource.
//!
//! Judged within one block: branches of a condition exclude each other. (Source: Puppet
//! refuses such a catalogue: "declared more than once", "Cannot reassign variable",
//! "Duplicate declaration".)

use super::text::{Constants, canonical, capitalised, fold};
use crate::extract::Names;
use crate::facts::{Entity, FileFacts, Problem, Span, Strength, kinds};
use crate::syntax::puppet::ast::{AssignOp, Definition, Expr, ExprKind};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

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
        say(out, format!("{what} `{name}` is defined twice in this file"), span, first);
        if let Some(problem) = out.problems.last_mut() {
            problem.entity = Some(Entity::new(kind, name));
        }
    }
}

/// Adds what `definition` declares twice. Puppet 3 takes the last of two parameters.
pub(super) fn check(definition: &Definition<'_>, names: Names, out: &mut FileFacts) {
    let mut seen = FxHashMap::default();
    for param in definition.params {
        if let Some(first) = seen.insert(param.name, param.span) {
            say(
                out,
                format!("the parameter `${}` is declared twice", param.name),
                param.span,
                first,
            );
            if let Some(problem) = out.problems.last_mut().filter(|_| names == Names::Relative) {
                problem.strength = Strength::Likely;
                problem.help =
                    "Puppet 4 and later refuse the catalogue: remove one of the two".into();
            }
        }
    }
    block(definition.body, out);
}

fn block(body: &[Expr<'_>], out: &mut FileFacts) {
    let mut variables: FxHashMap<&str, Span> = FxHashMap::default();
    let mut resources: FxHashMap<SmolStr, Span> = FxHashMap::default();
    for statement in body {
        match statement.kind {
            ExprKind::Assign(AssignOp::Set, left, _) => {
                if let ExprKind::Variable(name) = left.kind
                    && let Some(first) = variables.insert(name, left.span)
                {
                    say(out, format!("the variable `${name}` is assigned twice"), left.span, first);
                }
            }
            ExprKind::Resource(resource) => {
                let ExprKind::Name(ty) = resource.ty.kind else { continue };
                let ty = capitalised(&canonical(ty));
                for title in resource.bodies.iter().flat_map(|body| titles(&body.title)) {
                    let Some(name) = fold(title, &Constants::default()) else { continue };
                    let Some(name) = name.as_exact() else { continue };
                    let name = SmolStr::from(format!("{ty}[{name}]"));
                    if let Some(first) = resources.insert(name.clone(), title.span) {
                        let message = format!("`{name}` is declared twice");
                        say(out, message, title.span, first);
                        let entity = Entity::new(kinds::PUPPET_RESOURCE, name);
                        if let Some(problem) = out.problems.last_mut() {
                            problem.entity = Some(entity);
                        }
                    }
                }
            }
            ExprKind::If(node) => {
                block(node.then, out);
                block(node.otherwise, out);
            }
            ExprKind::Case(_, options) => {
                options.iter().for_each(|option| block(option.body, out));
            }
            _ => {}
        }
    }
}

fn titles<'e, 'a>(title: &'e Expr<'a>) -> &'e [Expr<'a>] {
    match title.kind {
        ExprKind::Array(entries) => entries,
        ExprKind::Str { .. } | ExprKind::Interpolated(_) | ExprKind::Name(_) => {
            std::slice::from_ref(title)
        }
        _ => &[],
    }
}

fn say(out: &mut FileFacts, message: String, span: Span, first: Span) {
    let mut problem = Problem::new("duplicate-definition", message, span);
    problem.help = "Puppet refuses the catalogue: remove one of the two".into();
    problem.related.push((first, "first here".into()));
    out.problems.push(problem);
}
