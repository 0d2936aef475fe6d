//! Dockerfiles: what a build runs, what the image runs, and which files it copies where.
//!
//! (Source: Dockerfile reference: "Shell and exec form", "Here-documents", `COPY`,
//! `ENTRYPOINT` and how it meets `CMD`.)

use super::instructions::{behind_flags, instructions};
use crate::domain::commands::Lines;
use crate::domain::commands::inherit_environment;
use crate::domain::packages;
use crate::domain::routes;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Arg, Detail, Environment, FileFacts, NamePattern, Provide, Ref, Relation, Require, Scope,
    Strength, base_name, is_variable_name, join_path, kinds, parent_folder, rendered,
};
use crate::syntax::json;
use crate::syntax::shell::{Argument, CommandText, split};
use crate::syntax::yaml::Node;
use rustc_hash::FxHashSet;
use smallvec::{SmallVec, smallvec};

/// Extracts from Dockerfiles.
pub struct Docker;

impl Extractor for Docker {
    fn system(&self) -> &'static str {
        "docker"
    }

    fn claims(&self, path: &str) -> bool {
        let own = base_name(rendered(path));
        let lower = own.to_ascii_lowercase();
        let stem = lower.split(['.', '-', '_']).next().unwrap_or_default();
        let code = [".md", ".txt", ".py", ".sh", ".go", ".yaml", ".yml", ".json", ".rb", ".rs"];
        (matches!(stem, "dockerfile" | "containerfile") || lower.ends_with(".dockerfile"))
            && !code.iter().any(|ending| lower.ends_with(ending))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let mut file = File { source, out, stage: Stage::default(), stages: FxHashSet::default() };
        for (name, text) in instructions(source.text) {
            file.instruction(&name, &text);
        }
        file.finish();
        commands_of_image(source, out);
        if rendered(source.path) == source.path {
            super::stages::extract(source, out);
        }
    }
}

/// Commands that health checks call most, and that slim images lack.
const FETCHERS: [&str; 2] = ["curl", "wget"];

/// Official images whose full variants are made from `buildpack-deps`, which has both.
/// (Source: the Dockerfiles of docker-library.)
const FULL_IMAGES: [&str; 14] = [
    "buildpack-deps",
    "elixir",
    "erlang",
    "gcc",
    "golang",
    "haskell",
    "julia",
    "node",
    "perl",
    "pypy",
    "python",
    "r-base",
    "ruby",
    "rust",
];

/// Which of [`FETCHERS`] the image of a Dockerfile has: by its base, or by a line that names
/// them. All, where the base is not known.
fn commands_of_image(source: &Source<'_>, out: &mut FileFacts) {
    let folder = parent_folder(source.path);
    let mut froms = instructions(source.text).into_iter().filter(|(name, _)| name == "FROM");
    let Some((_, last)) = froms.by_ref().last() else { return };
    let (text, _) = behind_flags(&last);
    let image = text.as_str().split_whitespace().next().unwrap_or_default().to_owned();
    let (name, tag) = image.rsplit_once(':').unwrap_or((&image, ""));
    let name = name.trim_start_matches("docker.io/").trim_start_matches("library/");
    let slim = tag.contains("slim") || tag.contains("alpine");
    let lacking = matches!(name, "debian" | "ubuntu" | "alpine")
        || slim && (FULL_IMAGES.contains(&name) || name == "php");
    for command in FETCHERS {
        // `wget` is one of BusyBox's.
        let busybox = command == "wget" && (tag.contains("alpine") || name == "alpine");
        if !lacking || busybox || source.text.contains(command) {
            out.provides.push(Provide {
                kind: kinds::IMAGE_COMMAND,
                name: NamePattern::exact(command),
                span: text.span(0, text.as_str().len()),
                within: None,
                detail: Detail::folder_of(folder),
            });
        }
    }
}

