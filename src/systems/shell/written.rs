//! Files that a repository's own jobs and scripts write before something else reads them:
//! `echo "$KEY" > files/config`.

use crate::domain::beside::names_its_folder;
use crate::domain::completed::{MADE, MODULES};
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Relation, Require, Span, Strength, base_name,
    is_handed_out, join_path, kinds, parent_folder,
};
use smallvec::SmallVec;

/// Extracts what jobs and scripts write among the tree's files.
pub(super) struct Written;

/// Files of jobs that other programs run, by their names.
const JOBS: [&str; 6] = [
    ".gitlab-ci.yml",
    ".travis.yml",
    ".drone.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "cloudbuild.yaml",
];

/// Options after which a program's output file stands.
const OUTPUTS: [(&str, &[&str]); 2] =
    [("curl", &["-o", "--output"]), ("wget", &["-O", "--output-document"])];

impl Extractor for Written {
    fn system(&self) -> &'static str {
        "shell"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        JOBS.contains(&base)
            || path.contains(".github/workflows/")
            || path.contains(".circleci/")
            || base.starts_with("Jenkinsfile")
            || base.starts_with("Makefile")
            || base.ends_with(".mk")
            || (base.ends_with(".sh") && !is_handed_out(path))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        bytes.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok()).any(
            |line| {
                written(line).next().is_some()
                    || carried(line).next().is_some()
                    || completes(line).is_some()
            },
        )
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut fresh = Fresh::default();
        for line in source.text.lines() {
            out.requires.extend(carried(line).filter_map(|word| carries(source, word)));
            fresh.pass(line);
            if let Some(own) = completes(line).filter(|own| !fresh.holds(own)) {
                let at = own.word.as_ptr() as usize - source.text.as_ptr() as usize;
                let sign = if own.is_made { MADE } else { "" };
                out.provides.push(Provide {
                    kind: kinds::WRITTEN_FILE,
                    name: NamePattern::exact(MODULES),
                    span: Span::new(at, at + own.word.len()),
                    within: None,
                    detail: format!("{sign}{}", own.path).into(),
                });
            }
            for word in written(line) {
                let at = word.as_ptr() as usize - source.text.as_ptr() as usize;
                let path = word.trim_start_matches("./").trim_start_matches("../");
                let Some(path) = join_path("", path).filter(|own| !own.is_empty()) else {
                    continue;
                };
                out.provides.push(Provide {
                    kind: kinds::WRITTEN_FILE,
                    name: NamePattern::exact(path),
                    span: Span::new(at, at + word.len()),
                    within: None,
                    detail: Detail::default(),
                });
            }
        }
    }
}

/// A file of Terraform that a line puts where only a run knows: `ln -sf ../*.tf .`,
/// `cp common/$x.tf "$dir"`, `sed s/a/b/ base.tf > $dir/main.tf`.
struct Completed<'a> {
    /// As it stands.
    word: &'a str,
    /// The end of the folder's path that is spelt, and the file's name.
    path: String,
    is_made: bool,
}

/// The folder that a script is in, and those that it has made: what it copies into one of them
/// completes no module of the tree. (Seen: `mkdir x`, `cd x`, `cp ../*.tf .`.)
#[derive(Default)]
struct Fresh<'a> {
    made: Vec<&'a str>,
    within: Option<&'a str>,
}

impl<'a> Fresh<'a> {
    fn pass(&mut self, line: &'a str) {
        let bare = line.trim_start_matches(['@', '-', ' ', '\t']);
        let mut words = bare.split_whitespace();
        let first = words.next();
        let Some(folder) = words.next_back().filter(|own| path_of_word(own)) else { return };
        match first {
            Some("mkdir") => self.made.push(folder),
            Some("cd" | "pushd") => self.within = Some(folder),
            _ => {}
        }
    }

    fn holds(&self, own: &Completed<'_>) -> bool {
        let is_here = own.path.starts_with('/') && !own.word.starts_with(['$', '"']);
        is_here && self.within.is_some_and(|folder| self.made.contains(&folder))
    }
}

/// Whether a word is the path of a folder as it stands.
fn path_of_word(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte))
}

/// Files that declare nothing that others read.
const ALONE: [&str; 4] = ["backend.tf", "terraform.tf", "version.tf", "versions.tf"];

