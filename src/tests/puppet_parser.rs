//! The manifest parser against Puppet's own, and against broken input.
//!
//! Where Puppet is installed, the verdict on every manifest below and on mutated ones
//! must agree with Puppet's parser and static validation; where it is not, the test says
//! that it is skipped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Asks Puppet's parser and validator about each file named on standard input, in one
/// process: the same calls that `puppet parser validate` makes.
const ORACLE: &str = r#"
require 'puppet'
Puppet.initialize_settings([])
Puppet[:tasks] = false
Puppet::Util::Log.level = :crit
Puppet.push_context(Puppet.base_context(Puppet.settings).merge(current_environment: nil), 'check')
STDIN.each_line do |line|
  begin
    Puppet::Pops::Parser::EvaluatingParser.new.parse_string(File.read(line.chomp, encoding: 'utf-8'), nil)
    puts 'ok'
  rescue Exception
    puts 'bad'
  end
end
"#;

/// Whether Puppet is there: its command and the library behind it.
fn oracle_is_installed() -> bool {
    let probe = Command::new("ruby")
        .args(["-e", "require 'puppet'"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    probe.is_ok_and(|status| status.success())
}

fn oracle(files: &[PathBuf]) -> Vec<bool> {
    let mut child = Command::new("ruby")
        .args(["-e", ORACLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("ruby starts");
    let mut stdin = child.stdin.take().expect("piped");
    let list: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    let writer = std::thread::spawn(move || stdin.write_all(list.as_bytes()));
    let output = child.wait_with_output().expect("ruby ends");
    writer.join().expect("no panic").expect("ruby reads");
    let verdicts: Vec<bool> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| line == "ok").collect();
    assert_eq!(verdicts.len(), files.len(), "a verdict a file");
    verdicts
}

/// Our verdict: no syntax error, and nothing that a current Puppet rejects.
fn accepts(text: &str) -> bool {
    let arena = bumpalo::Bump::new();
    let parsed = crate::syntax::puppet::parse_strictly(text, &arena);
    parsed.errors.is_empty() && parsed.legacy.is_empty() && parsed.too_deep.is_none()
}

/// Every manifest of the fixtures, and one that uses the whole language.
fn manifests() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "pp"))
        .collect();
    paths.sort();
    let mut texts: Vec<String> =
        paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    texts.push(include_str!("puppet/language.pp").to_owned());
    texts
}

/// A small generator, so that a run can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn mutated(text: &str, random: &mut Random) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = random.below(chars.len());
    let (before, after) = chars.split_at(at);
    let mut out: String = before.iter().collect();
    match random.below(6) {
        0 => out.extend(after.iter().skip(1)),
        1 => {
            out.push(after[0]);
            out.extend(after);
        }
        2 => {
            let extra: Vec<char> = "{}[]()'\",;:=>$|@+-*/!?.a1 ".chars().collect();
            out.push(extra[random.below(extra.len())]);
            out.extend(after);
        }
        3 => {
            let word = after.iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            out.extend(after.iter().skip(word.max(1)));
        }
        4 => {
            let line = after.iter().take_while(|c| **c != '\n').count();
            out.extend(after.iter().skip(line));
        }
        _ => {}
    }
    out
}

