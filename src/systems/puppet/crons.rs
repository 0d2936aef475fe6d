//! Times and commands of `cron` that Puppet or cron itself refuses: `minute => '0,30'`.
//!
//! (Sources: `Puppet::Type.type(:cron)` of cron_core 1.x, whose rules are those of Puppet 2 to 5:
//! "is not a valid minute"; crontab(5): an unescaped `%` ends the command.)

use super::text::fold;
use super::walk::Walk;
use crate::facts::{Problem, Strength};
use crate::syntax::puppet::ast::{Attribute, Expr, ExprKind, ResourceBody};

/// When a job runs, and the least and greatest number of each.
const FIELDS: [(&str, u32, u32); 5] =
    [("minute", 0, 59), ("hour", 0, 23), ("monthday", 1, 31), ("month", 1, 12), ("weekday", 0, 7)];

const DAYS: [&str; 7] =
    ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl<'a> Walk<'_, '_, 'a> {
    /// Notes what a `cron` cannot take as it stands.
    pub fn cron(&mut self, body: &ResourceBody<'a>, defaults: &[Attribute<'a>]) {
        for own in body.attributes.iter().chain(defaults) {
            let Some(&field) = FIELDS.iter().find(|(name, ..)| *name == own.name) else { continue };
            match own.value.kind {
                ExprKind::Array(entries) => entries.iter().for_each(|one| self.time(field, one)),
                _ => self.time(field, &own.value),
            }
        }
        self.minute(body, defaults);
        let given = |name: &str| body.attributes.iter().find(|own| own.name == name);
        if let Some(command) = given("command") {
            self.cut_command(&command.value);
        }
    }

    /// A job that names its hour and not its minute: it runs each minute of that hour.
    fn minute(&mut self, body: &ResourceBody<'a>, defaults: &[Attribute<'a>]) {
        let given = |name: &str| {
            body.attributes
                .iter()
                .chain(defaults)
                .find(|own| own.name == name)
                .map(|own| &own.value)
        };
        let others = ["minute", "special", "ensure", "*"];
        // What sets it for all of them may stand in another file.
        if others.iter().any(|name| given(name).is_some()) || self.source.text.contains("Cron {") {
            return;
        }
        let plain = |value: &&Expr<'a>| {
            let is_any = fold(value, &self.constants).is_some_and(|own| {
                matches!(own.as_exact().map(|own| own.as_str()), Some("*" | "absent"))
            });
            let is_plain = matches!(
                value.kind,
                ExprKind::Str { .. } | ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::Array(_)
            );
            is_plain && !is_any
        };
        let times = ["hour", "weekday", "monthday", "month"];
        let Some((name, value)) =
            times.iter().find_map(|name| Some((*name, given(name).filter(plain)?)))
        else {
            return;
        };
        let problem = Problem {
            help: "set `minute`: without it, the job runs in each minute of that time".to_owned(),
            strength: Strength::Likely,
            ..Problem::new(
                "incompatible-value",
                format!("`{name}` is set, and `minute` is not"),
                value.span,
            )
        };
        self.out.problems.push(problem);
    }

    fn time(&mut self, field: (&str, u32, u32), value: &Expr<'a>) {
        if !matches!(value.kind, ExprKind::Str { .. } | ExprKind::Name(_) | ExprKind::Number(_)) {
            return;
        }
        let text = fold(value, &self.constants);
        let Some(text) = text.as_ref().and_then(|own| own.as_exact()) else { return };
        if text.is_empty() || is_time(field, text) {
            return;
        }
        let (name, least, greatest) = field;
        let message = format!("`{name}` of `cron` does not accept `{text}`");
        let help = match text.contains(',') {
            true => "several are a list: `['0', '30']`".to_owned(),
            false => format!("it accepts {least} to {greatest}, ranges as `1-5`, and `*/5`"),
        };
        self.refused(&message, value.span, &help);
    }

    /// `date +%F`: cron hands the shell what stands before the sign, and no more.
    fn cut_command(&mut self, value: &Expr<'a>) {
        let Some(text) = fold(value, &self.constants) else { return };
        let Some(text) = text.as_exact() else { return };
        let Some(at) = text.find('%').filter(|at| !text[..*at].ends_with('\\')) else { return };
        let inner = text[..at].rfind("$(").or_else(|| text[..at].rfind('`'));
        let is_date = inner.is_some_and(|inner| {
            let own = text[inner..at].trim_start_matches(['$', '(', '`', ' ']);
            (own.starts_with("date ") || own.starts_with("/bin/date ")) && !own.contains([')', '`'])
        });
        if is_date {
            let help = "cron ends the command there: write `\\%`";
            self.refused("a `%` in the command of a `cron`", value.span, help);
        }
    }
}

/// Whether Puppet takes a text for one field.
fn is_time((name, least, greatest): (&str, u32, u32), text: &str) -> bool {
    let number = |own: &str| !own.is_empty() && own.bytes().all(|own| own.is_ascii_digit());
    let range = |own: &str| own.split_once('-').is_some_and(|(a, b)| number(a) && number(b));
    let is_step = text.strip_prefix("*/").is_some_and(number);
    let is_stepped = text.split_once('/').is_some_and(|(own, step)| range(own) && number(step));
    if matches!(text, "*" | "absent" | "undef") || is_step || range(text) || is_stepped {
        return true;
    }
    let names: &[&str] = match name {
        "weekday" => &DAYS,
        "month" => &MONTHS,
        _ => &[],
    };
    let lower = text.to_ascii_lowercase();
    let is_named =
        names.iter().any(|own| *own == lower || lower.len() == 3 && own.starts_with(&lower));
    let is_within =
        number(text) && text.parse::<u32>().is_ok_and(|own| (least..=greatest).contains(&own));
    is_named || is_within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_puppet_takes_them() {
        let field = |name| *FIELDS.iter().find(|own| own.0 == name).unwrap();
        for (name, text) in [
            ("minute", "*/5"),
            ("minute", "05"),
            ("hour", "1-5/2"),
            ("weekday", "Mon"),
            ("weekday", "sunday"),
            ("month", "dec"),
            ("monthday", "*"),
            ("hour", "absent"),
        ] {
            assert!(is_time(field(name), text), "{name} {text}");
        }
        for (name, text) in [
            ("minute", "0,30"),
            ("minute", "/5"),
            ("hour", "24"),
            ("weekday", "mon-fri"),
            ("month", "0"),
            ("minute", "1 "),
        ] {
            assert!(!is_time(field(name), text), "{name} {text}");
        }
    }
}
