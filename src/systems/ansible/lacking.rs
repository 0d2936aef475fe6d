//! What a task's options lack, or hold that the module refuses: a checksum without its algorithm, a
//! line that nobody gives, a minute of 75.
//!
//! (Source: the modules of ansible-core: "The checksum parameter has to be in format
//! <algorithm>:<checksum>", "line is required with state=present"; `required_if` of `mount`; crontab(5), "bad minute".)

use super::arguments::{Arguments, Text, is_true};
use super::shape::short;
use crate::facts::{Entity, Problem, Span, Strength, is_one_edit};
use crate::syntax::yaml::Node;

/// Algorithms, with how many digits their sums have.
const SUMS: [(&str, usize); 6] =
    [("md5", 32), ("sha1", 40), ("sha224", 56), ("sha256", 64), ("sha384", 96), ("sha512", 128)];

/// Options of `cron`, with their least and their greatest number.
const TIMES: [(&str, u32, u32); 5] =
    [("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7)];

/// Reports what a task lacks.
pub(super) fn of_task(task: &Node<'_>, source: &str, problems: &mut Vec<Problem>) {
    // Where options come from elsewhere, none is missing.
    let is_open = task.get("args").is_some() || source.contains("module_defaults");
    for (key, value) in task.entries() {
        let Some(module) = key.as_str().map(short) else { continue };
        let is_whole = !value.entries().iter().any(|(key, _)| key.as_str() == Some("<<"));
        let arguments = Arguments::of(value, source);
        if arguments.names().next().is_none() {
            continue;
        }
        let is_closed = is_whole && !is_open && arguments.free.is_none();
        let text = |name: &str| arguments.get(name).map(|own| own.text.as_str());
        match module {
            "get_url" => problems.extend(checksum(&arguments)),
            "cron" => {
                problems.extend(time(&arguments));
                problems.extend(minute(&arguments).filter(|_| is_closed));
            }
            "copy" | "template" if text("content").is_none() => {
                let empty = arguments.get("src").filter(|own| own.text.trim().is_empty());
                problems.extend(empty.map(|_| missing(module, "src", key.span)));
            }
            "lineinfile" if is_closed && text("state").is_none_or(|own| own == "present") => {
                let lacks = text("line").is_none() && text("value").is_none();
                // A name with a slip is told of as one that there is not.
                let has_any = value.get("line").or(value.get("value")).is_some()
                    || arguments.names().any(|own| is_one_edit(own, "line"));
                problems.extend((lacks && !has_any).then(|| missing(module, "line", key.span)));
            }
            "mount" if is_closed && matches!(text("state"), Some("mounted" | "present")) => {
                let lacks = ["fstype", "src"].into_iter().find(|name| text(name).is_none());
                problems.extend(lacks.map(|name| missing(module, name, key.span)));
            }
            _ => {}
        }
        if matches!(module, "file" | "copy" | "template" | "stat" | "get_url" | "unarchive") {
            problems.extend(blank(module, &arguments));
        }
    }
}

fn missing(module: &str, name: &str, span: Span) -> Problem {
    Problem {
        entity: Some(Entity::parameter(module, name)),
        help: "pass it: the task fails on every host".to_owned(),
        ..Problem::new(
            "missing-required-parameter",
            format!("`{module}` requires `{name}` here, which this task does not pass"),
            span,
        )
    }
}

/// A sum without its algorithm, or of another length.
fn checksum(arguments: &Arguments) -> Option<Problem> {
    let own = arguments.get("checksum")?;
    let text = own.text.trim();
    let is_sum = |text: &str| text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let told = |message: String, help: &str| Problem {
        entity: Some(Entity::parameter("get_url", "checksum")),
        help: help.to_owned(),
        ..Problem::new("incompatible-value", message, own.span)
    };
    let Some((algorithm, sum)) = text.split_once(':') else {
        return is_sum(text).then(|| {
            let message = "`checksum` does not say of which algorithm it is".to_owned();
            told(message, "write `sha256:` before it: the task fails on every host")
        });
    };
    let (_, len) = SUMS.iter().find(|(own, _)| *own == algorithm)?;
    (is_sum(sum) && sum.len() != *len).then(|| {
        let message =
            format!("a sum of `{algorithm}` has {len} digits, and this one has {}", sum.len());
        told(message, "copy it again: the task fails on every host")
    })
}

/// A number that no clock shows.
fn time(arguments: &Arguments) -> Option<Problem> {
    TIMES.iter().find_map(|(name, least, most)| {
        let own = arguments.get(name)?;
        let number: u32 = own.text.trim().parse().ok()?;
        (!(*least..=*most).contains(&number)).then(|| Problem {
            entity: Some(Entity::parameter("cron", name)),
            help: format!("it is a number from {least} to {most}: `crontab` refuses the line"),
            ..Problem::new(
                "incompatible-value",
                format!("`{name}` is `{number}`, which never comes"),
                own.span,
            )
        })
    })
}

/// A job that names its hour and not its minute: it runs each minute of that hour.
fn minute(arguments: &Arguments) -> Option<Problem> {
    let text = |name: &str| arguments.get(name).map(|own| own.text.trim());
    let is_off = text("state") == Some("absent")
        || ["special_time", "reboot", "minute"].iter().any(|name| text(name).is_some())
        || ["env", "disabled"].iter().any(|name| text(name).is_some_and(is_true));
    let times = ["hour", "weekday", "day", "month"].iter().filter(|name| {
        text(name).is_some_and(|own| own != "*" && !own.is_empty() && !own.contains("omit"))
    });
    let name = times.into_iter().next().filter(|_| !is_off)?;
    Some(Problem {
        entity: Some(Entity::parameter("cron", "minute")),
        help: "set `minute`: without it, the job runs in each minute of that time".to_owned(),
        strength: Strength::Likely,
        ..Problem::new(
            "incompatible-value",
            format!("`{name}` is set, and `minute` is not"),
            arguments.get(name)?.span,
        )
    })
}

/// A path behind a blank.
fn blank(module: &str, arguments: &Arguments) -> Option<Problem> {
    ["path", "dest", "src"].iter().find_map(|name| {
        let own = arguments.get(name)?;
        let Some(rest) = own.text.strip_prefix(' ') else {
            return blank_behind(module, name, own);
        };
        let rest = rest.trim_start_matches(' ');
        rest.starts_with(['/', '{', '~']).then(|| Problem {
            entity: Some(Entity::parameter(module, name)),
            help: "take the blank away: it is part of the path, which is then one below the \
                   folder that the task runs in"
                .to_owned(),
            strength: Strength::Certain,
            ..Problem::new("incompatible-value", format!("`{name}` begins with a blank"), own.span)
        })
    })
}

/// A path before a blank: what reads the file looks for one without it.
fn blank_behind(module: &str, name: &str, own: &Text) -> Option<Problem> {
    let path = own.text.strip_suffix(' ')?.trim_end_matches(' ');
    let is_path = path.starts_with(['/', '~']) || path.starts_with("{{") && path.contains('/');
    // Behind a folder, or what is filled in, the blank is hardly seen, and a value may be empty.
    let is_named = path.ends_with(|last: char| last.is_ascii_alphanumeric());
    (is_path && is_named).then(|| Problem {
        entity: Some(Entity::parameter(module, name)),
        help: "take the blank away: it is part of the file's name".to_owned(),
        strength: Strength::Likely,
        ..Problem::new("incompatible-value", format!("`{name}` ends with a blank"), own.span)
    })
}

#[cfg(test)]
mod tests {
    fn said(text: &str) -> Vec<String> {
        crate::systems::ansible::said_of_tasks(text, |task, problems| {
            super::of_task(task, "", problems);
        })
    }

    #[test]
    fn sums() {
        let of =
            |sum: &str| said(&format!("- get_url: {{url: a, dest: b, checksum: \"{sum}\"}}\n"));
        let digits = "0123456789abcdef".repeat(4);
        assert_eq!(of(&digits), ["`checksum` does not say of which algorithm it is"]);
        assert_eq!(
            of(&format!("sha256:{}", &digits[1..])),
            ["a sum of `sha256` has 64 digits, and this one has 63"]
        );
        for fine in [
            format!("sha256:{digits}"),
            "sha256:https://a/b.sha256".to_owned(),
            "sha256:{{ sum }}".to_owned(),
            "{{ sum }}".to_owned(),
        ] {
            assert!(of(&fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn what_is_not_given() {
        assert_eq!(
            said("- lineinfile: {path: /a, regexp: b}\n"),
            ["`lineinfile` requires `line` here, which this task does not pass"]
        );
        assert_eq!(
            said("- mount: {path: /a, state: mounted, src: b}\n"),
            ["`mount` requires `fstype` here, which this task does not pass"]
        );
        for fine in [
            "- lineinfile: {path: /a, regexp: b, state: absent}\n",
            "- lineinfile: {path: /a, line: b}\n",
            "- lineinfile: {path: /a, state: \"{{ s }}\"}\n",
            "- lineinfile:\n  args:\n    line: a\n",
            "- mount: {path: /a, state: absent}\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn times_and_paths() {
        assert_eq!(
            said("- cron: {name: a, minute: 75}\n"),
            ["`minute` is `75`, which never comes"]
        );
        assert_eq!(
            said("- file: {path: \" {{ a }}\", state: directory}\n"),
            ["`path` begins with a blank"]
        );
        assert_eq!(
            said("- template: {src: a, dest: \"{{ a }}/b.php \"}\n"),
            ["`dest` ends with a blank"]
        );
        let minute = ["`hour` is set, and `minute` is not"];
        assert_eq!(said("- cron: {name: a, hour: 3, job: b}\n"), minute);
        for fine in [
            "- cron: {name: a, hour: 3, state: absent}\n",
            "- cron: {name: a, special_time: daily}\n",
            "- cron: {name: a, hour: \"*\", job: b}\n",
            "- cron: {name: a, hour: \"{{ h | default(omit) }}\", job: b}\n",
        ] {
            assert!(said(fine).is_empty(), "{fine}");
        }
        assert_eq!(
            said("- copy: {src: \"\", dest: /a}\n"),
            ["`copy` requires `src` here, which this task does not pass"]
        );
        for fine in ["- cron: {minute: \"*/5\", hour: 0}\n", "- file: {path: \"{{ a }} b\"}\n"] {
            assert!(said(fine).is_empty(), "{fine}");
        }
    }
}
