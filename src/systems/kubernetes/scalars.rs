//! What a scalar of YAML is to `kubectl`, Helm and the API server.
//!
//! (Source: `sigs.k8s.io/yaml` and the `yaml.v2` that it builds on, `resolve.go`: numbers as Go's
//! `ParseInt` with base 0 reads them, words of YAML 1.1 for yes and no; a date stays text.)

/// What a scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Null,
    /// `true`, `False`.
    Truth,
    Whole,
    /// A number with a part behind the point that is not nothing.
    Broken,
    Text,
    /// What versions or readers of YAML take for different things: `yes`, `1_000`, `1e3`.
    Unsure,
}

/// What a scalar without quotes is.
pub(super) fn of_plain(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Scalar::Truth,
        _ => {}
    }
    let lower = text.to_ascii_lowercase();
    if matches!(&*lower, "y" | "n" | "yes" | "no" | "on" | "off" | ".inf" | "-.inf" | ".nan") {
        return Scalar::Unsure;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_digits = |own: &str| !own.is_empty() && own.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(unsigned) {
        return Scalar::Whole;
    }
    if let Some((whole, part)) = unsigned.split_once('.')
        && (whole.is_empty() || is_digits(whole))
        && is_digits(part)
    {
        return match part.bytes().all(|byte| byte == b'0') {
            true => Scalar::Whole,
            false => Scalar::Broken,
        };
    }
    // Hexadecimal, with an exponent, with `_` between digits, with nothing behind its point.
    let begins = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let may_be = |byte: u8| byte.is_ascii_hexdigit() || b"xXoO_+-.".contains(&byte);
    let is_date = unsigned.matches('-').count() > 1 || unsigned.matches('.').count() > 1;
    match begins && unsigned.bytes().all(may_be) && !is_date {
        true => Scalar::Unsure,
        false => Scalar::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_without_quotes() {
        let all = [
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("true", Scalar::Truth),
            ("yes", Scalar::Unsure),
            ("12", Scalar::Whole),
            ("0644", Scalar::Whole),
            ("-1", Scalar::Whole),
            ("1.0", Scalar::Whole),
            ("1.5", Scalar::Broken),
            ("1e3", Scalar::Unsure),
            ("0x1F", Scalar::Unsure),
            ("1_000", Scalar::Unsure),
            ("2001-01-01", Scalar::Text),
            ("1.2.3", Scalar::Text),
            ("1:30", Scalar::Text),
            ("10m", Scalar::Text),
            ("a", Scalar::Text),
            ("deadbeef", Scalar::Text),
        ];
        for (text, expected) in all {
            assert_eq!(of_plain(text), expected, "{text}");
        }
    }
}
