//! `Chart.yaml` and `requirements.yaml`: the chart, and the charts that it depends on.

use crate::extract::Source;
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds, parent_folder};
use crate::syntax::yaml::{Form, Node};

/// How the name of a chart goes on that is there to be a part of others.
pub(super) const LIBRARY: &str = "!library";

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let folder = parent_folder(source.path);
    let documents = source.yaml();
    out.problems.extend(documents.problem(source.text, Form::Either));
    let Some(root) = documents.roots.first() else { return };
    if super::base(source.path) == "Chart.yaml" {
        let name = root.get("name");
        out.provides.push(Provide {
            kind: kinds::HELM_CHART,
            name: NamePattern::exact(folder),
            span: name.map_or(Span::default(), |name| name.span),
            within: None,
            detail: name.and_then(|name| name.as_str()).unwrap_or_default().into(),
        });
        version(folder.to_owned(), root, out);
        if let Some(own) = root.get("type").filter(|own| own.as_str() == Some("library")) {
            out.provides.push(Provide {
                kind: kinds::HELM_VERSION,
                name: NamePattern::exact(format!("{folder}{LIBRARY}")),
                span: own.span,
                within: None,
                detail: Detail::None,
            });
        }
    }
    for entry in root.get("dependencies").map_or(&[][..], |list| list.items()) {
        let Some(name) = entry.get("name") else { continue };
        let text = |key: &str| entry.get(key).and_then(|value| value.as_str());
        out.provides.push(Provide {
            kind: kinds::HELM_DEPENDENCY,
            name: NamePattern::exact(name.as_str().unwrap_or_default()),
            span: name.span,
            within: None,
            detail: text("repository").unwrap_or_default().into(),
        });
        version(format!("{folder}#{}", name.as_str().unwrap_or_default()), entry, out);
        if entry.get("import-values").is_some() {
            // It may set any value of its parent.
            out.provides.push(Provide {
                kind: kinds::HELM_VALUE,
                name: NamePattern::any(),
                span: name.span,
                within: None,
                detail: Detail::None,
            });
        }
        // The parent's values for it stand below this key.
        if let Some(alias) = text("alias") {
            out.provides.push(Provide {
                kind: kinds::HELM_DEPENDENCY,
                name: NamePattern::exact(alias),
                span: name.span,
                within: None,
                detail: Detail::Alias,
            });
        }
    }
}

/// The version that a node has, or asks for.
fn version(name: String, node: &Node<'_>, out: &mut FileFacts) {
    let Some(own) = node.get("version") else { return };
    out.provides.push(Provide {
        kind: kinds::HELM_VERSION,
        name: NamePattern::exact(name),
        span: own.span,
        within: None,
        detail: own.as_str().unwrap_or_default().into(),
    });
}
