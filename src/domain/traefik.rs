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

/// What a rule has one too many or too few of.
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
            ('(', None) => depth += 1,
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
            "Host(`a`",
            "Host(`a`))",
            "Host(`a`) && (Path(`/b`) || Path(`/c`)",
        ];
        for rule in broken {
            assert!(is_rule(rule) && slip(rule).is_some(), "{rule}");
        }
    }
}
