//! Command lines that install packages.
//!
//! (Sources: pip's, pipx's, uv's and gem's `--help`; npm-install(1); yarn's and pnpm's
//! reference of `add`; apt-get(8); yum(8); dnf(8).)

use super::requirement::{gem, npm, pip};
use super::{Floating, Wanted};
use crate::facts::{FileFacts, Kind, Relation, Via, Word, base_name, kinds};
use smol_str::SmolStr;

/// A package manager's command.
struct Manager {
    /// Its names; a number may follow.
    names: &'static [&'static str],
    /// Sub-commands that install, and whether a newer version replaces one that is there.
    install: &'static [(&'static str, bool)],
    kind: Kind,
    /// Flags with a value in the next word.
    valued: &'static [&'static str],
    /// Flags with which something else says the version.
    elsewhere: &'static [&'static str],
}

const MANAGERS: &[Manager] = &[
    Manager {
        names: &["pip", "pip2", "pip3"],
        install: &[("install", false)],
        kind: kinds::PACKAGE_PIP,
        valued: &[
            "-r",
            "--requirement",
            "-t",
            "--target",
            "--prefix",
            "--root",
            "-i",
            "--index-url",
            "--extra-index-url",
            "-f",
            "--find-links",
            "--proxy",
            "--timeout",
            "--retries",
            "--trusted-host",
            "--cert",
            "--client-cert",
            "--cache-dir",
            "--src",
            "-b",
            "--build",
            "--no-binary",
            "--only-binary",
            "--platform",
            "--python-version",
            "--python",
            "--implementation",
            "--abi",
            "--progress-bar",
            "--upgrade-strategy",
            "--log",
            "--exists-action",
            "--install-option",
            "--global-option",
            "--config-settings",
            "-C",
            "--group",
            "--report",
            "--root-user-action",
            "--use-feature",
            "--use-deprecated",
            "--keyring-provider",
        ],
        elsewhere: &["-c", "--constraint"],
    },
    Manager {
        names: &["pipx"],
        install: &[("install", false), ("upgrade", true)],
        kind: kinds::PACKAGE_PIP,
        valued: &["--python", "--index-url", "-i", "--pip-args", "--suffix", "--preinstall"],
        elsewhere: &["--spec"],
    },
    Manager {
        names: &["uv pip"],
        install: &[("install", false)],
        kind: kinds::PACKAGE_PIP,
        valued: &[
            "-r",
            "--requirement",
            "--target",
            "--prefix",
            "--index-url",
            "-i",
            "--index",
            "--default-index",
            "--extra-index-url",
            "--find-links",
            "-f",
            "--python",
            "-p",
            "--cache-dir",
            "--config-file",
            "--no-binary",
            "--only-binary",
        ],
        elsewhere: &["-c", "--constraint", "--constraints", "--override", "--exclude-newer"],
    },
    Manager {
        names: &["npm", "pnpm"],
        install: &[("install", true), ("i", true), ("add", true)],
        kind: kinds::PACKAGE_NPM,
        valued: &[
            "--prefix",
            "--registry",
            "-C",
            "--dir",
            "--cache",
            "--userconfig",
            "--omit",
            "--include",
            "--loglevel",
            "-w",
            "--workspace",
            "--filter",
            "--tag",
        ],
        elsewhere: &[],
    },
    Manager {
        names: &["yarn", "yarn global"],
        install: &[("add", true)],
        kind: kinds::PACKAGE_NPM,
        valued: &["--cwd", "--registry", "--cache-folder", "--prefix", "--modules-folder"],
        elsewhere: &[],
    },
    Manager {
        names: &["gem"],
        install: &[("install", true), ("i", true), ("update", true)],
        kind: kinds::PACKAGE_GEM,
        valued: &[
            "-i",
            "--install-dir",
            "-n",
            "--bindir",
            "-s",
            "--source",
            "--clear-sources",
            "-P",
            "--trust-policy",
            "--platform",
            "--build-root",
            "--config-file",
            "-p",
            "--http-proxy",
            "-g",
            "--file",
            "-B",
            "--bulk-threshold",
        ],
        elsewhere: &[],
    },
    Manager {
        names: &["apt-get", "apt", "aptitude"],
        install: &[("install", true)],
        kind: kinds::PACKAGE,
        valued: &["-t", "--target-release", "--default-release", "-o", "--option", "-c"],
        elsewhere: &["-t", "--target-release", "--default-release"],
    },
    Manager {
        names: &["yum", "dnf", "microdnf"],
        install: &[("install", false), ("update", true), ("upgrade", true)],
        kind: kinds::PACKAGE,
        valued: &[
            "-c",
            "--config",
            "-d",
            "--debuglevel",
            "-e",
            "--errorlevel",
            "-x",
            "--exclude",
            "--enablerepo",
            "--disablerepo",
            "--repo",
            "--installroot",
            "--releasever",
            "--setopt",
            "-R",
            "--disableexcludes",
            "--disableplugin",
            "--enableplugin",
        ],
        elsewhere: &["--installroot"],
    },
];

