//! Addresses in text that nothing can reach as they are written.

use crate::facts::Span;
use memchr::memmem;

/// Schemes whose ports are numbers.
const SCHEMES: [&str; 5] = ["http", "https", "git", "ftp", "ssh"];

/// Hosts that serve repositories, and nothing at another port than those of the schemes.
const HOSTERS: [&str; 3] = ["bitbucket.org", "github.com", "gitlab.com"];

/// Places of addresses whose port is no number: `git://host:owner/name`, `http://host:8530s`.
/// What a comment says, and words that stand for a port, count for nothing.
pub(crate) fn bad_ports(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in memmem::find_iter(bytes, b"://") {
        let scheme = bytes[..at].iter().rev().take_while(|own| own.is_ascii_alphabetic()).count();
        if !SCHEMES.contains(&&text[at - scheme..at]) {
            continue;
        }
        let is_host = |own: &&u8| own.is_ascii_alphanumeric() || matches!(own, b'.' | b'-' | b'_');
        let is_git_scheme = text[..at].ends_with("git") || text[..at].ends_with("ssh");
        let user = bytes[at + 3..].iter().take_while(is_host).count();
        let begin = match bytes.get(at + 3 + user) {
            Some(b'@') if is_git_scheme => at + 3 + user + 1,
            _ => at + 3,
        };
        let host = bytes[begin..].iter().take_while(is_host).count();
        let colon = begin + host;
        let is_git = is_git_scheme || HOSTERS.contains(&&text[begin..colon]);
        if host == 0 || bytes.get(colon) != Some(&b':') {
            continue;
        }
        let port = bytes[colon + 1..].iter().take_while(is_host).count();
        let end = colon + 1 + port;
        let port = &text[colon + 1..end];
        let ends = match bytes.get(end) {
            None => true,
            Some(next) => next.is_ascii_whitespace() || matches!(next, b'/' | b'"' | b'\''),
        };
        let is_word = || {
            let low = port.to_ascii_lowercase();
            low.contains("port")
                || port.bytes().all(|own| own.is_ascii_uppercase() || own == b'_')
                || low.starts_with('x')
                || low.starts_with("nnn")
        };
        // What begins with a letter may be a name of something else, but to git.
        let is_port = port.starts_with(|own: char| own.is_ascii_digit())
            || is_git && text[end..].starts_with('/');
        let is_number = port.bytes().all(|own| own.is_ascii_digit());
        let line = text[..at].rfind('\n').map_or(0, |own| own + 1);
        let is_comment =
            || text[line..at].contains('#') || text[line..at].trim_start().starts_with("//");
        if ends && is_port && !is_number && !is_word() && !is_comment() {
            found.push(Span::new(at - scheme, end));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::bad_ports;

    #[test]
    fn ports_are_numbers() {
        let bad = [
            "git://h.org:owner/x.git",
            "ssh://git@h.org:owner/x.git",
            "'http://box.a:8530s'",
            "https://a:80x/",
        ];
        bad.into_iter().for_each(|text| assert_eq!(bad_ports(text).len(), 1, "{text}"));
        for text in [
            "http://a:80/",
            "https://a.b/c:d",
            "http://a:port/",
            "http://HOST:PORT",
            "http://u:pw@h/",
            "http://a:${p}/",
            "# http://a:b/",
            "ssh://git@h:22/x",
            "http://a:%{p}",
            "http://a: b",
            "http://puppet:summary",
            "http://a:80 ",
        ] {
            assert_eq!(bad_ports(text).len(), 0, "{text}");
        }
    }
}
