//! Branches that set a variable under another name than the branches beside them.
//!
//! What follows reads the name of the others, and finds nothing where this branch was taken.

use crate::facts::{Problem, Span, is_slip};
use crate::syntax::puppet::ast::{Definition, Expr, ExprKind};
use crate::syntax::puppet::children;
use rustc_hash::FxHashMap;

/// Variables that a block sets, by their first places.
type Sets<'a> = FxHashMap<&'a str, Span>;

/// Where variables are read last.
type Reads<'a> = FxHashMap<&'a str, u32>;

/// Adds the slips among what the branches of `definition` set.
pub(super) fn check<'a>(definition: &Definition<'a>, out: &mut Vec<Problem>) {
    let mut found = Vec::new();
    definition.body.iter().for_each(|own| conditions(own, &mut found));
    if found.is_empty() {
        return;
    }
    let mut reads = Reads::default();
    definition.body.iter().for_each(|own| read(own, &mut reads));
    for (whole, branches) in found {
        // What a branch alone reads, the others need not set.
        let is_read_behind = |name: &str| reads.get(name).is_some_and(|last| *last >= whole.end);
        for (at, own) in branches.iter().enumerate() {
            let others = || branches.iter().enumerate().filter(|(ix, _)| *ix != at);
            let mut unread: Vec<_> =
                own.iter().filter(|(name, _)| !reads.contains_key(*name)).collect();
            unread.sort_by_key(|(_, span)| span.start);
            for (name, span) in unread {
                if others().any(|(_, other)| other.contains_key(name)) {
                    continue;
                }
                let meant = others().flat_map(|(_, other)| other).filter(|(other, _)| {
                    is_read_behind(other) && !own.contains_key(*other) && is_slip(name, other)
                });
                let Some((meant, first)) = meant.min_by_key(|(_, span)| span.start) else {
                    continue;
                };
                let message = format!("this branch does not set `${meant}`, but `${name}`");
                let mut problem = Problem::new("unresolved-reference", message, *span);
                problem.help = format!("did you mean `${meant}`? Nothing here reads `${name}`");
                problem.related.push((*first, "the branch beside it sets it here".into()));
                out.push(problem);
            }
        }
    }
}

/// What each branch of each condition sets.
fn conditions<'a>(expr: &Expr<'a>, out: &mut Vec<(Span, Vec<Sets<'a>>)>) {
    match expr.kind {
        ExprKind::Definition(_) => return,
        ExprKind::If(_) => {
            let mut bodies = Vec::new();
            chain(std::slice::from_ref(expr), &mut bodies);
            push(expr.span, &bodies, out);
        }
        ExprKind::Case(_, options) => {
            push(expr.span, &options.iter().map(|option| option.body).collect::<Vec<_>>(), out);
        }
        _ => {}
    }
    children(expr, &mut |inner| conditions(inner, out));
}

fn push<'a>(whole: Span, bodies: &[&[Expr<'a>]], out: &mut Vec<(Span, Vec<Sets<'a>>)>) {
    let branches: Vec<Sets<'a>> = bodies
        .iter()
        .map(|body| {
            let mut own = Sets::default();
            body.iter().for_each(|statement| sets(statement, &mut own));
            own
        })
        .collect();
    if branches.iter().filter(|own| !own.is_empty()).count() > 1 {
        out.push((whole, branches));
    }
}

/// The branches of `if`, each `elsif` and `else`.
fn chain<'e, 'a>(body: &'e [Expr<'a>], out: &mut Vec<&'e [Expr<'a>]>) {
    match body {
        [Expr { kind: ExprKind::If(node), .. }] => {
            out.push(node.then);
            chain(node.otherwise, out);
        }
        _ => out.push(body),
    }
}

fn sets<'a>(expr: &Expr<'a>, own: &mut Sets<'a>) {
    match expr.kind {
        // One that nothing sets is undefined as well.
        ExprKind::Assign(_, _, Expr { kind: ExprKind::Undef, .. }) => {}
        ExprKind::Assign(_, left, _) => {
            if let ExprKind::Variable(name) = left.kind {
                own.entry(name).or_insert(left.span);
            }
        }
        // What a lambda sets is its own.
        ExprKind::Call(_) | ExprKind::MethodCall(..) | ExprKind::Resource(_) => {}
        _ => children(expr, &mut |inner| sets(inner, own)),
    }
}

/// Every variable that is read.
fn read<'a>(expr: &Expr<'a>, out: &mut Reads<'a>) {
    match expr.kind {
        ExprKind::Variable(name) => {
            let name = name.rsplit("::").next().unwrap_or(name);
            let last = out.entry(name).or_default();
            *last = expr.span.start.max(*last);
        }
        ExprKind::Assign(_, left, right) => {
            if !matches!(left.kind, ExprKind::Variable(_)) {
                read(left, out);
            }
            read(right, out);
        }
        _ => children(expr, &mut |inner| read(inner, out)),
    }
}
