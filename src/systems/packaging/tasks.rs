//! Tasks that files declare: scripts of `package.json` and `composer.json`, targets of Makefiles,
//! tasks of rake.
//!
//! (Sources: package.json(5), `scripts`; Composer's "Scripts"; GNU make's manual, "Rule Syntax",
//! "Pattern Rules", "Including Other Makefiles"; rake's "Rakefile Format".)

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Piece, Provide, Span, Standing, base_name, kinds,
};
use crate::syntax::lines::joined;
use crate::syntax::shell::CommandText;

/// How long a line may become.
const LENGTH: usize = 4096;

/// Extracts the tasks that files declare.
pub(super) struct Tasks;

fn is_make(base: &str) -> bool {
    matches!(base, "Makefile" | "GNUmakefile" | "makefile") || base.ends_with(".mk")
}

fn is_rake(base: &str) -> bool {
    base == "Rakefile" || base.ends_with(".rake")
}

impl Extractor for Tasks {
    fn system(&self) -> &'static str {
        "tasks"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let is_installed = path.split('/').any(|part| matches!(part, "node_modules" | "vendor"));
        let is_own = matches!(base, "package.json" | "composer.json");
        (is_own || is_make(base) || is_rake(base)) && !is_installed
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let base = base_name(source.path);
        match base {
            "package.json" => scripts(source, "npm run", out),
            "composer.json" => scripts(source, "composer run", out),
            _ if is_make(base) => {
                targets(source.text, out);
                // What another file takes in counts from where make runs.
                if !base.ends_with(".mk") && Standing::of(source.path).is_live() {
                    super::included::extract(source.path, source.text, out);
                }
            }
            _ => rake(source.text, out),
        }
    }
}

fn provide(name: NamePattern, span: Span, out: &mut FileFacts) {
    let known = out.provides.iter().any(|own| own.kind == kinds::TASK && own.name == name);
    if !known {
        out.provides.push(Provide {
            kind: kinds::TASK,
            name,
            span,
            within: None,
            detail: Detail::None,
        });
    }
}

/// `"scripts": { "build": "npm run a && b" }`. They run each other.
fn scripts(source: &Source<'_>, tool: &str, out: &mut FileFacts) {
    let Ok(root) = source.json() else { return };
    let Some(scripts) = root.get("scripts") else { return };
    for (key, value) in scripts.entries() {
        let Some(name) = key.as_str() else { continue };
        provide(NamePattern::exact(format!("{tool} {name}")), key.span, out);
        let Some(text) = value.as_str() else { continue };
        if text.contains('\\') || !Standing::of(source.path).is_live() {
            continue;
        }
        let mut own = FileFacts::default();
        let at = value.span.start as usize;
        let quote = usize::from(source.text.as_bytes().get(at) == Some(&b'"'));
        Lines::new(source.path, "script").add(&CommandText::plain(text, at + quote), &mut own);
        let tasks = own.requires.into_iter().filter(|own| own.any_of[0].kind == kinds::TASK);
        out.requires.extend(tasks);
    }
}

/// `a b: c`, `%.o: %.c`, `include x.mk`.
fn targets(text: &str, out: &mut FileFacts) {
    let mut defines = false;
    for (start, line) in joined(text, LENGTH) {
        let code = line.split('#').next().unwrap_or_default();
        let first = code.split_whitespace().next().unwrap_or_default();
        match first {
            "define" => defines = true,
            "endef" => defines = false,
            // What is taken in from another place may have any.
            "include" if code.contains('$') => {
                provide(any(), Span::new(start, start + line.len()), out);
            }
            _ => {}
        }
        if code.starts_with(['\t', ' ']) || defines {
            continue;
        }
        // `A := b`, `export A = b:c`.
        let Some(colon) = colon(code) else { continue };
        let (left, rest) = code.split_at(colon);
        let rest = rest.trim_start_matches(':');
        if rest.starts_with('=') || left.contains('=') {
            continue;
        }
        let mut from = 0;
        for word in words(left) {
            let at = left[from..].find(word).map_or(from, |at| from + at);
            from = at + word.len();
            let span = Span::new(start + at, start + at + word.len());
            if word.starts_with('.') && word.chars().skip(1).all(|c| c.is_ascii_uppercase()) {
                // `.PHONY: a b` says of each that it is one.
                if word == ".PHONY" {
                    phony(start + colon, code, colon, out);
                }
                continue;
            }
            provide(pattern(word), span, out);
        }
    }
}

fn any() -> NamePattern {
    NamePattern::from_pieces([Piece::Text("make ".into()), Piece::Hole])
}

