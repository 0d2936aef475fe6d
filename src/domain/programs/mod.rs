//! The command lines of scripts and programs in Ruby, Perl, JavaScript, Go and Rust: what
//! reading the flags that they declare with their language's usual libraries has in common.
//! Also the commands that Ruby and Perl run.
//!
//! One tokenizer serves all; nothing is run, and only what is declared literally is known.
//! Where more may be declared than the file shows, the interface is open.

pub(crate) mod builder;
pub(crate) mod environment;
pub(crate) mod runs;

use super::environment::Reads;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Interface, base_name};
use crate::syntax::shebang::{self, Interpreter};
use memchr::memmem;

/// Extracts the flags of one language's programs.
pub struct Flags {
    /// Its name in statistics.
    pub system: &'static str,
    /// Endings of its files.
    pub endings: &'static [&'static str],
    /// Its interpreter in a first line; files without an ending are read where it is named.
    pub interpreter: Option<Interpreter>,
    /// Words without which a file declares no flags.
    pub words: &'static [&'static str],
    /// Reads the interface of a program.
    pub read: fn(&Source<'_>) -> Option<Interface>,
    /// Text without which a file reads no environment variable, and what finds those.
    pub environment: Option<(&'static str, Variables)>,
}

/// Finds the environment variables that a file reads.
pub type Variables = fn(&Source<'_>, &mut Reads);

impl Extractor for Flags {
    fn system(&self) -> &'static str {
        self.system
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let own = |ending: &&str| base.ends_with(ending);
        let is_test = ["_test.go", ".d.ts", ".min.js"].iter().any(own);
        let bare = self.interpreter.is_some() && !base.contains('.');
        (self.endings.iter().any(own) && !is_test) || bare
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        // A file that says nothing else is known by its ending.
        let named = self
            .interpreter
            .is_none_or(|own| shebang::interpreter(bytes).is_none_or(|program| program == own));
        let mut words = self.words.iter().chain(self.environment.iter().map(|(word, _)| word));
        named && words.any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let base = base_name(source.path);
        let script = source.interpreter().is_some();
        if self.accepts(source.bytes) && (script || base.contains('.')) {
            out.interfaces.extend((self.read)(source));
            if let Some((word, read)) = self.environment
                && memmem::find(source.bytes, word.as_bytes()).is_some()
            {
                let mut reads = Reads::default();
                read(source, &mut reads);
                reads.attach(source.path, out);
            }
        }
    }
}
