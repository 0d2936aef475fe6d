//! Hiera data files, of YAML or JSON: every top-level key is provided.

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Arg, Call, Detail, FileFacts, NamePattern, Problem, Provide, Ref, Require, Span, Strength,
    kinds, parent_folder,
};
use crate::syntax::yaml;
use rustc_hash::FxHashMap;
use smallvec::smallvec;
use smol_str::SmolStr;

/// Extracts from `hieradata/**` and `data/**` YAML files, and from JSON files where a folder is
/// Hiera's by name or by a hierarchy.
pub struct Hiera;

impl Extractor for Hiera {
    fn system(&self) -> &'static str {
        "hiera"
    }

    fn claims(&self, path: &str) -> bool {
        is_data(path) && data_folder(path) || is_json(path) && named_folder(path)
    }

    fn claims_under(&self, path: &str, settings: &Settings) -> bool {
        self.claims(path) || (is_data(path) || is_json(path)) && in_datadir(path, settings)
    }

    /// Any key may be set.
    fn unread(&self, _path: &str, out: &mut FileFacts) {
        out.provides.push(Provide {
            kind: kinds::KEY,
            name: NamePattern::any(),
            span: Span::default(),
            within: None,
            detail: Detail::None,
        });
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        interpolated(source.text, out);
        super::addresses(source.text, out);
        typographic(source, out);
        let (roots, problem) = read(source);
        if problem.is_some() {
            self.unread(source.path, out);
        }
        out.problems.extend(problem);
        roots.iter().for_each(|root| twice(source.text, root, out));
        roots.iter().for_each(|root| ports(root, Key::Other, out));
        // Other programs than Ruby read what lies in a `data/` of anybody's.
        if named_folder(source.path) || in_datadir(source.path, settings) {
            roots.iter().for_each(|root| sixties(root, out));
        }
        super::hierarchy::interpolations(source.text, out);
        for (key, value) in roots.iter().flat_map(yaml::Node::entries) {
            let Some(name) = key.as_str() else { continue };
            let name = SmolStr::new(name.trim_start_matches("::"));
            let detail = match value.as_str() {
                Some(text) if text.len() <= 60 => text.into(),
                _ => Detail::None,
            };
            out.provides.push(Provide {
                kind: kinds::KEY,
                name: NamePattern::Exact(name.clone()),
                span: key.span,
                within: None,
                detail,
            });
            created(&name, value, out);
            sources(value, out);
            if name == "lookup_options" {
                converted(value, out);
            } else if name.contains("::")
                && let Some(shape) = super::shapes::of(value)
            {
                out.provides.push(Provide {
                    kind: kinds::PUPPET_VALUE,
                    name: NamePattern::Exact(name.clone()),
                    span: key.span,
                    within: None,
                    detail: shape.into(),
                });
            }
            if name == "classes" {
                for item in value.items() {
                    if let Some(class) = item.as_str().filter(|class| !class.contains('%')) {
                        let target =
                            Ref::exact(kinds::PUPPET_CLASS, class.trim_start_matches("::"));
                        out.requires.push(
                            Require::certain(target, item.span, "classes", None)
                                .with_strength(Strength::Likely),
                        );
                    }
                }
            }
        }
    }
}

/// Notes which files of modules a value names, which becomes the source of a file where a class
/// takes it.
fn sources(value: &yaml::Node<'_>, out: &mut FileFacts) {
    let inner = value.items().iter().chain(value.entries().iter().map(|(_, own)| own));
    inner.for_each(|own| sources(own, out));
    let is_source = |own: &&str| own.starts_with("puppet:///modules/") && !own.contains("%{");
    let Some(text) = value.as_str().filter(is_source) else { return };
    if let Some(target) = super::files::source_ref(&NamePattern::exact(text)) {
        let require = Require::certain(target, value.span, "source", None);
        out.requires.push(require.with_strength(Strength::Likely));
    }
}

/// Most entries of one file that are kept as data of resources.
const MOST_CREATED: usize = 1000;

