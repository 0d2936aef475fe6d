//! docker-compose files: `command`, `entrypoint` and health checks of services.
//!
//! (Source: Compose file reference, "services", "interpolation".)

mod arguments;
mod bases;
mod filled;
mod hosts;
mod included;
mod keys;
mod listed;
mod names;
mod parts;

use crate::domain::commands::Lines;
use crate::domain::commands::{inherit_environment, templated_scalar};
use crate::domain::doubled;
use crate::domain::environment::Reads;
use crate::domain::packages;
use crate::domain::routes;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Environment, FileFacts, Ref, Relation, Require, Scope, Span, Strength, base_name,
    is_variable_name, join_path, kinds, parent_folder, rendered,
};
use crate::graph::Graph;
use crate::syntax::lines::lines;
use crate::syntax::shell::{Argument, CommandText, split};
use crate::syntax::yaml::{self, Node, Value};
use crate::systems::System;
use smol_str::SmolStr;

/// Compose.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "compose"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Compose, &bases::Bases]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }
}

/// Extracts from compose files.
pub struct Compose;

/// Whether a file is one of Compose by its name.
fn is_named(path: &str) -> bool {
    let own = base_name(rendered(path));
    (own.starts_with("docker-compose") || own.starts_with("compose."))
        && (own.ends_with(".yml") || own.ends_with(".yaml"))
}

impl Extractor for Compose {
    fn system(&self) -> &'static str {
        "compose"
    }

    fn claims(&self, path: &str) -> bool {
        is_named(path)
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        interpolations(source, out);
        filled::of_template(source, out);
        let place = Lines::new(source.path, "docker-compose");
        // Rancher makes volumes that no file declares.
        let plain = !yaml::is_templated(source.text)
            && rendered(source.path) == source.path
            && !source.text.contains("io.rancher.");
        if plain && source.yaml().is_whole() {
            let told = (Strength::Certain, "Compose refuses the file");
            doubled::keys(&source.yaml().roots, told, &mut out.problems);
            source.yaml().roots.iter().for_each(|root| keys::check(root, &mut out.problems));
        }
        for root in &source.yaml().roots {
            if plain {
                parts::extract(source, root, out);
            }
            let services = root.get("services").unwrap_or(root);
            for (_, service) in services.entries() {
                image(service, source.path, out);
                if let Some(variables) = service.get("environment") {
                    options(variables, source.text, &place, out);
                }
                let from = out.calls.len();
                let read = |name: &str| service.get(name).map(|node| words(node, source.text));
                let all = match (read("entrypoint"), read("command")) {
                    (Some(mut words), Some(more)) => {
                        words.extend(more);
                        words
                    }
                    (Some(mut words), None) => {
                        // Arguments come with `docker-compose run`.
                        let span = words.last().map(|word| word.word.span).unwrap_or_default();
                        words.push(Argument::open(span));
                        words
                    }
                    (None, Some(words)) => words,
                    (None, None) => Vec::new(),
                };
                place.add_words(&all, Strength::Certain, out);
                let test = service.get("healthcheck").and_then(|node| node.get("test"));
                for own in test.map(included::several).unwrap_or_default() {
                    routes::probed(own.as_str().unwrap_or_default(), own.span, out);
                }
                let checks = out.calls.len();
                match test.map(|test| (test, &test.value)) {
                    Some((test, Value::Scalar { text, .. })) => {
                        place.add(&templated_scalar(text, test.span, source.text), out);
                    }
                    Some((test, _)) => health(test, source.text, &place, out),
                    None => {}
                }
                of_image(service, source.path, checks, out);
                inherit_environment(&mut out.calls[from..], &environment(service, source.path));
            }
        }
    }
}

/// The image that a service runs, or that it is built into.
fn image(service: &Node<'_>, path: &str, out: &mut FileFacts) {
    let Some(node) = service.get("image") else { return };
    let Some(name) = node.as_str() else { return };
    let Some(build) = service.get("build") else {
        return packages::used(name, node.span, out);
    };
    let context = build.get("context").unwrap_or(build).as_str();
    if let Some(context) = context {
        packages::built(name, context, path, node.span, out);
    }
}

/// Commands of a health check that runs in an image built here.
fn of_image(service: &Node<'_>, path: &str, checks: usize, out: &mut FileFacts) {
    let Some(build) = service.get("build") else { return };
    if build.get("dockerfile").is_some() || build.get("target").is_some() {
        return;
    }
    let folder = parent_folder(path);
    let context = build.get("context").unwrap_or(build).as_str();
    let Some(context) = context.and_then(|own| join_path(folder, own)) else { return };
    let calls = out.calls[checks..].iter();
    let commands: Vec<_> = calls
        .filter_map(|call| {
            let name = call.any_of.first().filter(|target| target.kind == kinds::COMMAND)?;
            Some((name.name.as_exact()?.clone(), call.span))
        })
        .collect();
    let scope = Scope::of(context);
    for (command, span) in commands {
        let target = Ref::exact(kinds::IMAGE_COMMAND, command).seen_from(scope.clone());
        out.requires.push(Require::certain(target, span, "healthcheck", None));
    }
}

/// Flags in a map of variables, or in a list of `NAME=value`.
fn options(node: &Node<'_>, source: &str, place: &Lines<'_>, out: &mut FileFacts) {
    let read =
        |node: &Node<'_>| Some(interpolated(&templated_scalar(node.as_str()?, node.span, source)));
    for (name, value) in node.entries() {
        if let (Some(name), Some(value)) = (name.as_str(), read(value)) {
            place.add_variable(name, &value, out);
        }
    }
    for text in node.items().iter().filter_map(read) {
        place.add_assignment(&text, out);
    }
}

