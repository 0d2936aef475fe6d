//! Paths that a text spells, with holes where parts of them are put together at run time.

use super::places::{is_filter, is_removed, is_title};
use super::{Family, Sheet};

/// What stands for a part that is put together, and for any name.
pub const HOLE: char = '\u{0}';
/// What a shell fills in.
pub const GLOB: char = '*';

/// How long a path is at most.
const LONGEST: usize = 200;

/// From where a path leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// From a folder at or above the text's.
    Known,
    /// From a folder that is put together.
    PutTogether,
}

/// A path of at least two parts that a text spells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpelledPath {
    /// Where it stands.
    pub at: usize,
    /// How long it is there.
    pub length: usize,
    /// The path, without `./` and without the part that is put together at its begin.
    pub path: String,
    /// From where it leads.
    pub start: Start,
}

/// The paths of a text that it takes something from, as far as can be told by their lines.
pub(super) fn of(sheet: &Sheet<'_>) -> Vec<SpelledPath> {
    let mut out = Vec::new();
    if is_told(sheet.path) {
        return out;
    }
    for (ix, (start, line)) in sheet.lines.iter().enumerate() {
        if !line.contains('/') || is_other(line) || is_choice(line) {
            continue;
        }
        for mut own in tokens(line, is_levels(sheet.path)) {
            let (before, after) = (&line[..own.at], &line[own.at + own.length..]);
            let is_kept = !is_made(before)
                && !is_tag(after)
                && !is_title(sheet, before)
                && !is_removed(sheet, ix)
                && !is_sentence(sheet.family, before)
                && !is_filter(sheet, ix);
            if is_kept {
                own.at += start;
                out.push(own);
            }
        }
    }
    out
}

/// Texts whose paths are told to people, or to a tool that looks at them alone.
fn is_told(path: &str) -> bool {
    const TOLD: [&str; 12] = [
        "CODEOWNERS",
        "MANIFEST.in",
        "tox.ini",
        "copyright",
        "labeler.yml",
        "labeler.yaml",
        "dependabot.yml",
        "renovate.json",
        "package-lock.json",
        "pnpm-lock.yaml",
        ".gitattributes",
        "mkdocs.yml",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    TOLD.contains(&name)
        || name.ends_with("ignore")
        || name.starts_with("CHANGELOG")
        || matches!(
            ending,
            "md" | "rst" | "adoc" | "txt" | "po" | "pot" | "lock" | "svg" | "csv" | "log" | "sum"
        )
}

/// Lines that say something to people, name an image, or take things away.
fn is_other(line: &str) -> bool {
    const KEYS: [&str; 14] = [
        "description",
        "message",
        "msg",
        "help",
        "summary",
        "title",
        "exclude",
        "excludes",
        "ignore",
        "image",
        "repository",
        "FROM",
        "url",
        "creates",
    ];
    const COMMANDS: [&str; 10] =
        ["echo", "printf", "print", "rm", "rmdir", "mkdir", "touch", "mv", "chown", "unlink"];
    let bare = line.trim_start().trim_start_matches("- ").trim_start_matches('@');
    let end = bare.find(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).unwrap_or(bare.len());
    let word = bare[..end].trim_start_matches(['"', '\'']);
    let word =
        if word.is_empty() { bare.trim_matches('"').split('"').next().unwrap_or("") } else { word };
    KEYS.contains(&word)
        || ["exclude", "ignore", "skip"].iter().any(|own| word.starts_with(own))
        || COMMANDS.contains(&word)
        || [" rm ", "(rm ", " echo ", " mkdir ", "run: rm ", " exclude", "--exclude", "--ignore"]
            .iter()
            .any(|own| line.contains(own))
}

/// Whether a line has some of several sources, of which one will do.
fn is_choice(line: &str) -> bool {
    let all = line.matches("puppet:///").count();
    all > 1 || all == 1 && (line.contains('[') || line.trim_start().starts_with(['"', '\'']))
}

/// Whether what stands before a path says that it is written there.
fn is_made(before: &str) -> bool {
    let before = before.trim_end_matches(['"', '\'']).trim_end();
    let word = before.rsplit([' ', '\t']).next().unwrap_or_default();
    before.ends_with('>') && !before.ends_with("=>")
        || matches!(word, "-o" | "--output" | "tee" | "--out" | "-O" | "--exclude" | "!")
        || word.starts_with("--output=")
        || ["dest=", "dest:", "output=", "output:"].iter().any(|own| before.ends_with(own))
}

/// Whether it is an image or a version of something.
fn is_tag(after: &str) -> bool {
    let mut after = after.chars();
    match after.next() {
        Some(':') => after.next().is_some_and(char::is_alphanumeric),
        Some('@') => true,
        _ => false,
    }
}

/// Whether a path stands in a sentence of the code.
fn is_sentence(family: Family, before: &str) -> bool {
    let is_code = matches!(
        family,
        Family::Python
            | Family::Ruby
            | Family::RubyPage
            | Family::Php
            | Family::JavaScript
            | Family::Go
    );
    let text = before.rfind(['"', '\'', '`']).map_or("", |at| &before[at + 1..]);
    is_code && text.contains(' ')
}

/// Whether a text is the list of the levels of Hiera, each of which is a file for some hosts.
pub fn is_levels(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "hiera.yaml" | "hiera.yaml.erb")
}

