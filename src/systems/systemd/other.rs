//! Other names that a unit has, and the accounts and files that it starts with.
//!
//! (Sources: systemd.unit(5), `Alias=`; systemd.exec(5), `User=`, `EnvironmentFile=`.)

use crate::domain::servers;
use crate::extract::Source;
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Strength, kinds};
use crate::syntax::lines::lines;
use crate::syntax::shell::{CommandText, HOLE};

/// Adds them.
pub(super) fn names(source: &Source<'_>, text: &CommandText, out: &mut FileFacts) {
    for (start, line) in lines(text.as_str()) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let plain = value.trim();
        let at = start + line.len() - value.trim_start().len();
        let span = text.span(at, at + plain.len());
        let own = (plain, span);
        match key.trim() {
            "Alias" => {
                let all = plain.split_whitespace().filter(|own| own.contains('.'));
                out.provides.extend(all.map(|own| Provide {
                    kind: kinds::SYSTEMD_UNIT,
                    name: NamePattern::exact(own),
                    span,
                    within: None,
                    detail: Detail::None,
                }));
            }
            "User" if is_account(plain) => {
                servers::require("user", own, "User", Strength::Certain, out);
            }
            "Group" if is_account(plain) => {
                servers::require("group", own, "Group", Strength::Certain, out);
            }
            "EnvironmentFile"
                if plain.starts_with('/') && !plain.contains([HOLE, '%', '*', '?']) =>
            {
                let via = "EnvironmentFile";
                servers::require_file(source.path, own, via, Strength::Certain, out);
            }
            _ => {}
        }
    }
}

fn is_account(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
