//! Tasks that a tool runs by their names: scripts of npm and Composer, targets of make, tasks of
//! rake. A task is called as people call it: `npm run build`, `make lint`.
//!
//! (Sources: npm-run-script(1), npm-test(1); Yarn's and pnpm's `run`; Composer's "Scripts"; GNU
//! make's manual, "Options Summary"; rake's command line; Rails' command line.)

use crate::facts::{NamePattern, Strength};

/// Commands of package managers that are no scripts of a `package.json`.
const OF_NODE: &[&str] = &[
    "add",
    "audit",
    "cache",
    "ci",
    "config",
    "create",
    "deploy",
    "dlx",
    "exec",
    "fetch",
    "import",
    "info",
    "init",
    "install",
    "link",
    "list",
    "login",
    "node",
    "outdated",
    "pack",
    "prune",
    "publish",
    "rebuild",
    "remove",
    "start",
    "store",
    "unlink",
    "up",
    "update",
    "upgrade",
    "version",
    "why",
    "workspace",
    "workspaces",
];

/// Commands of Composer.
const OF_COMPOSER: &[&str] = &[
    "about",
    "archive",
    "audit",
    "browse",
    "bump",
    "check-platform-reqs",
    "clear-cache",
    "clearcache",
    "config",
    "create-project",
    "depends",
    "diagnose",
    "dump-autoload",
    "dumpautoload",
    "exec",
    "fund",
    "global",
    "help",
    "home",
    "info",
    "init",
    "install",
    "licenses",
    "list",
    "outdated",
    "prohibits",
    "reinstall",
    "remove",
    "require",
    "search",
    "self-update",
    "selfupdate",
    "show",
    "status",
    "suggests",
    "update",
    "upgrade",
    "validate",
    "why",
    "why-not",
];

/// Targets that nearly every Makefile has: without its folder, such a name says nothing.
const COMMON: &[&str] = &["all", "build", "check", "clean", "dist", "distclean", "install"];

/// A task that a command asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// What it is called.
    pub name: String,
    /// The word that names it.
    pub at: usize,
    /// How certain it is that nothing else of that name is run.
    pub strength: Strength,
}

