//! `terragrunt.hcl`: the module of a unit, the files that it takes in, and the units that it
//! depends on.
//!
//! (Source: Terragrunt's reference of its configuration: "Blocks", "Functions".)

use super::body::body;
use super::chain;
pub(super) use super::chain::FILE;
use super::read::{literal, place, provide};
use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, Ref, Relation, Require, Scope, Span, Strength, base_name, join_path, kinds,
    parent_folder, path_in,
};
use hcl_edit::Span as _;
use hcl_edit::expr::{Conditional, Expression, FuncCall, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use hcl_edit::visit::{self, Visit};

/// What a unit gives the variables of its module.
pub(super) const INPUT: &str = "input";

/// Whether a file that units include may be one of Terragrunt, whatever it is called.
pub(super) fn is_included(path: &str) -> bool {
    path.ends_with(".hcl") && !base_name(path).starts_with('.')
}

/// Extracts from a file that units include: what it generates beside their modules.
pub(super) fn included(source: &Source<'_>, out: &mut FileFacts) {
    if base_name(source.path) == STACK
        && let Ok(body) = hcl_edit::parser::parse_body(source.text)
    {
        return stack(source, &body, out);
    }
    // Terramate writes files beside those of its stacks. (Source: Terramate's documentation, "Code
    // Generation".)
    if source.path.ends_with(".tm.hcl")
        && let Some(at) = source.text.find("generate_hcl \"")
    {
        let kind = kinds::TERRAFORM_UNIT;
        out.provides.push(provide(kind, "*".into(), Some(at..at + 12), Detail::Blank));
    }
    let has = |text: &str| source.text.contains(text);
    // Locals alone are there to be read by others.
    let is_shared = has("dependency ") || has("inputs") || has("locals {") || has("terraform {");
    if (has("generate \"") || is_shared)
        && let Ok(body) = hcl_edit::parser::parse_body(source.text)
    {
        generated(source, &body, out);
        chain::extract(source.path, &body, chain::Own::Shared, out);
    } else if is_shared {
        chain::unread(source.path, out);
    }
}

/// What a file of units is called that are copied from a catalogue before they run.
const STACK: &str = "terragrunt.stack.hcl";

/// The units and stacks of a catalogue that a stack is made of: what they name counts from where
/// they are copied to. (Source: Terragrunt's documentation, "Stacks": "Explicit stacks".)
fn stack(source: &Source<'_>, body: &Body, out: &mut FileFacts) {
    let folder = parent_folder(source.path);
    for (kind, file) in [("unit", FILE), ("stack", STACK)] {
        for block in body.get_blocks(kind) {
            let Some(own) = block.body.get_attribute("source") else { continue };
            let Some(text) = literal(&own.value) else { continue };
            let text = text.split('?').next().unwrap_or_default();
            // What it makes stands beside it then, and may be kept there.
            let is_beside = block.body.has_attribute("no_dot_terragrunt_stack");
            let made = block.body.get_attribute("path").and_then(|own| literal(&own.value));
            let made = made.filter(|_| is_beside).and_then(|own| join_path(folder, &own));
            if let Some(made) = made.filter(|own| !own.is_empty()) {
                let span = block.ident.span();
                out.provides.push(provide(
                    kinds::WRITTEN_FILE,
                    made.to_string(),
                    span,
                    Detail::None,
                ));
            }
            let (path, strength) = match text.split_once("//") {
                _ if text.starts_with('.') && is_beside => {
                    (join_path(folder, &text.replace("//", "/")), Strength::Guarded)
                }
                _ if text.starts_with('.') => {
                    (join_path(folder, &text.replace("//", "/")), Strength::Certain)
                }
                // A repository with a catalogue may name itself.
                Some((_, inner)) => {
                    (join_path("", inner.rsplit("//").next().unwrap_or(inner)), Strength::Guarded)
                }
                None => continue,
            };
            if let Some(path) = path.filter(|path| !path.is_empty()) {
                let target = Ref::exact(kinds::FILE, path_in(&path, file));
                let via = Relation::Carries.called(kind);
                let require = Require::certain(target, place(own.value.span()), via, None);
                out.requires.push(require.with_strength(strength));
            }
        }
    }
}

/// Says so, where a file has declarations written beside modules before they are read: by their
/// names, where its text can be read.
fn generated(source: &Source<'_>, body: &Body, out: &mut FileFacts) {
    for block in body.get_blocks("generate") {
        let value = |key: &str| block.body.get_attribute(key).map(|own| &own.value);
        let path = value("path").and_then(literal).unwrap_or_default();
        if !(path.is_empty() || path.ends_with(".tf") || path.ends_with(".tofu")) {
            continue;
        }
        let names = value("contents").map_or(Some(Vec::new()), |own| written(source, own));
        let span = block.ident.span();
        let Some(names) = names else {
            out.provides.push(provide(kinds::TERRAFORM_UNIT, "*".into(), span, Detail::Blank));
            continue;
        };
        for name in names {
            let name = format!("{WRITTEN}{name}");
            out.provides.push(provide(kinds::TERRAFORM_UNIT, name, span.clone(), Detail::None));
        }
    }
}

/// How the names begin of what units write beside their modules.
pub(super) const WRITTEN: &str = "*.";

/// What blocks begin with that others may name.
const DECLARING: [&str; 6] = ["variable ", "locals ", "output ", "data ", "resource ", "module "];

/// The names that a text declares which is written to a file; none where that is not known.
fn written(source: &Source<'_>, contents: &Expression) -> Option<Vec<String>> {
    let span = match contents {
        Expression::String(_) | Expression::HeredocTemplate(_) | Expression::StringTemplate(_) => {
            contents.span()?
        }
        _ => return None,
    };
    let text = source.text.get(span)?;
    let declares = |line: &str| DECLARING.iter().any(|begin| line.trim_start().starts_with(begin));
    if !text.lines().any(declares) {
        return Some(Vec::new());
    }
    // What stands between the marks of a heredoc; a `%{ if }` of it is no block.
    let (mark, inner) = text.strip_prefix("<<")?.split_once('\n')?;
    let mark = mark.trim_start_matches('-').trim();
    let (inner, _) = inner.trim_end().rsplit_once(mark)?;
    let body = hcl_edit::parser::parse_body(inner).ok()?;
    let mut names = Vec::new();
    for block in body.blocks() {
        let labels: Vec<&str> = block.labels.iter().map(|own| own.as_str()).collect();
        if labels.iter().any(|own| own.contains(['$', '%'])) {
            return None;
        }
        match (block.ident.as_str(), labels.as_slice()) {
            ("variable" | "output" | "module", [name]) => names.push((*name).to_owned()),
            ("data" | "resource", [kind, name]) => names.push(format!("{kind}.{name}")),
            ("locals", []) => {
                names.extend(block.body.attributes().map(|own| own.key.as_str().to_owned()));
            }
            _ => {}
        }
    }
    Some(names)
}

/// Folders and files that a hook copies beside the unit before anything runs.
fn hooks(folder: &str, body: &Body, out: &mut FileFacts) {
    let blocks = body.get_blocks("terraform").flat_map(|own| own.body.get_blocks("before_hook"));
    for block in blocks {
        let words = block.body.get_attribute("execute").map(|own| &own.value);
        let Some(Expression::Array(words)) = words else { continue };
        let words: Vec<String> = words.iter().filter_map(literal).collect();
        // `["bash", "-c", "cp -r ../x ./x"]`, or the words of one command.
        let all: Vec<&str> = words.iter().flat_map(|own| own.split_whitespace()).collect();
        let copies = all.iter().any(|own| matches!(*own, "cp" | "ln" | "rsync" | "mv"));
        let Some(last) = all.last().filter(|_| copies && all.len() > 2) else { continue };
        let target = join_path(folder, last.trim_end_matches(['/', '*', ';', '\'', '"']));
        if let Some(path) = target.filter(|path| path != folder && !path.is_empty()) {
            let span = block.ident.span();
            out.provides.push(provide(kinds::WRITTEN_FILE, path.to_string(), span, Detail::None));
        }
    }
}

/// Whether a unit lies in a folder that is there to be copied to others.
fn is_template(folder: &str) -> bool {
    let name = base_name(folder);
    matches!(name.trim_matches(['_', '.']), "template" | "skeleton" | "boilerplate")
        || ["-template", "_template"].iter().any(|end| name.ends_with(end))
}

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let Some(body) = body(source, out) else { return };
    generated(source, &body, out);
    chain::extract(source.path, &body, chain::Own::Unit, out);
    let folder = parent_folder(source.path);
    hooks(folder, &body, out);
    // What others include is read where they stand.
    let is_unit = ["include", "dependency"].iter().any(|own| body.get_blocks(own).next().is_some());
    let mut unit = Unit { folder, out };
    let module = is_unit.then(|| unit.module(&body)).flatten();
    let detail = module.as_deref().map_or(Detail::None, Detail::folder_of);
    unit.out.provides.push(provide(kinds::TERRAFORM_UNIT, folder.into(), None, detail));
    for block in body.get_blocks("include") {
        unit.include(block);
    }
    if !is_unit {
        return;
    }
    let mut named = Vec::new();
    for block in body.get_blocks("dependency") {
        named.extend(unit.dependency(block));
    }
    for block in body.get_blocks("dependencies") {
        let paths = block.body.get_attribute("paths").map(|own| &own.value);
        if let Some(Expression::Array(paths)) = paths {
            paths.iter().for_each(|own| drop(unit.other(own, Strength::Certain)));
        }
    }
    if let (Some(module), Some(inputs)) = (&module, body.get_attribute("inputs")) {
        unit.inputs(module, &inputs.value);
    }
    Reads { folder, named: &named, guarded: 0, choices: 0, out: unit.out }.visit_body(&body);
}