/// Notes what each entry of `value` sets, where all of them are mappings: they may become
/// resources, by `create_resources()`.
fn created(key: &SmolStr, value: &yaml::Node<'_>, out: &mut FileFacts) {
    let entries = value.entries();
    if entries.is_empty() || !entries.iter().all(|(_, own)| !own.entries().is_empty()) {
        return;
    }
    for (title, own) in entries {
        if out.calls.len() >= MOST_CREATED {
            return;
        }
        let names = own.entries().iter().filter_map(|(name, _)| {
            // A name after `--` takes away what another level sets.
            let text = name.as_str().filter(|text| !text.starts_with("--") && *text != "<<")?;
            Some(Arg { name: text.into(), value: None, span: name.span })
        });
        let target = Ref::exact(kinds::PUPPET_CREATED, key.clone());
        let mut call = Call::new(smallvec![target], title.span, "data");
        call.args = names.collect();
        call.open = true;
        call.strength = Strength::Guarded;
        out.calls.push(call);
    }
}

/// Notes the keys whose values are converted, or made a list of. A key that begins with `^` is a
/// regular expression, of any of them.
fn converted(options: &yaml::Node<'_>, out: &mut FileFacts) {
    for (key, _) in options.entries() {
        let Some(text) = key.as_str() else { continue };
        let is_exact = !text.starts_with('^');
        let name = if is_exact { NamePattern::exact(text) } else { NamePattern::any() };
        out.provides.push(Provide {
            kind: kinds::PUPPET_CONVERTED,
            name,
            span: key.span,
            within: None,
            detail: Detail::None,
        });
    }
}

fn read<'s, 'a>(source: &'s Source<'a>) -> (&'s [yaml::Node<'a>], Option<Problem>) {
    if !is_json(source.path) {
        return (&source.yaml().roots, source.yaml_problem(yaml::Form::Either));
    }
    match source.json() {
        Ok(root) => (std::slice::from_ref(root), None),
        // Whether Hiera reads it is not known: a folder of data may hold other JSON too.
        Err(problem) => (&[], Some(Problem { strength: Strength::Likely, ..problem.clone() })),
    }
}

/// Keys that values are put together of: `%{lookup('key')}`, `%{hiera('key')}`,
/// `%{alias('key')}`. What is not there renders empty, which may be meant.
fn interpolated(text: &str, out: &mut FileFacts) {
    for at in memchr::memmem::find_iter(text.as_bytes(), b"${") {
        wrong_sign(text, at, out);
    }
    for at in memchr::memmem::find_iter(text.as_bytes(), b"%{") {
        unclosed(text, at, out);
        nested(text, at, out);
        let Some((inner, _)) = text[at + 2..].split_once('}') else { continue };
        let call = inner.trim().strip_suffix(')');
        let name = ["lookup(", "hiera(", "alias("]
            .iter()
            .find_map(|word| call?.strip_prefix(word))
            .map(|name| name.trim().trim_matches(['"', '\'']));
        let Some(name) = name.filter(|name| !name.is_empty() && !name.contains(['%', '\n'])) else {
            continue;
        };
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        if text[line..at].trim_start().starts_with('#') {
            continue;
        }
        let key = name.split('.').next().unwrap_or(name).trim_start_matches("::");
        let span = Span::new(at, at + 2 + inner.len() + 1);
        let require = Require::certain(Ref::exact(kinds::KEY, key), span, "interpolation", None);
        out.requires.push(require.with_strength(Strength::Likely));
    }
}

/// Keys that a mapping has twice, with two values: the last one counts. (Source: Psych, which Hiera
/// reads YAML with.)
fn twice(text: &str, node: &yaml::Node<'_>, out: &mut FileFacts) {
    let written = |own: &yaml::Node<'_>| text.get(own.span.range()).unwrap_or_default().trim();
    let mut first: FxHashMap<&str, &(yaml::Node<'_>, yaml::Node<'_>)> = FxHashMap::default();
    for entry in node.entries() {
        let (key, value) = entry;
        if let Some(name) = key.as_str().filter(|own| *own != "<<")
            && let Some((before, other)) = first.insert(name, entry)
            && written(value) != written(other)
            && out.problems.len() < MOST_PROBLEMS
        {
            let message = format!("the key `{name}` is set twice");
            let mut problem = Problem::new("duplicate-definition", message, key.span);
            problem.strength = Strength::Likely;
            problem.help = "the second value alone counts: remove one, or merge the two".into();
            problem.related.push((before.span, "first here".into()));
            out.problems.push(problem);
        }
        twice(text, value, out);
    }
    node.items().iter().for_each(|own| twice(text, own, out));
}