/// The paths of a line.
fn tokens(line: &str, is_data: bool) -> Vec<SpelledPath> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let (path, length) = token(&line[at..]);
        if length == 0 {
            at += line[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let is_word = line[..at].chars().next_back().is_some_and(|c| c == '$' || c == '\\');
        if !is_word
            && path.len() <= LONGEST
            && let Some((path, start)) = told(&path, is_data)
        {
            out.push(SpelledPath { at, length, path, start });
        }
        at += length;
    }
    out
}

/// The path at the begin of a text, with holes, and how long it is there.
fn token(text: &str) -> (String, usize) {
    const HOLES: [(&str, &str); 6] =
        [("{{", "}}"), ("${", "}"), ("$(", ")"), ("#{", "}"), ("<%=", "%>"), ("%{", "}")];
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some((open, close)) = HOLES.iter().find(|(open, _)| rest.starts_with(open)) {
            let Some(end) = rest.find(close).filter(|end| *end <= LONGEST) else { break };
            out.push(HOLE);
            at += end.max(open.len()) + close.len();
            continue;
        }
        let named = |mark: char, close: &str| {
            let inner = rest.strip_prefix(mark)?;
            let end = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
            (end > 0 && inner[end..].starts_with(close)).then_some(1 + end + close.len())
        };
        let formatted = rest.starts_with("%s").then_some(2);
        if let Some(length) = named('$', "").or_else(|| named('{', "}")).or(formatted) {
            out.push(HOLE);
            at += length;
        } else if c == GLOB || c.is_alphanumeric() || "_-./+@".contains(c) {
            out.push(c);
            at += c.len_utf8();
        } else {
            break;
        }
    }
    (out, at.min(text.len()))
}

/// A path as it is looked for; `None` where it says too little, or leads out of the tree.
fn told(path: &str, is_data: bool) -> Option<(String, Start)> {
    let path = path.trim_end_matches(['.', '/']);
    // `puppet:///modules/NAME/...`.
    let path = path.strip_prefix("///modules/").unwrap_or(path);
    let is_beside = path.starts_with("./") || path.starts_with("../");
    let mut path = path.trim_start_matches("./");
    let mut start = Start::Known;
    while let Some(rest) = path.strip_prefix(HOLE).and_then(|own| own.strip_prefix('/')) {
        (path, start) = (rest, Start::PutTogether);
    }
    let letters = path.chars().filter(|own| own.is_alphanumeric()).count();
    let is_long = path.contains('/') || is_beside || start == Start::PutTogether;
    let is_odd = path.starts_with(['/', '~', HOLE, GLOB, '-', '@']) || path.contains("//");
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_hole = is_data && name == HOLE.to_string();
    let is_open = name.contains("**") || !name.contains(char::is_alphanumeric) && !is_hole;
    (is_long && !is_odd && !is_open && letters >= 4).then(|| (path.to_owned(), start))
}