/// Variables among the names of `.PHONY` may hold any.
fn phony(start: usize, code: &str, colon: usize, out: &mut FileFacts) {
    let names = code[colon..].trim_start_matches(':');
    if names.contains('$') {
        let span = Span::new(start, start + code.len() - colon);
        words(names)
            .filter(|own| own.contains('$'))
            .for_each(|own| provide(pattern(own), span, out));
    }
}

/// The words of a list, of which calls of functions are one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0u32;
    let parts = text.split(move |c: char| {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c.is_whitespace() && depth == 0
    });
    parts.filter(|own| !own.is_empty())
}

/// The colon of a rule, outside of variables.
fn colon(code: &str) -> Option<usize> {
    let mut depth = 0u32;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return Some(at),
            '=' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// A target's name, of which variables and `%` stand for anything.
fn pattern(word: &str) -> NamePattern {
    let mut pieces = vec![Piece::Text("make ".into())];
    let mut rest = word;
    while let Some(at) = rest.find(['$', '%']) {
        pieces.push(Piece::Text(rest[..at].into()));
        pieces.push(Piece::Hole);
        let after = &rest[at + 1..];
        let close = match after.chars().next().filter(|_| rest[at..].starts_with('$')) {
            Some('(') => ')',
            Some('{') => '}',
            Some(own) => {
                rest = &after[own.len_utf8()..];
                continue;
            }
            None => {
                rest = after;
                continue;
            }
        };
        rest = after.rfind(close).map_or("", |end| &after[end + 1..]);
    }
    pieces.push(Piece::Text(rest.into()));
    NamePattern::from_pieces(pieces)
}

/// `namespace :a do`, `task :b`, `task c: :d`, `task "e" => []`, `multitask`, `file "f"`.
fn rake(text: &str, out: &mut FileFacts) {
    // The namespaces that are open, with how far in each one's line stands.
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let code = line.trim_end();
        let inside = code.trim_start();
        let indent = code.len() - inside.len();
        if inside == "end" || inside.starts_with("end ") {
            while open.last().is_some_and(|(own, _)| *own >= indent) {
                open.pop();
            }
            continue;
        }
        let Some((word, rest)) = inside.split_once([' ', '(']) else { continue };
        let rest = rest.trim_start();
        let from = start + code.len() - rest.len();
        let name = rest.trim_start_matches([':', '"', '\'', '[']);
        let skipped = rest.len() - name.len();
        let end = name
            .find(|c: char| !(c.is_ascii_alphanumeric() || "_-?!".contains(c)))
            .unwrap_or(name.len());
        let own = &name[..end];
        match word {
            "namespace" if !own.is_empty() => open.push((indent, own.to_owned())),
            "task" | "multitask" => {
                let spaces: String = open.iter().map(|(_, own)| format!("{own}:")).collect();
                let is_computed = own.is_empty() || name[end..].starts_with(['#', '.', '(']);
                let name = match is_computed {
                    true => NamePattern::from_pieces([
                        Piece::Text(format!("rake {spaces}").into()),
                        Piece::Hole,
                    ]),
                    false => NamePattern::exact(format!("rake {spaces}{own}")),
                };
                let from = from + skipped;
                provide(name, Span::new(from, from + own.len()), out);
            }
            _ => {}
        }
        // Tasks of libraries: `RSpec::Core::RakeTask.new(:spec)`.
        if inside.contains("Task.new") {
            let own = Piece::Text("rake ".into());
            let name = NamePattern::from_pieces([own, Piece::Hole]);
            provide(name, Span::new(start, start + code.len()), out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        Tasks.extract(&Source::of(path, text), &Settings::default(), &mut out);
        let asked = out.requires.iter().map(|own| format!("asks {}", own.any_of[0].name));
        out.provides.iter().map(|own| own.name.to_string()).chain(asked).collect()
    }

    #[test]
    fn scripts_targets_and_tasks() {
        let text = "A := b\n.PHONY: one two\none two: three\n\tcc: x\n%.o: %.c\nout/$(A)/x: y\ndefine z\nw: v\nendef\nB = c:d\n";
        assert_eq!(of("Makefile", text), ["make one", "make two", "make *.o", "make out/*/x"]);
        assert_eq!(of("a.mk", "include b.mk\ninclude $(C)/c.mk\n"), ["make *"]);
        let text = "namespace :db do\n  task seed: :environment do\n  end\n  namespace :x do\n    task \"y\" => []\n  end\nend\ntask :stats do\nend\n";
        assert_eq!(of("lib/tasks/a.rake", text), ["rake db:seed", "rake db:x:y", "rake stats"]);
        let text = r#"{"scripts": {"a": "tsc", "b": "npm run a && node x"}}"#;
        assert_eq!(of("package.json", text), ["npm run a", "npm run b", "asks npm run a"]);
    }
}
