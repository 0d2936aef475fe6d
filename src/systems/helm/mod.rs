//! Helm charts and helmfile: templates and what they include, values, releases.
//!
//! (Source: Helm's documentation of charts, named templates, sub-charts and schemas;
//! helmfile's documentation of its configuration.)

mod chart;
mod charts;
mod checks;
mod controllers;
mod functions;
mod helmfile;
mod names;
mod part_keys;
mod references;
mod releases;
mod schema;
mod shadowed;
mod template;
mod values;

use crate::check::Check;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Template, TemplateLanguage, base_name};
use crate::graph::Graph;
use crate::systems::System;

/// Helm and helmfile.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "helm"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Helm, &HelmTemplate, &Controllers]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[
            checks::values,
            checks::releases,
            checks::settings,
            checks::slips,
            checks::stored,
            checks::dependencies,
            checks::subcharts,
            checks::globals,
            checks::blocks,
            checks::absent,
            checks::locked,
            checks::conditions,
            checks::schema,
        ]
    }
}

/// Extracts from a chart's own files, values and helmfiles.
pub struct Helm;

/// Extracts from the templates of charts.
pub struct HelmTemplate;

/// Extracts the values that objects of Flux and Argo CD give charts of the tree.
pub struct Controllers;

fn base(path: &str) -> &str {
    base_name(path)
}

fn is_yaml(path: &str) -> bool {
    let go = |own: Template<'_>| own.language == TemplateLanguage::Go;
    [".yaml", ".yml"].iter().any(|ending| path.ends_with(ending))
        || Template::at(path).is_some_and(go)
}

/// Whether a path lies below a folder of this name.
fn below(path: &str, folder: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(|own| own == folder))
}

/// Folders that hold values of releases.
const FOLDERS: [&str; 2] = ["values", "helmfile.d"];

fn is_template(path: &str) -> bool {
    let ending = [".yaml", ".yml", ".tpl", ".txt", ".json"];
    path.ends_with(".tpl")
        || ending.iter().any(|ending| path.ends_with(ending)) && below(path, "templates")
}

/// Whether what follows `{{` is an action of a Go template, and no expression of Jinja.
fn is_action(rest: &[u8]) -> bool {
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let end = memchr::memmem::find(line, b"}}").unwrap_or(line.len());
    let action = line[..end].strip_prefix(b"-").unwrap_or(&line[..end]).trim_ascii();
    if let Some(first) = action.first()
        && b".$/".contains(first)
    {
        return true;
    }
    let word = action.split(|byte| !byte.is_ascii_alphanumeric()).next().unwrap_or_default();
    let words: [&[u8]; 9] =
        [b"if", b"else", b"end", b"range", b"with", b"define", b"template", b"include", b"block"];
    // A function of a value: `toYaml .Values.x`, `default 1 $x`.
    words.contains(&word)
        || [&b" ."[..], b" $"].iter().any(|mark| memchr::memmem::find(action, mark).is_some())
}

impl Extractor for Helm {
    fn system(&self) -> &'static str {
        "helm"
    }

    fn claims(&self, path: &str) -> bool {
        let name = base(path);
        if matches!(name, "Chart.yaml" | "values.schema.json")
            || name == "requirements.yaml" && !below(path, "templates")
        {
            return true;
        }
        let named = name.starts_with("values") || name.starts_with("helmfile");
        is_yaml(name)
            && !below(path, "templates")
            && (named || FOLDERS.iter().any(|own| below(path, own)))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let name = base(source.path);
        if matches!(name, "Chart.yaml" | "requirements.yaml") {
            chart::extract(source, out);
        } else if name == "values.schema.json" {
            schema::extract(source, out);
        } else {
            let named = name.starts_with("helmfile");
            if named || helmfile::looks_right(source.text) {
                helmfile::extract(source, out);
                releases::extract(source, out);
            }
            if !named {
                values::extract(source, out);
            }
        }
    }
}

impl Extractor for HelmTemplate {
    fn system(&self) -> &'static str {
        "helm-template"
    }

    fn claims(&self, path: &str) -> bool {
        is_template(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find_iter(bytes, b"{{").any(|at| is_action(&bytes[at + 2..]))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        template::extract(source, out);
        shadowed::check(source.text, &mut out.problems);
    }
}

impl Extractor for Controllers {
    fn system(&self) -> &'static str {
        "helm-release"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".yaml") || path.ends_with(".yml")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
        has(b"helm.toolkit.fluxcd.io/") && has(b"GitRepository")
            || has(b"argoproj.io/") && has(b"helm:")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        controllers::extract(source, out);
    }
}
