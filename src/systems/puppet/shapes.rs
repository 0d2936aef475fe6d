//! What a value of Hiera is, and whether a parameter's type takes it.
//!
//! (Source: Puppet's manual, "Data types", "Automatic lookup of class parameters": values are taken
//! as they are; Psych, which reads YAML 1.1; the aliases of puppetlabs-stdlib.)

use crate::syntax::yaml::{Node, Value};
use smol_str::{SmolStr, format_smolstr};

/// Longer texts are kept without what they say.
const LONGEST: usize = 60;
/// Types nest so deep, or are not read.
const DEEPEST: u32 = 8;

/// What a value is: `Integer 80`, `String a`, `Array`; `None` where that is not certain.
pub(super) fn of(value: &Node<'_>) -> Option<SmolStr> {
    match &value.value {
        Value::Sequence(_) => Some("Array".into()),
        Value::Mapping(_) => Some("Hash".into()),
        Value::Alias => None,
        Value::Scalar { text, plain } => {
            // What is put together, or decrypted, may be anything.
            if text.contains("%{") || text.starts_with("ENC[") || text.starts_with('!') {
                return None;
            }
            let ty = if *plain { of_plain(text)? } else { "String" };
            match text.len() <= LONGEST && !text.contains('\n') {
                true => Some(format_smolstr!("{ty} {text}")),
                false => Some(ty.into()),
            }
        }
    }
}

/// The type of a scalar without quotes.
fn of_plain(text: &str) -> Option<&'static str> {
    let digits = text.trim_start_matches(['-', '+']);
    let is_number = !digits.is_empty() && digits.bytes().all(|own| own.is_ascii_digit());
    match text {
        "" | "~" | "null" | "Null" | "NULL" => None,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Some("Boolean"),
        _ if is_number && digits.len() < 16 && (digits == "0" || !digits.starts_with('0')) => {
            Some("Integer")
        }
        // Addresses and versions of three parts: no number has two points.
        _ if text.matches('.').count() > 1 && !text.contains([':', ' ']) => Some("String"),
        // Dates, octal and base sixty, `yes` and `on`, symbols: others read them otherwise.
        _ if digits.starts_with(|own: char| own.is_ascii_digit() || own == '.')
            || text.starts_with([':', '=', '<'])
            || ["yes", "no", "on", "off", "y", "n"]
                .contains(&text.to_ascii_lowercase().as_str()) =>
        {
            // Names of hosts and versions are texts: `0.pool.example`.
            let is_text =
                text.bytes().any(|own| own.is_ascii_alphabetic() && !b"eExXoO_".contains(&own))
                    && !text.starts_with([':', '=', '<'])
                    && text.len() > 3;
            is_text.then_some("String")
        }
        _ => Some("String"),
    }
}

/// Whether a type takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Yes,
    No,
    Unknown,
}

/// Aliases of puppetlabs-stdlib, as what they stand for: a text of some form, above all.
const ALIASES: [(&str, &str); 20] = [
    ("stdlib::absolutepath", "Pattern"),
    ("stdlib::base64", "Pattern"),
    ("stdlib::email", "Pattern"),
    ("stdlib::ensure::service", "Enum['stopped', 'running']"),
    ("stdlib::filemode", "Pattern"),
    ("stdlib::filesource", "Pattern"),
    ("stdlib::fqdn", "Pattern"),
    ("stdlib::host", "Pattern"),
    ("stdlib::httpsurl", "Pattern"),
    ("stdlib::httpurl", "Pattern"),
    ("stdlib::ip::address", "Pattern"),
    ("stdlib::ip::address::v4", "Pattern"),
    ("stdlib::ip::address::v6", "Pattern"),
    ("stdlib::mac", "Pattern"),
    ("stdlib::port", "Integer[0, 65535]"),
    ("stdlib::port::privileged", "Integer[1, 1023]"),
    ("stdlib::port::unprivileged", "Integer[1024, 65535]"),
    ("stdlib::unixpath", "Pattern"),
    ("stdlib::windowspath", "Pattern"),
    ("stdlib::yes_no", "Pattern"),
];

/// Whether the type that is written so takes a value; `alias` says what a name of the tree stands for.
pub(super) fn takes(ty: &str, shape: &str, alias: &dyn Fn(&str) -> Option<SmolStr>) -> Takes {
    inner(ty, shape, alias, DEEPEST)
}