struct Unit<'f> {
    folder: &'f str,
    out: &'f mut FileFacts,
}

impl Unit<'_> {
    fn require(&mut self, target: Ref, span: Span, via: &'static str, strength: Strength) {
        // What a template names counts from where it is copied to.
        let strength = if is_template(self.folder) { Strength::Guarded } else { strength };
        self.out.requires.push(Require::certain(target, span, via, None).with_strength(strength));
    }

    /// The folder of the unit's module, where it lies in the tree: `../modules//web`.
    fn module(&mut self, body: &Body) -> Option<String> {
        let own = body.get_blocks("terraform").find_map(|own| own.body.get_attribute("source"))?;
        let text = literal(&own.value).filter(|own| own.starts_with('.'))?;
        let folder = join_path(self.folder, &text.split('?').next()?.replace("//", "/"))?;
        let target = Ref::exact(kinds::TERRAFORM_SOURCE, folder.as_str());
        self.require(target, place(own.value.span()), "source", Strength::Certain);
        Some(folder.to_string())
    }

    /// `include { path = find_in_parent_folders("root.hcl") }`.
    fn include(&mut self, block: &Block) {
        let Some(own) = block.body.get_attribute("path") else { return };
        let span = place(own.value.span());
        match &own.value {
            Expression::String(path) => {
                let path = join_path(self.folder, path).filter(|_| !path.starts_with('/'));
                if let Some(path) = path {
                    self.require(Ref::exact(kinds::FILE, path), span, "include", Strength::Certain);
                }
            }
            Expression::FuncCall(call) if call.name.name.as_str() == "find_in_parent_folders" => {
                // With a second argument it is what stands in for it.
                let name = match call.args.iter().collect::<Vec<_>>().as_slice() {
                    [] => Some(FILE.to_owned()),
                    [name] => literal(name),
                    _ => None,
                };
                if let Some(name) = name {
                    let target = Ref::exact(kinds::TERRAFORM_PARENT, name);
                    let target = target.seen_from(Scope::of(self.folder));
                    self.require(target, span, "find_in_parent_folders", Strength::Certain);
                }
            }
            _ => {}
        }
    }

    /// The name of a dependency, and the folder of its unit.
    fn dependency(&mut self, block: &Block) -> Option<(String, String)> {
        let name = block.labels.first()?.as_str().to_owned();
        let own = block.body.get_attribute("config_path")?;
        let off = block.body.has_attribute("enabled");
        let strength = if off { Strength::Guarded } else { Strength::Certain };
        Some((name, self.other(&own.value, strength)?))
    }

    fn other(&mut self, path: &Expression, strength: Strength) -> Option<String> {
        let text = literal(path).filter(|own| own.starts_with('.'))?;
        let folder = join_path(self.folder, text.trim_end_matches('/'))?;
        let target = Ref::exact(kinds::FILE, path_in(&folder, FILE));
        self.require(target, place(path.span()), "dependency", strength);
        Some(folder.to_string())
    }

    fn inputs(&mut self, module: &str, inputs: &Expression) {
        let Expression::Object(object) = inputs else { return };
        for (key, _) in object.iter() {
            let name = match key {
                ObjectKey::Ident(name) => name.as_str(),
                ObjectKey::Expression(Expression::Variable(name)) => name.as_str(),
                ObjectKey::Expression(_) => continue,
            };
            let target = Ref::exact(kinds::TERRAFORM_VARIABLE, path_in(module, name));
            self.require(target, place(key.span()), INPUT, Strength::Guarded);
        }
    }
}