fn completes(line: &str) -> Option<Completed<'_>> {
    if !line.contains(".tf") && !line.contains(".tofu") {
        return None;
    }
    let bare = |word: &'_ str| word.trim_matches(['"', '\'', '`', ')', ';']).to_owned();
    let is_source = |word: &str| {
        let word = bare(word);
        let ends = [".tf", ".tf.json", ".tofu"].iter().any(|ending| word.ends_with(ending));
        ends && !ALONE.contains(&base_name(&word))
    };
    let is_open = |word: &str| word.contains(['$', '*', '{', '@', '`']);
    // The end of a path behind all that a run fills in.
    let end = |path: &str| {
        let parts = path.rsplit('/').take_while(|part| !is_open(part) && !part.starts_with('.'));
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        parts.into_iter().rev().collect::<Vec<_>>().join("/")
    };
    let mut within = String::new();
    for command in line.split([';', '&', '|']) {
        let mut words = command.split_whitespace();
        let moved = command.trim_start_matches(['@', '-', '(', ' ', '\t']).strip_prefix("cd ");
        if let Some(folder) = moved.and_then(|rest| rest.split_whitespace().next()) {
            within = bare(folder);
        }
        let runs = ["ln", "cp", "rsync", "install"];
        if words.any(|word| runs.contains(&word.trim_start_matches(['@', '-', '(']))) {
            let words: Vec<&str> = words.filter(|word| !word.starts_with('-')).collect();
            let Some((to, from)) = words.split_last() else { continue };
            let to = match bare(to).as_str() {
                "." | "./" if is_open(&within) => within.clone(),
                to => to.to_owned(),
            };
            if let Some(word) = from.iter().find(|word| is_source(word))
                && (is_open(&to) || is_open(word))
            {
                let path = format!("{}/{}", end(&to), base_name(&bare(word)));
                return Some(Completed { word, path, is_made: false });
            }
        }
        // `>` and `tee` name the file itself.
        let to = command.rsplit_once('>').or(command.rsplit_once("tee ")).map(|(_, to)| to.trim());
        let to = to.and_then(|to| to.split_whitespace().next());
        if let Some(word) = to.filter(|word| is_source(word) && is_open(word)) {
            return Some(Completed { word, path: end(&bare(word)), is_made: true });
        }
    }
    None
}

/// Files and folders of the tree whose texts a line puts elsewhere, or that are changed for a
/// while: `cat a/x > x`, `cp a/x x`, `cp -r a/b "$to"`, `git restore x`, `envsubst < a/x > x`.
fn carried(line: &str) -> impl Iterator<Item = &str> {
    let line = line.trim_start_matches(['@', '-', '+', ' ', '\t']);
    let copied = copied(line).map(|(from, _)| from).unwrap_or_default();
    let deep = FOLDERS.iter().any(|option| line.contains(option));
    let is_folder = move |own: &&str| deep && own.contains('/') && !base_name(own).contains('.');
    let copied = copied.into_iter().map(|own| own.trim_end_matches("/*").trim_end_matches("/."));
    carried_one(line)
        .into_iter()
        .chain(rendered(line))
        .chain(copied.filter_map(whole).filter(move |own| names_its_folder(own) || is_folder(own)))
}

/// Options with which whole folders are copied.
const FOLDERS: [&str; 6] = [" -r ", " -R ", " -a ", " -rf ", " -Rf ", " --recursive "];

/// The text in which a line fills in variables: `envsubst < a/x`.
fn rendered(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("envsubst")?;
    let rest = rest.split(['|', ';', '&']).next()?;
    let (_, from) = rest.split_once('<')?;
    whole(from.split_whitespace().next()?)
}

fn carried_one(line: &str) -> Option<&str> {
    let restored = || line.split_once("git restore ").or(line.split_once("git checkout -- "));
    let rest = match line.strip_prefix("cat ") {
        Some(rest) => rest.split_once('>').map(|(from, _)| from)?,
        None => restored()?.1.split([';', '&', '|', '#']).next()?,
    };
    whole(rest.trim())
}

/// The words that `cp`, `mv` or `install` copies from, and the one that it copies to.
fn copied(line: &str) -> Option<(Vec<&str>, &str)> {
    let begins = |name: &str| {
        let at = line.find(name)?;
        let before = line[..at].trim_end();
        let first = before.is_empty() || before.ends_with(['&', ';', '|', ':', '(']);
        let own = first || ["sudo", "run:", "then", "do", "else"].contains(&before);
        own.then(|| &line[at + name.len()..])
    };
    let rest = ["cp ", "mv ", "install "].iter().find_map(|name| begins(name))?;
    let rest = rest.split([';', '&', '|', '#', '>']).next()?;
    let mut words: Vec<&str> =
        rest.split_whitespace().filter(|word| !word.starts_with('-')).collect();
    let to = words.pop()?;
    (!words.is_empty()).then_some((words, to))
}

/// A word that is a path as it stands.
fn whole(word: &str) -> Option<&str> {
    path(word).filter(|own| word.trim_matches(['"', '\'']) == *own)
}

fn carries(source: &Source<'_>, word: &str) -> Option<Require> {
    let at = word.as_ptr() as usize - source.text.as_ptr() as usize;
    let beside = join_path(parent_folder(source.path), word);
    let mut any_of: SmallVec<[Ref; 1]> = SmallVec::new();
    for path in beside.into_iter().chain(join_path("", word)) {
        any_of.push(Ref::exact(kinds::FILE, path));
    }
    any_of.dedup();
    let span = Span::new(at, at + word.len());
    let via = Relation::Carries.called("copy");
    let require = (!any_of.is_empty()).then(|| Require::any_of(any_of, span, via, None))?;
    Some(require.with_strength(Strength::Guarded))
}

