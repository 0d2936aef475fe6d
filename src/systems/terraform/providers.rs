//! Configurations of providers beside the usual one: those that a folder declares by an alias,
//! those that it is passed, and what names them. None of them is handed on by itself.
//!
//! (Source: "Terraform Language": "Provider Configuration", "The `provider` Meta-Argument",
//! "Providers Within Modules", where Terraform stops without such a configuration.)

use super::details::detail;
use super::names::{declared, is_root};
use super::read::{literal, place, provide};
use crate::check::Context;
use crate::extract::Source;
use crate::facts::{
    Detail, Entity, FileFacts, Ref, Require, Scope, Strength, base_name, kinds, parent_folder,
    path_in,
};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, Resolution, Resolver, Site};
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use std::ops::Range;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::TERRAFORM_PROVIDER, Box::new(Configured));
}

/// What a module is passed.
const PASSED: &str = "providers";

pub(super) fn extract(source: &Source<'_>, body: &Body, out: &mut FileFacts) {
    let folder = parent_folder(source.path);
    let mut file = File { path: source.path, folder, out };
    body.blocks().for_each(|block| file.top(block));
}

struct File<'f> {
    path: &'f str,
    folder: &'f str,
    out: &'f mut FileFacts,
}

impl File<'_> {
    fn top(&mut self, block: &Block) {
        let of = |key: &str| block.body.get_attribute(key).map(|own| &own.value);
        match block.ident.as_str() {
            "provider" => {
                let Some(label) = block.labels.first().map(|own| own.as_str()) else { return };
                let name = match of("alias") {
                    None => label.to_owned(),
                    Some(alias) => match literal(alias) {
                        Some(alias) => format!("{label}.{alias}"),
                        None => return,
                    },
                };
                let span = of("alias").and_then(Expression::span).or(block.ident.span());
                self.provide(self.folder, &name, span, Detail::None);
            }
            "terraform" => {
                let all = block.body.get_blocks("required_providers");
                let required = all.flat_map(|own| own.body.attributes());
                for own in required {
                    self.passed(&own.value);
                }
            }
            "resource" | "data" | "ephemeral" | "import" => {
                of("provider").into_iter().for_each(|own| self.named(own, self.folder, None));
            }
            "check" => block.body.get_blocks("data").for_each(|own| self.top(own)),
            "module" => self.module(block),
            _ => {}
        }
    }

    /// `configuration_aliases = [aws.dns]`: what the callers of a module pass.
    fn passed(&mut self, required: &Expression) {
        let Expression::Object(object) = required else { return };
        let is = |own: &ObjectKey| match own {
            ObjectKey::Ident(name) => name.as_str() == "configuration_aliases",
            ObjectKey::Expression(Expression::Variable(name)) => {
                name.as_str() == "configuration_aliases"
            }
            ObjectKey::Expression(_) => false,
        };
        for (_, value) in object.iter().filter(|(key, _)| is(key)) {
            let Expression::Array(list) = value.expr() else { continue };
            for own in list {
                if let Some(name) = alias(own) {
                    self.provide(self.folder, &name, own.span(), Detail::Blank);
                }
            }
        }
    }

    /// `providers = { aws.dns = aws.main }`: here stands what is passed, there what it becomes.
    fn module(&mut self, block: &Block) {
        let name = block.labels.first().map(|own| own.as_str()).unwrap_or_default();
        let name = path_in(self.folder, name);
        let is_call = |own: &crate::facts::Provide| {
            own.kind == kinds::TERRAFORM_CALL && own.name.as_exact().is_some_and(|own| *own == name)
        };
        let Some(at) = self.out.provides.iter().position(is_call) else { return };
        let module = match &self.out.provides[at].detail {
            Detail::Folder(folder) => Some(folder.to_string()),
            _ => None,
        };
        let Some(own) = block.body.get_attribute("providers") else { return };
        let Expression::Object(object) = &own.value else { return };
        for (key, value) in object.iter() {
            self.named(value.expr(), self.folder, None);
            if let (ObjectKey::Expression(key), Some(module)) = (key, &module)
                && let Some(name) = alias(key)
            {
                self.named(key, module, Some(at as u32));
                self.provide(module, &name, key.span(), Detail::Map);
            }
        }
    }

    fn named(&mut self, expression: &Expression, folder: &str, call: Option<u32>) {
        let Some(name) = alias(expression) else { return };
        let target = Ref::exact(kinds::TERRAFORM_PROVIDER, path_in(folder, &name));
        let target = target.seen_from(Scope::of(self.path));
        // A module that does not say what it is passed has it nevertheless.
        let (via, strength) = match call {
            Some(_) => (PASSED, Strength::Guarded),
            None => ("provider", Strength::Certain),
        };
        let require = Require::certain(target, place(expression.span()), via, call);
        self.out.requires.push(require.with_strength(strength));
    }

    fn provide(&mut self, folder: &str, name: &str, span: Option<Range<usize>>, detail: Detail) {
        let own = provide(kinds::TERRAFORM_PROVIDER, path_in(folder, name), span, detail);
        self.out.provides.push(own);
    }
}