fn inner(ty: &str, shape: &str, alias: &dyn Fn(&str) -> Option<SmolStr>, depth: u32) -> Takes {
    let ty = ty.trim();
    let (base, arguments) = match ty.split_once('[') {
        Some((base, rest)) => match rest.strip_suffix(']') {
            Some(rest) => (base.trim(), Some(rest)),
            None => return Takes::Unknown,
        },
        None => (ty, None),
    };
    let (own, text) = match shape.split_once(' ') {
        Some((own, text)) => (own, Some(text)),
        None => (shape, None),
    };
    if depth == 0 {
        return Takes::Unknown;
    }
    let arguments = arguments.map(split);
    let each = |ty: &&str| inner(ty, shape, alias, depth - 1);
    let only = |one: &[&str]| if one.contains(&own) { Takes::Unknown } else { Takes::No };
    match base {
        "String" if own == "String" => Takes::Yes,
        "Boolean" if own == "Boolean" => Takes::Yes,
        "Array" if own == "Array" => Takes::Yes,
        "Hash" if own == "Hash" => Takes::Yes,
        "String" | "Pattern" => only(&["String"]),
        "Boolean" => Takes::No,
        "Array" | "Tuple" => only(&["Array"]),
        "Hash" | "Struct" => only(&["Hash"]),
        "Float" => only(&["Integer", "Float"]),
        "Numeric" if own == "Integer" => Takes::Yes,
        "Numeric" => only(&["Float"]),
        "Scalar" => {
            if matches!(own, "Array" | "Hash") {
                Takes::No
            } else {
                Takes::Yes
            }
        }
        "Integer" => match (own, text.and_then(|own| own.parse::<i64>().ok())) {
            ("Integer", Some(number)) => within(number, arguments.as_deref().unwrap_or_default()),
            ("Integer", None) => Takes::Unknown,
            _ => Takes::No,
        },
        "Enum" => match (own, text, arguments) {
            ("String", Some(text), Some(all)) => {
                let words: Option<Vec<&str>> = all.into_iter().map(unquoted).collect();
                match words {
                    Some(words) if words.contains(&text) => Takes::Yes,
                    Some(words) if !words.is_empty() => Takes::No,
                    _ => Takes::Unknown,
                }
            }
            ("String", ..) => Takes::Unknown,
            _ => Takes::No,
        },
        "Optional" | "NotUndef" => match arguments.as_deref() {
            // `Optional['a']` is that text.
            Some([one]) if unquoted(one).is_none() => each(one),
            _ => Takes::Unknown,
        },
        "Variant" => match arguments {
            Some(all) => {
                let all: Vec<Takes> = all.iter().map(each).collect();
                let has = |own: Takes| all.contains(&own);
                match (has(Takes::Yes), has(Takes::Unknown), all.is_empty()) {
                    (true, ..) => Takes::Yes,
                    (_, true, _) | (.., true) => Takes::Unknown,
                    _ => Takes::No,
                }
            }
            None => Takes::Unknown,
        },
        _ if base.contains("::") && arguments.is_none() => {
            let name = base.trim_start_matches("::").to_ascii_lowercase();
            let known = ALIASES.iter().find(|(own, _)| *own == name);
            match alias(&name).or_else(|| known.map(|(_, ty)| SmolStr::new_static(ty))) {
                Some(ty) => inner(&ty, shape, alias, depth - 1),
                None => Takes::Unknown,
            }
        }
        _ => Takes::Unknown,
    }
}

/// Whether a number is between the bounds of `Integer[0, 65535]`.
fn within(number: i64, bounds: &[&str]) -> Takes {
    let bound = |ix: usize| bounds.get(ix).map(|own| own.trim().parse::<i64>());
    match (bound(0), bound(1)) {
        (Some(Ok(least)), _) if number < least => Takes::No,
        (_, Some(Ok(most))) if number > most => Takes::No,
        _ => Takes::Yes,
    }
}

/// The arguments of a type, at the commas between them.
fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut from, mut quote) = (0_u32, 0, None);
    for (at, own) in text.char_indices() {
        match (quote, own) {
            (Some(open), _) if own == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(own),
            (None, '[' | '{' | '(') => depth += 1,
            (None, ']' | '}' | ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                found.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[from..].trim());
    found.retain(|own| !own.is_empty());
    found
}

fn unquoted(text: &str) -> Option<&str> {
    let inner = ['\'', '"']
        .iter()
        .find_map(|mark| text.strip_prefix(*mark).and_then(|own| own.strip_suffix(*mark)))?;
    (!inner.contains(['\'', '"', '$', '\\'])).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Option<SmolStr> {
        let documents = crate::syntax::yaml::parse(text);
        of(&documents.roots.first()?.entries().first()?.1)
    }

    #[test]
    fn what_values_are() {
        for (text, own) in [
            ("a: 80", "Integer 80"),
            ("a: '80'", "String 80"),
            ("a: true", "Boolean true"),
            ("a: 'true'", "String true"),
            ("a: [b]", "Array"),
            ("a: {b: c}", "Hash"),
            ("a: 0.pool.example", "String 0.pool.example"),
            ("a: b c", "String b c"),
        ] {
            assert_eq!(shape(text).as_deref(), Some(own), "{text}");
        }
        for none in
            ["a: 0644", "a: 1.5", "a: yes", "a: ~", "a:", "a: 2024-01-02", "a: '%{b}'", "a: 1e5"]
        {
            assert_eq!(shape(none), None, "{none}");
        }
    }

    #[test]
    fn what_types_take() {
        let alias = |name: &str| (name == "a::level").then(|| SmolStr::new("Enum['low', 'high']"));
        let takes = |ty: &str, shape: &str| takes(ty, shape, &alias);
        for (ty, shape) in [
            ("Integer", "String 80"),
            ("Integer[1, 10]", "Integer 11"),
            ("Stdlib::Port", "String 80"),
            ("Optional[Boolean]", "String true"),
            ("Array[String[1]]", "String a"),
            ("Enum['a', 'b']", "String c"),
            ("A::Level", "String middle"),
            ("Variant[Integer, Array[Integer]]", "String a"),
            ("String", "Integer 1"),
            ("Hash[String, Any]", "Array"),
        ] {
            assert_eq!(takes(ty, shape), Takes::No, "{ty} {shape}");
        }
        for (ty, shape) in [
            ("Integer[1, 10]", "Integer 10"),
            ("Optional[String]", "String a"),
            ("Variant[Boolean, Enum['a']]", "String a"),
            ("Any", "Array"),
            ("Pattern[/a/]", "String b"),
            ("Sensitive[String]", "String b"),
            ("Other::Type", "Integer 1"),
            ("…", "Integer 1"),
            ("Enum['a', true]", "String A"),
            ("Float", "Integer 1"),
        ] {
            assert_ne!(takes(ty, shape), Takes::No, "{ty} {shape}");
        }
    }
}
