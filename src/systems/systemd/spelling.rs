//! Settings of units that systemd passes over as they are spelt: a value of a list that is in none, a
//! name but for its capitals.
//!
//! (Source: `systemd.service(5)`, `systemd.exec(5)`, `systemd.unit(5)`, `systemd.kill(5)`; systemd
//! says "Failed to parse …, ignoring" and "Unknown key name … in section …, ignoring".)

use crate::facts::{Problem, Span, Strength};

/// Settings of a service whose values are words of a list.
const WORDS: [(&str, &[&str]); 3] = [
    ("KillMode", &["control-group", "mixed", "none", "process"]),
    (
        "Restart",
        &["always", "no", "on-abnormal", "on-abort", "on-failure", "on-success", "on-watchdog"],
    ),
    ("Type", &["dbus", "exec", "forking", "idle", "notify", "notify-reload", "oneshot", "simple"]),
];

/// Names of settings that people write with other capitals.
const NAMES: [&str; 46] = [
    "After",
    "AmbientCapabilities",
    "Before",
    "BindsTo",
    "BusName",
    "Conflicts",
    "Description",
    "Documentation",
    "Environment",
    "EnvironmentFile",
    "ExecReload",
    "ExecStart",
    "ExecStartPost",
    "ExecStartPre",
    "ExecStop",
    "ExecStopPost",
    "Group",
    "KillMode",
    "KillSignal",
    "LimitCORE",
    "LimitMEMLOCK",
    "LimitNOFILE",
    "LimitNPROC",
    "NoNewPrivileges",
    "OOMScoreAdjust",
    "OnFailure",
    "PIDFile",
    "PartOf",
    "PrivateTmp",
    "ProtectHome",
    "ProtectSystem",
    "RemainAfterExit",
    "Requires",
    "Restart",
    "RestartSec",
    "RuntimeDirectory",
    "StandardError",
    "StandardOutput",
    "SuccessExitStatus",
    "SyslogIdentifier",
    "TimeoutStartSec",
    "TimeoutStopSec",
    "UMask",
    "WantedBy",
    "Wants",
    "WorkingDirectory",
];

/// What a line of the section says that systemd does not take.
pub(super) fn passed_over(section: &str, line: &str, start: usize) -> Option<Problem> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    if value.contains(['%', '{', '<', '$', '@', '*']) || key.contains(['<', '{']) {
        return None;
    }
    let from = |word: &str| start + line.find(word).unwrap_or(0);
    let sections = ["Unit", "Service", "Install"];
    let meant = NAMES.iter().find(|own| **own != key && own.eq_ignore_ascii_case(key));
    if let Some(meant) = meant.filter(|_| sections.contains(&section)) {
        let span = Span::new(from(key), from(key) + key.len());
        let message = format!("systemd knows no setting `{key}`");
        return Some(likely(
            message,
            span,
            format!("did you mean `{meant}`? It passes over the line"),
        ));
    }
    if let Some(problem) = slip(section, key, from(key)) {
        return Some(problem);
    }
    let (_, words) = WORDS.iter().find(|(own, _)| *own == key && section == "Service")?;
    if value.is_empty() || words.contains(&value) {
        return None;
    }
    let at = start + line.rfind(value)?;
    let message = format!("`{key}` does not accept `{value}`");
    let near = words.iter().find(|own| strsim::osa_distance(own, value) < 3);
    let help = match near {
        Some(near) => format!("did you mean `{near}`? systemd passes over the line"),
        None => format!("systemd passes over the line; it accepts {}", words.join(", ")),
    };
    Some(likely(message, Span::new(at, at + value.len()), help))
}

/// A setting one letter from another.
fn slip(section: &str, key: &str, at: usize) -> Option<Problem> {
    let is_plain = key.len() > 4 && key.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_of_unit = ["Unit", "Service", "Install"].contains(&section);
    if !is_plain || !is_of_unit || NAMES.contains(&key) {
        return None;
    }
    let meant = NAMES.iter().find(|own| strsim::osa_distance(own, key) == 1)?;
    let message = format!("systemd knows no setting `{key}`");
    let span = Span::new(at, at + key.len());
    let mut problem =
        likely(message, span, format!("did you mean `{meant}`? It passes over the line"));
    // Without a command, the unit is refused.
    if *meant == "ExecStart" {
        problem.strength = Strength::Certain;
        problem.help = "did you mean `ExecStart`? The service does not start".to_owned();
    }
    Some(problem)
}

/// Sections of units, with how many letters a slip of each may have wrong.
const SECTIONS: [(&str, usize); 6] =
    [("Install", 2), ("Mount", 1), ("Service", 2), ("Socket", 1), ("Timer", 1), ("Unit", 1)];

/// Others that are nearly called so.
const OTHERS: [&str; 4] = ["Scope", "Slice", "Swap", "Path"];

/// A section that systemd does not know, nearly called as one that it does.
pub(super) fn section(name: &str, start: usize) -> Option<Problem> {
    let is_known = SECTIONS.iter().any(|(own, _)| *own == name) || OTHERS.contains(&name);
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (meant, _) = SECTIONS.iter().filter(|_| !is_known && is_plain).find(|(own, most)| {
        own.eq_ignore_ascii_case(name) || (1..=*most).contains(&strsim::osa_distance(own, name))
    })?;
    let message = format!("systemd knows no section `[{name}]`");
    let span = Span::new(start, start + name.len() + 2);
    let mut problem =
        likely(message, span, format!("did you mean `[{meant}]`? It passes over all of it"));
    if *meant == "Service" {
        problem.strength = Strength::Certain;
    }
    Some(problem)
}

pub(super) fn likely(message: String, span: Span, help: String) -> Problem {
    let mut problem = Problem::new("incompatible-value", message, span);
    problem.strength = Strength::Likely;
    problem.help = help;
    problem
}

#[cfg(test)]
mod tests {
    use super::{passed_over, section};

    #[test]
    fn slips_of_names() {
        let said = |line: &str| passed_over("Service", line, 0).map(|own| own.message);
        assert_eq!(said("ExecStrt=/bin/a").as_deref(), Some("systemd knows no setting `ExecStrt`"));
        for line in ["ExecStart=/bin/a", "ExecCondition=/bin/a", "User=a", "LimitCPU=1"] {
            assert_eq!(said(line), None, "{line}");
        }
        assert_eq!(
            section("Servce", 0).map(|own| own.message).as_deref(),
            Some("systemd knows no section `[Servce]`")
        );
        for fine in ["Service", "Scope", "Slice", "X-Own", "Network", "Match"] {
            assert!(section(fine, 0).is_none(), "{fine}");
        }
    }

    #[test]
    fn what_systemd_passes_over() {
        for line in ["Type=onshot", "Restart = allways", "Umask=0022", "Workingdirectory=/srv"] {
            assert!(passed_over("Service", line, 0).is_some(), "{line}");
        }
        for line in ["Type=oneshot", "Restart=<%= @a %>", "UMask=0022", "Type=", "X-Umask=1"] {
            assert!(passed_over("Service", line, 0).is_none(), "{line}");
        }
        assert!(passed_over("Mount", "Type=nfs", 0).is_none());
    }
}
