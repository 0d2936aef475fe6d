//! Accounts that `systemd-sysusers` makes.
//!
//! (Source: sysusers.d(5).)

use super::words;
use crate::domain::servers;
use crate::extract::Source;
use crate::facts::{FileFacts, NamePattern};

pub(super) fn collect(source: &Source<'_>, out: &mut FileFacts) {
    for (start, line) in source.lines() {
        if let [sort, name, ..] = words(line, start, &[]).as_slice()
            && matches!(sort.text, "u" | "u!" | "g")
            && name.is_plain()
        {
            let sort = if sort.text == "g" { "group" } else { "user" };
            servers::provide(sort, &NamePattern::exact(name.text), name.span(), out);
            // A user has a group of the same name.
            if sort == "user" {
                servers::provide("group", &NamePattern::exact(name.text), name.span(), out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn users_have_groups() {
        let (provides, _) =
            shown("etc/sysusers.d/a.conf", "# u x\nu app - \"App\" /srv\ng ops -\nm a b\n");
        assert_eq!(provides, ["user app", "group app", "group ops"]);
    }
}
