//! What a source tree is built into: `package.json` and `*.gemspec`, with the commands that
//! come with it.
//!
//! (Sources: package.json(5), `name`, `bin`; RubyGems' Specification Reference, `name`,
//! `executables`, `bindir`.)

use super::requirement::npm_name;
use crate::domain::loads::load;
use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Provide, Span, Strength, base_name, join_path, kinds,
    parent_folder,
};
use crate::syntax::yaml::Node;

fn provide(kind: Kind, name: &str, detail: Detail, span: Span, out: &mut FileFacts) {
    let name = NamePattern::exact(name);
    out.provides.push(Provide { kind, name, span, within: None, detail });
}

fn command(name: &str, path: &str, source: &Source<'_>, span: Span, out: &mut FileFacts) {
    let Some(file) = join_path(parent_folder(source.path), path) else { return };
    provide(kinds::COMMAND, name, Detail::leads(kinds::FILE, file), span, out);
}

/// A file of the package that `node` names, without which what installs it is broken. A build may
/// make it.
fn file(node: &Node<'_>, source: &Source<'_>, via: &'static str, out: &mut FileFacts) {
    let Some(path) = node.as_str().filter(|own| !own.contains('*')) else { return };
    let Some(file) = join_path(parent_folder(source.path), path) else { return };
    let quote = usize::from(source.text[node.span.range()].starts_with('"'));
    let at = node.span.start as usize + quote;
    let endings = ["", ".js", ".json", ".node", ".cjs", ".mjs", "/index.js"];
    let files = endings.map(|ending| format!("{file}{ending}"));
    load(out, files, Span::new(at, at + path.len()), via, Strength::Certain);
}

/// `package.json`. What does not parse belongs to whoever owns the file.
pub fn package_json(source: &Source<'_>, out: &mut FileFacts) {
    let Ok(root) = source.json() else { return };
    let Some(node) = root.get("name") else { return };
    let Some((name, "")) = node.as_str().and_then(npm_name) else { return };
    let built = Detail::folder_of(parent_folder(source.path));
    provide(kinds::PACKAGE_NPM_BUILT, name, built, node.span, out);
    root.get("main").into_iter().for_each(|own| file(own, source, "main", out));
    let Some(bin) = root.get("bin") else { return };
    if let Some(path) = bin.as_str() {
        command(base_name(name), path, source, bin.span, out);
        file(bin, source, "bin", out);
    }
    for (key, value) in bin.entries() {
        if let (Some(name), Some(path)) = (key.as_str(), value.as_str()) {
            command(name, path, source, key.span, out);
            file(value, source, "bin", out);
        }
    }
}

/// `*.gemspec`: assignments of literals, line by line.
pub fn gemspec(source: &Source<'_>, out: &mut FileFacts) {
    let mut bindir = "bin";
    let mut executables = Vec::new();
    for (start, line) in source.lines() {
        let Some((left, right)) = line.split_once('=').or_else(|| line.split_once("<<")) else {
            continue;
        };
        let attribute = left.trim_end_matches(['+', '|']).trim().rsplit('.').next();
        let place = |text: &str| {
            let at = start + line.find(text).unwrap_or(0);
            Span::new(at, at + text.len())
        };
        let literals: Vec<&str> = right.split(['"', '\'']).skip(1).step_by(2).collect();
        let computed = right.contains("#{") || right.contains('(');
        match (attribute, literals.as_slice()) {
            _ if computed || line.trim_start().starts_with('#') => {}
            (Some("name"), [name]) if left.contains('.') => {
                let built = Detail::folder_of(parent_folder(source.path));
                provide(kinds::PACKAGE_GEM_BUILT, name, built, place(name), out);
            }
            (Some("bindir"), [folder]) => bindir = folder,
            (Some("executables" | "executable" | "default_executable"), names) => {
                executables.extend(names.iter().map(|name| (*name, place(name))));
            }
            _ => {}
        }
    }
    for (name, span) in executables {
        let path = format!("{bindir}/{name}");
        command(name, &path, source, span, out);
        if let Some(file) = join_path(parent_folder(source.path), &path) {
            load(out, [file], span, "executables", Strength::Certain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of(path, text);
        match path.ends_with(".json") {
            true => package_json(&source, &mut out),
            false => gemspec(&source, &mut out),
        }
        let show = |own: &Provide| format!("{}:{} {}", own.kind, own.name, own.detail);
        out.provides.iter().map(show).collect()
    }

    #[test]
    fn what_a_source_tree_is_built_into() {
        assert_eq!(
            of("t/package.json", r#"{"name": "@a/tool", "bin": "./cli.js"}"#),
            ["package.npm-built:@a/tool t", "command:tool file:t/cli.js"]
        );
        assert_eq!(
            of("package.json", r#"{"name": "tool", "bin": {"run": "bin/run.js"}}"#),
            ["package.npm-built:tool ", "command:run file:bin/run.js"]
        );
        assert!(of("package.json", "{").is_empty());
        let spec = "Gem::Specification.new do |s|\n  s.name = 'tool'\n  s.bindir = \"exe\"\n  s.executables = ['run']\n  s.version = x\nend\n";
        assert_eq!(
            of("t/tool.gemspec", spec),
            ["package.gem-built:tool t", "command:run file:t/exe/run"]
        );
    }
}
