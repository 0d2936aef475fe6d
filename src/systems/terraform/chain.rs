//! What a file of Terragrunt says to those that it is put together with, in a form that needs no
//! other file: its module, its inputs, its dependencies, what it includes, and what it reads.
//!
//! (Source: Terragrunt's reference of its configuration: "include", "dependency", "inputs",
//! "Functions".)

use super::read::{literal, place, provide};
use super::terragrunt::FILE;
use crate::facts::{Detail, FileFacts, Ref, Require, Span, Strength, kinds};
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::Body;
use hcl_edit::template::Element;
use hcl_edit::visit::{self, Visit};

/// How a read is told that each unit has to have.
pub(super) const READ: &str = "unit";

/// Stands for what is not known.
pub(super) const UNKNOWN: &str = "?";

/// Stands before the name of a file above, all of whose locals are inputs.
pub(super) const ALL: &str = "@";

/// Whether literal paths count from the file itself.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Own {
    /// It is a unit.
    Unit,
    /// Units include it, wherever they lie.
    Shared,
}

/// Says what the file has, a line for each.
pub(super) fn extract(path: &str, body: &Body, own: Own, out: &mut FileFacts) {
    let mut lines: Vec<String> = Vec::new();
    let mut spans: Vec<(String, Span)> = Vec::new();
    for block in body.get_blocks("terraform") {
        if let Some(source) = block.body.get_attribute("source") {
            lines.push(format!("s\t{}", encoded(&source.value, own)));
        }
        if block.body.get_blocks("extra_arguments").next().is_some() {
            lines.push("x\t".to_owned());
        }
    }
    for block in body.get_blocks("include") {
        let to = block.body.get_attribute("path").map(|own| &own.value);
        lines.push(format!("n\t{}", to.map_or(UNKNOWN.to_owned(), |to| encoded(to, Own::Unit))));
    }
    for block in body.get_blocks("dependency") {
        let to = block.body.get_attribute("config_path");
        let (Some(label), Some(to)) = (block.labels.first(), to) else { continue };
        let is_sure = !block.body.has_attribute("enabled");
        let path = encoded(&to.value, own);
        lines.push(format!("d\t{}\t{path}", label.as_str()));
        // A unit's own, by a literal path, are asked for where they stand.
        if is_sure && (own == Own::Shared || literal(&to.value).is_none()) {
            spans.push((format!("d\t{}", label.as_str()), place(to.value.span())));
        }
    }
    if let Some(inputs) = body.get_attribute("inputs") {
        lines.extend(keys(&inputs.value).into_iter().map(|own| format!("i\t{own}")));
        spans.push(("i\t".to_owned(), place(inputs.key.span())));
    }
    for own in body.get_blocks("locals").flat_map(|own| own.body.attributes()) {
        lines.push(format!("l\t{}", own.key.as_str()));
        if let Some(name) = read_above(&own.value) {
            lines.push(format!("r\t{}\t{name}", own.key.as_str()));
        }
    }
    if lines.is_empty() {
        return;
    }
    let detail = match lines.iter().any(|own| own.contains('\n')) {
        true => return,
        false => Detail::from(lines.join("\n")),
    };
    let kind = kinds::TERRAFORM_SHARED;
    out.provides.push(provide(kind, path.into(), Some(0..0), detail));
    let mut reads = Reads { guarded: 0, spans };
    reads.visit_body(body);
    for (name, span) in reads.spans {
        let require = Require::certain(Ref::exact(kind, name), span, READ, None);
        // The room's own check looks at each unit that has it.
        out.requires.push(require.with_strength(Strength::Guarded));
    }
}

/// Says that the file may have anything.
pub(super) fn unread(path: &str, out: &mut FileFacts) {
    let detail = Detail::from(format!("i\t{UNKNOWN}\ns\t{UNKNOWN}"));
    out.provides.push(provide(kinds::TERRAFORM_SHARED, path.into(), Some(0..0), detail));
}

/// The names of inputs; what is merged may be any.
fn keys(inputs: &Expression) -> Vec<String> {
    match inputs {
        // `merge(local.env.locals, { … })`
        Expression::FuncCall(call) if call.name.name.as_str() == "merge" => {
            return call.args.iter().flat_map(keys).collect();
        }
        Expression::Traversal(own) => return vec![all_of(own).unwrap_or(UNKNOWN.to_owned())],
        _ => {}
    }
    let Expression::Object(object) = inputs else { return vec![UNKNOWN.to_owned()] };
    let name = |key: &ObjectKey| match key {
        ObjectKey::Ident(name) => name.as_str().to_owned(),
        ObjectKey::Expression(Expression::Variable(name)) => name.as_str().to_owned(),
        ObjectKey::Expression(own) => literal(own).unwrap_or(UNKNOWN.to_owned()),
    };
    object.iter().map(|(key, _)| name(key)).collect()
}

