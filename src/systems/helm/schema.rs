//! `values.schema.json`: the values that a chart takes. Every object of it is an interface.
//!
//! (Source: JSON Schema: `properties`, `required`, `enum`, `additionalProperties`.)

use crate::extract::Source;
use crate::facts::{Entity, FileFacts, Interface, Param, kinds, parent_folder};
use crate::syntax::yaml::Node;
use smol_str::SmolStr;

const MAX_DEPTH: usize = 8;

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let folder = parent_folder(source.path);
    match source.json() {
        Ok(root) => object(root, folder, "", 0, out),
        Err(problem) => out.problems.push(problem.clone()),
    }
}

/// Keywords beside which an object's own properties do not say all.
const OPEN: &[&str] =
    &["$ref", "allOf", "anyOf", "oneOf", "not", "if", "patternProperties", "$dynamicRef"];

fn object(node: &Node<'_>, folder: &str, inner: &str, depth: usize, out: &mut FileFacts) {
    let properties = node.get("properties").map_or(&[][..], Node::entries);
    if depth >= MAX_DEPTH || properties.is_empty() {
        return;
    }
    let required: Vec<&str> = node
        .get("required")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|item| item.as_str())
        .collect();
    let mut params = Vec::new();
    for (key, value) in properties {
        let Some(name) = key.as_str() else { continue };
        let mut param = Param::new(name, key.span);
        param.required = required.contains(&name);
        if !OPEN.iter().any(|keyword| value.get(keyword).is_some()) {
            let choices = value.get("enum").map_or(&[][..], Node::items).iter();
            param.choices = choices.filter_map(|item| item.as_str().map(SmolStr::new)).collect();
        }
        params.push(param);
    }
    if depth == 0 {
        // Helm hands every chart its global values.
        params.push(Param::new("global", node.span));
    }
    let closed = node.get("additionalProperties").and_then(Node::as_str) == Some("false")
        && !OPEN.iter().any(|keyword| node.get(keyword).is_some());
    let name = if inner.is_empty() { folder.to_owned() } else { format!("{folder}/{inner}") };
    let mut interface = Interface::new(Entity::new(kinds::HELM_CHART, name), params, node.span);
    interface.open = !closed;
    out.interfaces.push(interface);
    for (key, value) in properties {
        let Some(name) = key.as_str() else { continue };
        let full = if inner.is_empty() { name.to_owned() } else { format!("{inner}.{name}") };
        object(value, folder, &full, depth + 1, out);
    }
}