/// Paths of the tree that a line writes to.
fn written(line: &str) -> impl Iterator<Item = &str> {
    let redirected = line.match_indices('>').filter_map(|(at, _)| {
        let begins = at == 0 || line[..at].ends_with([' ', '>']);
        begins.then(|| line[at + 1..].trim_start_matches([' ', '|']))
    });
    let teed = line.match_indices("tee ").filter_map(|(at, _)| {
        let begins = at == 0 || line[..at].ends_with([' ', '|']);
        let rest = &line[at + 4..];
        begins.then(|| rest.trim_start().trim_start_matches("-a ").trim_start())
    });
    let fetched = OUTPUTS.iter().flat_map(move |(program, options)| {
        let known = line.contains(program);
        options.iter().filter(move |_| known).filter_map(move |option| {
            let at = line.find(&format!(" {option} "))?;
            Some(line[at + option.len() + 2..].trim_start())
        })
    });
    let bare = line.trim_start_matches(['@', '-', '+', ' ', '\t']);
    let linked = bare.strip_prefix("ln -").and_then(|rest| rest.split([';', '&', '|', '#']).next());
    let linked = linked.and_then(|rest| rest.split_whitespace().nth(2));
    let copied = copied(bare).map(|(_, to)| to).into_iter().chain(linked);
    redirected.chain(teed).chain(fetched).chain(copied).filter_map(path)
}

/// The path that a text begins with, where it is one inside the tree.
fn path(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['"', '\'']);
    let ends = |own: char| !(own.is_ascii_alphanumeric() || matches!(own, '_' | '-' | '.' | '/'));
    let end = text.find(ends).unwrap_or(text.len());
    // What goes on with a variable has another name.
    let whole = !text[end..].starts_with(['$', '{', '*', '~', '(', '<', '=', ':']);
    let path = &text[..end];
    let named = path.contains('/') || path.contains('.');
    (whole && named && path.len() > 2 && !path.starts_with(['/', '-'])).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_lines_put_elsewhere() {
        fn all(line: &str) -> Vec<&str> {
            carried(line).collect()
        }
        assert_eq!(
            all("\t@cat base/kustomization.yaml > kustomization.yaml"),
            ["base/kustomization.yaml"]
        );
        assert_eq!(all("git restore kustomization.yaml"), ["kustomization.yaml"]);
        assert_eq!(
            all("  - run: cp -f a/compose.yml c/helmfile.yaml build/"),
            ["a/compose.yml", "c/helmfile.yaml"]
        );
        assert_eq!(all("cp deploy/ingress.tf ."), ["deploy/ingress.tf"]);
        assert_eq!(all("cp -r scaffold/app/. \"apps/$NAME\""), ["scaffold/app"]);
        assert_eq!(all("envsubst '$A' < t/a.yml > $OUT/a.yml"), ["t/a.yml"]);
        for line in [
            "cat a.txt",
            "cat $A/b.yaml > c",
            "cat a.txt b.txt > c",
            "cp a.txt b.txt",
            "scp compose.yml c",
            "cp a/b c",
            "cp -r \"$A/b\" c",
            "envsubst < $A",
        ] {
            assert_eq!(all(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn modules_that_lines_complete() {
        for (line, path) in [
            ("\tcd $(BUILD)/rds ; ln -sf ../*.tf .", "rds/*.tf"),
            ("cp ../../common/$x.tf .", "/$x.tf"),
            ("for d in */; do cp base/vars.tf \"$d\"; done", "/vars.tf"),
            ("sed s/a/b/ base.tf > $dir/a/main.tf", "a/main.tf"),
            ("cat a b | tee \"$dir/vars.tf\"", "vars.tf"),
        ] {
            assert_eq!(completes(line).map(|own| own.path).as_deref(), Some(path), "{line}");
        }
        for line in [
            "cp a.tf b/c.tf",
            "cp versions.tf $dir",
            "terraform fmt $dir/main.tf",
            "cat main.tf > $dir/x",
            "cp x.tfvars $dir",
            "echo 1 > x.tf",
        ] {
            assert!(completes(line).is_none(), "{line}");
        }
    }

    #[test]
    fn paths_that_lines_write() {
        fn all(line: &str) -> Vec<&str> {
            written(line).collect()
        }
        assert_eq!(all("echo \"$KEY\" > files/config"), ["files/config"]);
        assert_eq!(all("      - cat a.txt >>../group_vars/all.yml"), ["../group_vars/all.yml"]);
        assert_eq!(all("cp base/a.yaml build/b.yaml && x"), ["build/b.yaml"]);
        assert_eq!(all("ln -sf a-${V}.yaml base/a.yaml"), ["base/a.yaml"]);
        assert_eq!(all("echo a | sudo tee -a 'conf/a.ini'"), ["conf/a.ini"]);
        assert_eq!(
            all("curl -sSL -o roles/a/files/b.tgz https://example.org/b"),
            ["roles/a/files/b.tgz"]
        );
        for none in
            ["a > /etc/x", "a 2>&1", "a > \"$DIR/x.y\"", "if (a > b) {", "run: >", "a > b/$c"]
        {
            assert_eq!(all(none), [""; 0], "{none}");
        }
    }
}
