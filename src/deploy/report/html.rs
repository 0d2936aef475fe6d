//! The plan as a page of its own: nothing is loaded from elsewhere.

use super::text::markdown;
use crate::deploy::rollout_report::RolloutReport;

/// A page that can be printed and ticked off.
pub fn html(report: &RolloutReport) -> String {
    let mut body = String::new();
    let mut in_list = false;
    for line in markdown(report).lines() {
        let text = escape(line.trim_start_matches(['#', ' ', '-']).trim_start_matches("[ ] "));
        let text = codes(&text);
        let item = line.trim_start().starts_with("- ");
        if in_list && !item {
            body.push_str("</ul>\n");
            in_list = false;
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
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Rollout</title>\n<style>\nbody {{ font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }}\nul {{ list-style: none; padding-left: 1em; }}\n.why {{ color: #555; padding-left: 2em; font-size: 90%; }}\ncode {{ background: #f0f0f0; padding: 0 .2em; }}\n</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text between back quotes as code.
fn codes(text: &str) -> String {
    let mut out = String::new();
    for (ix, part) in text.split('`').enumerate() {
        match ix % 2 {
            0 => out.push_str(part),
            _ => out.push_str(&format!("<code>{part}</code>")),
        }
    }
    out
}
