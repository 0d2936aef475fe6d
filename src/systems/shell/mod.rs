//! Shell scripts: the commands that they run, their interfaces, and the variables that they
//! read.

mod environment;
mod functions;
mod getopt;
mod gone;
mod interface;
mod loads;
mod positional;
mod refused;
mod tested;
mod words;
mod written;

use crate::check::Check;
use crate::domain::commands::Lines;
use crate::domain::sed;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Environment, FileFacts, Template, base_name};
use crate::syntax::shebang::{Interpreter, interpreter};
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
        &[&Shell, &written::Written]
    }

    fn checks(&self) -> &'static [Check] {
        &[gone::check]
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
        // What other endings of templates put in may look like a variable of the shell.
        let base = Template::known(base).map_or(base, |own| own.of);
        base.ends_with(".sh") || base.ends_with(".bash") || !base.contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        interpreter(bytes) == Some(Interpreter::Shell)
    }

    fn by_contents(&self, path: &str) -> bool {
        !base_name(path).contains('.')
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = CommandText::of_file(source.text);
        let tokens = lexer::tokens(text.as_str());
        interface::extract(source, &text, &tokens, out);
        environment::extract(source, &text, &tokens, out);
        loads::extract(source, out);
        refused::extract(source, out);
        out.problems.extend(sed::problems(source.text));
        let lines = Lines::new(source.path, "shell");
        lines.add_read(&text, &tokens, &Environment::inherited(), out, 0);
    }
}