/// `aws.dns`, in quotes too; without an alias it is the usual configuration.
fn alias(expression: &Expression) -> Option<String> {
    match expression {
        Expression::String(text) => {
            let (provider, name) = text.as_str().split_once('.')?;
            let plain = |own: &str| {
                !own.is_empty() && own.chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
            };
            (plain(provider) && plain(name)).then(|| text.as_str().to_owned())
        }
        Expression::Traversal(own) => {
            let Expression::Variable(provider) = &own.expr else { return None };
            let TraversalOperator::GetAttr(name) = own.operators.first()?.value() else {
                return None;
            };
            Some(format!("{}.{}", provider.as_str(), name.as_str()))
        }
        _ => None,
    }
}

/// A configuration by its alias. What wraps Terraform writes them, and who calls a module from
/// another repository may pass one that the module does not ask for.
struct Configured;

impl Resolver for Configured {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(name) = target.name.as_exact() else { return Resolution::Elsewhere };
        let folder = parent_folder(name);
        let own = || {
            let called = graph.all(kinds::TERRAFORM_CALL).iter();
            is_root(graph, folder)
                || has_usual(graph, folder)
                || called
                    .filter_map(|(_, site)| detail(graph, *site))
                    .any(|own| matches!(own, Detail::Folder(module) if **module == *folder))
        };
        match declared(graph, kinds::TERRAFORM_PROVIDER, name) {
            Resolution::Missing(entity)
                if !graph.all(kinds::TERRAFORM_UNIT).is_empty() || !own() =>
            {
                Resolution::Open(entity)
            }
            other => other,
        }
    }
}

/// Whether a folder configures a provider without an alias, as a root module does.
fn has_usual(graph: &Graph<'_>, folder: &str) -> bool {
    let all = graph.all(kinds::TERRAFORM_PROVIDER);
    let begun = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let from = all.partition_point(|(own, _)| own.as_str() < begun.as_str());
    let own = all[from..].iter().take_while(|(own, _)| own.starts_with(&begun));
    own.map(|(own, _)| own).any(|own| parent_folder(own) == folder && !base_name(own).contains('.'))
}

/// Calls of modules that pass none of the configurations that their module asks for.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let asked = graph.all(kinds::TERRAFORM_PROVIDER);
    if asked.is_empty() {
        return;
    }
    let tree = graph.snapshot.role;
    for (ix, file) in graph.providing(&[kinds::TERRAFORM_CALL]) {
        for (at, call) in file.facts.provides.iter().enumerate() {
            let Detail::Folder(folder) = &call.detail else { continue };
            if call.kind != kinds::TERRAFORM_CALL {
                continue;
            }
            let passed: Vec<&str> = file
                .facts
                .requires
                .iter()
                .filter(|own| own.via == PASSED && own.within == Some(at as u32))
                .filter_map(|own| own.any_of.first()?.name.as_exact().map(|own| own.as_str()))
                .collect();
            let begun = format!("{folder}/");
            let from = asked.partition_point(|(own, _)| own.as_str() < begun.as_str());
            let own = asked[from..].iter().take_while(|(own, _)| own.starts_with(&begun));
            for (name, site) in own.filter(|(own, _)| parent_folder(own) == &**folder) {
                let is = |site: Site, wanted: &Detail| detail(graph, site) == Some(wanted);
                let must = is(*site, &Detail::Blank);
                // A configuration of the module's own with that alias does as well.
                let mut all = graph.providers(kinds::TERRAFORM_PROVIDER, name);
                let declared = must && all.any(|site| is(site, &Detail::None));
                if must && !declared && !passed.contains(&name.as_str()) {
                    let place = Place { tree, file: ix, span: call.span };
                    let declared = Place { tree, file: site.file, span: site.span };
                    findings.push(unpassed(&call.name.to_string(), name, place, declared));
                }
            }
        }
    }
}

fn unpassed(call: &str, name: &str, place: Place, declared: Place) -> Finding {
    let own = base_name(name);
    let message = format!("the module call `{call}` passes no provider `{own}`");
    Finding::new("missing-required-parameter", message, place)
        .label("called here")
        .help(format!("add `{own} = …` to its `providers`"))
        .related("asked for here", declared)
        .entity(Entity::new(kinds::TERRAFORM_PROVIDER, name))
}