/// The names with one hole that a text spells, as `{{ item }}.conf`, with their places.
pub(super) fn holed(sheet: &Sheet<'_>) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (start, line) in sheet.lines.iter().filter(|own| own.1.contains(['{', '$'])) {
        let mut at = 0;
        while at < line.len() {
            let (path, length) = token(&line[at..]);
            let is_one = path.matches(HOLE).count() == 1 && !path.contains(GLOB);
            if is_one && path.chars().filter(|own| own.is_alphanumeric()).count() >= 2 {
                out.push((start + at, path.trim_start_matches("./").to_owned()));
            }
            at += length.max(line[at..].chars().next().map_or(1, char::len_utf8));
        }
    }
    out
}

/// What fills the one hole of a pattern where it is this path.
pub fn filled<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let (before, after) = pattern.split_once(HOLE)?;
    let inner = path.strip_prefix(before)?.strip_suffix(after)?;
    (!inner.is_empty() && !inner.contains('/')).then_some(inner)
}

/// Where a text has a value as a whole: an item, or that of a key.
pub(super) fn valued(sheet: &Sheet<'_>, value: &str) -> Option<usize> {
    for (start, line) in &sheet.lines {
        for at in super::lines::bounded(line, value) {
            let (before, after) = (&line[..at], &line[at + value.len()..]);
            let before = before.trim_end_matches(['"', '\'']).trim_end();
            let after = after.trim_start_matches(['"', '\'']).trim_start();
            let is_begin =
                before == "-" || before.ends_with(['[', ',', ':']) || before.trim() == "-";
            if is_begin && (after.is_empty() || after.starts_with([',', ']', '}'])) {
                return Some(start + at);
            }
        }
    }
    None
}

/// Whether a path with holes may be this one: each part is one part, and a hole is no empty one.
pub fn fits(pattern: &str, path: &str) -> bool {
    let (mut own, mut other) = (pattern.split('/'), path.split('/'));
    loop {
        match (own.next(), other.next()) {
            (None, None) => return true,
            (Some(own), Some(other)) if fits_part(own, other) => {}
            _ => return false,
        }
    }
}

fn fits_part(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split([HOLE, GLOB]);
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces.filter(|own| !own.is_empty()) {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.strip_suffix(last).is_some_and(|own| !own.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<String> {
        let own = Sheet::read(path, text).paths().into_iter();
        own.map(|own| own.path.replace(HOLE, "?")).collect()
    }

    #[test]
    fn a_text_spells_paths() {
        let text = "deploy:\n  helm install -f overrides/web/values.{{ENV}}.yaml ./charts/web/\n";
        assert_eq!(read("justfile", text), ["overrides/web/values.?.yaml", "charts/web"]);
        let text = "  run: ${GITHUB_ACTION_PATH}/scripts/scan.sh \"$ROOT/lib/all.sh\"\n";
        assert_eq!(read("action.yml", text), ["scripts/scan.sh", "lib/all.sh"]);
        assert_eq!(read("Vagrantfile", "key = \"%s/boxes/box_rsa\" % clone\n"), ["boxes/box_rsa"]);
    }

    #[test]
    fn what_is_told_written_or_left_out_is_no_need() {
        let text = "# see docs/web.yml\nimage: web/server\nexclude:\n  - web/old.yml\n";
        assert!(read("a.yml", text).is_empty());
        let text = "on:\n  push:\n    paths:\n      - web/one.yml\n";
        assert!(read(".github/workflows/a.yml", text).is_empty());
        assert!(read("a.sh", "rm web/old.yml\nmake > out/all.txt\ncat /etc/web/old\n").is_empty());
        assert!(read(".gitignore", "web/out\n").is_empty());
    }

    #[test]
    fn a_hole_is_no_empty_part() {
        assert!(fits("web/values.\u{0}.yaml", "web/values.prod.yaml"));
        assert!(!fits("web/values.\u{0}.yaml", "web/values.yaml"));
        assert!(!fits("web/\u{0}", "web/a/b"));
        assert!(fits("web/\u{0}/main.tf", "web/a/main.tf"));
    }
}
