//! Shell scripts: the commands that they run, their interfaces, and the variables that they
//! read.

mod environment;
mod functions;
mod interface;
mod positional;
mod tested;
mod words;

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Environment, FileFacts, base_name};
use crate::syntax::shell::CommandText;
use crate::syntax::shell::lexer;
use crate::systems::System;

/// Shell scripts.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "shell"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Shell]
    }
}

/// Extracts from shell scripts.
pub struct Shell;

impl Extractor for Shell {
    fn system(&self) -> &'static str {
        "shell"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let base = base.strip_suffix(".erb").or(base.strip_suffix(".j2")).unwrap_or(base);
        base.ends_with(".sh") || base.ends_with(".bash") || !base.contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        is_script(bytes)
    }

    fn by_contents(&self, path: &str) -> bool {
        !base_name(path).contains('.')
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        let tokens = lexer::tokens(text.as_str());
        interface::extract(source, &text, &tokens, out);
        environment::extract(source, &text, &tokens, out);
        let lines = Lines::new(source.path, "shell");
        lines.add_read(&text, &tokens, &Environment::inherited(), out, 0);
    }
}

/// Whether the first line names a shell.
fn is_script(bytes: &[u8]) -> bool {
    let Some(line) = bytes.strip_prefix(b"#!") else { return false };
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len()).min(200);
    let line = String::from_utf8_lossy(&line[..end]);
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let program = match first.rsplit('/').next() {
        Some("env") => words.find(|word| !word.starts_with('-')).unwrap_or_default(),
        Some(program) => program,
        None => "",
    };
    matches!(program, "sh" | "bash" | "dash" | "ksh" | "zsh" | "ash")
}
