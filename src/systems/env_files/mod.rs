//! Files of environment variables: `.env`, `web.env`, `.env.staging`, `/etc/default/*`, `/etc/sysconfig/*`.
//!
//! What `.env` sets is given to the compose file beside it. (Sources: systemd.exec(5),
//! "EnvironmentFile="; Compose file reference, "env_file", "interpolation".)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Call, Detail, Environment, FileFacts, NamePattern, Provide, Ref, Span, base_name,
    is_variable_name, join_path, kinds, parent_folder, rendered,
};
use crate::syntax::lines::lines;
use crate::syntax::shebang;
use crate::syntax::shell::{CommandText, HOLE};
use crate::systems::System;

/// Environment files.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "env_files"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Variables]
    }
}

/// The names that a compose file has, as the tool looks for it.
/// (Source: Compose's documentation, "How Compose works".)
const COMPOSE: &[&str] =
    &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Extracts from files of variables.
pub struct Variables;

impl Extractor for Variables {
    fn system(&self) -> &'static str {
        "env"
    }

    fn claims(&self, path: &str) -> bool {
        let path = rendered(path);
        let own = base_name(path);
        let folder = path.rsplit('/').nth(1);
        own.ends_with(".env")
            || own.starts_with(".env.")
            || matches!(folder, Some("default" | "sysconfig")) && !own.contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        !shebang::is_script(bytes) && memchr::memchr(b'=', bytes).is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if !self.accepts(source.bytes) {
            return;
        }
        let Some(set) = settings(source.text) else { return };
        for (name, span) in &set {
            out.provides.push(Provide {
                kind: kinds::ENV,
                name: name.clone(),
                span: *span,
                within: None,
                detail: Detail::None,
            });
        }
        if base_name(source.path) == ".env" {
            out.calls.push(compose(source.path, &set));
        }
    }
}

/// The variables that a file sets; `None` where it is something else.
fn settings(text: &str) -> Option<Vec<(NamePattern, Span)>> {
    let text = CommandText::of_file(text);
    let mut out = Vec::new();
    for (start, line) in lines(text.as_str()) {
        let own = line.trim_start().trim_start_matches("export ");
        if own.is_empty() || own.starts_with('#') {
            continue;
        }
        if own.starts_with(HOLE) {
            // Whatever a template puts there.
            out.push((NamePattern::any(), text.span(start, start)));
            continue;
        }
        // A value over several lines, and shell code.
        let name = own.split('=').next().unwrap_or_default().trim_end();
        if !own.contains('=') || !is_variable_name(name) {
            continue;
        }
        let at = start + (line.len() - own.len());
        out.push((NamePattern::exact(name), text.span(at, at + name.len())));
    }
    (!out.is_empty()).then_some(out)
}

/// What `.env` gives to the compose file beside it.
fn compose(path: &str, set: &[(NamePattern, Span)]) -> Call {
    let folder = parent_folder(path);
    let mut environment = Environment::inherited();
    for (name, span) in set {
        match name.as_exact() {
            Some(name) => environment.add(name, None, *span),
            None => environment.add_unknown(kinds::ENV),
        }
    }
    let files = COMPOSE.iter().filter_map(|name| join_path(folder, name));
    let any_of = files.map(|file| Ref::exact(kinds::FILE, file)).collect();
    let span = set.first().map_or(Span::default(), |(_, span)| *span);
    let environment = Some(Box::new(environment));
    Call { open: true, environment, ..Call::new(any_of, span, "env file") }
}
