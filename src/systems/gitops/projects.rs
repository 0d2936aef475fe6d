//! Projects of Argo CD that no object of the tree spells out: values of the chart `argocd-apps`,
//! wherever these stand, templates, resources of Terraform.
//!
//! (Source: argo-helm, values of `argocd-apps`, where `projects` is a map by name, and was a list
//! before version 2; the provider `argocd` of Terraform.)

use super::{holes, is_yaml, skeletons, text};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, Template, kinds};
use crate::syntax::yaml::{self, Node};

/// Finds the names of projects.
pub struct Projects;

/// Values of a release stand no deeper in what makes the release.
const DEPTH: usize = 12;

impl Extractor for Projects {
    fn system(&self) -> &'static str {
        "argo-cd"
    }

    fn claims(&self, path: &str) -> bool {
        is_yaml(path)
            || path.ends_with(".tf")
            || Template::at(path).is_some_and(|own| is_yaml(own.of))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        [&b"sourceRepos"[..], b"argocd_project", b"AppProject"]
            .iter()
            .any(|text| memchr::memmem::find(bytes, text).is_some())
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with(".tf") {
            return terraform(source.text, out);
        }
        for root in &source.yaml().roots {
            values(root, None, DEPTH, out);
        }
        if source.yaml().is_whole() {
            return;
        }
        // A template is no YAML: what it makes is known by its lines.
        for own in skeletons::named(source.text) {
            if own.kind == "AppProject" {
                provide(skeletons::filled(own.name), own.span, out);
            }
        }
    }
}

fn provide(name: NamePattern, span: Span, out: &mut FileFacts) {
    let (kind, detail) = (kinds::GITOPS_PROJECT, Detail::None);
    out.provides.push(Provide { kind, name, span, within: None, detail });
}

/// Projects among values, and in a text of values that an object holds. What stands in a text
/// has the place of the text.
fn values(node: &Node<'_>, at: Option<Span>, depth: usize, out: &mut FileFacts) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (key, value) in node.entries() {
        let is_project =
            |own: &Node<'_>| own.get("sourceRepos").is_some() || own.get("destinations").is_some();
        match (key.as_str(), value.as_str()) {
            (Some("projects"), None) => {
                let named = value.entries().iter().filter(|(_, own)| is_project(own));
                let listed = value.items().iter().filter(|own| is_project(own));
                let listed = listed.filter_map(|own| text(own, &["name"]));
                for name in named.map(|(name, _)| name).chain(listed) {
                    let span = at.unwrap_or(name.span);
                    provide(holes(name.as_str().unwrap_or_default()), span, out);
                }
            }
            (Some("values"), Some(text)) if text.contains("projects:") && at.is_none() => {
                for root in &yaml::parse(text).roots {
                    values(root, Some(value.span), depth, out);
                }
            }
            _ => values(value, at, depth, out),
        }
    }
    for own in node.items() {
        values(own, at, depth, out);
    }
}

/// Projects that Terraform makes have any name: it may be computed.
fn terraform(text: &str, out: &mut FileFacts) {
    for made in ["\"argocd_project\"", "sourceRepos", "AppProject"] {
        if let Some(at) = text.find(made) {
            provide(NamePattern::any(), Span::new(at, at + made.len()), out);
            return;
        }
    }
}
