//! Lines of a text with their places.

/// Lines with their offsets, without their ends.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim_end_matches(['\n', '\r'])))
    })
}

/// Lines with their offsets, without the blanks at their ends.
pub(crate) fn trimmed(text: &str) -> impl Iterator<Item = (usize, &str)> {
    lines(text).map(|(start, line)| (start, line.trim_end()))
}

/// Lines with their offsets; one that ends with a backslash goes on with the next, behind a
/// blank, as long as it has not grown to `most` bytes.
pub(crate) fn joined(text: &str, most: usize) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (start, line) in trimmed(text) {
        let (part, more) = match line.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (line, false),
        };
        match out.last_mut().filter(|(_, own)| goes_on && own.len() < most) {
            Some((_, own)) => {
                own.push(' ');
                own.push_str(part.trim_start());
            }
            None => out.push((start, part.to_owned())),
        }
        goes_on = more;
    }
    out
}
