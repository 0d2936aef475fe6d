//! A random walk over the fixtures: whatever a tree holds, no command panics, hangs or dies.
//!
//! Each step merges some fixtures into an old and a new tree, changes bytes in most files of
//! both, and runs every command that reads trees. It is deterministic: a failure names its
//! seed, and `CROSSCHECK_WALK=SEED..SEED` walks those seeds only, as many as wanted.

use crate::common::write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Steps of the suite; a step is some twenty changed files and ten runs.
const STEPS: std::ops::Range<u64> = 1..16;
/// How long the suite walks at most.
const TIME: Duration = Duration::from_secs(20);
/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is put into a file, beside its own pieces.
const PIECES: &[&str] = &[
    "{%",
    "%}",
    "{%}",
    "{{",
    "}}",
    "<%",
    "%>",
    "<%=",
    "-%>",
    "{#",
    "#}",
    "${",
    "}",
    "\"",
    "'",
    "`",
    "\\",
    "\0",
    "\n",
    "\r\n",
    "\t",
    " ",
    "é",
    "\u{feff}",
    "\u{2028}",
    "/*",
    "*/",
    "//",
    "#",
    "<<EOF",
    "<?php",
    "?>",
    "=>",
    "->",
    "~>",
    "::",
    "[[",
    "]]",
    "((",
    "))",
    "&a ",
    "*a",
    "!x ",
    "- ",
    "? ",
    ": ",
    "|",
    ">",
    "@",
    "%",
    "*",
    "**",
    "..",
    "../",
    "/",
    "~",
    "-1",
    "99999999999999999999",
    "1.",
    "include ",
    "class x {",
    "if ",
    "end",
    "$(",
    ";",
    ",",
    "x",
    "\u{1b}[31m",
];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

type Files = Vec<(String, Vec<u8>)>;

/// Every folder of the fixtures that is a tree: one with files and no `old`, `new`, …
fn trees() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let part = |name: &str| {
        matches!(name, "old" | "new" | "staging" | "production" | "bad" | "good" | "tree")
    };
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .min_depth(3)
        .max_depth(4)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_dir())
        .filter(|entry| entry.file_name().to_str().is_some_and(part))
        .map(walkdir::DirEntry::into_path)
        .filter(|path| !["old", "staging", "tree"].iter().any(|own| path.join(own).is_dir()))
        .collect();
    found.sort();
    assert!(found.len() > 50, "{}", found.len());
    found
}

fn files(tree: &Path) -> Files {
    let mut found: Files = walkdir::WalkDir::new(tree)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| entry.file_name() != "crosscheck.yaml" && entry.file_name() != "args.txt")
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(tree).ok()?.to_str()?.to_owned();
            Some((path, fs::read(entry.path()).ok()?))
        })
        .collect();
    found.sort();
    found
}

fn mutate(text: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(4) {
        let at = random.below(text.len() + 1);
        let to = (at + random.below(40)).min(text.len());
        match random.below(8) {
            0 if at < text.len() => text[at] ^= 1 << random.below(8),
            1 => drop(text.drain(at..to)),
            2 => {
                let piece = text[at..to].to_vec();
                let there = random.below(text.len() + 1);
                text.splice(there..there, piece);
            }
            3 => text.truncate(at),
            4 => {
                let piece = PIECES[random.below(PIECES.len())].repeat(1 + random.below(300));
                text.splice(at..at, piece.into_bytes());
            }
            5 => {
                let piece = text[at..to].to_vec().repeat(random.below(30));
                text.splice(at..at, piece);
            }
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                text.splice(at..to.min(at + random.below(4)), piece.bytes());
            }
        }
    }
}

fn lay(dir: &Path, files: &Files, random: &mut Random) {
    for (path, text) in files {
        let mut text = text.clone();
        match random.below(10) {
            0 => continue,
            1..=6 => mutate(&mut text, random),
            _ => {}
        }
        let file = dir.join(path);
        // Fixtures that are merged may have a file where another has a folder.
        if fs::create_dir_all(file.parent().expect("has a parent")).is_ok() {
            let _ = fs::write(file, text);
        }
    }
}

fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[random.below(from.len())]
}

/// Runs every command over one pair of trees; what went wrong, if anything did.
fn step(dir: &Path, trees: &[PathBuf], seed: u64) -> Result<usize, String> {
    let mut random = Random(seed);
    let mut all = Files::new();
    for _ in 0..4 + random.below(5) {
        all.extend(files(&trees[random.below(trees.len())]));
    }
    for side in ["old", "new"] {
        let _ = fs::remove_dir_all(dir.join(side));
        write(&dir.join(side), "manifests/site.pp", "include a\n");
        lay(&dir.join(side), &all, &mut random);
    }
    let formats =
        ["human", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html"];
    let plans = ["human", "json", "mermaid", "dot", "html", "markdown"];
    let some = |random: &mut Random| all[random.below(all.len())].0.clone();
    let (from, to) = (some(&mut random), some(&mut random));
    let (one, two) = (pick(&mut random, &formats), pick(&mut random, &formats));
    let plan = pick(&mut random, &plans);
    let name = to.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
    let thing =
        format!("{}:{name}", pick(&mut random, &["command", "puppet.class", "ansible.role"]));
    let runs: &[&[&str]] = &[
        &["check", "new", "--format", one, "--verbose"],
        &["check", "new", "--against", "old", "--format", two],
        &["check", "new"],
        &["promote", "--staging", "new", "--production", "old", "--format", two],
        &["promote", "--staging", "new", "--production", "old", "--complete"],
        &["rollout", "old", "new", "--format", plan],
        &["interface", &thing, "new", "--against", "old"],
        &["why", &from, &to, "new"],
        &["impact", &to, "new"],
        &["baseline", "new"],
    ];
    for arguments in runs {
        run(dir, arguments)
            .map_err(|wrong| format!("seed {seed}: crosscheck {}: {wrong}", arguments.join(" ")))?;
    }
    Ok(all.len() * 2)
}

fn run(dir: &Path, arguments: &[&str]) -> Result<(), String> {
    let error = fs::File::create(dir.join("stderr")).expect("created");
    let mut child = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .current_dir(dir)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(error)
        .spawn()
        .expect("the program starts");
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return Err("it hangs".into());
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    match status.code() {
        Some(0..=3) => Ok(()),
        other => {
            let said = fs::read(dir.join("stderr")).unwrap_or_default();
            Err(format!("exit {other:?}: {}", String::from_utf8_lossy(&said)))
        }
    }
}

#[test]
fn no_command_panics_or_hangs() {
    let trees = trees();
    let wanted = std::env::var("CROSSCHECK_WALK").ok();
    let (steps, time) = match wanted.as_deref().and_then(|text| text.split_once("..")) {
        Some((from, to)) => {
            let number = |text: &str| text.parse::<u64>().expect("a seed");
            (number(from)..number(to), Duration::MAX)
        }
        None => (STEPS, TIME),
    };
    let dir = tempfile::tempdir().expect("a folder");
    let started = Instant::now();
    let (mut changed, mut wrong) = (0, Vec::new());
    for seed in steps {
        if started.elapsed() > time {
            break;
        }
        match step(dir.path(), &trees, seed) {
            Ok(files) => changed += files,
            Err(error) => {
                eprintln!("{error}");
                wrong.push(error);
            }
        }
    }
    eprintln!("{changed} files in {:?}", started.elapsed());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
