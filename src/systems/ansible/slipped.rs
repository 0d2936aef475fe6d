//! Slips in what tasks run and name: `hmod`, `systemctl restart web.sercice`.
//!
//! (Source: systemd.unit(5): the kinds of units, which a name ends with.)

use super::arguments::Arguments;
use super::shape::short;
use crate::facts::{Problem, Span, Strength, is_one_edit};
use crate::syntax::yaml::{Node, Value};

/// Commands that most hosts have, and that no other is nearly called like.
const COMMANDS: [&str; 22] = [
    "apt-get",
    "chgrp",
    "chmod",
    "chown",
    "crontab",
    "docker",
    "firewall-cmd",
    "groupadd",
    "groupmod",
    "hostnamectl",
    "journalctl",
    "mkdir",
    "modprobe",
    "restorecon",
    "semanage",
    "service",
    "sysctl",
    "systemctl",
    "timedatectl",
    "useradd",
    "userdel",
    "usermod",
];

/// Others that are nearly called so.
const OTHERS: [&str; 5] = ["dockerd", "locker", "mkdirp", "mkdirs", "services"];

/// What the names of units end with.
const UNITS: [&str; 11] = [
    "automount",
    "device",
    "mount",
    "path",
    "scope",
    "service",
    "slice",
    "socket",
    "swap",
    "target",
    "timer",
];

/// Where the files of units lie.
const FOLDERS: [&str; 3] =
    ["/etc/systemd/system/", "/lib/systemd/system/", "/usr/lib/systemd/system/"];

/// Reports what a task slips in.
pub(super) fn of_task(task: &Node<'_>, source: &str, problems: &mut Vec<Problem>) {
    let known = problems.len();
    slips(task, source, problems);
    // What goes on when it fails stops nothing.
    if ["ignore_errors", "failed_when"].iter().any(|key| task.get(key).is_some()) {
        problems.iter_mut().skip(known).for_each(|own| own.strength = Strength::Likely);
    }
}

