//! Files of facts: written, joined by others, and refused where they are not sound.

use crate::common::{crosscheck, told, tree, write};
use crosscheck::facts::{self, Entity, FileFacts, Kind, Span};
use crosscheck::{Analysis, FactsFile, Options, Repository, Tree};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use insta::assert_snapshot;
use std::io::{Read, Write};
use std::path::Path;
use tempfile::TempDir;

const MODULES: &[(&str, &str)] = &[
    (
        "modules/web/manifests/init.pp",
        "# é\nclass web(\n  $port,\n  $password = 'hunter2',\n) {\n}\n",
    ),
    ("modules/web/manifests/tls.pp", "class web::tls {\n  include site::base\n}\n"),
    ("modules/web/files/a.conf", "a\n"),
];

const SITE: &str = "include web::tls\nclass { 'web':\n  prt => 1,\n}\ninclude web::absent\n";

/// A folder with the facts of some modules, and a site that uses them.
fn fleet() -> TempDir {
    let dir = tree(&[("site/manifests/site.pp", SITE)]);
    for (path, text) in MODULES {
        write(dir.path(), &format!("modules/{path}"), text);
    }
    let done = told(
        dir.path(),
        &["facts", "modules", "--format", "parquet", "--name", "modules", "-o", "m.parquet"],
    );
    assert_eq!(done.trim(), "exit code 0");
    dir
}

#[test]
fn what_others_have_is_found_and_shown_without_its_text() {
    let dir = fleet();
    let given =
        told(dir.path(), &["check", "site", "--facts", "m.parquet", "--rule", "unknown-parameter"]);
    let place = "☞ `web` is defined here: modules/modules/web/manifests/init.pp:2:7\n\n1 error";
    assert!(given.contains(place), "{given}");
    let concise = ["--format", "concise", "-v"];
    let given =
        told(dir.path(), &[&["check", "site", "--facts", "m.parquet"], &concise[..]].concat());
    let joined =
        told(dir.path(), &[&["check", "site", "--with", "modules=modules"], &concise[..]].concat());
    assert_eq!(given, joined);
    assert!(
        given.contains("web::absent") && !given.contains("`web::tls` does not exist"),
        "{given}"
    );
}

#[test]
fn a_place_in_a_file_of_facts_has_its_line_on_a_page_too() {
    let dir = fleet();
    let page = told(dir.path(), &["check", "site", "--facts", "m.parquet", "--format", "html"]);
    assert!(page.contains("modules/modules/web/manifests/init.pp:2:7"), "{page}");
    assert!(!page.contains("<span class=\"line\">2</span>    "), "{page}");
}

#[test]
fn values_of_secrets_stay_at_home() {
    let dir = fleet();
    let bytes = std::fs::read(dir.path().join("m.parquet")).expect("written");
    let (_, records) = unpacked(&bytes);
    let has = |text: &str| records.windows(text.len()).any(|own| own == text.as_bytes());
    assert!(has("password") && !has("hunter2"));
}