/// What a unit reads of others: `dependency.vpc.outputs.id`.
struct Reads<'f> {
    folder: &'f str,
    named: &'f [(String, String)],
    guarded: u32,
    /// How many conditions choose between what is read.
    choices: u32,
    out: &'f mut FileFacts,
}

impl Reads<'_> {
    /// A file that a function reads or looks for: without a second argument, which stands in for it,
    /// the unit is refused without one.
    fn read(&mut self, node: &FuncCall) {
        let mut args = node.args.iter();
        let (Some(first), None) = (args.next(), args.next()) else { return };
        let Some(text) = literal(first).filter(|own| !own.is_empty()) else { return };
        let (target, via) = match node.name.name.as_str() {
            "find_in_parent_folders" => {
                let target = Ref::exact(kinds::TERRAFORM_PARENT, text);
                (Some(target.seen_from(Scope::of(self.folder))), "find_in_parent_folders")
            }
            "read_terragrunt_config" if !text.starts_with('/') => {
                let path = join_path(self.folder, &text).filter(|own| !own.is_empty());
                (path.map(|own| Ref::exact(kinds::FILE, own)), "read_terragrunt_config")
            }
            _ => return,
        };
        let span = place(node.span());
        // `include` names its file itself.
        let is_told = self.out.requires.iter().any(|own| own.span == span);
        if let Some(target) = target.filter(|_| !is_told && !is_template(self.folder)) {
            let is_guarded = self.guarded + self.choices > 0;
            let strength = if is_guarded { Strength::Guarded } else { Strength::Certain };
            self.out
                .requires
                .push(Require::certain(target, span, via, None).with_strength(strength));
        }
    }
}