#[test]
fn verdicts_agree_with_puppet() {
    if !oracle_is_installed() {
        eprintln!("skipped: Puppet is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut texts = manifests();
    let originals = texts.len();
    let mut random = Random(20_261_121);
    while texts.len() < originals + 400 {
        let mutant = mutated(&texts[random.below(originals)], &mut random);
        texts.push(mutant);
    }
    let files: Vec<PathBuf> =
        (0..texts.len()).map(|ix| folder.path().join(format!("{ix}.pp"))).collect();
    for (file, text) in files.iter().zip(&texts) {
        std::fs::write(file, text).expect("written");
    }
    let theirs = oracle(&files);
    for (text, theirs) in texts.iter().zip(&theirs).take(originals) {
        assert!(!theirs || accepts(text), "Puppet accepts this and we do not:\n{text}");
    }
    let pairs = texts.iter().zip(&theirs).skip(originals);
    let different: Vec<_> = pairs.filter(|(text, theirs)| accepts(text) != **theirs).collect();
    let agreed = 400 - different.len();
    eprintln!("{agreed} of 400 mutated manifests get Puppet's verdict");
    let examples: Vec<_> = different.iter().take(3).collect();
    assert!(agreed >= 380, "only {agreed} of 400 agree; such as {examples:#?}");
}

#[test]
fn old_dialects_are_read_and_named() {
    for (text, what) in [
        ("node a inherits b { }", "node inheritance"),
        ("class foo-bar { }", "not a valid name"),
        ("class \"foo\" { }", "a quoted name"),
        ("$a += ['b']", "dropped in Puppet 4"),
        ("define x($name) { }", "reserved parameter"),
        ("notify { $eth1 ['zone']: }", "white space before `[`"),
        ("$a = { 'b' => Exec ['c'] }", "white space before `[`"),
    ] {
        let arena = bumpalo::Bump::new();
        let parsed = crate::syntax::puppet::parse_strictly(text, &arena);
        assert!(parsed.errors.is_empty(), "{text}: {:?}", parsed.errors);
        assert!(
            parsed.legacy.iter().any(|legacy| legacy.message.contains(what)),
            "{text}: {:?}",
            parsed.legacy
        );
    }
}

#[test]
fn an_error_loses_only_its_own_statement() {
    let text = "class a {\n  file { '/x' ensure => present }\n  include b\n}\n\nclass c {\n  include d\n}\n";
    let arena = bumpalo::Bump::new();
    let parsed = crate::syntax::puppet::parse(text, &arena);
    assert_eq!(parsed.errors.len(), 1, "{:?}", parsed.errors);
    let dump = format!("{:?}", parsed.body);
    for name in ["\"a\"", "\"b\"", "\"c\"", "\"d\""] {
        assert!(dump.contains(name), "{name} is lost: {dump}");
    }
}

#[test]
fn a_wrong_name_is_one_error() {
    let arena = bumpalo::Bump::new();
    let parsed = crate::syntax::puppet::parse("include a::b:::c\ninclude d\n", &arena);
    assert_eq!(parsed.errors.len(), 1, "{:?}", parsed.errors);
    let dump = format!("{:?}", parsed.body);
    assert!(!dump.contains("a::b") && dump.contains("\"d\""), "{dump}");
}

#[test]
fn a_block_that_the_file_does_not_end_is_read() {
    let arena = bumpalo::Bump::new();
    let parsed = crate::syntax::puppet::parse("class a {\n  include b\n  file { '/x':\n", &arena);
    assert!(!parsed.errors.is_empty());
    let dump = format!("{:?}", parsed.body);
    assert!(dump.contains("\"a\"") && dump.contains("\"b\""), "{dump}");
}

#[test]
fn application_orchestration_is_left_out_and_named() {
    let text = "site {\n  # lamp { 'none': }\n}\nsite {\n  $all = lamps()\n  if $all { lamp { 'x': } }\n}\nsite {\n  lamp { 'one':\n    nodes => { Node['a'] => Lamp::Db['one'] },\n  }\n}\napplication lamp ($user = \"don't {\") {\n  lamp::db { $name:\n    export => Sql[$name],\n  }\n}\nLamp::Db produces Sql {\n  user => $user,\n}\nsite { 'x': }\nnode default {\n  include d\n}\n";
    let arena = bumpalo::Bump::new();
    let parsed = crate::syntax::puppet::parse(text, &arena);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    assert_eq!(parsed.orchestration.map(|span| span.start), Some(0));
    assert!(format!("{:?}", parsed.body).contains("\"d\""));
}
