//! How many hosts a node definition is for.

use crate::syntax::puppet::ast::{Expr, ExprKind};
use regex_syntax::hir::{Class, Hir, HirKind};

/// More repetitions than these are no host names.
const MAX_REPEATED: u32 = 16;

/// Bytes of a longer pattern are not looked into: each class of Unicode in it takes 10 KB.
const MAX_PATTERN: usize = 2000;

/// The number of names that the definition's titles can match; `None` where a pattern has
/// no bound, and for `default`.
pub fn count(hosts: &[Expr<'_>]) -> Option<u64> {
    let of = |host: &Expr<'_>| match host.kind {
        ExprKind::Regex(text) if text.len() > MAX_PATTERN => None,
        ExprKind::Regex(text) => matched(&regex_syntax::parse(text).ok()?),
        ExprKind::Str { .. } | ExprKind::Name(_) => Some(1),
        _ => None,
    };
    hosts.iter().try_fold(0_u64, |sum, host| sum.checked_add(of(host)?))
}

/// How many texts a pattern matches from its beginning on, as far as it goes: host names are
/// commonly given without their domain. A class as wide as `.` stands for the dot that was
/// meant.
fn matched(pattern: &Hir) -> Option<u64> {
    match pattern.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => Some(1),
        HirKind::Class(class) => {
            let members: u64 = match class {
                Class::Unicode(class) => {
                    let size = |own: &regex_syntax::hir::ClassUnicodeRange| {
                        u64::from(own.end()) - u64::from(own.start()) + 1
                    };
                    class.iter().map(size).sum()
                }
                Class::Bytes(class) => {
                    class.iter().map(|own| u64::from(own.end() - own.start()) + 1).sum()
                }
            };
            // `\d` is ten in a host's name, whatever digits Unicode has.
            Some(match members {
                0..=128 => members,
                129..=1000 => 10,
                _ => 1,
            })
        }
        HirKind::Repetition(own) => {
            let max = own.max.filter(|max| *max <= MAX_REPEATED)?;
            let each = matched(&own.sub)?;
            let times = |sum: u64, times: u32| sum.checked_add(each.checked_pow(times)?);
            (own.min..=max).try_fold(0, times)
        }
        HirKind::Capture(own) => matched(&own.sub),
        HirKind::Concat(parts) => {
            parts.iter().try_fold(1_u64, |product, part| product.checked_mul(matched(part)?))
        }
        HirKind::Alternation(parts) => {
            parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(matched(part)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(pattern: &str) -> Option<u64> {
        matched(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    #[test]
    fn names_that_a_pattern_matches() {
        assert_eq!(hosts(r"^acmechief1001\.eqiad\."), Some(1));
        assert_eq!(hosts(r"^an-coord100[34].eqiad.wmnet$"), Some(2));
        assert_eq!(hosts(r"^mw(12[0-9]|13[0-4])\."), Some(15));
        assert_eq!(hosts(r"^mw1\d{2}\."), Some(100));
        assert_eq!(hosts(r"^(db|es)[12]00[1-9]?$"), Some(40));
        assert_eq!(hosts(r"^mw.*$"), None);
    }
}
