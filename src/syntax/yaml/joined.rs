//! Quoted scalars over several lines, put on one; comments that touch one, left out.
//!
//! YAML's grammar wants every line of a quoted scalar further right than its key. PyYAML,
//! which Ansible and many others read with, does not care; nor do we where a file breaks. It
//! takes `"a"# b` for a scalar and a comment too.

/// `text` with the line breaks inside quoted scalars and such comments replaced by blanks, so that every other
/// byte keeps its place; `None` where there is nothing to replace.
pub(super) fn lines_of_scalars(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut changed = false;
    let mut at = 0;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        let scan = scan_line(bytes, at);
        match scan {
            Line::Plain => at = end,
            Line::Comment(from) => {
                for byte in out[from..end].iter_mut().filter(|byte| **byte != b'\n') {
                    *byte = b' ';
                    changed = true;
                }
                at = end;
            }
            Line::Block(indent) => at = behind_block(bytes, end, indent),
            Line::Quoted(from, to) => {
                for byte in &mut out[from..to] {
                    if matches!(*byte, b'\n' | b'\r') {
                        *byte = b' ';
                        changed = true;
                    }
                }
                // What follows the scalar on its last line begins no line of its own.
                at = to.max(at + 1);
                let rest = line_end(bytes, at);
                match scan_tail(bytes, at) {
                    Some(next) => at = next,
                    None => at = rest,
                }
            }
        }
    }
    changed.then(|| String::from_utf8(out).ok()).flatten()
}

enum Line {
    Plain,
    /// A comment begins right behind a quoted scalar.
    Comment(usize),
    /// Its last word opens a block scalar, of a key at this column.
    Block(usize),
    /// From the opening to behind the closing quote of a scalar over several lines.
    Quoted(usize, usize),
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |len| from + len + 1)
}

/// Behind the rest of a line after a quoted scalar, where another scalar may go on.
fn scan_tail(bytes: &[u8], from: usize) -> Option<usize> {
    let end = line_end(bytes, from);
    let open = bytes[from..end].iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let open = from + open;
    let before = bytes[from..open].iter().rev().find(|byte| !byte.is_ascii_whitespace());
    if !before.is_none_or(|byte| matches!(byte, b':' | b',' | b'[' | b'{')) {
        return None;
    }
    // One that closes on the same line is passed over; another is left for the next round.
    let close = closing(bytes, open)?;
    (close <= end).then_some(close)
}

fn scan_line(bytes: &[u8], from: usize) -> Line {
    let end = line_end(bytes, from);
    let mut at = from;
    // The column of the innermost key that begins on this line.
    let mut column = 0;
    let mut may_begin = true;
    while at < end {
        let next_is_blank = bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        match bytes[at] {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' if at == from || bytes[at - 1].is_ascii_whitespace() => return Line::Plain,
            b'-' | b'?' if may_begin && next_is_blank => at += 1,
            b'[' | b'{' | b',' => {
                may_begin = true;
                at += 1;
            }
            b':' if next_is_blank => {
                may_begin = true;
                at += 1;
            }
            quote @ (b'"' | b'\'') if may_begin => {
                let Some(close) = closing(bytes, at) else { return Line::Plain };
                if close > end {
                    return Line::Quoted(at, close);
                }
                debug_assert_eq!(bytes[at], quote);
                at = close;
                if bytes.get(at) == Some(&b'#') {
                    return Line::Comment(at);
                }
                may_begin = false;
            }
            b'|' | b'>' if may_begin && is_block_header(&bytes[at..end]) => {
                return Line::Block(column);
            }
            _ => {
                if may_begin && column == 0 {
                    column = at - from;
                }
                may_begin = false;
                at += 1;
            }
        }
    }
    Line::Plain
}

/// `|`, `>-`, `|2`, with a comment.
fn is_block_header(rest: &[u8]) -> bool {
    let text = rest[1..].trim_ascii();
    let text = text.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    text.iter().all(|byte| matches!(byte, b'+' | b'-' | b'0'..=b'9'))
}

/// Behind the quote that closes the scalar that opens at `open`.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let quote = bytes[open];
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => {
                if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
                    at += 2;
                } else {
                    return Some(at + 1);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// Behind the lines of a block scalar whose key stands at `indent`.
fn behind_block(bytes: &[u8], from: usize, indent: usize) -> usize {
    let mut at = from;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        let line = &bytes[at..end];
        let own = line.iter().take_while(|byte| **byte == b' ').count();
        if !line.trim_ascii().is_empty() && own <= indent {
            break;
        }
        at = end;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::lines_of_scalars;

    #[test]
    fn lines_of_quoted_scalars_alone() {
        let text = "a: \"x\n  y\"\nb: 'it''s\n\nz'\n";
        assert_eq!(lines_of_scalars(text).unwrap(), "a: \"x   y\"\nb: 'it''s  z'\n");
        for text in ["a: |\n  \"x\n  y\"\nb: c\n", "# don't\na: it's\nb: it's\n", "a: 'b'\n"] {
            assert_eq!(lines_of_scalars(text), None);
        }
    }

    #[test]
    fn a_comment_that_touches_a_scalar_goes() {
        let text = "a: \"x\"# é\nb: 'c' # d\ne: f#g\n";
        assert_eq!(lines_of_scalars(text).unwrap(), "a: \"x\"    \nb: 'c' # d\ne: f#g\n");
    }

    #[test]
    fn blocks_in_lists_end_at_their_key() {
        let text = "- shell: |\n    echo \"a\n  name: \"x\n  y\"\n";
        assert_eq!(
            lines_of_scalars(text).unwrap(),
            "- shell: |\n    echo \"a\n  name: \"x   y\"\n"
        );
    }
}
