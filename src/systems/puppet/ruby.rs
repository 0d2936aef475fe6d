//! Ruby in Puppet modules: functions, resource types and facts that they define.
//!
//! The definitions follow fixed forms, so that a scan of the text suffices; nothing is
//! executed. (Source: Puppet's documentation of custom functions, old and new API,
//! custom types, and custom facts.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, Entity, FileFacts, Interface, Kind, NamePattern, Param, Problem, Provide, Span, kinds,
};
use smol_str::SmolStr;

/// Extracts from `lib/` (and the older `plugins/`) folders.
pub struct Ruby;

/// The part of a path after a plugin folder: `puppet/functions/a/b.rb`.
fn plugin_path(path: &str) -> Option<&str> {
    let inner = path.strip_suffix(".rb")?;
    for folder in ["lib/", "plugins/"] {
        let mut places = inner.rmatch_indices(folder).map(|(at, _)| at);
        let starts = |at: &usize| *at == 0 || inner.as_bytes()[at - 1] == b'/';
        if let Some(at) = places.find(starts) {
            return Some(&inner[at + folder.len()..]);
        }
    }
    None
}

impl Extractor for Ruby {
    fn system(&self) -> &'static str {
        "puppet-ruby"
    }

    fn claims(&self, path: &str) -> bool {
        plugin_path(path).is_some_and(|inner| {
            inner.starts_with("puppet/functions/")
                || inner.starts_with("puppet/parser/functions/")
                || inner.starts_with("puppet/type/")
                || inner.starts_with("puppet/provider/")
                || inner.starts_with("facter/")
        }) || dsl_path(path).is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(inner) = plugin_path(source.path) else { return definitions(source, out) };
        additions(source.text, out);
        out.problems.extend(loop_of_method(source).or_else(|| dotted_part(source)));
        if inner.starts_with("puppet/provider/") {
            return;
        }
        let (kind, marker, by_path) = if let Some(name) = inner.strip_prefix("puppet/functions/") {
            (kinds::PUPPET_FUNCTION, "create_function(", Some(name.replace('/', "::")))
        } else if let Some(name) = inner.strip_prefix("puppet/parser/functions/") {
            (kinds::PUPPET_FUNCTION, "newfunction(", Some(name.to_owned()))
        } else if let Some(name) = inner.strip_prefix("puppet/type/") {
            let plain = (!name.contains('/')).then(|| name.to_owned());
            (kinds::PUPPET_TYPE, "newtype(", plain)
        } else {
            (kinds::PUPPET_FACT, "Facter.add(", None)
        };
        let mut found = false;
        if kind == kinds::PUPPET_FACT {
            computed(source.text, marker, out);
        }
        for (at, _) in source.text.match_indices(marker) {
            let start = at + marker.len();
            if let Some((name, span)) = symbol(source.text, start) {
                found = true;
                provide(out, kind, name, span);
            }
        }
        if kind == kinds::PUPPET_TYPE {
            parameters(source.text, out);
        }
        // Puppet finds the definition by its file's name; a computed one is still there.
        if let Some(name) = by_path.filter(|_| !found) {
            provide(out, kind, &name, Span::default());
        }
    }
}

/// `def name(args) do`: a method has no `do`. (Source: Ruby's grammar.)
fn loop_of_method(source: &Source<'_>) -> Option<Problem> {
    source.lines().find_map(|(start, line)| {
        let code = line.trim();
        let is_method = code.starts_with("def ") && code.ends_with(") do");
        is_method.then(|| {
            let at = start + line.trim_end().len() - 2;
            let mut problem =
                Problem::new("parse-error", "`def` takes no `do`", Span::new(at, at + 2));
            problem.help = "Ruby refuses the whole file: remove it".into();
            problem
        })
    })
}

/// `a.['b']`: a dot before brackets. (Source: Ruby's grammar.)
fn dotted_part(source: &Source<'_>) -> Option<Problem> {
    source.lines().find_map(|(start, line)| {
        let at = line.find(".['").or_else(|| line.find(".[\""))?;
        let (before, after) = line.split_at(at);
        // Regular expressions, texts and comments have such signs.
        let is_code = before
            .ends_with(|own: char| own.is_ascii_alphanumeric() || "_)]".contains(own))
            && !before.contains(['/', '#', '%', '`'])
            && before.matches('\'').count() % 2 == 0
            && before.matches('"').count() % 2 == 0
            && after.contains(']');
        is_code.then(|| {
            let span = Span::new(start + at, start + at + 2);
            let mut problem = Problem::new("parse-error", "a dot before `[`", span);
            problem.help = "Ruby refuses the whole file: remove the dot".into();
            problem
        })
    })
}

