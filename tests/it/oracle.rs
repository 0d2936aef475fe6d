//! A server's own verdict on a configuration, in one change of it after another, and ours.

use crate::suite::{check, fixture};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A change of one file: its path, a text of it, and what takes its place.
pub type Change = (&'static str, &'static str, &'static str);

/// What the server says of a changed configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It refuses it: we report an error.
    Refuses,
    /// It accepts it, and it works: we report no error.
    Accepts,
    /// It accepts it, and what it is for fails when it is used: we report this severity.
    FailsLater(&'static str),
    /// It refuses it since a host is not known: an error for us where the change takes the name
    /// away.
    RefusesHost,
}

/// A server whose program can be asked.
pub struct Server {
    /// Its fixture.
    pub fixture: &'static str,
    /// Whether its program is installed, with the modules that the fixture loads.
    pub is_installed: fn() -> bool,
    /// The command that tests the configuration in a folder.
    pub test: fn(&Path) -> Command,
}

/// Whether a program answers.
pub fn answers(program: &str, argument: &str) -> bool {
    let probe =
        Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).expect("copied");
            }
        }
    }
}

/// Asserts that a server and we agree on each change.
#[track_caller]
pub fn assert_agree(server: &Server, changes: &[(Verdict, &[Change])]) {
    let installed = (server.is_installed)();
    if !installed {
        let name = server.fixture;
        eprintln!("skipped in part: {name}'s program is not installed; our own verdict is tested");
    }
    let mut wrong = Vec::new();
    for (expected, changes) in changes {
        for (path, from, to) in *changes {
            let folder = tempfile::tempdir().expect("a folder");
            copy(&fixture(server.fixture), folder.path());
            let file = folder.path().join(path);
            let text = fs::read_to_string(&file).expect("readable");
            let at = text.find(from).unwrap_or_else(|| panic!("`{from}` is not in {path}"));
            let changed = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
            fs::write(&file, changed).expect("written");
            let whole = fixture(server.fixture);
            let against: &[&str] = match expected {
                Verdict::RefusesHost => &["--against", whole.to_str().expect("UTF-8")],
                _ => &[],
            };
            let found = check(folder.path(), against);
            if installed {
                let done = (server.test)(folder.path()).output().expect("it starts");
                let refuses = matches!(expected, Verdict::Refuses | Verdict::RefusesHost);
                if done.status.success() == refuses {
                    let said = String::from_utf8_lossy(&done.stderr).into_owned();
                    wrong.push(format!("`{to}`: the server does not agree\n{said}"));
                }
            }
            let errors = found.iter().filter(|own| own.severity == "error").count();
            let ours = match expected {
                Verdict::Refuses | Verdict::RefusesHost => errors > 0,
                Verdict::Accepts => errors == 0,
                Verdict::FailsLater(severity) => {
                    found.iter().any(|own| own.severity == *severity)
                        && (*severity == "error" || errors == 0)
                }
            };
            if !ours {
                let texts: Vec<&String> = found.iter().map(|own| &own.text).collect();
                wrong.push(format!("`{from}` → `{to}` in {path}: we say {texts:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
