//! The plan as a page of its own: nothing is loaded from elsewhere.

use super::drawing::drawing;
use super::text::markdown;
use crate::deploy::rollout_report::RolloutReport;
use crate::report::page::{page, prose};
use crate::report::picture::{SCRIPT, STYLE};

/// What a list to tick off looks like.
const LIST: &str = "ul { list-style: none; padding-left: 1rem; }\nli { overflow-wrap: anywhere; }\n\
                    .why { color: var(--faint); padding-left: 2rem; font-size: .9rem; }\n";

/// A page that can be printed and ticked off.
pub fn html(report: &RolloutReport) -> String {
    let mut body = String::new();
    let mut in_list = false;
    let mut is_drawn = false;
    for line in markdown(report).lines() {
        let text = prose(line.trim_start_matches(['#', ' ', '-']).trim_start_matches("[ ] "));
        let item = line.trim_start().starts_with("- ");
        if in_list && !item {
            body.push_str("</ul>\n");
            in_list = false;
        }
        // The picture comes after what the plan rests on.
        if line.starts_with("## ") && !is_drawn {
            body.push_str(&drawing(report));
            is_drawn = true;
        }
        if line.starts_with("# ") {
            body.push_str(&format!("<h1>{text}</h1>\n"));
        } else if line.starts_with("## ") {
            body.push_str(&format!("<h2>{text}</h2>\n"));
        } else if item {
            if !in_list {
                body.push_str("<ul>\n");
                in_list = true;
            }
            if line.starts_with("- [ ] ") {
                body.push_str(&format!(
                    "<li><label><input type=\"checkbox\"> {text}</label></li>\n"
                ));
            } else {
                body.push_str(&format!("<li class=\"why\">{text}</li>\n"));
            }
        } else if !line.is_empty() {
            body.push_str(&format!("<p>{text}</p>\n"));
        }
    }
    if in_list {
        body.push_str("</ul>\n");
    }
    page(
        &format!("Rollout from {} to {}", report.old, report.new),
        &body,
        &format!("{LIST}{STYLE}"),
        SCRIPT,
    )
}
