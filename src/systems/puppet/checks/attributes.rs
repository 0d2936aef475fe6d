//! Attributes that a resource type of Puppet's own does not take, and values that it refuses.
//!
//! What a tree's own type of this name declares, or a provider adds to it, is believed.

use crate::check::Context;
use crate::facts::{Arg, Call, Entity, Require, Strength, kinds, nearest_of};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Resolution;
use crate::loader::FileIx;
use crate::packs::Words;
use crate::systems::puppet::attributes::{PLAIN, list};
use crate::systems::puppet::builtin::METAPARAMETERS;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    for (file, own) in graph.calling(&[kinds::PUPPET_TYPE]) {
        for call in own.facts.calls.iter().filter(|call| call.strength == Strength::Certain) {
            let Some(ty) = call.any_of.first().filter(|own| own.kind == kinds::PUPPET_TYPE) else {
                continue;
            };
            let Some(name) = ty.name.as_exact() else { continue };
            let entity = Entity::new(kinds::PUPPET_TYPE, name.clone());
            let types: Vec<_> = graph.interfaces(&entity).map(|own| own.1).collect();
            let is_here = |kind| graph.providers(kind, name).next().is_some();
            let own = is_here(kinds::PUPPET_TYPE);
            // Of one of the tree's own under this name all attributes have to be known.
            if graph.is_partly_read(file)
                || is_here(kinds::PUPPET_DEFINE)
                || own && (types.is_empty() || types.iter().any(|own| own.open))
            {
                continue;
            }
            let words = context.packages.packs.words(&list(name));
            let taken = |arg: &&Arg| {
                let mut all = types.iter().flat_map(|own| &own.params);
                own && arg.value.is_some() || all.any(|own| own.name == arg.name)
            };
            let args = call.args.iter().filter(|arg| !taken(arg));
            let refused = args.filter_map(|arg| refused(context, file, call, arg, words));
            findings.extend(refused);
        }
    }
    let plain = |own: &&Require| own.via == PLAIN && own.strength == Strength::Guarded;
    for (file, own) in graph.asking(&[kinds::PUPPET_TEMPLATE]) {
        let plain = own.facts.requires.iter().filter(plain);
        findings.extend(plain.filter_map(|require| unrendered(context, file, require)));
    }
}

/// `content => 'a/b.erb'` where the tree has that template: the file would hold its name.
fn unrendered(context: &Context<'_>, file: FileIx, require: &Require) -> Option<Finding> {
    let target = require.any_of.first().filter(|own| own.kind == kinds::PUPPET_TEMPLATE)?;
    let Resolution::Found(_) = context.new.resolve_ref(target) else { return None };
    let name = target.shown();
    let function = if name.ends_with(".epp") { "epp" } else { "template" };
    let place = Place { tree: context.new.snapshot.role, file, span: require.span };
    let message = format!("the file will hold the text `{name}`, which is the name of a template");
    let finding = Finding::new("incompatible-value", message, place)
        .severity(Severity::Warning)
        .help(format!("render it: `{function}('{name}')`"));
    Some(finding.entity(target.entity()))
}

fn refused(
    context: &Context<'_>,
    file: FileIx,
    call: &Call,
    arg: &Arg,
    words: &Words,
) -> Option<Finding> {
    let place = |span| Place { tree: context.new.snapshot.role, file, span };
    let ty = call.any_of.first()?.shown();
    let name = &arg.name;
    let finding = match (words.get(name), &arg.value) {
        (None, _) if !words.is_empty() => {
            let help = match nearest_of(name, words.names().chain(METAPARAMETERS.iter().copied())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it takes {}", listed(words.names())),
            };
            Finding::new(
                "unknown-parameter",
                format!("`{ty}` takes no attribute `{name}`"),
                place(arg.span),
            )
            .label("passed here")
            .help(help)
        }
        (Some(all), Some(value)) if !all.is_empty() => Finding::new(
            "incompatible-value",
            format!("`{name}` of `{ty}` does not accept `{value}`"),
            place(arg.span),
        )
        .label("passed here")
        .help(format!("it accepts {}", listed(all.split(',')))),
        _ => return None,
    };
    Some(finding.related("in this resource", place(call.span)).entity(Entity::parameter(&ty, name)))
}

fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let names: Vec<_> = words.map(|own| format!("`{own}`")).collect();
    let more = if names.len() > 12 { ", …" } else { "" };
    format!("{}{more}", names[..names.len().min(12)].join(", "))
}
