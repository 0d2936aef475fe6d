//! Values of Hiera that the type of their parameter does not take: `"8080"` for an `Integer`.
//!
//! (Source: Puppet, "parameter 'port' expects an Integer value, got String"; `lookup_options` may
//! convert a value, or make an array of it.)

use super::hiera::keys_of;
use crate::check::Context;
use crate::facts::{Detail, Entity, NamePattern, Param, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Graph;
use crate::loader::FileIx;
use crate::systems::puppet::shapes::{Takes, takes};
use smol_str::SmolStr;

/// Most of one file.
const MOST: usize = 20;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (ix, file) in context.files() {
        // Live data of the tree's own Puppet.
        if keys_of(graph, file).next().is_none() {
            continue;
        }
        let mut told = 0;
        let values = file.facts.provides.iter().filter(|own| own.kind == kinds::PUPPET_VALUE);
        for own in values {
            let Some(key) = own.name.as_exact().filter(|_| told < MOST) else { continue };
            let Some((class, param)) = key.rsplit_once("::") else { continue };
            let Some((defined, param)) = typed(graph, class, param) else { continue };
            let shape = own.detail.text();
            let alias = |name: &str| alias(graph, name);
            if takes(&param.ty, shape, &alias) != Takes::No || is_converted(graph, key) {
                continue;
            }
            told += 1;
            let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
            let (what, text) = shape.split_once(' ').unwrap_or((shape, ""));
            let value = match what {
                "String" if !text.is_empty() => format!("the String `{text}`"),
                "Integer" | "Boolean" => format!("the {what} {text}"),
                _ => format!("a value of type {what}"),
            };
            let message =
                format!("`{}` of class `{class}` is a `{}`, not {value}", param.name, param.ty);
            let declared = Place { tree: graph.snapshot.role, file: defined, span: param.span };
            findings.push(
                Finding::new("incompatible-value", message, place)
                    .severity(Severity::Error)
                    .label("set here")
                    .help("Puppet refuses the catalogues that take it from here")
                    .related("declared here", declared)
                    .entity(Entity::parameter(class, &param.name)),
            );
        }
    }
}

/// The parameter that a key is for, where one class alone has it.
fn typed<'g>(graph: &'g Graph<'_>, class: &str, param: &str) -> Option<(FileIx, &'g Param)> {
    let entity = Entity::new(kinds::PUPPET_CLASS, class);
    let mut interfaces = graph.interfaces(&entity);
    let (file, interface) = interfaces.next()?;
    let own = interface.params.iter().find(|own| own.name == param && !own.ty.is_empty())?;
    let is_one = interfaces.next().is_none() && !graph.is_partly_read(file);
    is_one.then_some((file, own))
}

/// What an alias of the tree stands for.
fn alias(graph: &Graph<'_>, name: &str) -> Option<SmolStr> {
    let mut sites = graph.providers(kinds::PUPPET_DATATYPE, name);
    let site = sites.next()?;
    let provide = graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)?;
    match &provide.detail {
        Detail::Text(text) if sites.next().is_none() => Some(text.clone()),
        _ => Some("Any".into()),
    }
}

/// Whether `lookup_options` say something of a key.
fn is_converted(graph: &Graph<'_>, key: &str) -> bool {
    !graph.matching(kinds::PUPPET_CONVERTED, &NamePattern::exact(key)).is_empty()
}
