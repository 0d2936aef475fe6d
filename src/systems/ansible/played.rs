//! Command lines that run plays, wherever they stand: `ansible-playbook -i inventories/prod site.yml
//! --tags web` of a pipeline, a Makefile or a script.
//!
//! (Source: `ansible-playbook --help`.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    FileFacts, Ref, Require, Scope, Span, Strength, base_name, kinds, parent_folder,
};
use crate::graph::{Graph, PathKind, Resolution, Resolver, Site};
use memchr::memmem;
use smallvec::smallvec;

const COMMAND: &str = "ansible-playbook";

/// Most commands of one file.
const MOST: usize = 100;
/// Longer lines are no commands that somebody wrote.
const LONGEST: usize = 4000;

/// Options that take a value in the next word.
const VALUED: [&str; 30] = [
    "--become-method",
    "--become-password-file",
    "--become-user",
    "--connection",
    "--connection-password-file",
    "--extra-vars",
    "--forks",
    "--inventory",
    "--inventory-file",
    "--key-file",
    "--limit",
    "--module-path",
    "--private-key",
    "--scp-extra-args",
    "--sftp-extra-args",
    "--skip-tags",
    "--ssh-common-args",
    "--ssh-extra-args",
    "--start-at-task",
    "--tags",
    "--timeout",
    "--user",
    "--vault-id",
    "--vault-password-file",
    "-M",
    "-T",
    "-c",
    "-e",
    "-f",
    "-u",
];

/// What asks for other things than a tag that somebody wrote.
const OF_ALL: [&str; 5] = ["all", "always", "never", "tagged", "untagged"];

/// Extracts the plays that command lines run, the inventories and tags that they name.
pub struct Played;

impl Extractor for Played {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let upper = base.to_ascii_uppercase();
        let is_yaml = base.ends_with(".yml") || base.ends_with(".yaml");
        let of_ci = [".github/workflows/", ".gitlab/", ".circleci/", ".gitea/workflows/"];
        ["MAKEFILE", "GNUMAKEFILE", "JUSTFILE", "JENKINSFILE"]
            .iter()
            .any(|own| upper.starts_with(own))
            || base.ends_with(".sh")
            || base.ends_with(".mk")
            || matches!(
                base,
                ".travis.yml"
                    | ".gitlab-ci.yml"
                    | "bitbucket-pipelines.yml"
                    | "Taskfile.yml"
                    | "tox.ini"
            )
            || is_yaml
                && (base.starts_with("azure-pipelines")
                    || of_ci.iter().any(|own| path.contains(own)))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memmem::find(bytes, COMMAND.as_bytes()).is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = source.text;
        // Where a command runs is not known behind these.
        let moves =
            ["cd ", "pushd ", "chdir", "working-directory", "git clone", "repository:", "dir("];
        let is_moved = moves.iter().any(|own| text.contains(own));
        let mut seen = 0;
        let mut at = 0;
        while let Some(found) = memmem::find(&text.as_bytes()[at..], COMMAND.as_bytes()) {
            let from = at + found;
            at = from + COMMAND.len();
            if seen == MOST || !is_command(text, from) {
                continue;
            }
            seen += 1;
            let words = words(text, at);
            at = words.last().map_or(at, |(start, own)| start + own.len());
            of_words(source, &words, is_moved, out);
        }
    }
}

/// Whether a command stands at a place, and no text that speaks of one.
fn is_command(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[line..at];
    let is_told = ["#", "//", "echo", "printf", "name:", "description"]
        .iter()
        .any(|own| before.contains(own));
    let is_end = before.chars().next_back().is_none_or(|own| " \t;&|($`@\"'-/".contains(own));
    let after = text[at + COMMAND.len()..].chars().next();
    !is_told && is_end && after.is_some_and(|own| matches!(own, ' ' | '\t' | '\\'))
}

/// The words of a command that begins at `at`, each with its place, without the quotes around it.
fn words(text: &str, at: usize) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let end = text.len().min(at + LONGEST);
    let mut found = Vec::new();
    let mut at = at;
    while at < end {
        match bytes[at] {
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            b' ' | b'\t' => at += 1,
            b'\n' | b';' | b'&' | b'|' | b'`' | b')' | b'#' | b'>' | b'<' => break,
            quote @ (b'"' | b'\'') => {
                let Some(len) = memchr::memchr(quote, &bytes[at + 1..end]) else { break };
                let Some(own) = text.get(at + 1..at + 1 + len) else { break };
                found.push((at + 1, own));
                at += len + 2;
            }
            _ => {
                let len = word_len(&bytes[at..end]);
                let Some(own) = text.get(at..at + len) else { break };
                found.push((at, own));
                at += len;
            }
        }
    }
    found
}

/// How long the word is that begins here; `$(…)` is a part of it.
fn word_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(own) = bytes.get(at) {
        let is_inner = *own == b'$' && bytes.get(at + 1) == Some(&b'(');
        let inner = is_inner.then(|| memchr::memchr(b')', &bytes[at..])).flatten();
        match inner {
            Some(len) => at += len + 1,
            None if b" \t\n;&|`)\"'<>\\".contains(own) => break,
            None => at += 1,
        }
    }
    at.max(1)
}