/// Adds what `name` with `words` installs; `via` is the construct that runs it.
pub fn command(name: &str, words: &[Word], via: Via, within: Option<u32>, out: &mut FileFacts) {
    let base = base_name(name);
    // `pip3.11`
    let plain = base.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let first = words.first().and_then(|word| word.text.as_exact());
    let mut words = words;
    let manager = MANAGERS.iter().find(|manager| manager.names.contains(&plain) && plain != "yarn");
    let manager = match (manager, first) {
        (Some(own), _) => own,
        (None, Some(first)) => {
            let both = format!("{base} {first}");
            let Some(own) = MANAGERS.iter().find(|manager| {
                manager.names.contains(&both.as_str()) || manager.names.contains(&base)
            }) else {
                return;
            };
            if own.names.contains(&both.as_str()) {
                words = &words[1..];
            }
            own
        }
        (None, None) => return,
    };
    let Some(request) = read(manager, words) else { return };
    let floating = match (via.relation, request.newest) {
        (Relation::Builds, _) => Floating::Build,
        (_, true) => Floating::Latest,
        (_, false) => Floating::Present,
    };
    for word in request.names {
        let Some(text) = word.text.as_exact().filter(|_| !word.splits) else { continue };
        let floating = floating.clone();
        let wanted = match manager.kind {
            kinds::PACKAGE_PIP => pip(text, floating),
            kinds::PACKAGE_NPM => npm(text, floating),
            kinds::PACKAGE_GEM => gem(text, request.version.as_deref(), floating),
            _ => system(text, manager, floating),
        };
        if let Some(wanted) = wanted {
            wanted.add(manager.kind, word.span, within, out);
        }
    }
}

/// What a command line asks for.
struct Request<'w> {
    names: Vec<&'w Word>,
    /// Whether a newer version replaces one that is there.
    newest: bool,
    /// `gem install -v`.
    version: Option<SmolStr>,
}

fn read<'w>(manager: &Manager, words: &'w [Word]) -> Option<Request<'w>> {
    let mut request = Request { names: Vec::new(), newest: false, version: None };
    let mut installs = None;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let text = word.text.prefix();
        // A value that is not known may be anything, but not the sub-command.
        if installs.is_some() && !text.starts_with('-') {
            request.names.push(word);
            continue;
        }
        if !text.starts_with('-') {
            let (_, newest) = manager.install.iter().find(|(own, _)| *own == text)?;
            installs = Some(());
            request.newest = *newest;
            continue;
        }
        let (flag, value) = match text.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (text, None),
        };
        if manager.elsewhere.contains(&flag) {
            return None;
        }
        if manager.kind == kinds::PACKAGE_GEM && matches!(flag, "-v" | "--version") {
            let next = if value.is_none() { rest.next() } else { None };
            // Unknown ones count as versions.
            let own = value.or(next.and_then(|next| next.text.as_exact()).map(SmolStr::as_str));
            request.version = Some(own.unwrap_or("?").into());
        } else if manager.kind == kinds::PACKAGE_PIP
            && matches!(flag, "-U" | "--upgrade" | "--force-reinstall" | "-e" | "--editable")
        {
            request.newest |= !matches!(flag, "-e" | "--editable");
        } else if value.is_none() && manager.valued.contains(&flag) {
            rest.next();
        }
    }
    installs.map(|()| request)
}

