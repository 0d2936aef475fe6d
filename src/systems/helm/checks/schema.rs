//! Values of releases that the chart's `values.schema.json` does not take: Helm refuses the release.
//!
//! (Source: JSON Schema, `type`, `enum`, `additionalProperties`; Helm's "Schema Files": what the chart
//! sets and what a release sets is checked together, and `null` takes a value out.)

use super::uses::{Use, uses};
use crate::check::Context;
use crate::facts::{Entity, kinds, nearest_of, path_in};
use crate::finding::{Finding, Place};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value as Json;
use smol_str::SmolStr;
use std::sync::Arc;

/// How deep values are compared.
const MAX_DEPTH: usize = 12;

/// Keywords beside which an object's own words do not say all.
const OPEN: [&str; 10] = [
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "patternProperties",
    "$dynamicRef",
    "propertyNames",
    "dependentSchemas",
];

pub(in super::super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut schemas: FxHashMap<SmolStr, Option<Arc<Json>>> = FxHashMap::default();
    let mut seen: FxHashSet<(FileIx, SmolStr)> = FxHashSet::default();
    for own in uses(graph) {
        let schema = schemas
            .entry(own.folder.clone())
            .or_insert_with(|| read(graph, &own.folder).map(Arc::new));
        let Some(schema) = schema.clone() else { continue };
        for file in &own.files {
            if seen.insert((*file, own.folder.clone())) {
                of_file(graph, &own, *file, &schema, findings);
            }
        }
    }
}

fn read(graph: &Graph<'_>, folder: &str) -> Option<Json> {
    let file = graph.snapshot.find(&path_in(folder, "values.schema.json"))?;
    serde_json::from_slice(&graph.snapshot.contents(file)).ok()
}

fn of_file(graph: &Graph<'_>, own: &Use, file: FileIx, schema: &Json, findings: &mut Vec<Finding>) {
    let contents = graph.snapshot.contents(file);
    let Ok(text) = std::str::from_utf8(&contents) else { return };
    let documents = yaml::parse(text);
    let [root] = documents.roots.as_slice() else { return };
    // A template is filled in before.
    if !documents.is_whole() || text.contains("{{") {
        return;
    }
    let mut refused = Vec::new();
    compare(root, schema, "", 0, &mut refused);
    for own_value in refused {
        let place = Place { tree: graph.snapshot.role, file, span: own_value.span };
        let name = crate::facts::base_name(&own.folder);
        let message = format!("the chart `{name}` {}", own_value.message);
        findings.push(
            Finding::new(own_value.rule, message, place)
                .label("set here")
                .help(own_value.help)
                .related("released here", own.place)
                .entity(Entity::new(
                    kinds::HELM_VALUE,
                    format!("{}/{}", own.folder, own_value.key),
                )),
        );
    }
}

/// A value that a schema refuses.
struct Refused {
    rule: &'static str,
    key: String,
    message: String,
    help: String,
    span: crate::facts::Span,
}

