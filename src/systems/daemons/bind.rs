//! BIND: ACLs, keys and views by their names, and the files of zones.
//!
//! (Source: "BIND 9 Administrator Reference Manual", "Configuration Reference".)

use super::{Word, file};
use crate::domain::servers;
use crate::extract::Source;
use crate::facts::{FileFacts, NamePattern, Strength};

/// ACLs that are built in.
const BUILT_IN: [&str; 4] = ["any", "none", "localhost", "localnets"];

/// Statements that take a list of addresses, in which names of ACLs may stand.
const LISTS: [&str; 12] = [
    "allow-notify",
    "allow-query",
    "allow-query-cache",
    "allow-query-on",
    "allow-recursion",
    "allow-transfer",
    "allow-update",
    "allow-update-forwarding",
    "blackhole",
    "keep-response-order",
    "match-clients",
    "match-destinations",
];

pub(super) fn collect(source: &Source<'_>, out: &mut FileFacts) {
    let tokens = tokens(source.text);
    let mut list: Option<&'static str> = None;
    let mut sort = "";
    for (ix, word) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(ix + ahead).copied().map(Word::bare);
        let begins = ix == 0 || matches!(tokens[ix - 1].text, ";" | "{" | "}");
        if let Some(via) = list {
            match word.text {
                "}" => list = None,
                "{" | ";" | "!" => {}
                _ => member(via, *word, next(1), &tokens[..ix], out),
            }
            continue;
        }
        let Some(name) = next(1).filter(|_| begins) else { continue };
        match word.text {
            "acl" if next(2).is_some_and(|own| own.text == "{") => {
                servers::provide("acl", &NamePattern::exact(name.text), name.span(), out);
                list = Some("acl");
            }
            "key" if next(2).is_some_and(|own| own.text == "{") => {
                servers::provide("key", &NamePattern::exact(name.text), name.span(), out);
            }
            "zone" => sort = "zone",
            // A secondary writes its file itself.
            "type" => {
                sort = if matches!(name.text, "master" | "primary" | "hint") { "zone" } else { "" }
            }
            "file" if sort == "zone" => file(source, name, "file", Strength::Certain, out),
            "include" => file(source, name, "include", Strength::Certain, out),
            own => {
                list = LISTS.iter().find(|via| **via == own).copied().filter(|_| name.text == "{");
            }
        }
    }
}

/// An entry of a list: an address, an ACL, `key NAME`.
fn member(
    via: &'static str,
    word: Word<'_>,
    next: Option<Word<'_>>,
    before: &[Word<'_>],
    out: &mut FileFacts,
) {
    let own = word.bare();
    // What the list is called stands before it.
    let is_head = next.as_ref().is_some_and(|next| next.text == "{");
    if is_head || own.text == "key" && next.is_some_and(|next| next.is_plain()) {
        return;
    }
    let of_key = before.last().is_some_and(|before| before.text == "key");
    let is_name = own.is_plain()
        && !own.text.contains(['.', ':', '/'])
        && own.text.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_name && !BUILT_IN.contains(&own.text) {
        let sort = if of_key { "key" } else { "acl" };
        servers::require(sort, (own.text, own.span()), via, Strength::Certain, out);
    }
}

/// Words and signs without comments.
fn tokens(text: &str) -> Vec<Word<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &text.as_bytes()[at..];
        let end_of = |from: usize, close: &[u8]| {
            memchr::memmem::find(&rest[from.min(rest.len())..], close)
                .map_or(rest.len(), |len| from + len + close.len())
        };
        let len = match byte {
            b'#' => end_of(1, b"\n"),
            b'/' if rest.starts_with(b"//") => end_of(2, b"\n"),
            b'/' if rest.starts_with(b"/*") => end_of(2, b"*/"),
            b'"' => end_of(1, b"\""),
            b'{' | b'}' | b';' | b'!' => 1,
            byte if byte.is_ascii_whitespace() => 1,
            _ => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b"{};\"#".contains(byte);
                rest.iter().position(ends).unwrap_or(rest.len()).max(1)
            }
        };
        let is_said = !byte.is_ascii_whitespace()
            && *byte != b'#'
            && !rest.starts_with(b"//")
            && !rest.starts_with(b"/*");
        if let Some(own) = text.get(at..at + len).filter(|_| is_said) {
            out.push(Word { text: own, at });
        }
        at += len;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn acls_keys_and_files_of_zones() {
        let text = "acl \"lan\" { 10.0.0.0/8; localhost; !other; };\nkey k { secret \"x\"; };\n\
                    // acl no { };\nzone \"a.example\" {\n type master; file \"/etc/bind/db.a\";\n \
                    allow-query { lan; key k; any; 192.0.2.1; };\n};\n\
                    zone b { type slave; file \"/etc/bind/db.b\"; };\n";
        let (provides, requires) = shown("etc/bind/named.conf", text);
        assert_eq!(provides, ["acl lan", "key k"]);
        assert_eq!(requires, ["acl other", "etc/bind/db.a", "acl lan", "key k"]);
    }

    #[test]
    fn what_is_cut_off_is_read_to_its_end() {
        for text in ["/*", "\"", "acl", "zone \"a\" { file", "a /", "#"] {
            shown("etc/bind/named.conf", text);
        }
    }
}
