//! A `Puppetfile`: the modules that r10k or librarian-puppet bring.
//!
//! It is Ruby. Read line by line, as nearly all are written; what is computed says only that the
//! list is not whole. (Source: the manuals of r10k and librarian-puppet.)

use super::listed::{module_name, provide};
use crate::extract::{Names, Source};
use crate::facts::{Detail, FileFacts, Problem, Span, Strength, kinds, parent_folder};
use rustc_hash::FxHashMap;

/// Words with which a line of Ruby computes.
const COMPUTING: [&str; 7] =
    ["eval", "instance_eval", "Dir", "File", "require", "metadata", "load"];

/// Words with which a line of Ruby decides.
const DECIDING: [&str; 6] = ["if", "unless", "else", "elsif", "case", "when"];

/// `mod 'author/name', '1.0'`: one module each. Where nothing in the file is computed, it
/// lists them all.
pub(super) fn read(source: &Source<'_>, names_of: Names, out: &mut FileFacts) {
    super::addresses(source.text, out);
    let mut computed = false;
    let mut decided = false;
    let mut last = None;
    let mut names = Vec::new();
    for (start, line) in source.lines() {
        let code = line.trim();
        if let Some(rest) = entry(code) {
            let rest = rest.trim_start_matches([' ', '\t', '(']);
            let quote = rest.chars().next().filter(|letter| matches!(letter, '\'' | '"'));
            let Some(full) = quote.and_then(|quote| rest[1..].split(quote).next()) else {
                computed = true;
                continue;
            };
            computed |= full.contains("#{");
            let at = start + line.find(full).unwrap_or(0);
            last = Some(out.provides.len());
            let span = Span::new(at, at + full.len());
            provide(out, kinds::PUPPET_EXTERNAL, module_name(full), span, "");
            names.push((module_name(full), span));
        }
        // A module that r10k is to leave alone lies in the tree.
        if (code.contains(":local") || code.contains("local:"))
            && let Some(ix) = last.take()
        {
            out.provides.truncate(ix);
        }
        let word = code.split(|c: char| !(c.is_alphanumeric() || c == '_')).next();
        let word = word.unwrap_or_default();
        computed |= COMPUTING.contains(&word) || code.contains(".each");
        decided |= DECIDING.contains(&word) || code.contains(" if ") || code.contains(" unless ");
    }
    if names.is_empty() || computed {
        return;
    }
    if !decided {
        // Words that r10k alone takes.
        let r10k = [":latest", ":branch", ":tag", ":commit", ":control_branch", "moduledir"];
        let is_r10k = r10k.iter().any(|word| source.text.contains(word));
        let names_of = if is_r10k { Names::Absolute } else { names_of };
        twice(&names, names_of, out);
        slips(source, &mut out.problems);
    }
    // A control repository, as r10k knows it, states its dependencies all; librarian-puppet
    // resolves those of its modules by itself.
    let folder = parent_folder(source.path);
    let span = Span::new(0, 0);
    provide(out, kinds::PUPPET_MODULE_LIST, "Puppetfile", span, Detail::folder_of(folder));
}

/// What follows `mod` on a line.
fn entry(code: &str) -> Option<&str> {
    code.strip_prefix("mod").filter(|rest| rest.starts_with([' ', '\t', '(']))
}

/// Modules that are listed twice. (Source: r10k 3, "Puppetfiles cannot contain duplicate module
/// names"; r10k 2 warned of them; librarian-puppet takes the last. What deploys a tree for Puppet 4
/// and later is r10k 3 by now.)
fn twice(names: &[(&str, Span)], names_of: Names, out: &mut FileFacts) {
    let mut first: FxHashMap<&str, Span> = FxHashMap::default();
    for &(name, span) in names {
        let Some(before) = first.insert(name, span) else { continue };
        let message = format!("the module `{name}` is listed twice");
        let mut problem = Problem::new("duplicate-definition", message, span);
        if names_of == Names::Relative {
            problem.strength = Strength::Likely;
        }
        problem.help = "r10k 3 and later refuse the file, others take one of the two".into();
        problem.related.push((before, "listed here too".into()));
        out.problems.push(problem);
    }
}

