//! What a text gains and loses from one version to the next, whatever its language: whether
//! it only grows, which words become others, and which names it has in what way.

use super::{Family, Sheet, lines};
use rustc_hash::FxHashMap;

/// How much of two versions is compared.
const MOST_LINES: usize = 600;
/// So many words of a line are looked at.
const MOST_WORDS: usize = 24;
/// Shorter names say nothing.
const SHORTEST: usize = 6;

/// What becomes of the lines of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// All that was there stays, in its order.
    Adds,
    /// All that is there was there before, in that order.
    Takes,
    /// Neither.
    Changes,
}

/// How the file at `path` changes, without its comments.
pub fn growth(path: &str, old: &str, new: &str) -> Growth {
    let family = Family::of(path);
    let told = |text| -> Vec<&str> {
        let all = lines::of(text, family).into_iter().map(|(_, line)| line.trim());
        all.filter(|line| !line.is_empty()).collect()
    };
    let (old, new) = (told(old), told(new));
    let is_within = |less: &[&str], more: &[&str]| {
        let mut more = more.iter();
        less.iter().all(|line| more.any(|own| own == line))
    };
    match (old == new, is_within(&old, &new), is_within(&new, &old)) {
        (false, true, _) => Growth::Adds,
        (false, _, true) => Growth::Takes,
        _ => Growth::Changes,
    }
}

/// How a text has a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Having {
    /// Where it gives something that name: a key, a definition, the value of `name`.
    pub defines: Option<usize>,
    /// Where it has it otherwise.
    pub uses: Option<usize>,
}

/// A word that became another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced<'t> {
    /// The old word, and how the old text has it at these places.
    pub from: (&'t str, Having),
    /// The new one likewise.
    pub to: (&'t str, Having),
}

/// The names of a line, with their columns; a name may have hyphens inside.
pub fn names(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let begin =
                at + line.get(at..)?.find(|c: char| c.is_ascii_alphanumeric() || c == '_')?;
            let rest = &line[begin..];
            let whole = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
            at = begin + whole.len();
            let name = whole.trim_end_matches('-');
            if !name.starts_with(|c: char| c.is_ascii_digit()) {
                return Some((begin, name));
            }
        }
    })
}

/// Whether a name is one that nobody writes by chance: of several words, and no number.
pub fn is_distinct(name: &str) -> bool {
    let bare = name.trim_matches(['_', '-']);
    let letters = bare.bytes().filter(u8::is_ascii_alphabetic).count();
    let pairs = || bare.bytes().zip(bare.bytes().skip(1));
    let humps = pairs().any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    let is_hex = bare.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-');
    bare.len() >= SHORTEST
        && letters * 3 >= bare.len() * 2
        && !is_hex
        && (humps || bare.contains(['_', '-']))
}