#[test]
fn facts_of_the_same_revision_are_not_written_again() {
    let dir = fleet();
    let write = |revision: &str, name: &str| {
        let arguments = ["facts", "modules", "--format", "parquet", "-o", "u.parquet", "--update"];
        told(dir.path(), &[&arguments[..], &["--name", name, "--revision", revision]].concat())
    };
    assert_snapshot!(write("abc", "modules"), @"exit code 0");
    assert_snapshot!(write("abc", "modules"), @r"
    crosscheck: u.parquet is up to date
    exit code 0
    ");
    assert_snapshot!(write("abd", "modules"), @"exit code 0");
    assert_snapshot!(write("abd", "others"), @"exit code 0");
}

#[test]
fn lines_say_whose_they_are_and_what_becomes_of_them() {
    let dir = fleet();
    let arguments = ["facts", "site", "--with", "modules=modules", "--name", "site"];
    let chosen = ["--format", "ndjson", "--fact", "requires", "--kind", "puppet.class"];
    assert_snapshot!(told(dir.path(), &[&arguments[..], &chosen[..]].concat()), @r#"
    {"path":"manifests/site.pp","line":1,"column":9,"fact":"requires","kind":"puppet.class","name":"web::tls","via":"include","strength":"certain","relation":"includes","resolution":"found","repository":"site"}
    {"path":"manifests/site.pp","line":2,"column":9,"fact":"requires","kind":"puppet.class","name":"web","via":"class {}","strength":"certain","relation":"uses","resolution":"found","repository":"site"}
    {"path":"manifests/site.pp","line":5,"column":9,"fact":"requires","kind":"puppet.class","name":"web::absent","via":"include","strength":"certain","relation":"includes","resolution":"missing","repository":"site"}
    {"path":"modules/modules/web/manifests/tls.pp","line":2,"column":11,"fact":"requires","kind":"puppet.class","name":"site::base","or":["puppet.class:web::tls::site::base","puppet.class:web::site::base"],"via":"include","strength":"certain","within":"puppet.class:web::tls","relation":"includes","resolution":"open","repository":"modules"}
    exit code 0
    "#);
}

#[test]
fn what_cannot_be_written_is_refused_before_any_work() {
    let dir = fleet();
    let facts = |arguments: &[&str]| told(dir.path(), &[&["facts", "modules"], arguments].concat());
    assert_snapshot!(facts(&["--format", "parquet"]), @r"
    crosscheck: --format parquet needs -o FILE
    exit code 2
    ");
    assert_snapshot!(facts(&["--format", "parquet", "-o", "x", "--name", "../x"]), @r"
    crosscheck: `../x` is no name for a repository: use a plain word, or words with `/` between
    exit code 2
    ");
    assert_snapshot!(facts(&["--format", "parquet", "-o", "x", "--kind", "file"]), @r"
    crosscheck: --format parquet writes everything: leave out --path, --kind and --fact
    exit code 2
    ");
    assert_snapshot!(facts(&["--format", "ndjson", "-o", "x", "--update"]), @r"
    crosscheck: --update goes with --format parquet, and not with --config: a file of facts does not say which configuration it was read by
    exit code 2
    ");
    let with = ["--format", "parquet", "-o", "x", "--with", "site=site"];
    assert_snapshot!(facts(&with), @r"
    crosscheck: facts are written of one repository: leave out `with:` and --with
    exit code 2
    ");
    assert!(!dir.path().join("x").exists());
}

/// The head of a file of facts, and its records.
fn unpacked(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let number =
        |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
    let body = 27 + number(23);
    let mut records = Vec::new();
    let length = number(body);
    ZlibDecoder::new(&bytes[body + 8..body + 8 + length]).read_to_end(&mut records).expect("sound");
    (bytes[27..body].to_vec(), records)
}

fn packed(head: &[u8], records: &[u8]) -> Vec<u8> {
    let mut body = ZlibEncoder::new(Vec::new(), Compression::best());
    body.write_all(records).expect("written");
    let body = body.finish().expect("written");
    let mut out = b"PAR1crosscheck fleet 1\n".to_vec();
    out.extend_from_slice(&(head.len() as u32).to_le_bytes());
    out.extend_from_slice(head);
    out.extend_from_slice(&(body.len() as u64).to_le_bytes());
    out.extend_from_slice(&body);
    out
}

fn opened(dir: &Path, bytes: &[u8]) -> Result<FactsFile, String> {
    let path = dir.join("x.parquet");
    std::fs::write(&path, bytes).expect("written");
    let error = |own: crosscheck::Error| own.to_string().replace(&path.display().to_string(), "X");
    FactsFile::open(&path).map_err(error)
}

fn refusal(dir: &Path, bytes: &[u8]) -> String {
    opened(dir, bytes).map_or_else(|error| error, |_| "taken".to_owned())
}

#[test]
fn what_is_no_sound_file_of_facts_is_refused() {
    let dir = fleet();
    let path = dir.path();
    let bytes = std::fs::read(path.join("m.parquet")).expect("written");
    let (head, records) = unpacked(&bytes);
    assert_eq!(refusal(path, &packed(&head, &records)), "taken");
    assert_snapshot!(refusal(path, b"PAR1 of others"), @"X: it holds no facts of a repository; `crosscheck facts --format parquet` writes such files, and what another program has written anew from one has the table alone");
    assert!(refusal(path, &bytes[..200]).starts_with("X: it is damaged: "));
    let other = [b"\x10fedcba9876543210".as_slice(), &head[17..]].concat();
    let other = refusal(path, &packed(&other, &records)).replace(facts::version(), "OWN");
    assert_snapshot!(other, @"X: another version of crosscheck wrote it (facts fedcba9876543210, where this one has OWN): write it again with this one");
    let climbs = [&head[..17], b"\x04../x\0\x03"].concat();
    assert_snapshot!(refusal(path, &packed(&climbs, &records)), @"X: it is damaged: the name of its repository is none");
    let cut = &records[..records.len() - 1];
    assert_snapshot!(refusal(path, &packed(&head, cut)), @"X: it is damaged: it ends too early");
    assert_snapshot!(refusal(path, &packed(&head, b"")), @"X: it is damaged: files are missing");
    assert_snapshot!(refusal(path, &packed(&head, &u32::MAX.to_le_bytes())), @"X: it is damaged: it holds more than is read");
    let twice = [records.as_slice(), &records].concat();
    assert_snapshot!(refusal(path, &packed(&head, &twice)), @"X: it is damaged: its paths are not in order");
    let climbs = replaced(&records, b"modules/web/files", b"modules/../ffiles");
    assert_snapshot!(refusal(path, &packed(&head, &climbs)), @"X: it is damaged: a file that no tree has");
    let done = crosscheck(path, &["check", "site", "--facts", "site"]);
    assert_eq!(done.status.code(), Some(3));
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|own| own == from).expect("it is there");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn a_body_that_unpacks_to_more_than_is_read_ends_there() {
    let dir = tempfile::tempdir().expect("a folder");
    let modules = fleet();
    let bytes = std::fs::read(modules.path().join("m.parquet")).expect("written");
    let (head, _) = unpacked(&bytes);
    let mut record = (31_u32 << 20).to_le_bytes().to_vec();
    record.resize((31 << 20) + 4, 0);
    assert_snapshot!(refusal(dir.path(), &packed(&head, &record)), @"X: it is damaged: it unpacks to far more than it holds");
}

#[test]
fn commands_within_commands_have_a_bound() {
    let mut own = facts_of_depth(400);
    let written = postcard::to_stdvec(&own).expect("written");
    // Depth alone is what is wrong with it.
    assert!(postcard::from_bytes::<FileFacts>(&written).is_err());
    own = facts_of_depth(20);
    let written = postcard::to_stdvec(&own).expect("written");
    assert_eq!(postcard::from_bytes::<FileFacts>(&written).ok(), Some(own));
}

fn facts_of_depth(depth: usize) -> FileFacts {
    let entity = Entity::new(Kind::of("file").expect("known"), "bin/a");
    let new = || facts::Interface::new(entity.clone(), Vec::new(), Span::default());
    let within = |inner: facts::Interface| {
        let command =
            facts::CommandLine { subcommands: vec![("a".into(), inner)], ..Default::default() };
        facts::Interface { command: Some(Box::new(command)), ..new() }
    };
    let own = (0..depth).fold(new(), |inner, _| within(inner));
    FileFacts { interfaces: vec![own], ..Default::default() }
}

/// Whatever a file of facts says, a check of a tree that it is joined to ends with an answer.
#[test]
fn no_file_of_facts_makes_a_check_panic() {
    let dir = fleet();
    let bytes = std::fs::read(dir.path().join("m.parquet")).expect("written");
    let (head, records) = unpacked(&bytes);
    let mut state = 12_u64;
    let mut next = |most: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % most
    };
    let mut taken = 0;
    for round in 0..600 {
        let mut records = records.clone();
        for _ in 0..1 + round % 3 {
            let at = next(records.len());
            records[at] = [0, 1, 2, 255, b'/', b'*', next(256) as u8][next(7)];
        }
        let Ok(file) = opened(dir.path(), &packed(&head, &records)) else { continue };
        taken += 1;
        let site = Tree::of_files([("manifests/site.pp", SITE)]);
        let options = Options::new().join_facts(&file).threads(1);
        let analysis = Analysis::new(site, &options);
        let Ok(analysis) = analysis else { continue };
        let report = analysis.check().expect("an answer");
        let mut text = Vec::new();
        for format in
            [crosscheck::Format::Human, crosscheck::Format::Json, crosscheck::Format::Html]
        {
            report.write(format, crosscheck::Style::new(), &mut text).expect("written");
        }
    }
    assert!(taken > 100, "{taken}");
}

#[test]
fn the_facts_of_every_fixture_are_taken_by_others() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("f.parquet");
    let tree = Tree::open("fixtures/incidents").expect("it is there");
    let analysis = Analysis::new(tree, &Options::new()).expect("it can be read");
    let own = Repository::new("all/incidents", "1").expect("a name");
    let file = std::fs::File::create(&path).expect("created");
    analysis.write_facts(&own, file).expect("written");
    assert_eq!(FactsFile::open(&path).expect("sound").repository(), own);
    assert!(FactsFile::is_current(&path, &own));
}
