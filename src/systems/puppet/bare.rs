//! Names that templates read and that nothing in them sets: bare words of ERB, which are
//! variables to Puppet 3 alone, and plain variables of EPP.
//!
//! (Sources: `Puppet::Parser::TemplateWrapper` and `EppEvaluator` of Puppet 7; Puppet 4.0's
//! release notes, "Template variables without @".)

use super::every_scope;
use crate::facts::Span;
use rustc_hash::FxHashSet;

/// Words that a template can say by themselves: methods of every object in Ruby, and of
/// Puppet's wrapper around a template. (Source: Ruby 3.1, Puppet 7.23.)
const METHODS: &[&str] = &[
    "abort",
    "alert",
    "all_tags",
    "binding",
    "caller",
    "classes",
    "clone",
    "crit",
    "debug",
    "display",
    "dup",
    "emerg",
    "err",
    "fail",
    "false",
    "file",
    "freeze",
    "gets",
    "hash",
    "info",
    "inspect",
    "itself",
    "method",
    "methods",
    "nil",
    "notice",
    "object_id",
    "p",
    "pp",
    "print",
    "proc",
    "puts",
    "raise",
    "rand",
    "readline",
    "readlines",
    "result",
    "scope",
    "self",
    "srand",
    "tags",
    "test",
    "then",
    "to_s",
    "true",
    "warn",
    "warning",
    "yield",
];

/// Those that fail where they are handed nothing.
const FAILING: &[&str] = &[
    "exec", "exit", "fail", "format", "load", "method", "open", "raise", "require", "select",
    "spawn", "sprintf", "syscall", "system", "test", "throw", "trap",
];

/// Those that give something of their own.
const GIVING: &[&str] =
    &["caller", "display", "gets", "hash", "inspect", "methods", "p", "printf", "rand", "sleep"];

/// What a word by itself is that a template has as a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// It fails: it needs something to be handed.
    Failing,
    /// It is another value than a variable's.
    Giving,
    /// One that is asked for by its own name.
    Own,
}

/// What Ruby has under a name in every template, if anything.
pub(super) fn method(word: &str) -> Option<Method> {
    if FAILING.contains(&word) {
        Some(Method::Failing)
    } else if GIVING.contains(&word) {
        Some(Method::Giving)
    } else {
        METHODS.binary_search(&word).is_ok().then_some(Method::Own)
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// Whether a word can be the name of a variable.
fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && word.chars().all(is_word)
}

/// Adds the words that a piece of Ruby sets, hands to a block or defines: `a = 1`, `|a, b|`,
/// `for a in`. Where it does what is not understood, all of its words.
fn known_to_ruby<'t>(code: &'t str, out: &mut FxHashSet<&'t str>) {
    let all = ["def ", "lambda", "proc", "scope", "method", "eval", "binding", "<<"];
    let is_odd = all.iter().any(|word| code.contains(word));
    let bars: Vec<usize> = code.match_indices('|').map(|(at, _)| at).collect();
    let mut start = 0;
    for word in code.split(|own| !is_word(own)) {
        let end = start + word.len();
        let after = code[end..].trim_start();
        // `(a, b) = c`.
        let behind = after.trim_start_matches([')', ' ']);
        let sets =
            behind.starts_with('=') && !behind.starts_with("==") && !behind.starts_with("=~")
                || after.starts_with(',')
                || after.starts_with("||=")
                || after.starts_with("+=");
        let between = bars
            .chunks(2)
            .any(|pair| pair[0] < start && pair.get(1).is_none_or(|close| start < *close));
        let in_loop = code[..start].trim_end().ends_with("for") || after.starts_with("in ");
        if is_odd || sets || between || in_loop {
            out.insert(word);
        }
        start = end + code[end..].chars().next().map_or(0, char::len_utf8);
    }
}

