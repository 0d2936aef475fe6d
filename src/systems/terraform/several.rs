//! Resources, data sources and modules of which there may be several, `count` or `for_each`, and
//! what reads one of them without saying which.
//!
//! (Source: "The count Meta-Argument" and "The for_each Meta-Argument" of Terraform's documentation:
//! "Missing resource instance key", said before anything is planned.)

use super::attributes::is_modern;
use super::details::detail;
use super::said::{place, provide};
use crate::check::Context;
use crate::facts::{
    Detail, Entity, FileFacts, Kind, Ref, Require, Strength, base_name, kinds, path_in, split_path,
};
use crate::finding::{Finding, Place, Severity};
use hcl_edit::Span as _;
use hcl_edit::expr::{Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body};

/// Arguments by which there are several.
const BY: [&str; 2] = ["count", "for_each"];

/// How a read is told from what refers to the declaration.
const ONE: &str = "instance";

/// Stands before the name of a module call.
const MODULE: &str = "module.";

/// Says of a declaration that there may be several, and by which argument.
pub(super) fn declared(kind: Kind, name: String, block: &Block, out: &mut FileFacts) {
    let (folder, own) = split_path(&name);
    let name = match kind {
        kinds::TERRAFORM_RESOURCE => name,
        kinds::TERRAFORM_DATA => path_in(folder, &format!("data.{own}")),
        kinds::TERRAFORM_CALL => path_in(folder, &format!("{MODULE}{own}")),
        _ => return,
    };
    for by in BY {
        if let Some(own) = block.body.get_attribute(by) {
            let span = own.key.span();
            let detail = Detail::from(by);
            out.provides.push(provide(kinds::TERRAFORM_SEVERAL, name.clone(), span, detail));
        }
    }
}

/// An attribute that is read of a declaration itself: `aws_instance.web.id`. An index, or a splat,
/// says which one is meant.
pub(super) fn read(
    folder: &str,
    first: &str,
    names: &[&str],
    node: &Traversal,
    out: &mut FileFacts,
) {
    let (name, at) = match (first, names) {
        ("data", [of, name, ..]) => (format!("data.{of}.{name}"), 2),
        ("module", [call, ..]) => (format!("{MODULE}{call}"), 1),
        (of, [name, ..]) if of.contains('_') => (format!("{of}.{name}"), 1),
        _ => return,
    };
    let Some(TraversalOperator::GetAttr(attribute)) = node.operators.get(at).map(|own| own.value())
    else {
        return;
    };
    let name = path_in(folder, &format!("{name}:{}", attribute.as_str()));
    let target = Ref::exact(kinds::TERRAFORM_SEVERAL, name);
    let require = Require::certain(target, place(node.span()), ONE, None);
    // The room's own check looks at what it reads.
    out.requires.push(require.with_strength(Strength::Guarded));
}

/// Takes away what Terraform 0.11 reads otherwise: the first of several, and `count` of a module as
/// one of its variables.
pub(super) fn of_modern_ones(body: &Body, out: &mut FileFacts) {
    if !is_modern(body) {
        out.requires.retain(|own| own.via != ONE);
    }
}

/// Reads of one thing of which there may be several.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.all(kinds::TERRAFORM_SEVERAL).is_empty() {
        return;
    }
    for (ix, file) in graph.asking(&[kinds::TERRAFORM_SEVERAL]) {
        for own in file.facts.requires.iter().filter(|own| own.via == ONE) {
            let name = own.any_of[0].name.as_exact().and_then(|own| own.rsplit_once(':'));
            let Some((name, attribute)) = name else { continue };
            let mut sites = graph.providers(kinds::TERRAFORM_SEVERAL, name);
            // A file that overrides another one says it again.
            let (Some(site), None) = (sites.next(), sites.next()) else { continue };
            let (folder, short) = split_path(name);
            if let Some(call) = short.strip_prefix(MODULE) {
                // `module.a.key.output`, where `key` is one of those it is made for.
                let call = path_in(folder, call);
                let call = graph.providers(kinds::TERRAFORM_CALL, &call).next();
                let of = call.and_then(|site| detail(graph, site)).map(Detail::folder);
                let Some(of) = of.filter(|own| !own.is_empty()) else { continue };
                let output = path_in(of, attribute);
                if graph.providers(kinds::TERRAFORM_OUTPUT, &output).next().is_none() {
                    continue;
                }
            }
            let by = detail(graph, site).map(Detail::text).unwrap_or_default();
            let tree = graph.snapshot.role;
            let index = if by == "count" { "[0]" } else { "[each.key]" };
            let was = context.old.and_then(|old| {
                old.snapshot.find(&graph.snapshot.file(site.file).entry.path)?;
                Some(old.providers(kinds::TERRAFORM_SEVERAL, name).next().is_none())
            });
            let place = Place { tree, file: ix, span: own.span };
            let message = format!(
                "`{}` has `{by}`: `{attribute}` is read of none of its instances",
                base_name(name)
            );
            let finding = Finding::new("unresolved-reference", message, place)
                .severity(Severity::Error)
                .label("read here")
                .help(format!("say which one is meant, as in `{}{index}.{attribute}`", short))
                .related("there may be several", Place { tree, file: site.file, span: site.span })
                .entity(Entity::new(kinds::TERRAFORM_SEVERAL, name));
            findings.push(if was == Some(true) { finding.of_change() } else { finding });
        }
    }
}
