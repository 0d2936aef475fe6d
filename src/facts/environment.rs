//! Environment variables that a call gives to what it runs.

use super::{Arg, Kind, NamePattern, Ref, Span};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The environment that a call gives to what it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Variables that it sets, in source order.
    pub set: Vec<Arg>,
    /// Where further ones come from: files, other objects. A wholly unknown name stands for
    /// what the tree cannot show.
    pub sources: Vec<Ref>,
    /// There may be more: those of an image, or of whoever makes the call.
    pub open: bool,
}

impl Environment {
    /// Nothing but what whoever makes the call has.
    pub fn inherited() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// Whether it sets `name`.
    pub fn sets(&self, name: &str) -> bool {
        self.set.iter().any(|own| own.name == name)
    }

    /// Whether it says nothing.
    pub fn is_inherited(&self) -> bool {
        self.open && self.set.is_empty() && self.sources.is_empty()
    }

    /// Adds `NAME=value`.
    pub fn add(&mut self, name: &str, value: Option<SmolStr>, span: Span) {
        self.set.push(Arg { name: name.into(), value, span });
    }

    /// Adds variables from somewhere that no tree shows.
    pub fn add_unknown(&mut self, kind: Kind) {
        self.sources.push(Ref::new(kind, NamePattern::any()));
    }

    /// The environment of a call that stands inside one which has `outer`.
    pub fn inside(&mut self, outer: &Self) {
        if self.open {
            self.set.extend(outer.set.iter().cloned());
            self.sources.extend(outer.sources.iter().cloned());
            self.open = outer.open;
        }
    }
}

/// Whether `name` may be that of an environment variable.
pub fn is_variable_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Variables that a program has whoever runs it, or that its shell sets by itself.
/// (Sources: systemd.exec(5), "Environment Variables Set or Propagated by the Service
/// Manager"; crontab(5); bash(1), "Shell Variables"; POSIX.1-2017, "Environment Variables".)
const GIVEN: &[&str] = &[
    "CACHE_DIRECTORY",
    "COLUMNS",
    "CONFIGURATION_DIRECTORY",
    "CREDENTIALS_DIRECTORY",
    "DISPLAY",
    "EDITOR",
    "EUID",
    "EXIT_CODE",
    "EXIT_STATUS",
    "FDSTORE",
    "GROUPS",
    "HOME",
    "HOSTNAME",
    "HOSTTYPE",
    "IFS",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "KUBERNETES_PORT",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "LANG",
    "LANGUAGE",
    "LINENO",
    "LINES",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LOGNAME",
    "LOGS_DIRECTORY",
    "MACHTYPE",
    "MAIL",
    "MAILTO",
    "MAINPID",
    "MANAGERPID",
    "NOTIFY_SOCKET",
    "OLDPWD",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PAGER",
    "PATH",
    "PIDFILE",
    "PIPESTATUS",
    "PPID",
    "PWD",
    "RANDOM",
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_PORT",
    "REPLY",
    "RUNTIME_DIRECTORY",
    "SECONDS",
    "SERVICE_RESULT",
    "SHELL",
    "SHLVL",
    "STATE_DIRECTORY",
    "SYSTEMD_EXEC_PID",
    "TERM",
    "TMPDIR",
    "TZ",
    "UID",
    "USER",
    "VISUAL",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];

/// Whether a program has the variable whoever runs it.
pub fn is_given(name: &str) -> bool {
    let families = ["BASH", "FUNCNAME", "LC_", "MEMORY_PRESSURE_", "MONITOR_", "TRIGGER_", "XDG_"];
    GIVEN.binary_search(&name).is_ok() || families.iter().any(|family| name.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::GIVEN;

    #[test]
    fn the_list_is_sorted() {
        assert!(GIVEN.is_sorted());
    }
}