/// The tasks that the command asks for whose words these are.
pub(crate) fn asked(words: &[&NamePattern]) -> Vec<Asked> {
    let texts: Vec<Option<&str>> =
        words.iter().map(|own| own.as_exact().map(|own| own.as_str())).collect();
    let tool = texts.first().copied().flatten().map(|own| own.rsplit('/').next().unwrap_or(own));
    let one = |found: Option<Asked>| found.into_iter().collect();
    match tool {
        Some(own @ ("npm" | "yarn" | "pnpm")) => one(of_node(own, &texts)),
        Some("composer") => one(of_composer(&texts)),
        Some("make" | "gmake") => of_make(&texts),
        Some("rake") => of_rake(&texts, 1, ""),
        Some("rails") => of_rake(&texts, 1, ":"),
        Some("bundle") if texts.get(1).copied().flatten() == Some("exec") => {
            match texts.get(2).copied().flatten() {
                Some("rake") => of_rake(&texts, 3, ""),
                Some("rails") => of_rake(&texts, 3, ":"),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-:./".contains(c);
    !text.is_empty() && text.chars().all(is_part) && !text.starts_with(['-', '/', '.'])
}

/// The first word from `from` on that is no flag, and the value of none of `valued`; `None` where
/// one is computed before it.
fn plain<'t>(texts: &[Option<&'t str>], from: usize, valued: &[&str]) -> Option<(usize, &'t str)> {
    let mut at = from;
    loop {
        let text = (*texts.get(at)?)?;
        if text == "--" {
            return None;
        }
        if !text.starts_with('-') {
            return Some((at, text));
        }
        at += if valued.contains(&text) { 2 } else { 1 };
    }
}

/// Flags of package managers with a value.
const VALUED: &[&str] =
    &["--prefix", "-C", "--cwd", "--dir", "-w", "--workspace", "--filter", "-F", "-d"];

fn of_node(tool: &str, texts: &[Option<&str>]) -> Option<Asked> {
    if texts.contains(&Some("--if-present")) {
        return None;
    }
    let (at, first) = plain(texts, 1, VALUED)?;
    let task = |at: usize, name: &str, strength: Strength| {
        let name = is_name(name).then(|| format!("npm run {name}"))?;
        Some(Asked { name, at, strength })
    };
    match first {
        "run" | "run-script" => {
            let (at, name) = plain(texts, at + 1, VALUED)?;
            // Yarn goes on to programs that packages bring.
            let is_own = tool != "yarn" || name.contains(':');
            task(at, name, if is_own { Strength::Certain } else { Strength::Likely })
        }
        "test" | "t" if tool == "npm" => task(at, "test", Strength::Certain),
        name if tool == "npm" || OF_NODE.contains(&name) => None,
        name => {
            let strength = if name.contains(':') { Strength::Certain } else { Strength::Likely };
            task(at, name, strength)
        }
    }
}

fn of_composer(texts: &[Option<&str>]) -> Option<Asked> {
    let (at, first) = plain(texts, 1, VALUED)?;
    let (at, name) = match first {
        "run" | "run-script" => plain(texts, at + 1, VALUED)?,
        name if OF_COMPOSER.contains(&name) => return None,
        name => (at, name),
    };
    let name = is_name(name).then(|| format!("composer run {name}"))?;
    Some(Asked { name, at, strength: Strength::Certain })
}

fn of_make(texts: &[Option<&str>]) -> Vec<Asked> {
    let mut out = Vec::new();
    let mut at = 1;
    let mut moves = false;
    while let Some(text) = texts.get(at) {
        let Some(text) = *text else {
            at += 1;
            continue;
        };
        match text {
            "-C" | "-f" | "--directory" | "--file" | "--makefile" => {
                // That of another tree.
                match texts.get(at + 1).copied().flatten() {
                    Some(own) if !own.starts_with(['/', '~']) && !own.starts_with("..") => {}
                    _ => return Vec::new(),
                }
                moves = true;
                at += 1;
            }
            "-I" | "-o" | "-W" | "-l" => at += 1,
            _ if text.starts_with("-C") || text.starts_with("-f") => return Vec::new(),
            _ if text.starts_with('-') || text.contains('=') => {}
            _ if text.bytes().all(|byte| byte.is_ascii_digit()) => {}
            name if is_name(name) && (!moves || !COMMON.contains(&name)) => {
                let (name, strength) = (format!("make {name}"), Strength::Certain);
                out.push(Asked { name, at, strength });
            }
            _ => {}
        }
        at += 1;
    }
    out
}

fn of_rake(texts: &[Option<&str>], from: usize, mark: &str) -> Vec<Asked> {
    let mut out = Vec::new();
    for (at, text) in texts.iter().enumerate().skip(from) {
        let Some(text) = text else { break };
        let name = text.split('[').next().unwrap_or(text);
        if text.starts_with('-') && !text.starts_with("--") {
            // The value of a flag may follow.
            break;
        }
        if is_name(name) && name.contains(mark) && !name.contains(['/', '.']) {
            out.push(Asked { name: format!("rake {name}"), at, strength: Strength::Certain });
        } else if mark == ":" {
            break;
        }
    }
    out
}

/// Whether a Makefile in any folder may be meant by the name.
pub(crate) fn is_common(name: &str) -> bool {
    name.strip_prefix("make ").is_some_and(|own| COMMON.contains(&own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<String> {
        let words: Vec<NamePattern> = line.split(' ').map(NamePattern::exact).collect();
        let words: Vec<&NamePattern> = words.iter().collect();
        asked(&words).into_iter().map(|own| own.name).collect()
    }

    #[test]
    fn tasks_by_what_calls_them() {
        assert_eq!(of("npm --prefix web run build:css -- --fast"), ["npm run build:css"]);
        assert_eq!(of("npm test"), ["npm run test"]);
        assert_eq!(of("yarn lint"), ["npm run lint"]);
        assert_eq!(of("make -j 4 -C docs html V=1 pdf"), ["make html", "make pdf"]);
        assert_eq!(of("bundle exec rake db:seed[3] stats"), ["rake db:seed", "rake stats"]);
        assert_eq!(of("bin/rails jobs:run"), ["rake jobs:run"]);
        assert_eq!(of("composer phpcs"), ["composer run phpcs"]);
        let none = [
            "npm ci",
            "npm run --if-present x",
            "yarn install",
            "make -C /usr/src/linux modules",
            "make -C docs install",
            "rails server",
            "composer install",
            "bundle install",
        ];
        for line in none {
            assert!(of(line).is_empty(), "{line}");
        }
    }
}
