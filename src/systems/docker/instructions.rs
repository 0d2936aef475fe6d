//! The instructions of a Dockerfile, each with its text.

use crate::syntax::lines::lines;
use crate::syntax::shell::CommandText;

/// Instructions with the text behind their name. Comments inside a continued instruction are
/// left out; the bodies of here-documents belong to their instruction.
pub(super) fn instructions(source: &str) -> Vec<(String, CommandText)> {
    let text = CommandText::of_file(source);
    let is_backtick = source.lines().take(3).any(|line| line.replace(' ', "") == "#escape=`");
    let escape = if is_backtick { '`' } else { '\\' };
    let mut out = Vec::new();
    let mut all = lines(text.as_str());
    while let Some((start, line)) = all.next() {
        let own = line.trim_start();
        let Some((name, rest)) = own.split_once(char::is_whitespace) else { continue };
        if !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            continue;
        }
        let mut counting = all.by_ref().filter(|(_, line)| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with('#')
        });
        let first = (start + line.len() - rest.len(), rest);
        let mut body = text.continued(first, (escape, ""), &mut counting);
        for end in here_documents(body.as_str()) {
            for (start, line) in all.by_ref() {
                body.push("\n", start.saturating_sub(1));
                body.append(&text.slice(start..start + line.len()));
                if line.trim() == end {
                    break;
                }
            }
        }
        out.push((name.to_ascii_uppercase(), body));
    }
    out
}

/// The ends of here-documents that begin in `text`: `<<EOF`, `<<-"EOF"`.
fn here_documents(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("<<") {
        let before = text[..at].chars().next_back();
        let rest = text[at + 2..].trim_start_matches('-');
        let name: String = rest
            .trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let starts = rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_\"'".contains(c));
        if starts && before != Some('<') && !name.is_empty() {
            out.push(name);
        }
    }
    out
}

/// The text behind `--flag` words, and those.
pub(super) fn behind_flags(text: &CommandText) -> (CommandText, Vec<String>) {
    let all = text.as_str();
    let mut flags = Vec::new();
    let mut at = all.len() - all.trim_start().len();
    while all[at..].starts_with("--") {
        let len = all[at..].find(char::is_whitespace).unwrap_or(all.len() - at);
        flags.push(all[at..at + len].to_owned());
        at += len;
        at += all[at..].len() - all[at..].trim_start().len();
    }
    (text.slice(at..all.len()), flags)
}
