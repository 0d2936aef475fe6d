//! What is wrong with a given order, a line each.

use crate::deploy::OrderReport;
use crate::deploy::location::Location;
use crate::report::words::plural;

/// For a terminal; `list` is the name of the order's file.
pub fn order(judged: &OrderReport, list: &str) -> String {
    let mut out = String::new();
    for own in &judged.violations {
        let until = match own.until {
            Some(line) if line == own.line => "within that step".to_owned(),
            Some(line) => format!("until line {line}"),
            None => "and stays so".to_owned(),
        };
        let from = own.edge.from.as_ref().map(Location::show).map(|from| format!(", {from}"));
        out.push_str(&format!(
            "{list}:{}: `{}` lands too early: {}{}, {until}\n",
            own.line,
            own.unit,
            own.edge.message,
            from.unwrap_or_default()
        ));
    }
    for unit in &judged.never {
        out.push_str(&format!("{list}: `{unit}` changes, and no step brings it\n"));
    }
    if judged.safe {
        out.push_str(match judged.unknown {
            0 => "every state on the way is consistent\n",
            _ => "every need that was found holds on the way\n",
        });
    }
    if judged.unknown > 0 {
        out.push_str(&format!(
            "{} not read to the end: what they need beside that is not known\n",
            match judged.unknown {
                1 => "1 unit was".to_owned(),
                count => format!("{} were", plural(count, "unit")),
            }
        ));
    }
    crate::report::escape::terminal(&out)
}