/// The places at which Ruby, or r10k, refuses the file, of what is certain by a line and its
/// neighbours. What follows a line that says what nothing here knows is left out.
fn slips(source: &Source<'_>, out: &mut Vec<Problem>) {
    let mut before: Option<(usize, &str)> = None;
    for (start, line) in source.lines() {
        let code = line.trim();
        if code.is_empty() || code.starts_with('#') {
            continue;
        }
        if code.starts_with("=begin") || code.contains("<<") || code.contains("__END__") {
            return;
        }
        let after_comma = before.is_some_and(|(_, own)| without_comment(own).ends_with(','));
        // The line before belongs to a module: it names one, or an option of one.
        let before_entry = before.is_some_and(|(_, own)| {
            let own = own.trim();
            entry(own).is_some() || is_option(own)
        });
        if let Some(rest) = entry(code) {
            if let Some((start, line)) = before.filter(|_| after_comma) {
                out.push(refused("the comma leads to nothing", start, line));
            }
            out.extend(of_entry(rest, start, line));
        } else if is_option(code) && before_entry && !after_comma {
            let Some((start, line)) = before else { return };
            let own = without_comment(line);
            if own.ends_with("':") || own.ends_with("\":") {
                out.push(refused("a colon where a comma belongs", start, line));
            } else if own.ends_with(['\'', '"']) {
                out.push(refused("no comma before the next line", start, line));
            } else {
                return;
            }
        }
        if let Some(at) = open_quote(code).filter(|_| entry(code).is_some() || is_option(code)) {
            // What follows is text, up to the next quote of the kind.
            let at = start + (line.len() - line.trim_start().len()) + at;
            let mut problem = refused("a quote that is never closed", start, line);
            problem.span = Span::new(at, start + line.trim_end().len());
            out.push(problem);
            return;
        }
        out.extend(of_option(source, (start, line), after_comma));
        before = Some((start, line));
    }
    if let Some((start, line)) = before.filter(|(_, own)| without_comment(own).ends_with(',')) {
        out.push(refused("the comma leads to nothing", start, line));
    }
}

fn refused(message: &str, start: usize, line: &str) -> Problem {
    let at = start + (line.len() - line.trim_start().len());
    let mut problem = Problem::new("parse-error", message, Span::new(at, at + line.trim().len()));
    problem.help = "Ruby refuses the whole file, and no module is deployed".into();
    problem
}

/// What is wrong with the line that names a module; `rest` is what follows its first word.
fn of_entry(rest: &str, start: usize, line: &str) -> Option<Problem> {
    if has_bare_version(rest) {
        return Some(refused("a version without quotes", start, line));
    }
    runs_on(rest).then(|| {
        let mut problem = refused("no comma between the name and the version", start, line);
        problem.help =
            "Ruby reads them as one word, or refuses the file: no module is called so".into();
        problem
    })
}

/// What is wrong with the line of an option.
fn of_option(
    source: &Source<'_>,
    (start, line): (usize, &str),
    after_comma: bool,
) -> Option<Problem> {
    if let Some(problem) = symbol_for_text(start, line) {
        return Some(problem);
    }
    if after_comma && let Some(option) = without_sign(line.trim()) {
        let mut problem = refused("an option without its sign", start, line);
        problem.help = format!("write `{option}:`, or `:{option} =>`: Ruby calls a method so");
        return Some(problem);
    }
    let (meant, span) = misspelt(start, line)?;
    let word = &source.text[span.range()];
    let mut problem = Problem::new("unknown-parameter", format!("no module takes `{word}`"), span);
    problem.help = format!("did you mean `{meant}`? r10k refuses the whole file");
    Some(problem)
}

/// The place of a quote that its line does not close.
fn open_quote(code: &str) -> Option<usize> {
    let mut open = None;
    let mut escaped = false;
    for (at, letter) in code.char_indices() {
        match (open, letter) {
            (None, '#') => return None,
            (None, '\'' | '"') => open = Some((at, letter)),
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some((_, own)), letter) if own == letter => open = None,
            _ => {}
        }
    }
    open.map(|(at, _)| at)
}

/// What modules take. (Source: the manuals of r10k 5 and librarian-puppet 3.)
const OPTIONS: [&str; 20] = [
    "branch",
    "commit",
    "default_branch",
    "default_branch_override",
    "exclude_spec",
    "forge",
    "git",
    "github_tarball",
    "install_path",
    "latest",
    "local",
    "path",
    "ref",
    "revision",
    "source",
    "svn",
    "tag",
    "type",
    "username",
    "version",
];

