//! Blocks of templates that something closes and nothing opens, in files whose grammar has braces
//! for blocks alone.
//!
//! (Sources: radvd.conf(5), dhcpd.conf(5), keepalived.conf(5), BIRD's "Configuration": options of a
//! block stand between `{` and `}`.)

use super::skeletons::plain;
use crate::extract::Source;
use crate::facts::{Problem, Span, base_name, rendered};
use crate::syntax::lines::lines;

/// Files of such a grammar.
const FILES: [&str; 6] =
    ["bird.conf", "bird6.conf", "dhcpd.conf", "dhcpd6.conf", "keepalived.conf", "radvd.conf"];

/// Reports the first such `}`, where no statement chooses between two texts.
pub(super) fn of_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    if !FILES.contains(&base_name(rendered(source.path))) || has_alternatives(source.text) {
        return;
    }
    let Some(text) = plain(source.text, b' ').filter(|own| !own.contains("/*")) else { return };
    let mut depth = 0_usize;
    for (start, line) in lines(&text) {
        let Some(code) = code(line) else { return };
        for (at, own) in code.bytes().enumerate() {
            match own {
                b'{' => depth += 1,
                b'}' if depth == 0 => {
                    problems.push(Problem {
                        help: "open the block that it closes: the program refuses the file".into(),
                        ..Problem::new(
                            "parse-error",
                            "`}` closes nothing",
                            Span::new(start + at, start + at + 1),
                        )
                    });
                    return;
                }
                b'}' => depth -= 1,
                _ => {}
            }
        }
    }
}

/// A line without its comment, and with blanks in the place of what is quoted; `None` where a quote
/// has no end in it.
fn code(line: &str) -> Option<String> {
    if line.trim_start().starts_with(['#', '!']) {
        return Some(String::new());
    }
    let mut out = String::with_capacity(line.len());
    let mut is_quoted = false;
    for (at, own) in line.bytes().enumerate() {
        let is_comment = own == b'#' || line.as_bytes()[at..].starts_with(b"//");
        if !is_quoted && is_comment {
            break;
        }
        is_quoted ^= own == b'"';
        out.push(if is_quoted || !own.is_ascii() { ' ' } else { char::from(own) });
    }
    (!is_quoted).then_some(out)
}

/// Whether a statement writes one of two texts, or leaves one out.
fn has_alternatives(text: &str) -> bool {
    let statements = text.split("{%").skip(1).map(|own| own.trim_start_matches(['-', '+', ' ']));
    statements.into_iter().any(|own| {
        ["else", "elif", "macro", "include", "import", "raw", "block", "extends"]
            .iter()
            .any(|word| own.starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_that_nothing_opens() {
        let said = |path: &str, text: &str| {
            let mut problems = Vec::new();
            of_template(&Source::of(path, text), &mut problems);
            problems.len()
        };
        let path = "roles/a/templates/radvd.conf.j2";
        let bad = "interface {{ a }} {\n  prefix {{ b }}\n    AdvOnLink on;\n  };\n};\n";
        assert_eq!(said(path, bad), 1);
        assert_eq!(said("roles/a/templates/b.conf.j2", bad), 0);
        for fine in [
            "interface {{ a }} {\n  prefix {{ b }} {\n    AdvOnLink on;\n  };\n};\n",
            "{% for a in b %}\ninterface {{ a }} {\n};\n{% endfor %}\n",
            "# }\na {\n}\n",
            "a \"b {\" {\n}\n",
            "class \"a\" { b \"}\"; }\n",
            "{% if a %}b {{% else %}c {{% endif %}\n}\n}\n",
        ] {
            assert_eq!(said(path, fine), 0, "{fine}");
        }
    }
}