/// What one `FROM` begins.
#[derive(Default)]
struct Stage {
    folder: String,
    copies: Vec<(String, String)>,
    entrypoint: Option<Vec<Argument>>,
    command: Option<Vec<Argument>>,
    /// `ENTRYPOINT` without brackets, which takes no arguments.
    closed: bool,
    /// What `ENV` sets, and in a build `ARG`; the image below sets more.
    environment: Environment,
    /// Its first call.
    from: usize,
}

impl Stage {
    fn targets(&self, targets: &SmallVec<[Ref; 1]>) -> SmallVec<[Ref; 1]> {
        let Some(name) = targets.first().and_then(|target| target.name.as_exact()) else {
            return targets.clone();
        };
        // A task of another program's is no path: `npm run build`.
        if name.contains(' ') {
            return targets.clone();
        }
        let path = match targets[0].kind {
            kinds::FILE if self.folder.is_empty() => name.to_string(),
            kinds::FILE => self.absolute(name),
            _ => name.to_string(),
        };
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/bin"];
        if !path.starts_with('/') && path.contains('/') {
            return SmallVec::new();
        }
        if !path.starts_with('/') {
            let source = folders.iter().find_map(|folder| self.copied(&format!("{folder}/{path}")));
            let source = source.map(|own| Ref::exact(kinds::FILE, own));
            // The image has programs of its own beside what is copied among them.
            return targets.iter().cloned().chain(source).collect();
        }
        if let Some(source) = self.copied(&path) {
            return smallvec![Ref::exact(kinds::FILE, source)];
        }
        // What another image or a host has at that path says nothing.
        SmallVec::new()
    }

    /// The file of the tree that an image's path is a copy of: the last copy holds.
    fn copied(&self, path: &str) -> Option<String> {
        self.copies.iter().rev().find_map(|(dest, source)| {
            if path == dest {
                return Some(source.clone());
            }
            let rest = path.strip_prefix(dest.trim_end_matches('/'))?.strip_prefix('/')?;
            join_path("", &format!("{source}/{rest}"))
        })
    }

    fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') {
            return path.to_owned();
        }
        let folder = self.folder.trim_start_matches('/');
        join_path(folder, path).map_or_else(String::new, |path| format!("/{path}"))
    }
}

struct File<'f, 'a> {
    source: &'f Source<'a>,
    out: &'f mut FileFacts,
    stage: Stage,
    /// Names of the stages so far, in small letters: Docker tells no others apart.
    stages: FxHashSet<String>,
}

impl File<'_, '_> {
    fn instruction(&mut self, name: &str, text: &CommandText) {
        match name {
            "FROM" => {
                self.finish();
                self.from(text);
                self.stage = Stage {
                    folder: "/".into(),
                    environment: Environment::inherited(),
                    from: self.out.calls.len(),
                    ..Stage::default()
                };
            }
            "WORKDIR" => {
                let path = text.as_str().trim().trim_matches(['"', '\'']);
                self.stage.folder = match path.contains(['$', '{']) || path.is_empty() {
                    true => String::new(),
                    false => self.stage.absolute(path),
                };
            }
            "RUN" => {
                let (text, _) = behind_flags(text);
                match exec_form(&text) {
                    Some(words) => self.words(&words),
                    None => self.shell(&here_body(&text)),
                }
            }
            "CMD" => self.stage.command = self.form(text),
            "ENTRYPOINT" => {
                // It resets what the image before it would run.
                self.stage.command = None;
                self.stage.closed = exec_form(text).is_none();
                self.stage.entrypoint = self.form(text);
            }
            "HEALTHCHECK" => {
                let (text, _) = behind_flags(text);
                if let Some(text) = strip(&text, "CMD") {
                    let span = text.span(0, text.as_str().len());
                    routes::probed(text.as_str(), span, self.out);
                    match exec_form(&text) {
                        Some(words) => self.words(&words),
                        None => self.shell(&text),
                    }
                }
            }
            "COPY" | "ADD" => self.copy(text),
            "ENV" | "ARG" => {
                if name == "ENV" {
                    self.variables(text);
                }
                self.stage.environment.set.extend(settings(text));
            }
            _ => {}
        }
    }