/// Most problems of one file of data.
const MOST_PROBLEMS: usize = 100;

/// Values in quotes of a word processor, which are a part of them.
fn typographic(source: &Source<'_>, out: &mut FileFacts) {
    if memchr::memmem::find(source.text.as_bytes(), "\u{201c}".as_bytes()).is_none() {
        return;
    }
    for (start, line) in source.lines() {
        let Some((key, value)) = line.split_once(": ") else { continue };
        let value = value.trim();
        let is_quoted = value.starts_with(['\u{201c}', '\u{201d}'])
            && value.ends_with(['\u{201c}', '\u{201d}']);
        if !is_quoted || key.contains(['"', '\'', '#']) {
            continue;
        }
        let at = start + line.find(value).unwrap_or(0);
        let span = Span::new(at, at + value.len());
        let message = format!("the quotes around {value} are a part of it");
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.strength = Strength::Likely;
        problem.help = "YAML knows the quotes `\"` and `'` alone".into();
        out.problems.push(problem);
    }
}

/// `- 3:00`: a number to the base of sixty, 180. (Source: YAML 1.1, `tag:yaml.org,2002:int`, which
/// Psych reads.)
fn sixties(node: &yaml::Node<'_>, out: &mut FileFacts) {
    let written = match &node.value {
        yaml::Value::Scalar { text, plain: true } => text.as_ref(),
        _ => "",
    };
    let parts = written.split_once(':');
    let is_digits = |own: &str| !own.is_empty() && own.bytes().all(|own| own.is_ascii_digit());
    if let Some((hours, minutes)) = parts
        && hours.len() < 3
        && minutes.len() == 2
        && is_digits(hours)
        && is_digits(minutes)
        && !hours.starts_with('0')
        && minutes < "60"
        && out.problems.len() < MOST_PROBLEMS
    {
        let value = hours.parse::<u32>().unwrap_or(0) * 60 + minutes.parse::<u32>().unwrap_or(0);
        let message = format!("`{written}` is the number {value}");
        let mut problem = Problem::new("incompatible-value", message, node.span);
        problem.strength = Strength::Likely;
        problem.help = format!("YAML counts it to the base of sixty: write `'{written}'`");
        out.problems.push(problem);
    }
    node.entries().iter().for_each(|(_, own)| sixties(own, out));
    node.items().iter().for_each(|own| sixties(own, out));
}

/// What a value stands under.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// One that says a port.
    Port,
    Other,
}

/// `port: 80886`, `- 80886/tcp`: there are 65535 of them.
fn ports(node: &yaml::Node<'_>, key: Key, out: &mut FileFacts) {
    if let Some(text) = node.as_str() {
        let number = ["/tcp", "/udp"].iter().find_map(|own| text.strip_suffix(own));
        let number = number.or((key == Key::Port).then_some(text));
        let is_port = |own: &str| own.parse::<u64>().is_ok_and(|own| own <= 65535);
        let Some(number) = number else { return };
        let is_number = number.len() > 4 && number.bytes().all(|own| own.is_ascii_digit());
        if is_number && !is_port(number) && out.problems.len() < MOST_PROBLEMS {
            let message = format!("there is no port {number}");
            let mut problem = Problem::new("incompatible-value", message, node.span);
            problem.help = "the last one is 65535".into();
            out.problems.push(problem);
        }
    }
    for (name, value) in node.entries() {
        let last = name.as_str().unwrap_or_default();
        let last = last.rsplit([':', '_', '-', '.']).next().unwrap_or(last);
        let is_port = last.eq_ignore_ascii_case("port") || last.eq_ignore_ascii_case("ports");
        ports(value, if is_port { Key::Port } else { Key::Other }, out);
    }
    node.items().iter().for_each(|own| ports(own, key, out));
}

