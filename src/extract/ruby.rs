//! Ruby in Puppet modules: functions, resource types and facts that they define.
//!
//! The definitions follow fixed forms, so that a scan of the text suffices; nothing is
//! executed. (Source: Puppet's documentation of custom functions, old and new API,
//! custom types, and custom facts.)

use super::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Kind, NamePattern, Provide, Span, kinds};
use smol_str::SmolStr;

/// Extracts from `lib/` (and the older `plugins/`) folders.
pub struct Ruby;

/// The part of a path after a plugin folder: `puppet/functions/a/b.rb`.
fn plugin_path(path: &str) -> Option<&str> {
    let inner = path.strip_suffix(".rb")?;
    for folder in ["/lib/", "/plugins/"] {
        if let Some(at) = inner.rfind(folder) {
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
                || inner.starts_with("facter/")
        })
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(inner) = plugin_path(source.path) else { return };
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
        for (at, _) in source.text.match_indices(marker) {
            let start = at + marker.len();
            if let Some((name, span)) = symbol(source.text, start) {
                found = true;
                provide(out, kind.clone(), name, span);
            }
        }
        // Puppet finds the definition by its file's name; a computed one is still there.
        if let Some(name) = by_path.filter(|_| !found) {
            provide(out, kind, &name, Span::default());
        }
    }
}

fn provide(out: &mut FileFacts, kind: Kind, name: &str, span: Span) {
    out.provides.push(Provide {
        kind,
        name: NamePattern::exact(SmolStr::new(name)),
        span,
        within: None,
        detail: SmolStr::default(),
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
