//! Methods that files of Ruby offer each other, and those that they call.
//!
//! They are matched by bare name, which says nothing about what is missing; it does say which
//! files have to change together when a name goes.

use crate::domain::methods::Methods;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Standing, base_name, kinds};
use crate::syntax::script::lexer::{self, RUBY};
use crate::syntax::script::tokens::Tokens;

/// Extracts methods of Ruby.
pub(super) struct Defined;

/// Larger files are data.
const MAX_SIZE: usize = 256 << 10;

impl Extractor for Defined {
    fn system(&self) -> &'static str {
        "ruby"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        (base.ends_with(".rb") || base.ends_with(".rake") || !base.contains('.'))
            && Standing::of(path).is_live()
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        bytes.len() <= MAX_SIZE && bytes.contains(&b'_')
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if !super::is_ruby(source) {
            return;
        }
        let tokens = lexer::tokens(source.text, &RUBY);
        let mut found = Methods::new(kinds::RUBY_METHOD);
        let mut ix = 0;
        while ix < tokens.len() {
            ix = match tokens.name(ix) {
                Some("def") => definition(&tokens, ix + 1, &mut found),
                Some(name) => {
                    mention(&tokens, ix, name, &mut found);
                    ix + 1
                }
                None if tokens.is(ix, "|") => block(&tokens, ix, &mut found),
                None => ix + 1,
            };
        }
        found.finish(out);
    }
}

/// `def NAME(…)`, `def self.NAME`; where it ends.
fn definition<'t>(tokens: &'t Tokens<'t>, mut ix: usize, found: &mut Methods<'t>) -> usize {
    while tokens.is(ix + 1, ".") {
        ix += 2;
    }
    let Some(name) = tokens.name(ix) else { return ix };
    found.defines(name, tokens.span(ix));
    if !tokens.is(ix + 1, "(") {
        return ix + 1;
    }
    let end = tokens.close(ix + 1);
    (ix + 2..end).filter_map(|at| tokens.name(at)).for_each(|name| found.binds(name));
    end.max(ix + 1)
}

/// `|a, b|` of a block; where it ends.
fn block<'t>(tokens: &'t Tokens<'t>, ix: usize, found: &mut Methods<'t>) -> usize {
    if !ix.checked_sub(1).is_some_and(|at| tokens.is(at, "do") || tokens.is(at, "{")) {
        return ix + 1;
    }
    let end = (ix + 1..(ix + 20).min(tokens.len())).find(|at| tokens.is(*at, "|"));
    let Some(end) = end else { return ix + 1 };
    (ix + 1..end).filter_map(|at| tokens.name(at)).for_each(|name| found.binds(name));
    end + 1
}

fn mention<'t>(tokens: &'t Tokens<'t>, ix: usize, name: &'t str, found: &mut Methods<'t>) {
    let before = |text: &str| ix > 0 && tokens.is(ix - 1, text);
    // A symbol, a variable with a sigil, a constant's part, a key.
    if [":", "@", "$", "::", "&"].iter().any(|mark| before(mark)) || tokens.is(ix + 1, ":") {
        return;
    }
    let follows = |text: &str| tokens.is(ix + 1, text);
    let is_assigned = follows("=") || follows("||") && tokens.is(ix + 2, "=");
    match is_assigned || follows(",") && !before(".") && !before("(") && !before(",") {
        // `a, b = f`: what is bound so is no call.
        true => found.binds(name),
        false => found.calls(name, tokens.span(ix)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_by_their_names() {
        let text = "module Net\n  def self.wait_for(host_name, port)\n    try_port host_name\n  end\n  def try_port(x); end\nend\nwait_until(3)\nnode.test_port?\nold_value = 1\nputs old_value\nrun(:on_error, key_name: 1)\nlist.each do |own_item|\n  puts own_item\nend\n\"#{ask_it}\"\n";
        let mut out = FileFacts::default();
        Defined.extract(&Source::of("lib/net.rb", text), &Settings::default(), &mut out);
        let provides: Vec<String> = out.provides.iter().map(|own| own.name.to_string()).collect();
        assert_eq!(provides, ["wait_for", "try_port"]);
        let requires: Vec<String> =
            out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect();
        assert_eq!(requires, ["wait_until", "test_port"]);
    }
}