    /// `FROM [--platform=X] IMAGE [AS NAME]`; the image may be a stage.
    fn from(&mut self, text: &CommandText) {
        let (text, _) = behind_flags(text);
        let all = text.as_str();
        let mut words = all.split_whitespace();
        let Some(image) = words.next() else { return };
        if !self.stages.contains(&image.to_ascii_lowercase()) {
            let at = all.len() - all.trim_start().len();
            let span = text.span(at, at + image.len());
            packages::built_from(image, span, self.out);
        }
        if words.next().is_some_and(|word| word.eq_ignore_ascii_case("as")) {
            self.stages.extend(words.next().map(str::to_ascii_lowercase));
        }
    }

    /// `ENV A=b C="d e"`, `ENV A b c`.
    fn variables(&mut self, text: &CommandText) {
        let place = Lines::new("", Relation::Builds.called("Dockerfile"));
        let words = split(text);
        let Some(first) = words.first() else { return };
        if first.text.as_str().contains('=') {
            words.iter().for_each(|word| place.add_assignment(&word.text, self.out));
        } else {
            let all = text.as_str();
            let name = first.text.as_str();
            let at = all.find(name).map_or(all.len(), |at| at + name.len());
            place.add_variable(name, &text.slice(at..all.len()), self.out);
        }
    }

    /// The words of the exec form; the shell form is added at once.
    fn form(&mut self, text: &CommandText) -> Option<Vec<Argument>> {
        let words = exec_form(text);
        if words.is_none() {
            self.shell(text);
        }
        words
    }

    /// Adds what the image runs at the end of a stage.
    fn finish(&mut self) {
        let (entrypoint, command) = (self.stage.entrypoint.take(), self.stage.command.take());
        match (entrypoint, command) {
            (Some(mut words), Some(more)) => {
                words.extend(more);
                self.words(&words);
            }
            (Some(mut words), None) => {
                // Arguments come with `docker run`.
                let span = words.last().map(|word| word.word.span).unwrap_or_default();
                words.push(Argument::open(span));
                self.words(&words);
            }
            (None, Some(words)) if !self.stage.closed => {
                // Arguments of an inherited entry point begin with no program.
                self.words(&words);
            }
            _ => {}
        }
        inherit_environment(&mut self.out.calls[self.stage.from..], &self.stage.environment);
    }

    fn shell(&mut self, text: &CommandText) {
        let from = self.out.calls.len();
        let from_requires = self.out.requires.len();
        Lines::new("", Relation::Builds.called("Dockerfile")).add(text, self.out);
        self.in_image(from, from_requires);
    }

    fn words(&mut self, words: &[Argument]) {
        let from = self.out.calls.len();
        let from_requires = self.out.requires.len();
        let place = Lines::new("", Relation::Builds.called("Dockerfile"));
        place.add_words(words, Strength::Certain, self.out);
        self.in_image(from, from_requires);
    }

    /// Paths of the image are what this file copied there; what other images hold at the
    /// same path is no answer.
    fn in_image(&mut self, calls: usize, requires: usize) {
        for call in &mut self.out.calls[calls..] {
            call.any_of = self.stage.targets(&call.any_of);
        }
        let context = parent_folder(self.source.path);
        for require in &mut self.out.requires[requires..] {
            // What is built lies in the context, at its root or beside this file.
            if let Some(own) = require.any_of.first().filter(|own| own.kind == kinds::BUILT_FOLDER)
            {
                let beside = own.name.as_exact().and_then(|path| join_path(context, path));
                let beside = beside.map(|path| Ref::exact(kinds::BUILT_FOLDER, path));
                require.any_of = [own.clone()].into_iter().chain(beside).collect();
                continue;
            }
            require.any_of = self.stage.targets(&require.any_of);
        }
        self.out.calls.retain(|call| !call.any_of.is_empty());
        self.out.requires.retain(|require| !require.any_of.is_empty());
    }

