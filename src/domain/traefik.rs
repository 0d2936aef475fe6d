//! Rules of Traefik's routers, wherever they stand.
//!
//! (Source: Traefik, "Routing & Load Balancing", "Rules & Priority": a router whose rule does not
//! parse is dropped, and all that it would have answered gets 404.)

/// Words that rules consist of.
const MATCHERS: [&str; 5] = ["Host(", "HostRegexp(", "PathPrefix(", "Path(", "HostSNI("];

/// Whether a text is such a rule.
pub(crate) fn is_rule(text: &str) -> bool {
    MATCHERS.iter().any(|own| text.trim_start_matches(['(', '!', ' ']).starts_with(own))
}

/// All matchers, of versions 2 and 3.
const KNOWN: [&str; 17] = [
    "ALPN",
    "ClientIP",
    "Header",
    "HeaderRegexp",
    "Headers",
    "HeadersRegexp",
    "Host",
    "HostHeader",
    "HostRegexp",
    "HostSNI",
    "HostSNIRegexp",
    "Method",
    "Path",
    "PathPrefix",
    "PathRegexp",
    "Query",
    "QueryRegexp",
];

/// What a rule has one too many or too few of, or no matcher is called.
pub(crate) fn slip(rule: &str) -> Option<&'static str> {
    let mut depth = 0u32;
    let mut quote = None;
    let mut rest = rule;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match (c, quote) {
            // A variable may hold anything.
            ('{', _) if rest.starts_with('{') => {
                rest = rest.split_once("}}").map_or("", |own| own.1)
            }
            ('$', _) if rest.starts_with(['{', '(']) => {
                let end = if rest.starts_with('{') { '}' } else { ')' };
                rest = rest.split_once(end).map_or("", |own| own.1);
            }
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('`' | '"', None) => quote = Some(c),
            ('(', None) => {
                let before = &rule[..rule.len() - rest.len() - 1];
                let name = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
                let name = name.filter(|name| !name.is_empty());
                if name
                    .is_some_and(|own| !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(own)))
                {
                    return Some("a matcher that Traefik does not know");
                }
                depth += 1;
            }
            (')', None) if depth == 0 => return Some("a `)` that nothing opens"),
            (')', None) => depth -= 1,
            _ => {}
        }
    }
    match (quote, depth) {
        (Some(_), _) => Some("a quote that nothing closes"),
        (None, 0) => None,
        (None, _) => Some("a `(` that nothing closes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_whole_or_not() {
        let whole = [
            "Host(`a.example`) && PathPrefix(`/b(c`)",
            "(Host(`a`) || Host(`b`)) && !Path(`/c`)",
            "Host(`{{ a | default('(') }}`)",
            "Host({{ hosts | map('quote') | join(',') }})",
            "Host(`${HOST:-a(b}`)",
        ];
        for rule in whole {
            assert!(is_rule(rule) && slip(rule).is_none(), "{rule}");
        }
        let broken = [
            "Host(`a.example)",
            "Host(`a`) && PathPrefx(`/b`)",
            "Host(`a`",
            "Host(`a`))",
            "Host(`a`) && (Path(`/b`) || Path(`/c`)",
        ];
        for rule in broken {
            assert!(is_rule(rule) && slip(rule).is_some(), "{rule}");
        }
    }
}