impl Visit for Reads<'_> {
    fn visit_traversal(&mut self, node: &Traversal) {
        visit::visit_traversal(self, node);
        let Expression::Variable(first) = &node.expr else { return };
        let names = node.operators.iter().map_while(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            _ => None,
        });
        let names: Vec<&str> = names.take(3).collect();
        let ("dependency", [name, "outputs", output]) = (first.as_str(), names.as_slice()) else {
            return;
        };
        let Some((_, folder)) = self.named.iter().find(|(own, _)| own == name) else { return };
        let target = Ref::exact(kinds::TERRAFORM_UNIT_OUTPUT, path_in(folder, output));
        let strength = if self.guarded > 0 { Strength::Guarded } else { Strength::Certain };
        let require = Require::certain(target, place(node.span()), "dependency", None);
        self.out.requires.push(require.with_strength(strength));
    }

    fn visit_conditional(&mut self, node: &Conditional) {
        self.choices += 1;
        visit::visit_conditional(self, node);
        self.choices -= 1;
    }

    fn visit_func_call(&mut self, node: &FuncCall) {
        let tries = matches!(node.name.name.as_str(), "try" | "can" | "fileexists");
        self.guarded += u32::from(tries);
        self.read(node);
        visit::visit_func_call(self, node);
        self.guarded -= u32::from(tries);
    }
}