/// All that a file above sets: `local.env.locals`.
fn all_of(own: &Traversal) -> Option<String> {
    let Expression::Variable(first) = &own.expr else { return None };
    let names: Vec<&str> = names(own);
    match (first.as_str(), names.as_slice()) {
        ("local", [name, "locals"]) if own.operators.len() == 2 => Some(format!("{ALL}{name}")),
        _ => None,
    }
}

/// The names behind the first word of a traversal, up to one that is computed.
fn names(own: &Traversal) -> Vec<&str> {
    let names = own.operators.iter().map_while(|operator| match operator.value() {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    });
    names.take(3).collect()
}

/// `read_terragrunt_config(find_in_parent_folders("env.hcl"))`: the file's name.
fn read_above(value: &Expression) -> Option<String> {
    let Expression::FuncCall(call) = value else { return None };
    let args: Vec<&Expression> = call.args.iter().collect();
    let is_read = call.name.name.as_str() == "read_terragrunt_config";
    let [Expression::FuncCall(inner)] = args.as_slice() else { return None };
    above(inner).filter(|_| is_read)
}

/// `find_in_parent_folders("root.hcl")`: the file's name. With a second argument it is what stands
/// in for it.
fn above(call: &FuncCall) -> Option<String> {
    if call.name.name.as_str() != "find_in_parent_folders" {
        return None;
    }
    match call.args.iter().collect::<Vec<_>>().as_slice() {
        [] => Some(FILE.to_owned()),
        [name] => literal(name),
        _ => None,
    }
}

/// A path by what it counts from: `root:`, `unit:`, `above:NAME`, `beside:NAME:`.
pub(super) fn encoded(value: &Expression, own: Own) -> String {
    path(value, own).unwrap_or(UNKNOWN.to_owned())
}

fn path(value: &Expression, own: Own) -> Option<String> {
    match value {
        Expression::String(text) => {
            let is_here = own == Own::Unit && !text.contains(':') && !text.starts_with('/');
            is_here.then(|| format!("unit:{}", plain(text)))
        }
        Expression::FuncCall(call) => above(call).map(|name| format!("above:{name}")),
        Expression::StringTemplate(template) => {
            let mut elements = template.iter();
            let (Some(Element::Interpolation(first)), Some(Element::Literal(rest)), None) =
                (elements.next(), elements.next(), elements.next())
            else {
                return None;
            };
            let Expression::FuncCall(call) = &first.expr else { return None };
            let rest = plain(rest.as_str());
            match call.name.name.as_str() {
                "get_repo_root" | "get_path_to_repo_root" => Some(format!("root:{rest}")),
                "get_terragrunt_dir" => Some(format!("unit:{rest}")),
                "dirname" => {
                    let Some(Expression::FuncCall(inner)) = call.args.iter().next() else {
                        return None;
                    };
                    above(inner).map(|name| format!("beside:{name}:{rest}"))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A path without what says where a module begins in a source, and its version.
fn plain(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    path.replace("//", "/").trim_start_matches('/').trim_end_matches('/').to_owned()
}

/// What is read of dependencies, and of files above: `dependency.vpc.outputs.id`,
/// `local.env.locals.size`.
struct Reads {
    guarded: u32,
    spans: Vec<(String, Span)>,
}

impl Visit for Reads {
    fn visit_traversal(&mut self, node: &Traversal) {
        visit::visit_traversal(self, node);
        let Expression::Variable(first) = &node.expr else { return };
        let names = names(node);
        let read = match (first.as_str(), names.as_slice()) {
            ("dependency", [name, "outputs", output]) => format!("o\t{name}\t{output}"),
            ("local", [name, "locals", key]) => format!("v\t{name}\t{key}"),
            _ => return,
        };
        if self.guarded == 0 {
            self.spans.push((read, place(node.span())));
        }
    }

    fn visit_func_call(&mut self, node: &FuncCall) {
        let tries = matches!(node.name.name.as_str(), "try" | "can" | "lookup");
        self.guarded += u32::from(tries);
        visit::visit_func_call(self, node);
        self.guarded -= u32::from(tries);
    }
}