/// Facts whose names are put together: `Facter.add("ec2_#{key}")`.
fn computed(text: &str, marker: &str, out: &mut FileFacts) {
    for (at, _) in text.match_indices(marker) {
        let rest = text[at + marker.len()..].trim_start_matches([' ', ':']);
        let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        let name = super::template::interpolated(name);
        if name.as_exact().is_none() && !name.prefix().is_empty() {
            let span = Span::new(at, at + marker.len());
            let (kind, detail) = (kinds::PUPPET_FACT, Detail::None);
            out.provides.push(Provide { kind, name, span, within: None, detail });
        }
    }
}

/// The name of the class or type by the path of a manifest in Ruby, which Puppet read up to
/// version 3: `a::b` for `modules/a/manifests/b.rb`.
fn dsl_path(path: &str) -> Option<String> {
    let (dir, rest) = path.strip_suffix(".rb")?.split_once("/manifests/")?;
    let module = crate::facts::base_name(dir);
    Some(if rest == "init" {
        module.into()
    } else {
        format!("{module}::{}", rest.replace('/', "::"))
    })
}

/// `hostclass :a`, `define 'a::b', :x`: their parameters are not read.
fn definitions(source: &Source<'_>, out: &mut FileFacts) {
    let kinds = [("hostclass ", kinds::PUPPET_CLASS), ("define ", kinds::PUPPET_DEFINE)];
    let mut found = false;
    for (marker, kind) in kinds {
        for (at, _) in source.text.match_indices(marker) {
            if let Some((name, span)) = symbol(source.text, at + marker.len()) {
                found = true;
                provide(out, kind, name, span);
            }
        }
    }
    if let Some(name) = dsl_path(source.path).filter(|_| !found) {
        provide(out, kinds::PUPPET_CLASS, &name, Span::default());
    }
}

/// The parameters and properties that a type declares. More may come from elsewhere, so that
/// only one that went is missed.
fn parameters(text: &str, out: &mut FileFacts) {
    let mut names = out.provides.iter().filter(|provide| provide.kind == kinds::PUPPET_TYPE);
    let (Some(ty), None) = (names.next(), names.next()) else { return };
    let Some(name) = ty.name.as_exact().cloned() else { return };
    let span = ty.span;
    let mut interface = Interface::new(Entity::new(kinds::PUPPET_TYPE, name), Vec::new(), span);
    for marker in ["newparam", "newproperty"] {
        for (at, _) in text.match_indices(marker) {
            let start = at + marker.len();
            let rest = &text[start..];
            let gap = rest.len() - rest.trim_start_matches([' ', '(']).len();
            let literal = rest[gap..].starts_with([':', '\'', '"']);
            match symbol(text, start + gap).filter(|_| gap > 0 && literal) {
                Some((name, span)) => interface.params.push(Param::new(name, span)),
                // One whose name is computed.
                None => interface.open = true,
            }
        }
    }
    if !interface.params.is_empty() {
        out.interfaces.push(interface);
    }
}

/// What is added to a type of Puppet's own: `Puppet::Type.type(:package).newparam(:pipe)`.
fn additions(text: &str, out: &mut FileFacts) {
    for (at, marker) in text.match_indices("Puppet::Type.type(") {
        let Some((name, span)) = symbol(text, at + marker.len()) else { continue };
        let start = span.end as usize;
        let rest = text[start..].trim_start_matches(['"', '\'']).strip_prefix(").");
        let Some(rest) = rest else { continue };
        let added = ["newparam", "newproperty"].iter().find_map(|own| rest.strip_prefix(own));
        let Some(after) = added else { continue };
        let start = text.len() - after.len();
        let gap = after.len() - after.trim_start_matches([' ', '(']).len();
        let entity = Entity::new(kinds::PUPPET_TYPE, SmolStr::new(name));
        if let Some((param, place)) = symbol(text, start + gap) {
            out.interfaces.push(Interface::new(entity, vec![Param::new(param, place)], span));
        }
    }
}

fn provide(out: &mut FileFacts, kind: Kind, name: &str, span: Span) {
    out.provides.push(Provide {
        kind,
        name: NamePattern::exact(SmolStr::new(name)),
        span,
        within: None,
        detail: Detail::None,
    });
}

/// A symbol or string literal at `start`: `:name`, `:'a::b'`, `"a"`.
fn symbol(text: &str, start: usize) -> Option<(&str, Span)> {
    let rest = text.get(start..)?;
    let trimmed = rest.trim_start();
    let mut at = start + (rest.len() - trimmed.len());
    let trimmed = match trimmed.strip_prefix(':') {
        Some(after) => {
            at += 1;
            after
        }
        None => trimmed,
    };
    let name = match trimmed.chars().next()? {
        quote @ ('\'' | '"') => {
            at += 1;
            trimmed[1..].split(quote).next()?
        }
        _ => {
            let end = trimmed.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '?'));
            &trimmed[..end.unwrap_or(trimmed.len())]
        }
    };
    let valid = !name.is_empty() && !name.contains(['#', '\n']);
    valid.then(|| (name, Span::new(at, at + name.len())))
}
