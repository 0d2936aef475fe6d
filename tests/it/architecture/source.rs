//! Enough of Rust's surface to see modules, paths and functions in our own source.

use std::fs;
use std::path::Path;

/// A file of `src`.
pub struct File {
    /// Below the project, with slashes.
    pub path: String,
    /// The module it is: `["extract", "php", "walk"]`; empty for `lib.rs`.
    pub module: Vec<String>,
    pub lines: usize,
    /// Its text without comments, strings and tests: blanks stand in their place.
    pub code: String,
}

/// All files of `src` but those of tests.
pub fn files() -> Vec<File> {
    let root = super::root();
    let mut paths = Vec::new();
    super::rust_files(&root.join("src"), &mut paths);
    paths.sort();
    paths.iter().filter_map(|path| file(root, path)).collect()
}

fn file(root: &Path, path: &Path) -> Option<File> {
    let inside = path.strip_prefix(root).expect("below the project");
    let mut module: Vec<String> = inside
        .with_extension("")
        .components()
        .skip(1)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if module.iter().any(|part| part == "tests") || module == ["main"] {
        return None;
    }
    if module == ["lib"] || module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let text = fs::read_to_string(path).expect("UTF-8");
    let path = inside.to_string_lossy().replace('\\', "/");
    Some(File { path, module, lines: text.lines().count(), code: without_tests(blank(&text)) })
}

/// `text` with blanks in place of comments and of what stands in strings and characters.
pub fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => comment_end(&chars, at),
            '"' => string_end(&chars, at),
            'r' if !at.checked_sub(1).is_some_and(|ix| is_word(chars[ix]) && chars[ix] != 'b') => {
                raw_end(&chars, at).unwrap_or(at)
            }
            '\'' => char_end(&chars, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |ix| at + ix)
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let closes = chars[at + 2..].windows(2).position(|pair| pair == ['*', '/']);
    closes.map_or(chars.len(), |ix| at + 2 + ix + 2)
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut ix = at + 1;
    while ix < chars.len() && chars[ix] != '"' {
        ix += if chars[ix] == '\\' { 2 } else { 1 };
    }
    (ix + 1).min(chars.len())
}

/// The end of `r"…"` or `r#"…"#` that starts here.
fn raw_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let close = |ix: &usize| {
        chars[*ix] == '"'
            && chars[ix + 1..].len() >= hashes
            && chars[ix + 1..ix + 1 + hashes].iter().all(|c| *c == '#')
    };
    let end = (open + 1..chars.len()).find(close);
    Some(end.map_or(chars.len(), |ix| ix + 1 + hashes))
}

/// The end of `'c'` that starts here; a lifetime is none.
fn char_end(chars: &[char], at: usize) -> Option<usize> {
    if chars.get(at + 1) == Some(&'\\') {
        let close = chars.get(at + 3..)?.iter().position(|c| *c == '\'')?;
        return Some(at + 3 + close + 1);
    }
    (chars.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

/// `code` with blanks in place of what `#[cfg(test)]` holds.
fn without_tests(code: String) -> String {
    let mark = "#[cfg(test)]";
    let mut bytes = code.clone().into_bytes();
    for (at, _) in code.match_indices(mark) {
        let end = item_end(&code, at + mark.len());
        for byte in &mut bytes[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(bytes).expect("whole items are blanked")
}

/// Where the item that starts at `from` ends: behind its `;` or its closing brace.
pub fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (ix, c) in code[from..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return from + ix + 1;
                }
            }
            ';' if depth == 0 => return from + ix + 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn comments_strings_and_tests_are_blank() {
    let code = without_tests(blank(
        "use a; // use b\nlet s = \"fn c() {\"; let t = r#\"}\"#; let u = '{'; fn d<'a>() {}\n\
         #[cfg(test)]\nmod tests { fn e() { f(); } }\nfn g() {}",
    ));
    for gone in ["b", "c()", "'{", "e()", "f()"] {
        assert!(!code.contains(gone), "{gone} is left in {code}");
    }
    for kept in ["use a;", "fn d<'a>() {}", "fn g() {}"] {
        assert!(code.contains(kept), "{kept} is gone from {code}");
    }
}