/// A package of the system: `tool`, `tool:amd64`, not `tool=1.2`, `tool-1.2-3`, `./tool.deb`.
fn system(text: &str, manager: &Manager, floating: Floating) -> Option<Wanted> {
    let name = text.split(':').next().unwrap_or(text);
    let name = name.strip_suffix('+').filter(|own| !own.ends_with('+')).unwrap_or(name);
    let known = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "+._-".contains(c));
    let is_file = [".deb", ".rpm"].iter().any(|ending| name.ends_with(ending));
    // What ends in `-` is removed.
    let removed = name.ends_with('-');
    // yum writes the version behind the name.
    let rpm = manager.names.contains(&"yum");
    let versioned = rpm
        && name
            .match_indices('-')
            .any(|(at, _)| name[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    (known && !is_file && !removed && !versioned).then(|| Wanted::new(name, floating))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{NamePattern, Span};

    fn of(line: &str) -> Vec<String> {
        let mut words = line.split(' ').map(|word| Word {
            text: NamePattern::exact(word),
            splits: false,
            span: Span::default(),
        });
        let name = words.next().map(|word| word.text.to_string()).unwrap_or_default();
        let words: Vec<Word> = words.collect();
        let mut out = FileFacts::default();
        command(&name, &words, "shell".into(), None, &mut out);
        let show =
            |own: &crate::facts::Provide| format!("{}:{} {}", own.kind, own.name, own.detail);
        out.provides.iter().map(show).collect()
    }

    #[test]
    fn what_is_installed_without_a_version() {
        assert_eq!(of("pip3 install tool x==1"), ["package.pip:tool present"]);
        assert_eq!(of("/opt/bin/pip3.11 -q install -U Tool"), ["package.pip:tool latest"]);
        assert_eq!(of("pip install -i https://h/ -r x.txt tool"), ["package.pip:tool present"]);
        assert_eq!(of("uv pip install tool"), ["package.pip:tool present"]);
        assert_eq!(of("pipx upgrade tool"), ["package.pip:tool latest"]);
        assert_eq!(of("npm i -g @a/tool x@1.2.3"), ["package.npm:@a/tool latest"]);
        assert_eq!(of("yarn global add tool"), ["package.npm:tool latest"]);
        assert_eq!(of("yarn add tool@^1"), ["package.npm:tool range:^1"]);
        assert_eq!(of("gem install tool --no-document"), ["package.gem:tool latest"]);
        assert_eq!(
            of("apt-get -y -o A=b install tool x=1.2 gone- g++ ./y.deb"),
            ["package:tool latest", "package:g++ latest"]
        );
        assert_eq!(of("yum -y install tool x-1.2-3 @group"), ["package:tool present"]);
    }

    #[test]
    fn what_installs_nothing_or_a_version() {
        for line in [
            "pip",
            "pip download tool",
            "pip install .",
            "pip install -c all.txt tool",
            "gem install tool -v 1.2",
            "apt-get -t testing install tool",
            "apt-get remove tool",
            "apt-get update",
            "npm install",
            "npm ci",
            "yarn",
            "yarn install",
            "uv",
            "make install tool",
        ] {
            assert!(of(line).is_empty(), "{line}: {:?}", of(line));
        }
    }
}
