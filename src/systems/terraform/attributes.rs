//! Maps that are written as blocks: Terraform 0.11 took either, later versions refuse the block
//! ("Unsupported block type").
//!
//! (Source: "Upgrading to Terraform v0.12", "Attributes vs. Blocks"; the providers' references.)

use super::read::place;
use crate::facts::{Problem, Strength};
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body, Structure};

/// Reports such maps in a file that only Terraform 0.12 or later reads.
pub(super) fn check(body: &Body, out: &mut Vec<Problem>) {
    let tops = || body.iter().filter_map(Structure::as_block);
    let mut found = Vec::new();
    for block in tops() {
        let of = block.labels.first().map_or("", |label| label.as_str());
        for own in block.body.iter().filter_map(Structure::as_block) {
            if is_map(block.ident.as_str(), of, own.ident.as_str()) && own.labels.is_empty() {
                found.push(own);
            }
        }
    }
    if found.is_empty() || !is_modern(body) {
        return;
    }
    for own in found {
        let name = own.ident.as_str();
        let message = format!("`{name}` is a map, and this is a block");
        let help = format!("write `{name} = {{`: Terraform 0.12 and later refuse the block");
        let problem = Problem::new("parse-error", message, place(hcl_edit::Span::span(&own.ident)));
        out.push(Problem { help, strength: Strength::Certain, ..problem });
    }
}

/// Whether only Terraform 0.12 or later reads a text: a name of it stands in a value, without `${`.
pub(super) fn is_modern(body: &Body) -> bool {
    body.iter().filter_map(Structure::as_block).any(|block| reads_bare(&block.body))
}

/// Whether a name in a block of this kind is that of a map in all versions of its provider.
fn is_map(block: &str, of: &str, name: &str) -> bool {
    match (block, name) {
        ("data", "vars") => of == "template_file",
        ("resource", "vars") => of == "template_file",
        ("resource", "triggers") => of == "null_resource",
        ("resource" | "data", "tags") => of.starts_with("aws_") || of.starts_with("azurerm_"),
        ("resource", "labels") => {
            of.starts_with("google_") && of != "google_monitoring_metric_descriptor"
        }
        ("module", "tags" | "vars" | "labels") => true,
        _ => false,
    }
}

/// Whether a name of 0.12's stands in a value, without `${`.
fn reads_bare(body: &Body) -> bool {
    body.iter().any(|own| match own {
        Structure::Attribute(own) => is_bare(&own.value),
        Structure::Block(Block { body, .. }) => reads_bare(body),
    })
}

fn is_bare(value: &Expression) -> bool {
    match value {
        Expression::Traversal(own) => match &own.expr {
            Expression::Variable(first) => {
                matches!(first.as_str(), "var" | "local" | "module" | "data" | "each")
            }
            _ => false,
        },
        Expression::FuncCall(_) => true,
        Expression::Array(items) => items.iter().any(is_bare),
        _ => false,
    }
}