fn slips(task: &Node<'_>, source: &str, problems: &mut Vec<Problem>) {
    for (key, value) in task.entries() {
        let Some(module) = key.as_str().map(short) else { continue };
        let node = match &value.value {
            Value::Scalar { .. } => Some(value),
            _ => value.get("cmd"),
        };
        match module {
            "command" | "shell" | "raw" => {
                let Some((node, text)) = node.and_then(|own| Some((own, own.as_str()?))) else {
                    continue;
                };
                problems.extend(command(text, node.span));
                problems.extend(controlled(text, node.span));
            }
            "cron" | "systemd" | "systemd_service" | "service" | "copy" | "template" => {
                let arguments = Arguments::of(value, source);
                let get = |name: &str| arguments.get(name);
                match module {
                    "cron" => {
                        let job = get("job").map(|own| controlled(&own.text, own.span));
                        problems.extend(job.flatten());
                    }
                    "copy" | "template" => {
                        let file = get("dest").and_then(|own| {
                            let file = FOLDERS.iter().find_map(|at| own.text.strip_prefix(at))?;
                            unit(file)
                                .filter(|_| !file.contains('/'))
                                .map(|meant| told(file, meant, own.span, Strength::Likely))
                        });
                        problems.extend(file);
                    }
                    _ => {
                        let name = get("name").and_then(|own| {
                            let meant = unit(own.text.trim())?;
                            // Other managers of services have names of their own.
                            let strength = match module {
                                "service" => Strength::Likely,
                                _ => Strength::Certain,
                            };
                            Some(told(own.text.trim(), meant, own.span, strength))
                        });
                        problems.extend(name);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The first word of a command, or of one that it is joined to, that is nearly another.
fn command(text: &str, span: Span) -> Option<Problem> {
    // Lines that others go on with, or that a program reads, begin with any word.
    let is_open = text.contains("<<") || text.contains("\\\n");
    let lines = text.trim().lines().take(if is_open { 1 } else { usize::MAX });
    let firsts = lines.flat_map(|line| line.split("&& ")).map(|part| {
        let mut words = part.split_whitespace();
        let first = words.next().unwrap_or_default();
        let first = if first == "sudo" { words.next().unwrap_or_default() } else { first };
        if words.next().is_some() { first } else { "" }
    });
    let is_word = |own: &&str| {
        own.len() > 3 && own.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    let mut slips = firsts.filter(is_word).filter_map(|own| {
        let is_known = COMMANDS.contains(&own) || OTHERS.contains(&own);
        let near = COMMANDS.iter().find(|name| !is_known && is_one_edit(name, own));
        near.map(|near| (own, *near))
    });
    let (own, near) = slips.next()?;
    Some(Problem {
        help: format!("did you mean `{near}`?"),
        meant: Some(near.into()),
        strength: Strength::Likely,
        ..Problem::new(
            "unresolved-reference",
            format!("`{own}` is no command that hosts have"),
            span,
        )
    })
}

/// A unit that `systemctl` is told to act on and that has no kind.
fn controlled(text: &str, span: Span) -> Option<Problem> {
    let at = text.find("systemctl ")?;
    let end = text[at..].find(['\n', ';', '|', '&']).map_or(text.len(), |end| at + end);
    let mut words = text[at..end].split_whitespace().skip(1);
    let strength = if text.contains("||") { Strength::Likely } else { Strength::Certain };
    words.find_map(|word| Some(told(word, unit(word)?, span, strength)))
}

/// The kind of unit that the end of a name is a slip of.
fn unit(name: &str) -> Option<&'static str> {
    let (stem, end) = name.rsplit_once('.')?;
    let is_slip = end.len() > 4
        && !stem.is_empty()
        && end.bytes().all(|byte| byte.is_ascii_lowercase())
        && !UNITS.contains(&end);
    let mut near = UNITS.iter().filter(|_| is_slip);
    near.find(|own| own.len() > 4 && is_one_edit(own, end)).copied()
}

fn told(name: &str, meant: &str, span: Span, strength: Strength) -> Problem {
    let end = name.rsplit('.').next().unwrap_or_default();
    Problem {
        help: format!("did you mean `.{meant}`? systemd has no such unit"),
        strength,
        ..Problem::new("incompatible-value", format!("no kind of unit is called `.{end}`"), span)
    }
}

#[cfg(test)]
mod tests {
    fn said(text: &str) -> Vec<String> {
        crate::systems::ansible::said_of_tasks(text, |task, problems| {
            super::of_task(task, "", problems);
        })
    }

    #[test]
    fn commands_and_units() {
        assert_eq!(said("- command: hmod 755 /a\n"), ["`hmod` is no command that hosts have"]);
        assert_eq!(
            said("- shell: |\n    a b\n    hmod c d\n"),
            ["`hmod` is no command that hosts have"]
        );
        assert_eq!(said("- shell: a && chwon b c\n"), ["`chwon` is no command that hosts have"]);
        let unit = ["no kind of unit is called `.sercice`"];
        assert_eq!(said("- command: systemctl restart a.sercice\n"), unit);
        assert_eq!(said("- cron: {name: a, minute: 1, job: systemctl stop a.sercice}\n"), unit);
        assert_eq!(said("- systemd: {name: a.sercice}\n"), unit);
        assert_eq!(
            said("- template: {src: a, dest: /etc/systemd/system/a.tiemr}\n"),
            ["no kind of unit is called `.tiemr`"]
        );
        for fine in [
            "- command: chmod 755 /a\n",
            "- command: mkdirs /a\n",
            "- command: ./hmod a\n",
            "- shell: systemctl restart a.b\n",
            "- systemd: {name: org.services.foo}\n",
            "- template: {src: a, dest: /etc/systemd/system/a.service.d/x.conf}\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }
}
