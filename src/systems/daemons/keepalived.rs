//! keepalived: the scripts and processes that instances track, and groups of instances.
//!
//! (Source: keepalived.conf(5).)

use super::words;
use crate::domain::commands::Lines;
use crate::domain::servers;
use crate::extract::Source;
use crate::facts::{FileFacts, NamePattern, Strength};
use crate::syntax::shell::CommandText;

/// Blocks that have a name, and what names them.
const BLOCKS: [(&str, &str); 4] = [
    ("vrrp_script", "track_script"),
    ("vrrp_track_process", "track_process"),
    ("vrrp_track_file", "track_file"),
    ("vrrp_instance", "group"),
];

/// What is followed by a command line.
const RUNS: [&str; 8] = [
    "misc_path",
    "notify",
    "notify_backup",
    "notify_down",
    "notify_fault",
    "notify_master",
    "notify_up",
    "script",
];

pub(super) fn collect(source: &Source<'_>, out: &mut FileFacts) {
    let mut inside: Option<(&str, &'static str)> = None;
    for (start, line) in source.lines() {
        let code = line.split(['!', '#']).next().unwrap_or_default();
        let own = words(code, start, &['{', '}']);
        if let Some((sort, via)) = inside {
            if let Some(name) =
                own.first().copied().map(super::Word::bare).filter(super::Word::is_plain)
            {
                servers::require(sort, (name.text, name.span()), via, Strength::Likely, out);
            }
            if code.contains('}') {
                inside = None;
            }
            continue;
        }
        let Some(first) = own.first() else { continue };
        if RUNS.contains(&first.text)
            && let Some(at) = code.find(first.text)
        {
            let rest = &code[at + first.text.len()..];
            // Behind one in quotes stand the user and the group that run it.
            let text = rest.trim();
            let quoted = text.strip_prefix('"').and_then(|own| own.split('"').next());
            let text = quoted.unwrap_or(text);
            let from = start + code.len() - rest.len() + rest.find(text).unwrap_or(0);
            if text.starts_with('/') {
                let text = CommandText::plain(text, from);
                Lines::new(source.path, "script").add(&text, out);
            }
        }
        if let (Some((sort, _)), Some(name)) =
            (BLOCKS.iter().find(|(sort, _)| *sort == first.text), own.get(1))
        {
            let name = name.bare();
            servers::provide(sort, &NamePattern::exact(name.text), name.span(), out);
        }
        // One in a line, as `track_script { a }`, names all of them there.
        if let Some((sort, via)) = BLOCKS.iter().find(|(_, via)| *via == first.text)
            && code.contains('{')
        {
            let names = own.iter().skip(1).map(|own| own.bare()).filter(|own| own.is_plain());
            match code.contains('}') {
                true => names.take(1).for_each(|name| {
                    servers::require(sort, (name.text, name.span()), via, Strength::Likely, out);
                }),
                false => inside = Some((sort, via)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{called, shown};

    #[test]
    fn scripts_that_are_run() {
        let text = "vrrp_script a {\n  script \"/usr/lib/a/check b\"\n}\nvrrp_instance V {\n  \
                    notify_master \"/etc/x/up.sh\" root\n  notify /y/z\n}\n";
        let own = ["/usr/lib/a/check", "/etc/x/up.sh", "/y/z"];
        assert_eq!(called("etc/keepalived/keepalived.conf", text), own);
    }

    #[test]
    fn scripts_that_are_tracked() {
        let text = "vrrp_script chk_a {\n  script \"/usr/bin/a\"\n}\n! vrrp_script no {\n\
                    vrrp_instance V {\n  track_script {\n    chk_a weight 2\n    chk_b # c\n  }\n\
                    track_process { p }\n}\n";
        let (provides, requires) = shown("etc/keepalived/keepalived.conf", text);
        assert_eq!(provides, ["vrrp_script chk_a", "vrrp_instance V"]);
        let own = ["/usr/bin/a", "vrrp_script chk_a", "vrrp_script chk_b", "vrrp_track_process p"];
        assert_eq!(requires, own);
    }
}
