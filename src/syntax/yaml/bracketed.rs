//! Names in brackets that whoever copies a file writes over: `[ApplicationName]-proxy`. To YAML
//! each begins a list, which nothing may follow.

use super::judge;
use std::ops::Range;

/// Longer ones are no names.
const MOST: usize = 60;

/// Whether such names are all that is wrong with a text. One that stands there once is a slip.
pub(super) fn are_all_that_is_wrong(text: &str) -> bool {
    let found = places(text);
    let mut names: Vec<&str> = found.iter().map(|own| &text[own.clone()]).collect();
    names.sort_unstable();
    if !names.windows(2).any(|two| two.first() == two.last()) {
        return false;
    }
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for own in found {
        filled.push_str(&text[from..own.start]);
        filled.push('x');
        from = own.end;
    }
    filled.push_str(&text[from..]);
    judge::accepts(&filled)
}

/// Where a word in brackets is a part of a longer one.
fn places(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let is_inside = |own: &u8| own.is_ascii_alphanumeric() || b" _-".contains(own);
    let is_part = |own: &u8| own.is_ascii_alphanumeric() || b"_-./".contains(own);
    let mut all = Vec::new();
    for at in memchr::memchr_iter(b'[', bytes) {
        let inside = bytes[at + 1..].iter().take(MOST).take_while(|own| is_inside(own)).count();
        let end = at + 1 + inside;
        let begins = bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
        if !begins || bytes.get(end) != Some(&b']') {
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        if before.is_some_and(is_part) || bytes.get(end + 1).is_some_and(is_part) {
            all.push(at..end + 1);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::are_all_that_is_wrong;

    #[test]
    fn names_to_write_over() {
        let of = |text: &str| are_all_that_is_wrong(text);
        assert!(of("a: [App Name]-web\nb: [App Name]-db\n"));
        assert!(of("a: x-[App]\nb: [App]-db\n"));
        for text in [
            "a: [App]-web\n",
            "a: [main]s\nb: [dev]s\n",
            "a: [x, y]z\nb: [x, y]z\n",
            "a: [App]-web\nb: [App]-db\n c: 1: 2\n",
            "a: [App\nb: [App",
            "[é]-a\n[é]-a\n: [",
        ] {
            assert!(!of(text), "{text:?}");
        }
    }
}
