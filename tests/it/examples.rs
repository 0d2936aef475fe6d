//! Each command that the docs show is run. The output of a `console` block is compared, and a block
//! of `sh` has to end well. One that cannot be run here says why, in a comment before it that no
//! reader of the page sees: `<!-- not run: it needs a network -->`. A line `…` of an output stands
//! for lines that are left out, `…` within a line for what varies. `UPDATE_DOCS=1` writes the outputs.

#![cfg(unix)]

use crate::common::write;
use crate::readme::{pages, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const WHY: &str = "<!-- not run: ";

/// A fenced block of a page.
#[derive(Debug, Default)]
struct Block {
    /// The number of the line after the fence, from 0.
    from: usize,
    language: String,
    indent: String,
    /// What is in it, without the indentation of the fence.
    lines: Vec<String>,
    /// The line before the fence.
    before: String,
}

impl Block {
    /// All blocks of a page.
    fn all(text: &str) -> Vec<Self> {
        let mut blocks = Vec::new();
        let mut open: Option<Self> = None;
        let mut before = "";
        for (nth, line) in text.lines().enumerate() {
            let fence = line.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (Some(_), Some("")) => blocks.extend(open.take()),
                (Some(own), _) => {
                    let line = line.strip_prefix(own.indent.as_str()).unwrap_or(line.trim_start());
                    own.lines.push(line.to_owned());
                }
                (None, Some(language)) => {
                    let indent = line[..line.len() - line.trim_start().len()].to_owned();
                    let (language, before) = (language.to_owned(), before.trim().to_owned());
                    open =
                        Some(Self { from: nth + 1, language, indent, before, ..Self::default() });
                }
                (None, None) => {}
            }
            before = line;
        }
        assert!(open.is_none(), "a block is not closed: {open:?}");
        blocks
    }

    fn holds_commands(&self) -> bool {
        ["console", "sh", "shell", "bash"].contains(&self.language.as_str())
    }

    /// Why it is not run here; an error where that is not said well.
    fn reason(&self) -> Result<Option<&str>, &'static str> {
        // `.ci/run` takes these from README.md.
        if self.before.starts_with("<!-- command: ") {
            return Ok(Some("`.ci/run` runs it"));
        }
        let Some(reason) = self.before.strip_prefix(WHY.trim_end()) else { return Ok(None) };
        match reason.trim().strip_suffix("-->").map(str::trim) {
            Some(reason) if reason.len() > 5 => Ok(Some(reason)),
            _ => Err("say why it is not run"),
        }
    }

    /// The commands of a `console` block, each with the lines that it shows.
    fn commands(&self) -> Vec<(&str, Vec<&str>)> {
        let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in &self.lines {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command, Vec::new())),
                (None, Some((_, shown))) => shown.push(line),
                (None, None) => panic!("a block begins with no command: {line}"),
            }
        }
        commands
    }
}

/// Whether `shown` is `output`.
fn shows(shown: &[&str], output: &[&str]) -> bool {
    match (shown.split_first(), output.split_first()) {
        (None, _) => output.is_empty(),
        (Some((&"…", rest)), _) => {
            (0..=output.len()).any(|skipped| shows(rest, &output[skipped..]))
        }
        (Some((line, rest)), Some((own, more))) => fits(line, own) && shows(rest, more),
        (Some(_), None) => false,
    }
}

/// Whether a line is the one that is shown, where `…` is anything.
fn fits(shown: &str, line: &str) -> bool {
    let Some((first, rest)) = shown.split_once('…') else { return shown == line };
    let Some(line) = line.strip_prefix(first) else { return false };
    let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    ends.any(|at| fits(rest, &line[at..]))
}