fn compare(node: &Node<'_>, schema: &Json, key: &str, depth: usize, out: &mut Vec<Refused>) {
    let is_open = OPEN.iter().any(|own| schema.get(own).is_some());
    if depth > MAX_DEPTH || is_open || !schema.is_object() {
        return;
    }
    let Some(is) = sort(node) else { return };
    if let Some(wanted) = types(schema).filter(|all| !all.iter().any(|own| fits(is, own))) {
        let help = match (is, wanted.as_slice()) {
            ("number" | "integer" | "boolean", ["string"]) => {
                "put it in quotes: Helm refuses the release"
            }
            _ => "Helm refuses the release",
        };
        out.push(Refused {
            rule: "incompatible-value",
            key: key.to_owned(),
            message: format!("takes {} for `{key}`, and this is {}", shown(&wanted), a(is)),
            help: help.to_owned(),
            span: node.span,
        });
        return;
    }
    if let (Some(choices), Some(text)) =
        (schema.get("enum").and_then(Json::as_array), node.as_str())
    {
        let all: Vec<&str> = choices.iter().filter_map(Json::as_str).collect();
        if is == "string" && all.len() == choices.len() && !all.contains(&text) {
            let near = nearest_of(text, all.iter().copied());
            let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            out.push(Refused {
                rule: "incompatible-value",
                key: key.to_owned(),
                message: format!("does not take `{text}` for `{key}`"),
                help: format!("{near}it takes {}: Helm refuses the release", all.join(", ")),
                span: node.span,
            });
        }
        return;
    }
    let properties = schema.get("properties").and_then(Json::as_object);
    let is_closed = schema.get("additionalProperties") == Some(&Json::Bool(false));
    for (name, value) in node.entries() {
        let Some(text) = name.as_str().filter(|own| *own != "<<") else { continue };
        let full = if key.is_empty() { text.to_owned() } else { format!("{key}.{text}") };
        match properties.and_then(|own| own.get(text)) {
            Some(inner) => compare(value, inner, &full, depth + 1, out),
            // Helm hands every chart its global values.
            None if is_closed && !(key.is_empty() && text == "global") => {
                let names = properties.into_iter().flat_map(|own| own.keys());
                let near = nearest_of(text, names.map(String::as_str));
                let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
                out.push(Refused {
                    rule: "unknown-parameter",
                    key: full.clone(),
                    message: format!("has no value `{full}` in its schema, which takes no others"),
                    help: format!("{near}Helm refuses the release"),
                    span: name.span,
                });
            }
            None => {}
        }
    }
    if let Some(inner) = schema.get("items").filter(|own| own.is_object()) {
        for own in node.items() {
            compare(own, inner, &format!("{key}[]"), depth + 1, out);
        }
    }
}

fn types(schema: &Json) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Json::String(own) => Some(vec![own]),
        Json::Array(all) => all.iter().map(Json::as_str).collect(),
        _ => None,
    }
}

/// What a value is to a schema; nothing where it is `null`, or filled in.
fn sort(node: &Node<'_>) -> Option<&'static str> {
    match &node.value {
        Value::Mapping(entries) => {
            let is_merged = entries.iter().any(|(key, _)| key.as_str() == Some("<<"));
            (!is_merged).then_some("object")
        }
        Value::Sequence(_) => Some("array"),
        Value::Alias => None,
        Value::Scalar { text, .. } if text.contains(['$', '<']) || text.starts_with("ENC[") => None,
        Value::Scalar { plain: false, .. } => Some("string"),
        Value::Scalar { text, .. } => match text.as_ref() {
            "" | "~" | "null" | "Null" | "NULL" => None,
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Some("boolean"),
            // YAML 1.1 and 1.2 take these for different things, and so do octal numbers.
            "yes" | "no" | "on" | "off" | "y" | "n" | "Yes" | "No" | "On" | "Off" => None,
            text if text.len() > 1 && text.starts_with('0') && !text.starts_with("0.") => None,
            text if text.contains(['_', 'x', 'o', ':', 'e', 'E']) && !is_word(text) => None,
            text if text.parse::<i64>().is_ok() => Some("integer"),
            text if is_decimal(text) => Some("number"),
            _ => Some("string"),
        },
    }
}

/// Whether a text is a word, and no number in another notation.
fn is_word(text: &str) -> bool {
    text.starts_with(|own: char| own.is_ascii_alphabetic() || own == '/')
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |own: &str| !own.is_empty() && own.bytes().all(|byte| byte.is_ascii_digit());
    is_number(whole) && is_number(part)
}

fn fits(is: &str, wanted: &str) -> bool {
    is == wanted || is == "integer" && wanted == "number" || !KNOWN.contains(&wanted)
}

const KNOWN: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

fn a(sort: &str) -> &'static str {
    match sort {
        "array" => "a list",
        "boolean" => "`true` or `false`",
        "integer" => "a whole number",
        "number" => "a number",
        "object" => "a mapping",
        "null" => "`null`",
        _ => "text",
    }
}

fn shown(types: &[&str]) -> String {
    types.iter().map(|own| a(own)).collect::<Vec<_>>().join(" or ")
}