/// What a service sets; its image sets more.
fn environment(service: &Node<'_>, path: &str) -> Environment {
    let mut own = Environment::inherited();
    if service.get("extends").is_some() || service.get("<<").is_some() {
        own.add_unknown(kinds::ENV);
    }
    if let Some(node) = service.get("environment") {
        for (key, value) in node.entries() {
            match key.as_str().filter(|name| is_variable_name(name)) {
                Some(name) => own.add(name, value.as_str().map(SmolStr::new), key.span),
                None => own.add_unknown(kinds::ENV),
            }
        }
        for item in node.items() {
            let text = item.as_str().unwrap_or_default();
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value.into())),
                None => (text, None),
            };
            match is_variable_name(name) {
                true => own.add(name, value, item.span),
                false => own.add_unknown(kinds::ENV),
            }
        }
        if let Value::Alias = node.value {
            own.add_unknown(kinds::ENV);
        }
    }
    if let Some(node) = service.get("env_file") {
        let folder = parent_folder(path);
        let items = if node.items().is_empty() { std::slice::from_ref(node) } else { node.items() };
        for item in items {
            let file = item.as_str().or_else(|| item.get("path")?.as_str());
            match file.filter(|file| !file.contains('$')).and_then(|file| join_path(folder, file)) {
                Some(file) => own.sources.push(Ref::exact(kinds::FILE, file)),
                None => own.add_unknown(kinds::ENV),
            }
        }
    }
    own
}

/// The variables that the file itself is filled with: `${X:?message}`, `${X:-default}`.
fn interpolations(source: &Source<'_>, out: &mut FileFacts) {
    let mut reads = Reads::default();
    for (start, line) in lines(source.text) {
        let end = comment(line);
        let mut at = 0;
        while let Some(found) = line[at..end].find('$').map(|found| at + found) {
            let rest = &line[found + 1..end];
            if rest.starts_with('$') {
                at = found + 2;
                continue;
            }
            let from = found + 1 + usize::from(rest.starts_with('{'));
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let len = line[from..end].find(|c| !is_name(c)).unwrap_or(end - from);
            at = from + len;
            let name = &line[from..at];
            if !is_variable_name(name) {
                continue;
            }
            let span = Span::new(start + from, start + at);
            let braces = from > found + 1;
            let form = line[at..end].trim_start_matches(':');
            match form.chars().next().filter(|_| braces) {
                Some('?') => reads.required(name, span),
                Some(sign @ ('-' | '+')) => {
                    let default = form[1..].split('}').next().filter(|_| sign == '-');
                    reads.guarded(name, default.unwrap_or_default(), span);
                }
                _ => {
                    // Without a value it is blank, with a warning of Compose.
                    let target = Ref::exact(kinds::ENV, name);
                    let require =
                        Require::certain(target, span, Relation::FilledIn.called("variable"), None);
                    out.requires.push(require.with_strength(Strength::Guarded));
                    reads.optional(name, "", span);
                }
            }
        }
    }
    if yaml::is_templated(source.text) {
        reads.relax();
    }
    reads.attach(source.path, out);
}

/// Where a comment begins.
fn comment(line: &str) -> usize {
    let begins = |at: usize| line[..at].ends_with([' ', '\t']) || at == 0;
    line.match_indices('#').map(|(at, _)| at).find(|at| begins(*at)).unwrap_or(line.len())
}

/// `["CMD", "a", "b"]`, `["CMD-SHELL", "a b"]`.
fn health(test: &Node<'_>, source: &str, place: &Lines<'_>, out: &mut FileFacts) {
    let [first, rest @ ..] = test.items() else { return };
    match (first.as_str(), rest) {
        (Some("CMD"), _) => {
            let words: Vec<Argument> = words(test, source).into_iter().skip(1).collect();
            place.add_words(&words, Strength::Certain, out);
        }
        (Some("CMD-SHELL"), [node]) => {
            if let Some(text) = node.as_str() {
                place.add(&templated_scalar(text, node.span, source), out);
            }
        }
        _ => {}
    }
}

/// A string is split as by `shlex`; in both forms `$NAME` and `${NAME}` are values.
fn words(node: &Node<'_>, source: &str) -> Vec<Argument> {
    match &node.value {
        Value::Scalar { text, .. } => {
            split(&interpolated(&templated_scalar(text, node.span, source)))
        }
        _ => {
            let word = |item: &Node<'_>| {
                let text = templated_scalar(item.as_str()?, item.span, source);
                Some(Argument::new(interpolated(&text)))
            };
            node.items().iter().filter_map(word).collect()
        }
    }
}

fn interpolated(text: &CommandText) -> CommandText {
    let all = text.as_str();
    let mut out = CommandText::default();
    let mut from = 0;
    while let Some(at) = all[from..].find('$').map(|at| from + at) {
        out.append(&text.slice(from..at));
        let rest = &all[at + 1..];
        let place = text.span(at, at + 1).start as usize;
        let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        from = match rest.chars().next() {
            Some('$') => {
                out.push("$", place);
                at + 2
            }
            Some('{') => {
                out.hole(place);
                rest.find('}').map_or(all.len(), |end| at + end + 2)
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                out.hole(place);
                name.map_or(all.len(), |end| at + 1 + end)
            }
            _ => {
                out.push("$", place);
                at + 1
            }
        };
    }
    out.append(&text.slice(from..all.len()));
    out
}
