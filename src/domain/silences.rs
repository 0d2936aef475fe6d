//! What systems say alike of declared silences: who is told beforehand that a service goes
//! down, by commands and by the texts of others.
//!
//! A silence is provided as `silence:WHAT IT COVERS`; its detail is a
//! [`Silence`](crate::facts::Silence).
//!
//! (Sources: `amtool silence add --help`; Nagios Core, "External Commands".)

use crate::facts::{FileFacts, Matcher, Matching, NamePattern, Provide, Silence, Span, day, kinds};

/// Adds a silence; one that covers nothing by name is none.
pub(crate) fn provide(out: &mut FileFacts, silence: &Silence, span: Span) {
    if silence.matchers.is_empty() {
        return;
    }
    out.provides.push(Provide {
        kind: kinds::SILENCE,
        name: NamePattern::exact(silence.covers()),
        span,
        within: None,
        detail: silence.clone().into(),
    });
}

/// The first ten characters of a time.
pub(crate) fn date(text: &str) -> &str {
    text.get(..10).filter(|day| day.as_bytes()[4] == b'-').unwrap_or_default()
}

/// `alertname="WikiDown"`, `service =~ parser.*`.
pub(crate) fn written(own: &str) -> Option<Matcher> {
    let own = own.trim().trim_start_matches('{').trim_end_matches('}');
    let at = own.find(['=', '!'])?;
    let (label, rest) = own.split_at(at);
    let how = ["=~", "!~", "!=", "="].into_iter().find(|how| rest.starts_with(how))?;
    let value = rest[how.len()..].trim().trim_matches(['"', '\'']);
    let label = label.trim().trim_matches('"');
    (!label.is_empty())
        .then(|| Matcher::new(label, Matching::parse(how).unwrap_or(Matching::Equal), value))
}

/// A Nagios command that silences, in a line: `[time] SCHEDULE_SVC_DOWNTIME;host;service;…`,
/// and where it stands. `*` is a text that is known at run time only.
pub(crate) fn scheduled(line: &str) -> Option<(Silence, std::ops::Range<usize>)> {
    let at = ["SCHEDULE_", "DISABLE_"].iter().find_map(|word| line.find(word))?;
    let mut end = line.len();
    if let Some(close) = line[at..].find(['\n', '"', '\'', '>', '|']) {
        end = at + close;
    }
    let text = line[at..end].trim_end().trim_end_matches("\\n");
    let mut parts = text.split(';').map(str::trim);
    let labels: &[&str] = match parts.next()? {
        "SCHEDULE_SVC_DOWNTIME" | "DISABLE_SVC_NOTIFICATIONS" => &["host", "service"],
        "SCHEDULE_HOST_DOWNTIME"
        | "SCHEDULE_HOST_SVC_DOWNTIME"
        | "SCHEDULE_AND_PROPAGATE_HOST_DOWNTIME"
        | "SCHEDULE_AND_PROPAGATE_TRIGGERED_HOST_DOWNTIME"
        | "DISABLE_HOST_SVC_NOTIFICATIONS" => &["host"],
        "SCHEDULE_HOSTGROUP_HOST_DOWNTIME"
        | "SCHEDULE_HOSTGROUP_SVC_DOWNTIME"
        | "DISABLE_HOSTGROUP_SVC_NOTIFICATIONS" => &["hostgroup"],
        "SCHEDULE_SERVICEGROUP_HOST_DOWNTIME"
        | "SCHEDULE_SERVICEGROUP_SVC_DOWNTIME"
        | "DISABLE_SERVICEGROUP_SVC_NOTIFICATIONS" => &["servicegroup"],
        _ => return None,
    };
    let mut matchers = Vec::new();
    for label in labels {
        let value = parts.next().filter(|part| !part.is_empty())?;
        // `%s` of printf, `$host` of a shell, `<host_name>` of a manual.
        let value = match value.contains(['%', '$', '<', '{']) {
            true => "*",
            false => value,
        };
        matchers.push(Matcher::built(label, value));
    }
    let seconds = parts.nth(1).and_then(|end| end.parse::<i64>().ok());
    let until = seconds.map(|second| day(second.div_euclid(86_400))).unwrap_or_default();
    Some((Silence { until: until.into(), in_part: false, matchers }, at..at + text.len()))
}

/// What a command silences, by its words: `amtool silence add …`, or a Nagios command that is
/// printed. The second is the index of the word that says so.
pub(crate) fn command(words: &[&NamePattern]) -> Option<(Silence, usize)> {
    let first = words.first()?.as_exact()?;
    if matches!(first.as_str(), "echo" | "printf") {
        return words.iter().enumerate().skip(1).find_map(|(ix, word)| {
            let text = word.to_string();
            Some((scheduled(&text)?.0, ix))
        });
    }
    let is_tool = |word: &&NamePattern| {
        word.as_exact().is_some_and(|name| name == "amtool" || name.ends_with("/amtool"))
    };
    let at = words.iter().take(4).position(is_tool)?;
    let own = words[at + 1..].iter().map(ToString::to_string);
    let mut own = own.filter(|word| !word.starts_with("--alertmanager.url="));
    let _ = own.by_ref().find(|word| word == "silence")?;
    if own.next()? != "add" {
        return None;
    }
    let mut silence = Silence::default();
    while let Some(word) = own.next() {
        if let Some(flag) = word.strip_prefix('-') {
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (flag.to_owned(), None),
            };
            let takes = matches!(
                name.as_str(),
                "d" | "-duration"
                    | "c"
                    | "-comment"
                    | "a"
                    | "-author"
                    | "-start"
                    | "-end"
                    | "-alertmanager.url"
                    | "-http.config.file"
                    | "o"
                    | "-output"
                    | "-timeout"
            );
            let value = value.or_else(|| takes.then(|| own.next()).flatten());
            if name == "-end" {
                silence.until = date(value.as_deref().unwrap_or_default()).into();
            }
            continue;
        }
        let mut matcher = match written(&word) {
            Some(own) => own,
            None if silence.matchers.is_empty() => {
                Matcher::new("alertname", Matching::Equal, &word)
            }
            None => return None,
        };
        if matcher.how == Matching::Equal && matcher.value.contains('*') {
            matcher.how = Matching::Built;
        }
        silence.matchers.push(matcher);
    }
    Some((silence, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        let said = |words: &[&str]| {
            let words: Vec<NamePattern> =
                words.iter().map(|word| NamePattern::exact(*word)).collect();
            let words: Vec<&NamePattern> = words.iter().collect();
            command(&words).map(|(own, at)| format!("{} {} {at}", own.covers(), own.until))
        };
        let own = said(&[
            "sudo",
            "amtool",
            "--alertmanager.url=http://a",
            "silence",
            "add",
            "-c",
            "x",
            "WikiDown",
            "site=~a|b",
            "--end=2030-01-02T00:00:00Z",
        ]);
        assert_eq!(own.as_deref(), Some("alertname=WikiDown, site=~a|b 2030-01-02 1"));
        assert_eq!(said(&["amtool", "silence", "query"]), None);
        let own = said(&["printf", "[%lu] SCHEDULE_HOST_DOWNTIME;web1;%lu;%lu;1;0;1;a;b\\n"]);
        assert_eq!(own.as_deref(), Some("host=web1  1"));
    }
}
