//! The command lines of scripts and programs in Ruby, Perl, JavaScript, Go and Rust: the
//! flags that they declare with their language's usual libraries. Also the commands that
//! Ruby and Perl run.
//!
//! One tokenizer serves all; nothing is run, and only what is declared literally is known.
//! Where more may be declared than the file shows, the interface is open.

mod builder;
mod clap;
mod clap_attributes;
mod clap_field;
mod cobra;
mod commander;
mod environment;
mod go;
mod go_flags;
pub(super) mod lexer;
mod literals;
mod node;
mod perl;
mod perl_effects;
mod ruby;
mod runs;
pub(super) mod tokens;

pub use runs::{PERL_RUNS, PERL_SCRIPT_RUNS, RUBY_RUNS, RUBY_SCRIPT_RUNS};

use super::environment::Reads;
use super::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Interface, base_name};
use memchr::memmem;

/// Extracts the flags of one language's programs.
pub struct Flags {
    system: &'static str,
    /// Endings of its files.
    endings: &'static [&'static str],
    /// Its interpreter in a first line; files without an ending are read where it is named.
    interpreter: Option<&'static str>,
    /// Words without which a file declares no flags.
    words: &'static [&'static str],
    read: fn(&Source<'_>) -> Option<Interface>,
    /// Text without which a file reads no environment variable, and what finds those.
    environment: Option<(&'static str, Variables)>,
}

/// Finds the environment variables that a file reads.
type Variables = fn(&Source<'_>, &mut Reads);

/// Ruby: OptionParser, Slop.
pub const RUBY: Flags = Flags {
    system: "ruby",
    endings: &[".rb"],
    interpreter: Some("ruby"),
    words: &["OptionParser", "Slop"],
    read: ruby::interface,
    environment: Some(("ENV", environment::ruby)),
};

/// Perl: Getopt::Long, Getopt::Std.
pub const PERL: Flags = Flags {
    system: "perl",
    endings: &[".pl"],
    interpreter: Some("perl"),
    words: &["Getopt::Long", "Getopt::Std"],
    read: perl::interface,
    environment: Some(("$ENV", environment::perl)),
};

/// JavaScript: yargs, commander, minimist, `util.parseArgs`.
pub const NODE: Flags = Flags {
    system: "node",
    endings: &[".js", ".mjs", ".cjs", ".ts"],
    interpreter: Some("node"),
    words: &["yargs", "commander", "minimist", "parseArgs"],
    read: node::interface,
    environment: Some(("process.env", environment::node)),
};

/// Go: `flag`, pflag, cobra.
pub const GO: Flags = Flags {
    system: "go",
    endings: &[".go"],
    interpreter: None,
    words: &["\"flag\"", "spf13/pflag\"", "spf13/cobra\""],
    read: go::interface,
    environment: Some(("os.Getenv", environment::go)),
};

/// Rust: clap's and structopt's derive.
pub const RUST: Flags = Flags {
    system: "rust",
    endings: &[".rs"],
    interpreter: None,
    words: &["Parser", "StructOpt"],
    read: clap::interface,
    environment: None,
};

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
        let named = match bytes.strip_prefix(b"#!").zip(self.interpreter) {
            Some((rest, interpreter)) => {
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len()).min(200);
                memmem::find(&rest[..end], interpreter.as_bytes()).is_some()
            }
            // A file that says nothing else is known by its ending.
            None => true,
        };
        let mut words = self.words.iter().chain(self.environment.iter().map(|(word, _)| word));
        named && words.any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let base = base_name(source.path);
        let script = source.bytes.starts_with(b"#!");
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
