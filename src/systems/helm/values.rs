//! Values files: every key that they set, and the call of the chart's schema that they make.

use super::helmfile;
use crate::domain::doubled;
use crate::extract::Source;
use crate::facts::{
    Arg, Call, Detail, FileFacts, NamePattern, Provide, Ref, Scope, Span, Strength, kinds,
};
use crate::syntax::yaml;
use smallvec::smallvec;
use smol_str::SmolStr;
use std::sync::Arc;

/// How deep keys are told apart; what lies deeper is set with its parent.
const MAX_DEPTH: usize = 8;

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let documents = source.yaml();
    let is_template = source.template().is_some();
    if !documents.is_whole() || is_template {
        // A template, or broken: any key may be set.
        provide(NamePattern::any(), Span::default(), Detail::None, out);
    }
    if documents.is_whole() && !is_template {
        let told = (Strength::Likely, "Helm takes the last: what the first says is lost");
        doubled::keys(&documents.roots, told, &mut out.problems);
    }
    // A helmfile is read line by line beside this, whatever its actions leave of YAML.
    let is_helmfile = || helmfile::looks_right(source.text) && yaml::is_templated(source.text);
    if !is_template && !is_helmfile() {
        out.problems.extend(source.yaml_problem(yaml::Form::Either));
    }
    let scope = Scope::of(source.path);
    for root in &documents.roots {
        keys(root, "", 0, out);
        call(root, &scope, "", 0, out);
    }
}

fn provide(name: NamePattern, span: Span, detail: Detail, out: &mut FileFacts) {
    out.provides.push(Provide { kind: kinds::HELM_VALUE, name, span, within: None, detail });
}

fn keys(node: &yaml::Node<'_>, outer: &str, depth: usize, out: &mut FileFacts) {
    for (key, value) in node.entries() {
        let Some(name) = key.as_str() else { continue };
        let merged = name == "<<" || matches!(value.value, yaml::Value::Alias);
        let full = if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") };
        if name == "<<" {
            // What an anchor brings is not followed.
            provide(NamePattern::exact(outer), key.span, Detail::None, out);
            continue;
        }
        let nested = !value.entries().is_empty() && depth < MAX_DEPTH && !merged;
        let blank = match &value.value {
            yaml::Value::Scalar { text, plain } => {
                text.is_empty() || *plain && matches!(text.as_ref(), "null" | "~")
            }
            _ => false,
        };
        let is_empty = matches!(&value.value, yaml::Value::Mapping(own) if own.is_empty());
        let detail = if nested {
            Detail::Map
        } else if is_empty {
            // `{}`: a map of nothing.
            Detail::Members(Box::new([]))
        } else if blank {
            Detail::Blank
        } else {
            Detail::None
        };
        provide(NamePattern::exact(full.as_str()), key.span, detail, out);
        if nested {
            keys(value, &full, depth + 1, out);
        }
    }
}

/// A value as a schema compares it. What YAML takes for null, a truth value or a number is written
/// in more than one way.
fn literal(value: &yaml::Node<'_>) -> Option<SmolStr> {
    let yaml::Value::Scalar { text, plain } = &value.value else { return None };
    let words = ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_other =
        || words.iter().any(|word| text.eq_ignore_ascii_case(word)) || text.parse::<f64>().is_ok();
    let is_text = !text.is_empty() && (!plain || !is_other());
    is_text.then(|| text.as_ref().into())
}

/// A values file passes its keys to the schema of its chart, a nested map to the schema of
/// that object. Values are merged from several files: nothing is missing from one alone.
fn call(node: &yaml::Node<'_>, scope: &Arc<Scope>, inner: &str, depth: usize, out: &mut FileFacts) {
    let entries = node.entries();
    let Some((first, _)) = entries.first().filter(|_| depth < MAX_DEPTH) else { return };
    let args = entries.iter().filter_map(|(key, value)| {
        Some(Arg {
            name: key.as_str().filter(|name| *name != "<<")?.into(),
            value: literal(value),
            span: key.span,
        })
    });
    let target = Ref::exact(kinds::HELM_VALUES, inner).seen_from(scope.clone());
    let args = args.collect();
    let own = Call::new(smallvec![target], first.span, "values");
    out.calls.push(Call { args, open: true, ..own });
    for (key, value) in entries {
        let Some(name) = key.as_str() else { continue };
        let full = if inner.is_empty() { name.to_owned() } else { format!("{inner}.{name}") };
        call(value, scope, &full, depth + 1, out);
    }
}
