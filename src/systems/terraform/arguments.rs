//! Variables without a default, and who gives them a value: calls of a module, and files of
//! variables for a root.
//!
//! (Source: "Terraform Language", "Input Variables": without a value, a plan fails or asks.)

use super::read::ARGUMENT;
use crate::facts::{Detail, Entity, Span, base_name, kinds, parent_folder};
use crate::graph::{Arguments, Given, Giver, Graph};
use crate::loader::FileIx;
use smol_str::SmolStr;

/// Variables of a folder.
pub(super) struct Variables;

impl Arguments for Variables {
    fn asked(&self, graph: &Graph<'_>, file: FileIx) -> Vec<(Entity, Span)> {
        let provides = graph.snapshot.file(file).facts.provides.iter();
        let asked = provides
            .filter(|own| own.kind == kinds::TERRAFORM_VARIABLE && own.detail == Detail::Blank);
        let of = |own: &crate::facts::Provide| {
            Some((Entity::new(own.kind, own.name.as_exact()?.clone()), own.span))
        };
        asked.filter_map(of).collect()
    }

    fn given(&self, graph: &Graph<'_>, file: FileIx) -> Vec<Given> {
        let own = graph.snapshot.file(file);
        let name = |name: &str| SmolStr::from(base_name(name));
        if own.entry.path.ends_with(".tfvars") {
            let values = own.facts.provides.iter();
            let values = values.filter(|own| own.kind == kinds::TERRAFORM_VALUE);
            let names = values.filter_map(|own| own.name.as_exact().map(|own| name(own)));
            let names: Vec<SmolStr> = names.collect();
            let to = root(graph, &own.entry.path).filter(|_| !names.is_empty());
            let name = base_name(&own.entry.path);
            let by = match name == "terraform.tfvars" || name.ends_with(".auto.tfvars") {
                true => Giver::Beside,
                false => Giver::Named,
            };
            let given = |to| Given { to, names: names.clone(), span: Span::default(), by };
            return to.map(given).into_iter().collect();
        }
        let calls = own.facts.provides.iter().enumerate();
        let calls = calls.filter(|(_, own)| own.kind == kinds::TERRAFORM_CALL);
        let given = |(at, call): (usize, &crate::facts::Provide)| {
            let Detail::Folder(folder) = &call.detail else { return None };
            let passed = own.facts.requires.iter();
            let passed = passed.filter(|own| own.via == ARGUMENT && own.within == Some(at as u32));
            let names = passed.filter_map(|own| own.any_of[0].name.as_exact().map(|own| name(own)));
            let (to, names, span) = (SmolStr::new(folder), names.collect(), call.span);
            Some(Given { to, names, span, by: Giver::Call })
        };
        calls.filter_map(given).collect()
    }
}

/// The innermost folder above a file of variables that declares any: it is for that one.
fn root(graph: &Graph<'_>, path: &str) -> Option<SmolStr> {
    let mut folder = parent_folder(path);
    loop {
        if graph.providers(kinds::TERRAFORM_MODULE, folder).next().is_some() {
            return Some(folder.into());
        }
        if folder.is_empty() {
            return None;
        }
        folder = parent_folder(folder);
    }
}