/// What takes the place of `shown`: the output, with what was left out before left out again. None
/// where that cannot be said.
fn renewed<'o>(shown: &[&'o str], output: &[&'o str]) -> Option<Vec<&'o str>> {
    let gaps: Vec<usize> = (0..shown.len()).filter(|at| shown[*at] == "…").collect();
    match gaps.as_slice() {
        [] => Some(output.to_vec()),
        [gap] => {
            let (head, tail) = (*gap, shown.len() - gap - 1);
            let tail = output.get(output.len().checked_sub(tail)?..)?;
            Some([output.get(..head)?, &["…"], tail].concat())
        }
        _ => None,
    }
}

/// The places that the docs speak of: a checkout of this project, repositories of a user below
/// `~/src`, and the program on the search path.
struct World {
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().expect("a folder") };
        let bin = world.dir.path().join("bin");
        // Findings are what examples show; all else is a failure.
        let program = format!(
            "#!/bin/sh\n'{}' \"$@\"\ncode=$?\n[ $code -le 1 ] || exit $code\n",
            env!("CARGO_BIN_EXE_crosscheck")
        );
        for (name, text) in [("crosscheck", program.as_str()), ("dot", "#!/bin/sh\ncat\n")] {
            write(&bin, name, text);
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(bin.join(name), mode).expect("set");
        }
        world.puppet();
        world.charts();
        world
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    fn sources(&self) -> PathBuf {
        self.home().join("src/puppet")
    }

    /// A repository of Puppet with branches, in which somebody works.
    fn puppet(&self) {
        let dir = self.sources();
        let files = [
            ("modules/role/manifests/wiki.pp", "class role::wiki {\n  include wiki\n}\n"),
            ("modules/wiki/manifests/init.pp", "class wiki {\n}\n"),
            ("puppet/manifests/site.pp", "node default {\n}\n"),
        ];
        files.iter().for_each(|(path, text)| write(&dir, path, text));
        let git = |line: &str| self.run(&dir, &format!("git {line}"));
        git("init -q -b main .");
        git("add .");
        git("commit -q -m First");
        git("tag v1.0");
        git("branch production");
        git("update-ref refs/remotes/origin/main HEAD");
        write(&dir, "modules/wiki/manifests/init.pp", "class wiki {\n  notice('a')\n}\n");
        write(&dir, "puppet/manifests/site.pp", "node default {\n  notice('a')\n}\n");
        git("commit -q -a -m Second");
        git("branch staging");
        std::fs::create_dir(dir.join("facts")).expect("created");
    }

    /// Another repository, and a mirror of it.
    fn charts(&self) {
        let dir = self.home().join("src/charts");
        write(&dir, "web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
        for line in ["init -q -b main .", "add .", "commit -q -m First"] {
            self.run(&dir, &format!("git {line}"));
        }
        self.run(&dir, "git clone -q --mirror . ~/mirrors/charts.git");
    }

    /// What a shell prints that runs these lines in `dir`; it has to end well.
    fn run(&self, dir: &Path, lines: &str) -> String {
        let path = std::env::var("PATH").unwrap_or_default();
        let done = Command::new("sh")
            .args(["-e", "-u", "-c", lines])
            .current_dir(dir)
            .env("PATH", format!("{}:{path}", self.dir.path().join("bin").display()))
            .env("HOME", self.home())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "A")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "a@example.org")))
            .env("CROSSCHECK_CACHE_DIR", "")
            .env("NO_COLOR", "1")
            .env_remove("COLUMNS")
            .output()
            .expect("there is a shell");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{lines}\nended with {:?}\n{said}", done.status.code());
        String::from_utf8(done.stdout).expect("UTF-8")
    }

    /// The same of what the docs show: in this project where the lines name a part of it, and else in
    /// the user's repository.
    fn show(&self, lines: &str) -> String {
        let is_ours = ["fixtures/", "rules/packs/"].iter().any(|own| lines.contains(own));
        self.run(&if is_ours { root().to_owned() } else { self.sources() }, lines)
    }
}

/// Everything that is wrong with the examples of a page; its text with outputs as they are.
fn judge(world: &World, page: &Path, text: &str, wrong: &mut String) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for block in Block::all(text).iter().rev().filter(|own| own.holds_commands()) {
        let place = format!("{}:{}", page.display(), block.from);
        match block.reason() {
            Err(error) => wrong.push_str(&format!("{place}: {error}\n")),
            Ok(Some(_)) => {}
            Ok(None) if block.language == "console" => {
                let mut inside = Vec::new();
                for (command, shown) in block.commands() {
                    let output = world.show(command);
                    let output: Vec<&str> = output.lines().collect();
                    let is_right = shows(&shown, &output);
                    let now = if is_right { None } else { renewed(&shown, &output) };
                    if !is_right {
                        let _ =
                            writeln!(wrong, "{place}: $ {command}\nprints\n{}", output.join("\n"));
                    }
                    inside.push(format!("$ {command}"));
                    inside.extend(now.unwrap_or(shown).into_iter().map(str::to_owned));
                }
                let inside = inside.iter().map(|own| format!("{}{own}", block.indent));
                let inside = inside.map(|own| own.trim_end().to_owned());
                drop(lines.splice(block.from..block.from + block.lines.len(), inside));
            }
            Ok(None) => drop(world.show(&block.lines.join("\n"))),
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn every_command_that_is_shown_is_run() {
    let world = World::new();
    let (mut wrong, mut blocks) = (String::new(), 0);
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page");
        blocks += Block::all(&text).iter().filter(|own| own.holds_commands()).count();
        let mut own = String::new();
        let now = judge(&world, &page, &text, &mut own);
        if now != text && std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&page, &now).expect("writable");
            own.clear();
            judge(&world, &page, &now, &mut own);
        }
        wrong.push_str(&own);
    }
    assert!(wrong.is_empty(), "UPDATE_DOCS=1 writes what a command prints:\n{wrong}");
    assert!(blocks > 25, "examples are gone: {blocks}");
}

