//! Places of a text at which a name is no use of what it names.

use super::{Family, Sheet};

/// Whether the task of that line takes the thing away.
pub(super) fn is_removed(sheet: &Sheet<'_>, ix: usize) -> bool {
    const NEAR: usize = 4;
    let begins = |line: &str| line.trim_start().starts_with("- ");
    let is_absent = |line: &str| line.contains("state: absent") || line.contains("state=absent");
    let after = sheet.lines[ix + 1..].iter().take(NEAR).take_while(|(_, line)| !begins(line));
    let own = sheet.lines[..=ix].iter().rev().take(NEAR);
    let first = own.clone().position(|(_, line)| begins(line)).map_or(NEAR, |at| at + 1);
    sheet.family == Family::Yaml && own.take(first).chain(after).any(|(_, line)| is_absent(line))
}

/// Whether a place stands in the title of a task, or is the name of a key of other data.
pub(super) fn is_title(sheet: &Sheet<'_>, before: &str) -> bool {
    let bare = before.trim_start().trim_start_matches("- ");
    let title = bare.strip_prefix("name: ");
    let is_key = bare.ends_with("Key: ") || bare == "key: ";
    sheet.family == Family::Yaml && (is_key || title.is_some_and(|own| own.contains(' ')))
}

/// Whether a line is an item of a list that only says when something runs, or what is left out.
pub(super) fn is_filter(sheet: &Sheet<'_>, ix: usize) -> bool {
    const FAR: usize = 60;
    let line = sheet.lines[ix].1;
    let depth = |line: &str| line.len() - line.trim_start().len();
    let is_item = |line: &str| line.trim_start().starts_with(['-', '"', '\'']);
    let own = line.trim_start();
    let key = match own.split_once(':') {
        Some((key, _)) if !key.starts_with('-') && !key.contains('/') => Some(key),
        _ if is_item(line) => {
            let above = sheet.lines[..ix].iter().rev().take(FAR).map(|own| own.1);
            let mut above = above.filter(|own| !own.trim().is_empty());
            above
                .find(|own| !is_item(own) && depth(own) <= depth(line))
                .and_then(|own| own.trim().split([':', '=', ' ']).next())
        }
        _ => None,
    };
    let key = key.map(|own| own.trim_matches(['"', '\'', ' ']).to_ascii_lowercase());
    // When a pipeline runs at all.
    let is_pipeline = sheet.path.contains(".github/") || sheet.path.contains(".gitlab");
    key.is_some_and(|own| {
        is_pipeline && matches!(own.as_str(), "paths" | "paths-ignore" | "changes")
            || ["exclude", "ignore", "skip"].iter().any(|begin| own.starts_with(begin))
    })
}
