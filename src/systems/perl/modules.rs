//! Modules of Perl: which files use which.
//!
//! Perl looks in folders that its installation and `use lib` know. Any file of the tree with the
//! module's path at its end may be the one, so that only what went is missed.
//!
//! (Sources: perlfunc on `use` and `require`; base, parent.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Entity, FileFacts, Ref, Require, Span, Strength, base_name, kinds};
use crate::graph::{Graph, Resolution, Resolver, Site, View};
use crate::loader::FileIx;
use crate::syntax::shebang::Interpreter;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;
use smol_str::SmolStr;

/// Reads the lines of a file of Perl.
pub(super) struct Modules;

impl Extractor for Modules {
    fn system(&self) -> &'static str {
        "perl"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        [".pl", ".pm", ".t", ".psgi", ".cgi"].iter().any(|ending| base.ends_with(ending))
            || !base.contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        [&b"use "[..], b"require "].iter().any(|own| memchr::memmem::find(bytes, own).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let by_name = [".pl", ".pm"].iter().any(|ending| source.path.ends_with(ending));
        if !by_name && source.interpreter() != Some(Interpreter::Perl) {
            return;
        }
        let mut known = FxHashSet::default();
        // How far in an `eval` stands that nothing has closed.
        let (mut eval, mut is_pod) = (None, false);
        for (start, line) in source.lines() {
            let code = line.trim_start();
            if code.starts_with("__END__") || code.starts_with("__DATA__") {
                break;
            }
            if let Some(word) = line.strip_prefix('=') {
                is_pod = !word.starts_with("cut") && word.starts_with(|c: char| c.is_alphabetic());
            }
            let indent = line.len() - code.len();
            if eval.is_some_and(|own| indent <= own) && code.starts_with('}') {
                eval = None;
            }
            let is_tried = eval.is_some() || code.starts_with("eval") || code.contains("eval {");
            if code.starts_with("eval {") || code.ends_with("eval {") || code == "try {" {
                eval = Some(indent);
            }
            if is_pod {
                continue;
            }
            for (name, at) in used(code) {
                if !known.insert(name) {
                    continue;
                }
                let at = start + indent + at;
                let target = Ref::exact(kinds::PERL_MODULE, name);
                let span = Span::new(at, at + name.len());
                // What is loaded where it is needed may never be.
                let strength = match (is_tried || code.contains(" if "), code.starts_with("use")) {
                    (true, _) => Strength::Guarded,
                    (false, true) => Strength::Certain,
                    (false, false) => Strength::Likely,
                };
                let require = Require::certain(target, span, "use", None);
                out.requires.push(require.with_strength(strength));
            }
        }
    }
}

/// The modules that a line loads, and where their names stand in it.
fn used(code: &str) -> Vec<(&str, usize)> {
    let rest = code.strip_prefix("use ").or_else(|| code.strip_prefix("require "));
    let Some(rest) = rest.map(str::trim_start) else { return Vec::new() };
    let at = code.len() - rest.len();
    let name = module(rest);
    match name {
        // The classes that it descends from.
        "parent" | "base" if !rest.contains("-norequire") => {
            let mut found = Vec::new();
            let end = rest.find(';').unwrap_or(rest.len());
            let parts = rest[..end].split(['\'', '"', '(', ')', ' ', ',', '[', ']', '{', '}']);
            let mut from = 0;
            for part in parts {
                let place = from;
                from += part.len() + 1;
                if place > 0 && part.contains("::") && module(part) == part {
                    found.push((part, at + place));
                }
            }
            found
        }
        // Pragmas, and what comes with Perl or from elsewhere under one word.
        name if name.contains("::") => vec![(name, at)],
        _ => Vec::new(),
    }
}

/// The name of a module at the start of a text; empty where none is.
pub(super) fn module(text: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let name = &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.ends_with(':');
    // `require "x.pl"`, `Foo::Bar->import`.
    if is_name && !text[name.len()..].starts_with(['/', '.', '-']) { name } else { "" }
}

/// Files of modules, by the last part of their names.
struct Files(FxHashMap<SmolStr, Vec<FileIx>>);

impl View for Files {
    fn of(graph: &Graph<'_>) -> Self {
        let mut files: FxHashMap<SmolStr, Vec<FileIx>> = FxHashMap::default();
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            if let Some(base) = base_name(&file.entry.path).strip_suffix(".pm") {
                files.entry(base.into()).or_default().push(ix as FileIx);
            }
        }
        Self(files)
    }
}

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Files>();
    graph.set_resolver(kinds::PERL_MODULE, Box::new(Names));
}

/// A file of the tree that a module may be, by the end of its path.
pub(super) fn file_of(graph: &Graph<'_>, name: &str) -> Option<FileIx> {
    let base = name.rsplit("::").next().unwrap_or(name);
    let path = format!("{}.pm", name.replace("::", "/"));
    let is_own = |ix: &&FileIx| {
        let rest = graph.snapshot.file(**ix).entry.path.strip_suffix(path.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let files = graph.view::<Files>()?.0.get(base)?;
    files.iter().find(is_own).copied()
}

struct Names;

impl Resolver for Names {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some(name) = target.name.as_exact() else { return Resolution::Elsewhere };
        match file_of(graph, name) {
            Some(file) => {
                Resolution::Found(smallvec![Site { file, span: Span::default(), provide: None }])
            }
            None => Resolution::Open(Entity::new(kinds::PERL_MODULE, name.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_that_a_script_uses() {
        let text = "use strict;\nuse A::B qw(c);\nuse parent 'D::E', \"F::G\";\neval {\n  require H::I;\n};\n=head1 X\n\nuse J::K;\n\n=cut\nsub x {\n  require L::M;\n}\nrequire \"n/o.pl\";\n__END__\nuse P::Q;\n";
        let mut out = FileFacts::default();
        Modules.extract(&Source::of("bin/x.pl", text), &Settings::default(), &mut out);
        let shown = out
            .requires
            .iter()
            .map(|own| format!("{} {:?}", &text[own.span.range()], own.strength));
        let shown: Vec<String> = shown.collect();
        assert_eq!(
            shown,
            ["A::B Certain", "D::E Certain", "F::G Certain", "H::I Guarded", "L::M Likely"]
        );
    }
}