#[test]
fn what_an_example_leaves_out_is_marked() {
    let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
    let both = |shown, output| shows(&lines(shown), &lines(output));
    assert!(both("a", "a") && both("a\n…\nc", "a\nb\nc") && both("a\n…", "a\nb"));
    assert!(!both("a", "a\nb") && !both("b\n…\nc", "a\nb\nc") && !both("a\n…\nb", "a\nb\nc"));
    assert!(!both("a\n…\nx\n…\nc", "a\nb\nc"));
    assert!(both("took … s", "took 0.3 s") && both("a…", "a…") && !both("took … s", "took 3 ms"));
    let new = ["a", "b", "c", "d"];
    assert_eq!(renewed(&["x", "…", "d"], &new), Some(vec!["a", "…", "d"]));
    assert_eq!(renewed(&["x"], &new), Some(new.to_vec()));
    assert_eq!(renewed(&["x", "…", "y", "…"], &new), None);
}

#[test]
fn a_block_that_is_not_run_says_why() {
    let reason = |before: &str| {
        let text = format!("{before}\n```console\n$ crosscheck check\n```\n");
        let blocks = Block::all(&text);
        blocks[0].reason().map(|own| own.map(str::to_owned))
    };
    assert_eq!(reason("Text."), Ok(None));
    assert_eq!(reason("<!-- not run: it needs npm -->"), Ok(Some("it needs npm".into())));
    assert!(reason("<!-- not run: -->").is_err() && reason("<!-- not run: so").is_err());
}

/// The options of a command, and the commands below it, as its help names them.
fn help(words: &[&str]) -> (BTreeSet<String>, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosscheck"));
    let done = command.args(words).arg("--help").output().expect("the program starts");
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    let own = text.split([' ', '\n', ',', '[', ']', '=', ':', '`']);
    let options = own.filter(|own| own.starts_with("--")).map(str::to_owned).collect();
    let listed = text.split_once("\nCommands:\n").map_or("", |(_, rest)| rest);
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    (options, names.filter(|own| !own.is_empty()).map(str::to_owned).collect())
}

#[test]
fn commands_and_options_that_the_text_names_exist() {
    let (_, commands) = help(&[]);
    assert!(commands.len() > 15, "{commands:?}");
    let mut known: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    for command in &commands {
        let (options, below) = help(&[command]);
        for own in below.iter().filter(|own| *own != "help") {
            known.insert(vec![command.clone(), own.clone()], help(&[command, own]).0);
        }
        known.insert(vec![command.clone()], options);
    }
    let (mut wrong, mut looked) = (String::new(), 0);
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page");
        let mut outside = String::new();
        let mut is_open = false;
        for line in text.lines() {
            is_open ^= line.trim_start().starts_with("```");
            if !is_open && !line.trim_start().starts_with("```") {
                outside.push_str(line);
                outside.push(if line.is_empty() { '\u{1}' } else { ' ' });
            }
        }
        for part in outside.split('\u{1}').flat_map(|own| own.split('`').skip(1).step_by(2)) {
            let mut words: Vec<String> = part.split_whitespace().map(str::to_owned).collect();
            let is_named = words.first().is_some_and(|own| own == "crosscheck");
            words.drain(..usize::from(is_named));
            let Some(first) = words.first() else { continue };
            let is_known = commands.contains(first);
            if !is_known {
                let is_command = is_named && first.chars().all(|c| c.is_ascii_lowercase());
                if is_command {
                    let _ = writeln!(wrong, "{}: `{part}`: no such command", page.display());
                }
                continue;
            }
            looked += 1;
            let options = known.get(words.get(..2).unwrap_or_default()).or(known.get(&words[..1]));
            let options = options.expect("its help");
            for word in words.iter().filter(|own| own.starts_with("--")) {
                let name = word.split('=').next().unwrap_or(word).trim_end_matches([',', ';', '.']);
                if name.len() > 2 && !options.contains(name) {
                    let _ = writeln!(wrong, "{}: `{part}`: no option {name}", page.display());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(looked > 80, "{looked}");
}
