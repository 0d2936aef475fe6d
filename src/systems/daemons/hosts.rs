//! What hosts run by lists of their own: scripts of logrotate, commands that sudoers allows.
//!
//! (Sources: logrotate(8), `postrotate`; sudoers(5), "User specification".)

use super::words;
use crate::domain::commands::Lines;
use crate::extract::Source;
use crate::facts::{FileFacts, Span, Strength};
use crate::syntax::shell::{Argument, CommandText};

/// Words between which and `endscript` a script stands.
const SCRIPTS: [&str; 5] = ["firstaction", "lastaction", "postrotate", "preremove", "prerotate"];

/// The scripts of a file of logrotate.
pub(super) fn logrotate(source: &Source<'_>, out: &mut FileFacts) {
    let text = CommandText::of_file(source.text);
    let all = text.as_str();
    let (mut from, mut at) = (None, 0);
    for line in all.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let word = line.trim();
        if SCRIPTS.contains(&word) {
            from = Some(at);
        } else if word == "endscript"
            && let Some(from) = from.take()
        {
            Lines::new(source.path, "logrotate").add(&text.slice(from..start), out);
        }
    }
}

/// `USER HOSTS=(AS) NOPASSWD: /a/b c, /d/e`, `Cmnd_Alias X = /a/b, /d/e`.
pub(super) fn sudoers(source: &Source<'_>, out: &mut FileFacts) {
    for (start, line) in source.lines() {
        let code = line.split('#').next().unwrap_or_default();
        let is_other = code.starts_with("Defaults")
            || code.contains("{{")
            || code.contains("<%")
            || ["User_Alias", "Runas_Alias", "Host_Alias"].iter().any(|own| code.starts_with(own));
        let Some(equals) = code.find('=').filter(|_| !is_other) else { continue };
        let mut at = equals + 1;
        for part in code[at..].split(',') {
            let from = start + at;
            at += part.len() + 1;
            let begin = part.find('/').unwrap_or(part.len());
            // Tags and the account stand before it; what is forbidden may be gone.
            let before = part[..begin].trim_end();
            if before.ends_with('!') || !(before.is_empty() || before.ends_with([':', ')'])) {
                continue;
            }
            let Some(own) = words(&part[begin..], from + begin, &[]).into_iter().next() else {
                continue;
            };
            // A folder, or all of them; its arguments are patterns.
            if own.is_plain() && !own.text.ends_with('/') {
                let word = Argument::new(CommandText::plain(own.text, own.at));
                Lines::new(source.path, "sudoers").add_words(&[word], Strength::Likely, out);
                seal(out, own.span());
            }
        }
    }
}

/// The arguments of what is allowed are not all that it is called with.
fn seal(out: &mut FileFacts, span: Span) {
    for call in out.calls.iter_mut().rev().take_while(|own| own.span == span) {
        call.open = true;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::called;

    #[test]
    fn scripts_of_logrotate() {
        let text = "/var/log/a.log {\n  daily\n  postrotate\n    /usr/lib/a/reopen --x\n    \
                    /bin/b\n  endscript\n}\n";
        let own = ["/usr/lib/a/reopen", "/bin/b"];
        assert_eq!(called("debian/a.logrotate", text), own);
        assert_eq!(called("etc/logrotate.d/a", text), own);
    }

    #[test]
    fn commands_that_are_allowed() {
        let text = "Defaults secure_path=/usr/bin\n%a ALL=(root) NOPASSWD: /usr/local/bin/b, /opt/c x*, !/d/e\n\
                    Cmnd_Alias F = /g/h, /i/\nj ALL=(ALL) ALL\n# k ALL=/l/m\nn {{ o }}=/p/q\n";
        assert_eq!(called("etc/sudoers.d/a", text), ["/usr/local/bin/b", "/opt/c", "/g/h"]);
    }
}