/// `<%= port %>`: words that nothing in the template sets, by their first places. `tags`
/// are the bounds of its code.
pub(super) fn words<'t>(text: &'t str, tags: &[(usize, usize)]) -> Vec<(&'t str, Span)> {
    let bare = |&(start, end): &(usize, usize)| {
        let code = text[start..end].strip_prefix('=')?;
        let code = code.strip_suffix('-').unwrap_or(code);
        let word = code.trim();
        let at = start + 1 + (code.len() - code.trim_start().len());
        (is_name(word) && method(word) != Some(Method::Own))
            .then(|| (word, Span::new(at, at + word.len())))
    };
    let mut found: Vec<(&str, Span)> = tags.iter().filter_map(bare).collect();
    if found.is_empty() {
        return found;
    }
    let rest = tags.iter().filter(|tag| bare(tag).is_none());
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    rest.for_each(|&(start, end)| known_to_ruby(&text[start..end], &mut seen));
    found.retain(|(word, _)| seen.insert(*word));
    found
}

/// Plain variables that the code of an EPP template reads: neither parameters, which stand
/// between bars as those of lambdas do, nor set or asked about anywhere in it.
pub(super) fn variables<'t>(text: &'t str, tags: &[(usize, usize)]) -> Vec<(&'t str, Span)> {
    let mut known: FxHashSet<&str> = FxHashSet::default();
    let mut reads = Vec::new();
    for &(start, end) in tags {
        let code = &text[start..end];
        let bars: Vec<usize> = code.match_indices('|').map(|(at, _)| at).collect();
        let own = dollars(code);
        let asks = ["if ", "elsif ", "unless ", "case ", "pick(", "defined(", "empty", " ? "];
        let asked = asks.iter().any(|word| code.contains(word));
        for (name, at) in own {
            let after = code[at + name.len()..].trim_start();
            let sets = after.strip_prefix('=').is_some_and(|own| !own.starts_with(['=', '~', '>']));
            let between = bars
                .chunks(2)
                .any(|pair| pair[0] < at && pair.get(1).is_none_or(|close| at < *close));
            if sets || between || asked {
                known.insert(name);
            } else {
                reads.push((name, Span::new(start + at, start + at + name.len())));
            }
        }
    }
    let mut seen = FxHashSet::default();
    reads
        .retain(|(name, _)| !known.contains(name) && !every_scope::has(name) && seen.insert(*name));
    reads
}

/// The plain variables in a piece of Puppet code, with the places of their names.
fn dollars(code: &str) -> Vec<(&str, usize)> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut quote = 0u8;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'#' if quote == 0 => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                continue;
            }
            own @ (b'\'' | b'"') if quote == 0 => quote = own,
            own if own == quote => quote = 0,
            b'$' if quote != b'\'' => {
                let begin = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'{'));
                let rest = code.get(begin..).unwrap_or_default();
                let len = rest.find(|own| !is_word(own)).unwrap_or(rest.len());
                let name = &rest[..len];
                let after = &rest[len..];
                let is_call = begin > at + 1 && after.starts_with('(');
                if is_name(name) && !after.starts_with("::") && !is_call {
                    found.push((name, begin));
                }
                at = begin + len;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(METHODS.is_sorted());
    }

    #[test]
    fn plain_variables_of_code() {
        let names = |code| dollars(code).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("= $a['b'] + \"${c} $d \\$e ${f('x')}\" # $g"), ["a", "c", "d"]);
        assert_eq!(names("'$a' $::b $c::d"), Vec::<&str>::new());
    }

    #[test]
    fn what_a_template_sets_is_no_read_from_elsewhere() {
        let text = "| $a |;$b = $a;$b;$c == 1;$all.each |$one| {;$one;if $maybe {;$maybe;$free";
        let mut tags = Vec::new();
        let mut start = 0;
        for code in text.split(';') {
            tags.push((start, start + code.len()));
            start += code.len() + 1;
        }
        let names: Vec<_> = variables(text, &tags).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["c", "all", "free"]);
    }
}
