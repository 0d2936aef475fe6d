//! Pipelines of Jenkins: the command lines of their `sh` steps, which run at the root of what
//! was checked out.
//!
//! The rest of the language is Groovy, which is not read: a file that checks out something else
//! beside the tree is left alone.
//! (Source: the Jenkins handbook, "Using a Jenkinsfile"; the reference of "Pipeline: Nodes and
//! Processes" and "Pipeline: Basic Steps".)

mod folders;
mod guards;

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Ref, base_name, join_path};
use crate::syntax::shell::CommandText;
use crate::systems::System;

/// Jenkins.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "jenkins"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Pipeline]
    }
}

/// Extracts from pipelines.
pub struct Pipeline;

/// What has a pipeline run somewhere else than at the root of its own tree.
const LEAVES: [&str; 7] = [
    "customWorkspace",
    "checkout(",
    "checkout scmGit",
    "git(",
    "git url:",
    "git branch:",
    "git credentialsId:",
];

impl Extractor for Pipeline {
    fn system(&self) -> &'static str {
        "jenkins"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        base.starts_with("Jenkinsfile") || base.to_ascii_lowercase().ends_with(".jenkinsfile")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = source.text;
        let own = text.replace("checkout(scm)", "checkout_scm_");
        if LEAVES.iter().any(|leave| own.contains(leave)) {
            return;
        }
        let folders = folders::all(text);
        let guarded = guards::all(text);
        for (at, script) in scripts(text) {
            let Some(folder) = folders::at(&folders, at) else { continue };
            let moves = |word: &str| matches!(word, "cd" | "pushd");
            if script.as_str().split([' ', '\n', ';', '&', '(']).any(moves) {
                continue;
            }
            let (calls, requires) = (out.calls.len(), out.requires.len());
            let place = join_path(&folder, "sh").unwrap_or_default();
            Lines::new(&place, "sh").add(&script, out);
            let is_kept = |target: Option<&Ref>| {
                let name = target.and_then(|own| own.name.as_exact());
                !name.is_some_and(|name| guards::covers(&guarded, &folder, name))
            };
            let mut ix = 0;
            out.calls.retain(|call| {
                ix += 1;
                ix <= calls || is_kept(call.any_of.first())
            });
            let mut ix = 0;
            out.requires.retain(|own| {
                ix += 1;
                ix <= requires || is_kept(own.any_of.first())
            });
        }
        guards::read(text, &folders, &guarded, out);
    }
}

/// The texts that `sh` steps run, with the places of the steps: `sh 'x'`, `sh("x")`,
/// `sh script: '''x''', returnStdout: true`.
fn scripts(text: &str) -> Vec<(usize, CommandText)> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("sh").map(|at| from + at) {
        from = at + 2;
        let is_word =
            text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || "{(=;".contains(c));
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if !is_word || text[line..at].contains("//") {
            continue;
        }
        let rest = &text[from..];
        let rest = rest.trim_start_matches([' ', '\t', '(', '\n', '\r']);
        let rest = rest.strip_prefix("script:").unwrap_or(rest).trim_start();
        let start = text.len() - rest.len();
        let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|own| rest.starts_with(own));
        let Some(quote) = quote.filter(|_| start > from) else { continue };
        let inside = start + quote.len();
        let Some(len) = end(&text[inside..], quote) else { break };
        out.push((at, literal(text, inside, inside + len, quote)));
        from = inside + len + quote.len();
    }
    out
}

/// How long a text is whose end `quote` marks; a backslash takes the next character along.
fn end(text: &str, quote: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(quote) {
            return Some(at);
        }
        let mut chars = rest.chars();
        let first = chars.next()?;
        at += first.len_utf8();
        if first == '\\' {
            at += chars.next().map_or(0, char::len_utf8);
        } else if first == '\n' && quote.len() == 1 {
            return None;
        }
    }
    None
}

/// In double quotes `${…}` and `$name` are Groovy's, and `\$` is the shell's dollar.
fn literal(text: &str, from: usize, to: usize, quote: &str) -> CommandText {
    let mut out = CommandText::default();
    let groovy = quote.starts_with('"');
    let mut at = from;
    while let Some(found) = text[at..to].find(['\\', '$']).map(|found| at + found) {
        out.push(&text[at..found], at);
        let rest = &text[found + 1..to];
        at = match (text.as_bytes()[found], rest.chars().next()) {
            (b'\\', Some(next @ ('$' | '\\' | '"' | '\''))) => {
                out.push(&rest[..next.len_utf8()], found + 1);
                found + 1 + next.len_utf8()
            }
            (b'$', Some('{')) if groovy => {
                out.hole(found);
                rest.find('}').map_or(to, |end| found + 1 + end + 1)
            }
            (b'$', Some(next)) if groovy && (next.is_ascii_alphabetic() || next == '_') => {
                out.hole(found);
                let is_name = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
                rest.find(|c| !is_name(c)).map_or(to, |end| found + 1 + end)
            }
            _ => {
                out.push(&text[found..found + 1], found);
                found + 1
            }
        };
    }
    out.push(&text[at..to], at);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        Pipeline.extract(&Source::of("Jenkinsfile", text), &Settings::default(), &mut out);
        out.calls.iter().map(|call| call.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn steps_run_scripts_of_the_tree() {
        let file = "node {\n  sh './ci/build.sh --all'\n  sh(\"ci/${env.STAGE}/run.sh\")\n  def x = sh script: '''\n    set -e\n    bash ci/test.sh\n  ''', returnStdout: true\n  // sh './old.sh'\n  push 'x'\n}\n";
        assert_eq!(calls(file), ["ci/build.sh", "run.sh", "ci/test.sh"]);
    }

    #[test]
    fn steps_run_where_they_are_told_to() {
        assert_eq!(
            calls("dir('x') { sh './build.sh' }\nsh './other.sh'"),
            ["x/build.sh", "other.sh"]
        );
        assert_eq!(calls("dir('x') { dir(\"y\") { sh './a.sh' } }"), ["x/y/a.sh"]);
        assert!(calls("dir(where) { sh './build.sh' }").is_empty());
        assert!(calls("sh 'cd x && ./build.sh'").is_empty());
        assert!(calls("git url: 'https://host/x'\nsh './build.sh'").is_empty());
        assert!(calls("sh 'unclosed").is_empty());
    }

    #[test]
    fn what_a_pipeline_asks_for_or_makes_is_not_missed() {
        assert!(calls("if (fileExists('a.sh')) { sh './a.sh' }").is_empty());
        assert!(calls("writeFile file: 'a.sh', text: ''\nsh 'bash ./a.sh'").is_empty());
        assert!(calls("stash name: 'x', includes: 'out/**,ci/*'\nsh 'ci/a.sh'").is_empty());
        assert_eq!(calls("if (fileExists('b.sh')) { sh './a.sh' }"), ["a.sh"]);
    }

    #[test]
    fn steps_read_files_of_the_tree() {
        let mut out = FileFacts::default();
        let text = "x = load 'ci/x.groovy'\ndir('y') { z = readYaml file: \"z.yml\" }\nload \"${w}.groovy\"\nreload 'v'\n";
        Pipeline.extract(&Source::of("Jenkinsfile", text), &Settings::default(), &mut out);
        let all: Vec<_> = out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect();
        assert_eq!(all, ["ci/x.groovy", "y/z.yml"]);
    }
}