/// `%{%{hiera('key')}}`: what is read ends at the first brace.
fn nested(text: &str, at: usize, out: &mut FileFacts) {
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let rest = &text[at + 2..];
    if !rest.starts_with("%{") || text[begin..at].contains('#') {
        return;
    }
    let end = rest.find(['}', '\n']).map_or(2, |end| end + 1);
    let span = Span::new(at, at + 2 + end);
    let mut problem = Problem::new("incompatible-value", "`%{` stands twice", span);
    problem.help = "Hiera reads from the first one to the first `}`: remove one pair".into();
    out.problems.push(problem);
}

/// `%{lookup('key')`: without its brace it is text like any other.
fn unclosed(text: &str, at: usize, out: &mut FileFacts) {
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let rest = &text[at + 2..];
    let line = rest.lines().next().unwrap_or_default();
    let calls = ["lookup(", "hiera(", "alias(", "literal(", "scope(", "facts.", "trusted.", "::"];
    let is_read = calls.iter().any(|word| line.starts_with(word));
    if !is_read || line.contains(['}', '#']) || text[begin..at].contains('#') {
        return;
    }
    // A value that goes on may be closed on its next line.
    if !line.trim_end().ends_with(['"', '\'']) {
        return;
    }
    let span = Span::new(at, at + 2 + line.trim_end().len());
    let mut problem = Problem::new("incompatible-value", "`%{` is never closed", span);
    problem.help = "the value is taken as it is written: end what it reads with `}`".into();
    out.problems.push(problem);
}

/// `${lookup('key')}`: Hiera fills in what stands after a `%` alone. No shell has such names.
fn wrong_sign(text: &str, at: usize, out: &mut FileFacts) {
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[at + 2..].lines().next().unwrap_or_default();
    let calls = ["lookup('", "hiera('", "alias('", "literal('", "facts.", "trusted.", "::"];
    let Some((inner, _)) = line.split_once('}') else { return };
    let is_read = calls.iter().any(|word| inner.starts_with(word));
    if !is_read || text[begin..at].contains('#') {
        return;
    }
    let span = Span::new(at, at + inner.len() + 3);
    let message = format!("`${{{inner}}}` is taken as it is written");
    let mut problem = Problem::new("incompatible-value", message, span);
    problem.help = format!("Hiera fills in `%{{{inner}}}`");
    // What is looked up is needed; a fact may be a part of a description alone.
    if !inner.ends_with(')') {
        problem.strength = Strength::Likely;
    }
    out.problems.push(problem);
}

fn is_data(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".eyaml")
}

fn is_json(path: &str) -> bool {
    path.ends_with(".json")
}

/// Whether a path lies in a folder that a hierarchy names.
fn in_datadir(path: &str, settings: &Settings) -> bool {
    settings
        .hiera_datadirs
        .iter()
        .any(|folder| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')))
}

/// Whether a folder above is called after Hiera.
fn named_folder(path: &str) -> bool {
    let folders = parent_folder(path);
    folders.split('/').any(|own| own == "hiera" || own.starts_with("hieradata"))
}

/// Whether a path lies where Hiera looks for data: `hieradata/`, or a `data/` folder at
/// the root, in an environment or in a module (Hiera 5's default).
fn data_folder(path: &str) -> bool {
    let mut segments = path.split('/').peekable();
    let mut index = 0;
    let mut parent = "";
    while let Some(segment) = segments.next() {
        if segments.peek().is_none() {
            return false;
        }
        let in_module = crate::extract::is_module_root(parent);
        match segment {
            "hiera" => return true,
            segment if segment.starts_with("hieradata") => return true,
            "data" if index == 0 || in_module || parent == "environments" || index == 2 => {
                return true;
            }
            _ => {}
        }
        parent = segment;
        index += 1;
    }
    false
}
