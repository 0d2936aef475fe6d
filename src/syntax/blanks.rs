//! Texts with blanks that another program fills in before anything reads them.

/// Lines above the refused one in which a blank may be what is refused: a list of blanks, one a
/// line, is refused behind the last.
const LINES: usize = 8;

/// The same for a variable of a shell alone on its line, where a block of text is filled in:
/// such lines stand in scripts too, so what is refused has to follow at once.
const ALONE: usize = 2;

/// Bytes of an expression that is looked through.
const LONGEST: usize = 200;

/// Whether a text of data has a blank in the line of `end` or shortly before: `<CLUSTER_NAME>`,
/// `%%NAME%%`, `@@NAME@@`, `%LONG_NAME%`, or `${NAME}` alone on a line, as `envsubst` fills it in. Such a text is no
/// file yet: what its reader refuses may be right once it is filled in. (Seen in repositories that
/// are templates of others, such as those of kubefirst, in scaffolds of charts, and in manifests
/// that a script renders.)
pub fn has_blank(text: &str, end: usize) -> bool {
    let mut end = end.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    // The line that is refused counts as a whole.
    let last = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let first = text[..end].rmatch_indices('\n').nth(LINES).map_or(0, |(at, _)| at);
    let text = &text[first..last];
    is_pointed(text)
        || ["%%", "@@"].iter().any(|mark| between(text, mark, mark, |name| name.len() > 1))
        // Between two letters of a date's format stands one.
        || between(text, "%", "%", |name| name.len() > 3)
        || text.lines().rev().take(ALONE + 1).any(is_variable)
        || is_of_terraform(text)
}

/// Whether a text has a blank in pointed brackets. One word in them may be a tag.
pub fn is_pointed(text: &str) -> bool {
    between(text, "<", ">", |name| name.trim_matches('_').contains('_'))
}

/// Whether `templatefile` of Terraform fills a text in: a choice (`${a ? b : c}`) or a directive
/// (`%{ if a }`, `%{~ endif ~}`), which no other program has between these signs.
fn is_of_terraform(text: &str) -> bool {
    let has_choice = |rest: &str| {
        // No expression of one line is longer; a line may be made of their beginnings.
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b'}');
        let inner = end.map_or("", |end| &rest[..end]);
        inner.find(" ? ").is_some_and(|at| inner[at..].contains(" : "))
    };
    let is_directive = |rest: &str| {
        let rest = rest.trim_start_matches('~').trim_start();
        ["if ", "for ", "else", "endif", "endfor"].iter().any(|word| rest.starts_with(word))
    };
    text.lines().any(|line| {
        line.match_indices("${").any(|(at, _)| has_choice(&line[at + 2..]))
            || line.match_indices("%{").any(|(at, _)| is_directive(&line[at + 2..]))
    })
}

/// Whether a line is a variable of a shell, in upper case, and nothing else.
fn is_variable(line: &str) -> bool {
    let Some(name) = line.trim().strip_prefix('$') else { return false };
    let name = name.strip_prefix('{').and_then(|own| own.strip_suffix('}')).unwrap_or(name);
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() > 2 && name.bytes().all(is_name)
}

/// Whether an upper-case name that is enough for a blank stands between the two marks.
fn between(text: &str, begin: &str, end: &str, is_enough: fn(&str) -> bool) -> bool {
    text.match_indices(begin).any(|(at, _)| {
        let rest = &text[at + begin.len()..];
        let is_name =
            |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
        let length = rest.bytes().take_while(|byte| is_name(byte)).count();
        is_enough(&rest[..length]) && rest[length..].starts_with(end)
    })
}

#[cfg(test)]
mod tests {
    use super::has_blank;

    #[test]
    fn blanks_are_told_from_text() {
        for text in [
            "a: 1\n<ISSUER_ANNOTATION_1>\nb: 2\n",
            "v: %%APP_VERSION%%\n",
            "n: %%NAME%%\n",
            "k: %ACCESS_KEY%\n",
            "@@A_B@@",
        ] {
            assert!(has_blank(text, 8), "{text}");
        }
        for text in ["a: ${b ? true : false}\n", "%{ if a }\nb: c\n", "%{~ endfor ~}\n"] {
            assert!(has_blank(text, 2), "{text}");
        }
        for text in ["a: ${b}: c\n", "a: \"%{lookup('b')}\" : c\n", "a: ${b ? c}\n"] {
            assert!(!has_blank(text, 2), "{text}");
        }
        for text in ["a: |\n${CONFIG}\n---\n", "a:\n  $PARAGRAPH\nb: c\n"] {
            assert!(has_blank(text, text.len() - 1), "{text}");
        }
        for text in ["a: |\n${CONFIG}\nb:\n  c: d\ne: f\ng: h\n", "a: $NAME\n", "${a.b}\n"] {
            assert!(!has_blank(text, text.len() - 1), "{text}");
        }
        for text in
            ["a: <b>\n", "a: <NAME>\n", "a: 100%% of A_B\n", "%Y%M%D\n", "a: b\n\n\n<A_B>\n"]
        {
            assert!(!has_blank(text, 2), "{text}");
        }
    }

    #[test]
    fn a_long_text_and_a_place_behind_it_are_taken() {
        assert!(!has_blank(&"<".repeat(1 << 20), usize::MAX));
        assert!(has_blank("é<A_B>", 1));
    }
}