/// An option that is another but for a letter, what was meant, and its place.
fn misspelt(start: usize, line: &str) -> Option<(&'static str, Span)> {
    let code = line.trim_start().strip_prefix(':')?;
    let word = code.split(|own: char| !(own.is_ascii_alphabetic() || own == '_')).next()?;
    let is_option = code[word.len()..].trim_start().starts_with("=>");
    if !is_option || OPTIONS.contains(&word) || word == "rev" {
        return None;
    }
    let meant = OPTIONS.into_iter().find(|own| strsim::osa_distance(own, word) == 1)?;
    let at = start + line.len() - code.len();
    Some((meant, Span::new(at, at + word.len())))
}

/// `branch 'main'` where an option belongs.
fn without_sign(code: &str) -> Option<&str> {
    let (word, value) = code.split_once([' ', '\t'])?;
    let value = value.trim_start();
    (OPTIONS.contains(&word) && word != "forge" && value.starts_with(['\'', '"'])).then_some(word)
}

/// A line of Ruby up to its comment.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') => return line[..at].trim(),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(own), letter) if own == letter => quote = None,
            _ => {}
        }
    }
    line.trim()
}

/// Whether a line is an option of the module above: `:git => 'x'`, `git: 'x'`.
fn is_option(code: &str) -> bool {
    let is_word =
        |own: &str| !own.is_empty() && own.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let symbol = code.strip_prefix(':').and_then(|rest| rest.split_once("=>"));
    let label = code.split_once(": ").filter(|(word, _)| is_word(word));
    symbol.is_some_and(|(word, _)| is_word(word.trim())) || label.is_some()
}

/// `'a/b', 8.4.0`: no number has two points.
fn has_bare_version(rest: &str) -> bool {
    let quote = rest.trim_start_matches([' ', '\t', '(']).chars().next();
    let mut parts = quote.into_iter().flat_map(|quote| rest.splitn(3, quote)).skip(2);
    let after = parts.next().unwrap_or_default().trim_start();
    let version = after.strip_prefix(',').map(str::trim_start).unwrap_or_default();
    let version = version.split([' ', '#', ',', '\t', ')']).next().unwrap_or_default();
    // `:1.0.5`: no symbol begins with a digit.
    let bare = version.strip_prefix(':').unwrap_or(version);
    bare.starts_with(|own: char| own.is_ascii_digit())
        && version.matches('.').count() >= 2
        && bare.bytes().all(|own| own.is_ascii_digit() || own == b'.')
}

/// `'a/b'  '1.0'`: two texts side by side are one. `'a/b'  :latest`: a text and a symbol are nothing.
fn runs_on(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t', '(']);
    let Some(quote) = rest.chars().next().filter(|own| matches!(own, '\'' | '"')) else {
        return false;
    };
    let after = rest[1..].split_once(quote).map_or("", |(_, after)| after);
    let version = after.trim_start();
    let is_text = version.starts_with(['\'', '"']);
    let is_symbol = version.starts_with(":latest");
    is_symbol || is_text && version[1..].starts_with(|own: char| own.is_ascii_digit())
}

/// `:branch => :main`: r10k takes text, and of symbols its own `:control_branch` alone. (Source:
/// r10k, "wrong argument type Symbol (expected String)".)
fn symbol_for_text(start: usize, line: &str) -> Option<Problem> {
    let code = without_comment(line);
    let options = [":branch", ":ref", ":tag", ":commit", ":git"];
    let (option, value) = code.split_once("=>")?;
    let value = value.trim().trim_end_matches(',').trim_end();
    let word = value.strip_prefix(':')?;
    let is_word = word.bytes().all(|own| own.is_ascii_alphanumeric() || own == b'_');
    if !options.contains(&option.trim()) || !is_word || word == "control_branch" {
        return None;
    }
    let at = start + line.find(value)?;
    let message = format!("`{}` takes text, and `{value}` is a symbol", option.trim());
    let mut problem = Problem::new("incompatible-value", message, Span::new(at, at + value.len()));
    problem.help = format!("write `'{word}'`");
    Some(problem)
}