    fn copy(&mut self, text: &CommandText) {
        let (text, flags) = behind_flags(text);
        if flags.iter().any(|flag| flag.starts_with("--from")) || text.as_str().contains("<<") {
            return;
        }
        let words = exec_form(&text).unwrap_or_else(|| split(&text));
        let Some((dest, sources)) = words.split_last() else { return };
        let Some(to) = dest.word.text.as_exact().filter(|dest| !dest.contains('$')) else { return };
        let folder_dest = to.ends_with('/') || to == "." || sources.len() > 1;
        let to = match to.starts_with('/') || !self.stage.folder.is_empty() {
            true => self.stage.absolute(to),
            false => return,
        };
        let context = parent_folder(self.source.path);
        for own in sources {
            let Some(from) = own.word.text.as_exact() else { continue };
            if from.contains(['$', '*', '?', '[']) || from.contains("://") {
                continue;
            }
            let Some(file) = join_path(context, from.trim_start_matches('/')) else { continue };
            let file = if file.is_empty() { ".".to_owned() } else { file };
            // What is left of a context is copied as a whole, whatever is left out of it.
            let whole = matches!(from.trim_matches('/'), "" | ".");
            if file != "." && !whole {
                let target = Ref::exact(kinds::DOCKER_SOURCE, from.trim_start_matches('/'));
                let target = target.seen_from(Scope::of(context));
                let require = Require::certain(target, own.word.span, "COPY", None);
                self.out.requires.push(require);
            }
            let mut paths = vec![to.clone()];
            if folder_dest && file != "." {
                // A file keeps its name; a folder's contents go there.
                paths.push(format!("{}/{}", to.trim_end_matches('/'), base_name(&file)));
            }
            for path in paths {
                self.out.provides.push(Provide {
                    kind: kinds::DEPLOYED_PATH,
                    name: NamePattern::exact(path.as_str()),
                    span: dest.word.span,
                    within: None,
                    detail: Detail::leads(kinds::FILE, file.clone()),
                });
                self.stage.copies.push((path, file.clone()));
            }
        }
    }
}

/// `A=1 B=2`, and the older `A 1`.
fn settings(text: &CommandText) -> Vec<Arg> {
    let words = split(text);
    let name = |own: &Argument| {
        let prefix = own.word.text.prefix().to_owned();
        let (name, value) = match prefix.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.into())),
            None => (prefix, None),
        };
        let span = own.word.span;
        is_variable_name(&name).then(|| Arg { name: name.into(), value, span })
    };
    let assigns = words.first().is_some_and(|word| word.word.text.prefix().contains('='));
    let count = if assigns { words.len() } else { 1 };
    words.iter().take(count).filter_map(name).collect()
}

fn strip(text: &CommandText, word: &str) -> Option<CommandText> {
    let all = text.as_str();
    let lead = all.len() - all.trim_start().len();
    let rest = all[lead..].strip_prefix(word)?;
    rest.starts_with([' ', '\t', '[']).then(|| text.slice(all.len() - rest.len()..all.len()))
}

/// `["a", "b"]`: JSON only, else a shell reads the text.
fn exec_form(text: &CommandText) -> Option<Vec<Argument>> {
    let all = text.as_str();
    let list = json::parse(all).ok().filter(|_| all.trim_start().starts_with('['))?;
    let argument = |item: &Node<'_>| {
        let span = item.span;
        let inside = text.slice(span.start as usize + 1..(span.end as usize).saturating_sub(1));
        let value = item.as_str()?;
        // With escapes only the text is known, not the place of each part.
        Some(match inside.as_str() == value {
            true => Argument::new(inside),
            false => {
                let mut own = CommandText::default();
                own.push(value, inside.span(0, 0).start as usize);
                Argument::new(own)
            }
        })
    };
    list.items().iter().map(argument).collect()
}

/// `RUN <<EOF`: the body is the script.
fn here_body(text: &CommandText) -> CommandText {
    let all = text.as_str();
    match all.split_once('\n') {
        Some((first, body)) if first.trim_start().starts_with("<<") => {
            text.slice(all.len() - body.len()..all.len())
        }
        _ => text.clone(),
    }
}