fn of_words(source: &Source<'_>, words: &[(usize, &str)], is_moved: bool, out: &mut FileFacts) {
    let scope = Scope::of(parent_folder(source.path));
    let mut push = |kind, name: &str, at: usize, via: &'static str, strength| {
        let span = Span::new(at, at + name.len());
        let target = Ref::exact(kind, name.trim_start_matches("./")).seen_from(scope.clone());
        out.requires.push(Require::certain(target, span, via, None).with_strength(strength));
    };
    let is_path = |own: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        !own.is_empty() && own.bytes().all(plain) && !own.starts_with('/') && !own.starts_with("..")
    };
    let mut at = 0;
    while let Some((start, word)) = words.get(at).copied() {
        at += 1;
        let (option, value) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => {
                (option, Some((start + option.len() + 1, value)))
            }
            _ => (word, None),
        };
        let is_inventory = matches!(option, "-i" | "--inventory" | "--inventory-file");
        let is_tags = matches!(option, "-t" | "--tags");
        if is_inventory || is_tags || VALUED.contains(&option) {
            let value = value.or_else(|| {
                at += 1;
                words.get(at - 1).copied()
            });
            let Some((start, value)) = value else { return };
            let is_file = is_path(value) && value.contains('/');
            if is_inventory && is_file {
                // Inventories are often made where they are used.
                push(kinds::ANSIBLE_RUN_INVENTORY, value, start, "--inventory", Strength::Likely);
            } else if is_tags {
                let mut start = start;
                for tag in value.split(',') {
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
                    if !tag.is_empty() && tag.bytes().all(plain) && !OF_ALL.contains(&tag) {
                        push(kinds::ANSIBLE_TAG, tag, start, "--tags", Strength::Likely);
                    }
                    start += tag.len() + 1;
                }
            }
            continue;
        }
        let is_play = word.ends_with(".yml") || word.ends_with(".yaml");
        if !word.starts_with('-') && is_play && is_path(word) {
            // What the file says more of is made there.
            let base = base_name(word);
            let text = source.text.replace("\\\n", " ");
            let is_made = text.lines().any(|own| own.contains(base) && !own.contains(COMMAND));
            let strength = match is_moved || is_made {
                true => Strength::Likely,
                false => Strength::Certain,
            };
            push(kinds::ANSIBLE_RUN, word, start, COMMAND, strength);
        }
    }
}

/// Tells a graph where commands look for what they run.
pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::ANSIBLE_RUN, Box::new(Runs));
    graph.set_resolver(kinds::ANSIBLE_RUN_INVENTORY, Box::new(Runs));
}

/// Paths as commands name them, from wherever they are run: one that the tree has nowhere may be made
/// or brought there, and is missing where the tree had it.
struct Runs;

impl Resolver for Runs {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let open = |name: &str| Resolution::Open(crate::facts::Entity::new(kinds::FILE, name));
        let Some((folder, name)) = target.placed() else { return open("") };
        let name = name.trim_end_matches('/');
        let beside = crate::facts::join_path(folder, name);
        for path in [Some(name.to_owned()), beside].into_iter().flatten() {
            match graph.paths.look_up(&path) {
                PathKind::File(file) => return Resolution::Found(smallvec![Site::whole(file)]),
                PathKind::Folder => return Resolution::Found(smallvec![]),
                PathKind::Elsewhere => return Resolution::Elsewhere,
                PathKind::Absent => {}
            }
        }
        let is_inner = |path: &&smol_str::SmolStr| {
            let rest = path.strip_suffix(name);
            let is_within = || path.contains(&format!("/{name}/"));
            rest.is_some_and(|own| own.ends_with('/'))
                || target.kind == kinds::ANSIBLE_RUN_INVENTORY && is_within()
        };
        match graph.paths.all().iter().find(is_inner) {
            Some(_) => Resolution::Found(smallvec![]),
            None if graph.paths.is_ignored(name, graph.snapshot) => Resolution::Elsewhere,
            None => open(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of("Makefile", text);
        Played.extract(&source, &Settings::default(), &mut out);
        let show = |own: &Require| {
            let sure = if own.strength == Strength::Certain { "!" } else { "" };
            format!("{} {}{sure}", own.via, own.any_of[0].name)
        };
        out.requires.iter().map(show).collect()
    }

    #[test]
    fn what_commands_run() {
        assert_eq!(
            read(
                "a:\n\tansible-playbook -i env/prod -e 'x=1 y=z.yml' \\\n\t  plays/a.yml --tags=web,db -v\n"
            ),
            ["--inventory env/prod", "ansible-playbook plays/a.yml!", "--tags web", "--tags db"]
        );
        assert_eq!(read("\tcd x && ansible-playbook ./a.yml -t all\n"), ["ansible-playbook a.yml"]);
        assert_eq!(read("\tansible-playbook a.yml -t web; rm b.yml\n").len(), 2);
        assert_eq!(read("\tansible-playbook -i env/$(E) a.yml\n"), ["ansible-playbook a.yml!"]);
        for none in [
            "# ansible-playbook a.yml\n",
            "\techo ansible-playbook a.yml\n",
            "\tansible-playbook $(PLAY).yml -i hosts --tags $(TAGS)\n",
            "\tansible-playbook-x a.yml\n",
            "\tansible-playbook /srv/a.yml\n",
        ] {
            assert!(read(none).is_empty(), "{none}");
        }
    }
}
