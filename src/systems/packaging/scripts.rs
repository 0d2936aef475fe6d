//! What scripts put on hosts: `install`, `cp`, `rsync` and `scp` of files of the tree.
//!
//! A script is run from its own folder or from the root of the tree. Only lines count whose places
//! are spelt; one that goes elsewhere before is not read any further.
//!
//! (Sources: install(1), cp(1), rsync(1), scp(1).)

use super::build_install::line_of;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, base_name, is_handed_out, parent_folder};
use crate::syntax::lines::joined;
use crate::syntax::shebang::Interpreter;

/// Extracts from scripts of the shell.
pub(super) struct Scripts;

/// How long a line may become.
const LENGTH: usize = 4096;
/// Variables of one script that are put in.
const MOST: usize = 100;
/// Words that begin what is read.
const WORDS: [&str; 4] = ["install ", "cp ", "rsync ", "scp "];

impl Extractor for Scripts {
    fn system(&self) -> &'static str {
        "shell"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        // What a role or module hands out runs beside other files than those of the tree.
        (base.ends_with(".sh") || base.ends_with(".bash") || !base.contains('.'))
            && !is_handed_out(path)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        WORDS.iter().any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.interpreter() != Some(Interpreter::Shell) {
            return;
        }
        let folder = parent_folder(source.path);
        let mut variables: Vec<(String, String)> = Vec::new();
        let mut made = Vec::new();
        for (start, line) in joined(source.text, LENGTH) {
            let code = line.trim_start();
            let first = code.split_whitespace().next().unwrap_or_default();
            if let Some((name, value)) = assigned(code) {
                let is_new = variables.iter().all(|(own, _)| own != name);
                if is_new && variables.len() < MOST {
                    variables.push((name.to_owned(), value.to_owned()));
                }
                continue;
            }
            let own = ["dirname", "$0", "BASH_SOURCE", "rev-parse"];
            if matches!(first, "cd" | "pushd" | "chroot")
                && !own.iter().any(|part| code.contains(part))
            {
                return;
            }
            let bare = code.strip_prefix("sudo ").unwrap_or(code);
            if !WORDS.iter().any(|word| bare.starts_with(word)) {
                continue;
            }
            let mut text = bare.to_owned();
            for (name, value) in variables.iter().filter(|_| bare.contains('$')) {
                text = text.replace(&format!("${{{name}}}"), value);
                text = with_bare(&text, name, value);
            }
            let place = (start, line.len());
            for root in [folder, ""].iter().take(if folder.is_empty() { 1 } else { 2 }) {
                line_of(&text, root, &mut made, place, out);
            }
        }
    }
}

/// `$NAME` in a text, where no letter follows.
fn with_bare(text: &str, name: &str, value: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let variable = format!("${name}");
    while let Some(at) = rest.find(&variable) {
        let after = &rest[at + variable.len()..];
        let goes_on = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        out.push_str(&rest[..at]);
        out.push_str(if goes_on { &variable } else { value });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `NAME=value` on a line of its own, of a plain path.
fn assigned(code: &str) -> Option<(&str, &str)> {
    let code = code.strip_prefix("readonly ").unwrap_or(code);
    let (name, value) = code.split_once('=')?;
    let value = value.trim().trim_matches(['"', '\'']);
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_path = value.starts_with('/')
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    (is_name && is_path).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        Scripts.extract(&Source::of(path, text), &Settings::default(), &mut out);
        let own = out.provides.iter().filter(|own| own.kind == crate::facts::kinds::DEPLOYED_PATH);
        own.map(|own| format!("{} {}", own.name, own.detail)).collect()
    }

    #[test]
    fn what_scripts_put_on_hosts() {
        let text = "#!/bin/sh\nD=/usr/local\ninstall -m 755 a/b.sh /etc/c/b.sh\nsudo install x y $D/lib/z/\ninstall \"$f\" $D/bin/\nrsync -a d e/ h:/srv/q/\nscp g h:/etc/g\ninstall s/* /opt/s/\ncd /tmp\ninstall u /opt/v/\n";
        assert_eq!(
            placed("run.sh", text),
            [
                "/etc/c/b.sh file:a/b.sh",
                "/usr/local/lib/z/x file:x",
                "/usr/local/lib/z/y file:y",
                "/usr/local/bin/* ",
                "/srv/q/d file:d",
                "/srv/q file:e",
                "/etc/g file:g",
                "/opt/s file:s"
            ]
        );
        assert!(placed("run.sh", "#!/usr/bin/python\ninstall a /opt/b/\n").is_empty());
        assert_eq!(
            placed("x/run", "#!/bin/bash\ncd \"$(dirname \"$0\")\"\ncp a /usr/bin/a\n"),
            ["/usr/bin/a file:x/a", "/usr/bin/a file:a"]
        );
    }
}
