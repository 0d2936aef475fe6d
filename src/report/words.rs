//! Words that all reports count with.

/// A line of at most `room` columns, which says where it was cut.
pub fn cut(line: &str, room: usize) -> String {
    match line.chars().count() > room {
        true => format!("{}…", line.chars().take(room.saturating_sub(1)).collect::<String>()),
        false => line.to_owned(),
    }
}

/// `1 file`, `2 files`.
pub fn plural(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
