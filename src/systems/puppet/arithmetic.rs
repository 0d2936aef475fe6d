//! Texts that are no numbers, where an operator takes numbers: `"ISP" + $index`, `"freetds"-dev`.
//!
//! (Sources: Puppet 7.23, "The value 'ISP' cannot be converted to Numeric"; `ArithmeticOperator` of
//! Puppet 3, "left operand of + is not a number". To a list or a hash on its left, `+` and `-` take
//! any value.)

use super::walk::Walk;
use crate::syntax::puppet::ast::{BinaryOp, Expr, ExprKind, Part};

impl<'a> Walk<'_, '_, 'a> {
    pub fn arithmetic(&mut self, op: BinaryOp, left: &Expr<'a>, right: &Expr<'a>) {
        let sign = match op {
            BinaryOp::Plus => '+',
            BinaryOp::Minus => '-',
            _ => return,
        };
        let found = match no_number(left) {
            Some(text) => Some((text, left)),
            None if matches!(left.kind, ExprKind::Number(_)) => {
                no_number(right).map(|text| (text, right))
            }
            None => None,
        };
        let Some((text, operand)) = found else { return };
        let message = format!("`{sign}` takes numbers, and `{text}` is none");
        let help = match op {
            BinaryOp::Plus => "a text is put together between double quotes: `\"a${b}\"`",
            _ => "what follows belongs inside the quotes",
        };
        self.refused(&message, operand.span, help);
    }
}

/// A text that begins with a letter, whatever is filled in.
fn no_number<'a>(operand: &Expr<'a>) -> Option<&'a str> {
    let text = match operand.kind {
        ExprKind::Str { text, quoted: true } => text,
        ExprKind::Interpolated(parts) => match parts.first() {
            Some(Part::Text(text)) => *text,
            _ => return None,
        },
        _ => return None,
    };
    text.starts_with(|own: char| own.is_ascii_alphabetic()).then_some(text)
}