impl<'t> Sheet<'t> {
    /// Every name that it has, and how.
    pub fn having(&self) -> FxHashMap<&'t str, Having> {
        let mut out: FxHashMap<&'t str, Having> = FxHashMap::default();
        for (start, line) in &self.lines {
            for (at, name) in names(line) {
                note(out.entry(name).or_default(), self.stance(line, at, name), start + at);
            }
        }
        out
    }

    /// Whether it has the name anywhere.
    pub fn has_name(&self, name: &str) -> bool {
        self.lines.iter().any(|(_, line)| lines::bounded(line, name).next().is_some())
    }

    /// Which words of its lines became others in `new`: in a line that is the same but for
    /// that word.
    pub fn replaced(&self, new: &Self) -> Vec<Replaced<'t>> {
        let only = |own: &Sheet<'t>, other: &Sheet<'t>| -> Vec<(usize, &'t str)> {
            let known: rustc_hash::FxHashSet<&str> =
                other.lines.iter().map(|(_, line)| line.trim()).collect();
            let lines = own.lines.iter().filter(|(_, line)| !known.contains(line.trim()));
            lines.filter(|(_, line)| !line.trim().is_empty()).copied().collect()
        };
        let (before, after) = (only(self, new), only(new, self));
        if before.len() > MOST_LINES || after.len() > MOST_LINES {
            return Vec::new();
        }
        let mut masked: FxHashMap<String, (usize, usize, &'t str)> = FxHashMap::default();
        for (start, line) in before {
            for (at, name) in names(line).take(MOST_WORDS) {
                for mask in masks(line, at, name) {
                    masked.entry(mask).or_insert((start, at, name));
                }
            }
        }
        let mut out: FxHashMap<(&'t str, &'t str), (Having, Having)> = FxHashMap::default();
        for (start, line) in after {
            for (at, name) in names(line).take(MOST_WORDS) {
                for mask in masks(line, at, name) {
                    let Some((old_start, old_at, from)) = masked.get(&mask) else { continue };
                    if *from == name {
                        continue;
                    }
                    let Some((_, old)) = self.line_at(*old_start) else { continue };
                    let (was, is) = out.entry((from, name)).or_default();
                    note(was, self.stance(old, *old_at, from), old_start + old_at);
                    note(is, new.stance(line, at, name), start + at);
                }
            }
        }
        let mut out: Vec<Replaced<'t>> = out
            .into_iter()
            .map(|((from, to), (was, is))| Replaced { from: (from, was), to: (to, is) })
            .collect();
        out.sort_unstable_by_key(|own| (own.from.0, own.to.0));
        out
    }

    fn line_at(&self, start: usize) -> Option<(usize, &'t str)> {
        let ix = self.lines.binary_search_by_key(&start, |(start, _)| *start).ok()?;
        self.lines.get(ix).copied()
    }

    /// How the name in a line stands there.
    fn stance(&self, line: &str, at: usize, name: &str) -> Stance {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        if is_prose(before, after) {
            return Stance::Says;
        }
        if is_filled(self.path) {
            return Stance::Uses;
        }
        let (bare, rest) = unquoted(before, after);
        let first = bare.trim_start().trim_start_matches("- ").trim_start();
        let begins = first.trim_start_matches(['$', '@', ':']).is_empty();
        let is_own = begins && self.declared.iter().any(|own| own.name == name)
            || self.path.ends_with(".pp") && is_parameter(first, rest);
        let is_block = bare.len() < before.len()
            && BLOCKS.iter().any(|own| line.trim_start().starts_with(own));
        match is_own || is_block || is_defined(bare) {
            true => Stance::Defines,
            false if self.is_key(bare, rest, begins, bare.len() < before.len()) => Stance::Defines,
            false if self.is_named(line, bare) => Stance::Defines,
            // What a call of Ruby hands on by name is neither.
            false if self.family == Family::Ruby && rest.starts_with(": ") => Stance::Says,
            false => Stance::Uses,
        }
    }

    /// Whether a word is a key of data, or what a value is assigned to.
    fn is_key(&self, bare: &str, rest: &str, begins: bool, is_quoted: bool) -> bool {
        let is_code = matches!(
            self.family,
            Family::Python | Family::Ruby | Family::Php | Family::JavaScript | Family::Go
        );
        // A variable of a function is nobody else's; what a module declares is read as such.
        if rest.starts_with('=') && !rest.starts_with("=>") {
            return begins && !is_code && !rest.starts_with("==") && !rest.starts_with("=~");
        }
        let is_marked = rest.starts_with("=>") || rest.starts_with(':') && !rest.starts_with("::");
        let is_inner = bare.trim_end().ends_with(['{', ',', '[', '(']);
        // The key of a parameter begins with its class.
        let is_qualified = bare.ends_with("::") && !bare.trim_start().contains(' ');
        let is_plain = begins || is_inner || self.family == Family::Yaml && is_qualified;
        is_marked && (is_quoted || is_plain && !(self.family == Family::Ruby))
    }

    /// Whether a word is the value of `name`: of an object itself, not of one that is asked for.
    fn is_named(&self, line: &str, bare: &str) -> bool {
        let bare = bare.trim_end();
        let is_name = NAMING.iter().any(|own| bare.ends_with(own));
        let indent = line.len() - line.trim_start().len();
        let is_object = self.family != Family::Yaml
            || line.trim_start().starts_with("- name:")
            || indent == 0
            || indent == 2;
        is_name && is_object
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stance {
    Defines,
    Uses,
    /// In a sentence.
    Says,
}

fn note(having: &mut Having, stance: Stance, at: usize) {
    let place = match stance {
        Stance::Defines => &mut having.defines,
        Stance::Uses => &mut having.uses,
        Stance::Says => return,
    };
    place.get_or_insert(at);
}

/// What stands before the name of something.
const NAMING: [&str; 4] = ["name:", "name =", "name\":", "name="];

/// Words before what is defined.
const DEFINING: [&str; 20] = [
    "def",
    "function",
    "class",
    "module",
    "interface",
    "trait",
    "const",
    "let",
    "var",
    "func",
    "type",
    "enum",
    "define",
    "scope",
    "alias",
    "local",
    "export",
    "attr_reader",
    "attr_accessor",
    "belongs_to",
];

/// How lines begin that define what they quote.
const BLOCKS: [&str; 6] = ["variable ", "output ", "resource ", "data ", "module ", "define("];

/// Endings of templates: what they name, something else has.
const FILLED: [&str; 14] = [
    ".erb",
    ".epp",
    ".j2",
    ".jinja",
    ".jinja2",
    ".mustache",
    ".hbs",
    ".twig",
    ".haml",
    ".slim",
    ".phtml",
    ".blade.php",
    ".ejs",
    ".njk",
];

fn is_filled(path: &str) -> bool {
    // Templates of Puppet need no ending of their own.
    let is_template = path.contains("/templates/") && Family::of(path) == Family::Other;
    is_template || FILLED.iter().any(|ending| path.ends_with(ending))
}

/// Whether a word of a language before a name defines it.
fn is_defined(bare: &str) -> bool {
    let words = bare.trim_end_matches([':', '$', '&', '@']).trim_end();
    let last = words.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    let is_apart = bare.ends_with(|c: char| c.is_whitespace() || matches!(c, ':' | '$' | '&'));
    bare.trim_end().ends_with("def self.")
        || is_apart && last.is_some_and(|last| DEFINING.contains(&last))
}

/// A line without its word at `at`: there alone, and wherever it stands.
fn masks(line: &str, at: usize, name: &str) -> Vec<String> {
    const HOLE: &str = "\u{0}";
    let all: Vec<usize> =
        names(line).filter(|(_, own)| *own == name).map(|(at, _)| at).take(MOST_WORDS).collect();
    let without = |places: &[usize]| {
        let mut out = String::with_capacity(line.len());
        let mut from = 0;
        for place in places {
            out.push_str(&line[from..*place]);
            out.push_str(HOLE);
            from = place + name.len();
        }
        out.push_str(&line[from..]);
        // Names of other lengths move what is aligned.
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    match all.len() {
        0 | 1 => vec![without(&[at])],
        _ => vec![without(&[at]), without(&all)],
    }
}

/// What stands before and after a word without the quotes around it, and what follows without
/// blanks.
fn unquoted<'l>(before: &'l str, after: &'l str) -> (&'l str, &'l str) {
    for quote in ['"', '\''] {
        if let (Some(before), Some(after)) = (before.strip_suffix(quote), after.strip_prefix(quote))
        {
            return (before, after.trim_start());
        }
    }
    (before, after.trim_start())
}

/// Whether a variable of Puppet is set, or a parameter: `$x,` and `Optional[String] $x = 1,`.
fn is_parameter(first: &str, rest: &str) -> bool {
    let Some(kind) = first.strip_suffix('$') else { return false };
    let is_kind = kind.is_empty() || kind.starts_with(|c: char| c.is_ascii_uppercase());
    is_kind && (rest.is_empty() || rest.starts_with(['=', ',', ')']) && !rest.starts_with("=="))
}

/// Whether a word stands in a sentence: between other words, with nothing but blanks between.
fn is_prose(before: &str, after: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == ',';
    let left = before.ends_with(' ') && before.trim_end().ends_with(is_word);
    let right =
        after.starts_with(' ') && after.trim_start().starts_with(|c: char| c.is_alphanumeric());
    left && right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_only_grows() {
        let of = |old, new| growth("a.yml", old, new);
        assert_eq!(of("a: 1\n", "a: 1\nb: 2\n"), Growth::Adds);
        assert_eq!(of("a: 1\nb: 2\n", "# why\nb: 2\n"), Growth::Takes);
        assert_eq!(of("a: 1\n", "a: 2\n"), Growth::Changes);
        assert_eq!(of("a: 1\n", "# why\na: 1\n"), Growth::Changes);
    }

    #[test]
    fn names_have_hyphens_inside() {
        let all: Vec<&str> = names("- web-int: a_b-- 9x c").map(|(_, name)| name).collect();
        assert_eq!(all, ["web-int", "a_b", "c"]);
    }

    #[test]
    fn names_of_several_words() {
        assert!(is_distinct("web-internal") && is_distinct("webInternal"));
        assert!(!is_distinct("internal") && !is_distinct("v1-2-3-4") && !is_distinct("ab_c"));
        assert!(!is_distinct("deadbeef-cafe"));
    }

    #[test]
    fn words_that_become_others() {
        let (old, new) = ("ports:\n  web-old:\n    port: 1\n", "ports:\n  web-new:\n    port: 1\n");
        let (old, new) = (Sheet::read("a.yml", old), Sheet::read("a.yml", new));
        let all = old.replaced(&new);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].from.0, all[0].to.0), ("web-old", "web-new"));
        assert!(all[0].to.1.defines.is_some() && all[0].to.1.uses.is_none());
        let (old, new) = ("entry:\n  - web-old\n", "entry:\n  - web-new\n");
        let (old, new) = (Sheet::read("b.yml", old), Sheet::read("b.yml", new));
        let all = old.replaced(&new);
        assert!(all[0].to.1.uses.is_some() && all[0].to.1.defines.is_none());
        // The line changes in another place, too.
        let (old, new) =
            (Sheet::read("b.yml", "a: web-old 1\n"), Sheet::read("b.yml", "a: web-new 2\n"));
        assert_eq!(old.replaced(&new), []);
    }

    #[test]
    fn a_word_of_two_that_are_alike() {
        let old = Sheet::read("a.py", "x = {\"version\": own[\"version\"]}\n");
        let new = Sheet::read("a.py", "x = {\"sql_version\": own[\"version\"]}\n");
        let all = old.replaced(&new);
        assert_eq!((all[0].from.0, all[0].to.0), ("version", "sql_version"));
    }
}
