//! Plays, tasks and handlers.

use super::arguments::{Arguments, Text, is_true, pattern, texts};
use super::asked::Asked;
use super::conditions::{always_fails, eased, is_placeholder, never_runs};
use super::keywords::{self, Includes};
use super::modules::Short;
use super::paths::{Sort, candidates, is_program, rooted};
use super::shape::{self, runs_here, short};
use super::{
    commands, continued, filled_early, forms, lacking, listed, loops, misnamed, modes, modules,
    piped, restarts, slipped, sudoers, targets, typed, unclosed,
};
use crate::extract::{Settings, Source};
use crate::facts::{
    Detail, FileFacts, Kind, NamePattern, Provide, Ref, Relation, Require, Scope, Span, Strength,
    Via, is_secret_path, kinds, parent_folder,
};
use crate::syntax::yaml::{Node, Value};
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

pub(super) struct File<'f, 'a> {
    pub(super) source: &'f Source<'a>,
    pub(super) out: &'f mut FileFacts,
    pub(super) settings: &'f Settings,
    includes: Includes,
    short: Short,
    pub(super) asked: Asked,
    /// Names as this file sees them.
    pub(super) scope: Arc<Scope>,
    /// Whether what is read runs on the control node.
    pub(super) local: bool,
    /// Whether what is read is a list of handlers.
    handlers: bool,
    /// Whether the text breaks off somewhere: what is missing may stand behind that.
    pub(super) is_cut: bool,
}

/// What holds for a task beside its module.
pub(super) struct Task<'n, 'a> {
    /// Values of `item`, where they are all literal.
    pub(super) items: Option<Vec<&'n Node<'a>>>,
    /// What the loop calls each of them.
    pub(super) item: &'n str,
    pub(super) looped: bool,
    guarded: bool,
}

impl<'f, 'a> File<'f, 'a> {
    pub fn new(source: &'f Source<'a>, settings: &'f Settings, out: &'f mut FileFacts) -> Self {
        let includes = Includes::of(source.text, settings.versions.get("ansible"));
        let scope = Scope::of(source.path);
        let asked = Asked::default();
        let short = Short::of(source.text);
        let handlers = shape::is_of_handlers(source.path);
        let (local, is_cut) = (false, false);
        Self { source, out, settings, includes, short, asked, scope, local, handlers, is_cut }
    }

    pub fn document(&mut self, root: &Node<'_>) {
        for play in root.items().iter().filter(|item| shape::is_play(item)) {
            self.provide(kinds::ANSIBLE_PLAYS, NamePattern::exact(self.source.path), play.span, "");
        }
        // Each handler runs by itself.
        let in_order = !self.source.path.contains("handlers/");
        let mut guarded = false;
        for item in root.items() {
            if item.get("hosts").is_some() {
                self.play(item);
            } else {
                self.local = false;
                self.task(item, guarded);
                guarded |= in_order && always_fails(item);
            }
        }
    }

    fn play(&mut self, play: &Node<'_>) {
        if !self.is_cut {
            let problems = &mut self.out.problems;
            keywords::of_play(play, &self.settings.packs, problems);
            typed::refused(play, problems);
            listed::of_vars(play, self.source.text, self.settings, problems);
        }
        self.local = runs_here(play);
        for (key, value) in play.entries() {
            match key.as_str().unwrap_or_default() {
                "hosts" => self.hosts(value),
                "collections" => self.collections(value),
                "vars" => {
                    self.handed("vars", value);
                    self.roles_path(value);
                }
                "roles" => value.items().iter().for_each(|role| self.play_role(role)),
                "tasks" | "pre_tasks" | "post_tasks" => self.list(value.items(), false),
                "handlers" => {
                    let outer = std::mem::replace(&mut self.handlers, true);
                    value.items().iter().for_each(|task| self.task(task, false));
                    self.handlers = outer;
                }
                "vars_files" => {
                    for item in value.items() {
                        match &item.value {
                            // A list of alternatives: the first that exists.
                            Value::Sequence(_) => {
                                let all = texts(item);
                                self.vars_alternatives(&all);
                            }
                            Value::Mapping(_) => {}
                            _ => {
                                texts(item).iter().for_each(|text| self.vars_file(text));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A play that says in a variable where its roles are, outside the tree.
    fn roles_path(&mut self, vars: &Node<'_>) {
        let Some(path) = vars.get("roles_path") else { return };
        let outside = |text: &str| text.starts_with(['~', '/']) || text.starts_with("{{");
        if let Some(text) = path.as_str().filter(|own| outside(own)) {
            let name = NamePattern::exact("");
            self.provide(kinds::ANSIBLE_ROLES_PATH, name, path.span, text);
        }
    }

    fn vars_file(&mut self, text: &Text) {
        let from = self.out.requires.len();
        let is_asked = self.asked.covers(&text.text);
        let strength = if is_asked { Strength::Guarded } else { Strength::Certain };
        self.path(text, Sort::Vars, "vars_files", strength);
        if let (Some(require), Some(name)) =
            (self.out.requires.get_mut(from), pattern(&text.text).as_exact())
        {
            let folder = parent_folder(self.source.path);
            let target = Ref::exact(kinds::ANSIBLE_VARS_FILE, name.clone());
            require.any_of.push(target.seen_from(Scope::of(folder)));
            // Who resolves it knows what is kept out of the tree.
            require.strength = strength;
        }
    }

    fn vars_alternatives(&mut self, all: &[Text]) {
        let mut any_of = SmallVec::new();
        for text in all {
            let name = pattern(&text.text);
            if name.prefix().is_empty() {
                return;
            }
            any_of.extend(candidates(self.source.path, &name, Sort::Vars));
        }
        if let Some(first) = all.first().filter(|_| !any_of.is_empty()) {
            self.push(any_of, first.span, "vars_files", Strength::Certain);
        }
    }

    pub(super) fn push(
        &mut self,
        any_of: SmallVec<[Ref; 1]>,
        span: Span,
        via: impl Into<Via>,
        strength: Strength,
    ) {
        let require = Require::any_of(any_of, span, via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    pub(super) fn provide(
        &mut self,
        kind: Kind,
        name: NamePattern,
        span: Span,
        detail: impl Into<Detail>,
    ) {
        let detail = detail.into();
        self.out.provides.push(Provide { kind, name, span, within: None, detail });
    }

    /// Tasks, one after the other. None runs behind one that fails whatever the case.
    fn list(&mut self, tasks: &[Node<'_>], guarded: bool) {
        let mut guarded = guarded;
        for task in tasks {
            self.task(task, guarded);
            guarded |= always_fails(task);
        }
    }

    fn task(&mut self, node: &Node<'_>, guarded: bool) {
        self.refused(node);
        let flag = |key: &str| node.get(key).and_then(Node::as_str);
        let guarded = guarded
            || flag("ignore_errors").is_some_and(is_true)
            || flag("failed_when")
                .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "false" | "no"));
        let looping = node.entries().iter().find(|(key, _)| {
            key.as_str().is_some_and(|key| key == "loop" || key.starts_with("with_"))
        });
        let literal = looping.and_then(|(key, value)| {
            let plain = matches!(key.as_str(), Some("loop" | "with_items" | "with_flattened"));
            let items: Vec<_> = value.items().iter().collect();
            let known = items.iter().all(|item| {
                !item.as_str().is_some_and(|text| text.contains("{{") || text.contains('$'))
            });
            (plain && known && !items.is_empty()).then_some(items)
        });
        let first_found = looping.is_some_and(|(key, _)| key.as_str() == Some("with_first_found"));
        let item = node
            .get("loop_control")
            .and_then(|control| control.get("loop_var"))
            .map_or(Some("item"), Node::as_str)
            .unwrap_or("item");
        let guarded_here = guarded || first_found;
        let task = Task { items: literal, item, looped: looping.is_some(), guarded: guarded_here };
        let from = self.out.requires.len();
        let outer = self.asked.enter(node);
        let around = self.local;
        self.local |= runs_here(node);
        for (key, value) in node.entries() {
            let Some(key) = key.as_str() else { continue };
            match short(key) {
                "block" | "rescue" | "always" => self.list(value.items(), task.guarded),
                "action" | "local_action" => self.action(&task, value),
                "notify" => self.notify(node, value),
                module => self.module(&task, module, value),
            }
        }
        self.looked_up(&task, node);
        self.delegated(node);
        self.asked.leave(outer);
        self.local = around;
        eased(node, &mut self.out.requires[from..]);
        restarts::note(node, &self.out.requires[from..], &mut self.out.provides);
        let kind = if self.handlers { kinds::ANSIBLE_HANDLER } else { kinds::ANSIBLE_TASK };
        restarts::named(node, self.source.text, kind, &mut self.out.provides);
    }

    /// What Ansible refuses of a task.
    fn refused(&mut self, node: &Node<'_>) {
        if self.is_cut {
            return;
        }
        let problems = &mut self.out.problems;
        let before = problems.len();
        keywords::of_task(node, &self.settings.packs, self.includes, problems);
        // Options that slipped out of their module are said once.
        if problems.len() == before {
            loops::of_task(node, problems);
            filled_early::of_task(node, problems);
            typed::refused(node, problems);
            continued::of_task(node, problems);
            forms::of_task(node, self.source.text, self.includes, self.settings, problems);
            unclosed::of_task(node, self.settings, problems);
            problems.extend(misnamed::misspelt(node, self.short, self.settings));
            // What is told from here on is refused when the task runs.
            let before = problems.len();
            modes::of_task(node, problems);
            piped::of_task(node, problems);
            targets::of_task(node, problems);
            lacking::of_task(node, self.source.text, problems);
            slipped::of_task(node, self.source.text, problems);
            sudoers::of_task(node, self.source.text, problems);
            let place = (self.source.path, self.source.text);
            modules::of_task(node, place, (self.includes, self.short), self.settings, self.out);
            if never_runs(node) {
                self.out.problems.truncate(before);
            }
        }
    }

    fn notify(&mut self, node: &Node<'_>, value: &Node<'_>) {
        let strength = match self.asked.is_beside_a_role() {
            true => Strength::Guarded,
            false => restarts::strength(node),
        };
        texts(value).iter().for_each(|text| self.notified(text, strength));
    }

    fn notified(&mut self, text: &Text, strength: Strength) {
        // `ROLE : NAME` means that role's handler.
        let own = text.text.rsplit_once(" : ").map(|(_, own)| own);
        let names = std::iter::once(text.text.as_str()).chain(own).map(pattern);
        let any_of: SmallVec<[Ref; 1]> = names
            .filter(|name| !name.prefix().is_empty())
            .map(|name| Ref::new(kinds::ANSIBLE_NOTIFIED, name).seen_from(self.scope.clone()))
            .collect();
        if !any_of.is_empty() {
            self.push(any_of, text.span, "notify", strength);
        }
    }

    /// `action: copy src=a dest=b`.
    fn action(&mut self, task: &Task<'_, '_>, value: &Node<'_>) {
        let mut arguments = Arguments::of(value, self.source.text);
        let module = match (arguments.take_free(), arguments.get("module")) {
            (Some(free), _) => free.text,
            (None, Some(module)) => module.text.clone(),
            (None, None) => return,
        };
        self.apply(task, short(&module), &arguments);
    }

    fn module(&mut self, task: &Task<'_, '_>, module: &str, value: &Node<'_>) {
        let place = (self.source.path, self.source.text);
        let needed = if task.guarded { Strength::Likely } else { Strength::Certain };
        commands::add(module, value, place, needed, self.out);
        let arguments = Arguments::of(value, self.source.text);
        match module {
            "include" | "include_tasks" | "import_tasks" | "import_playbook" => {
                let file = arguments
                    .free
                    .as_ref()
                    .or_else(|| arguments.get("file"))
                    .or_else(|| arguments.get("_raw_params"));
                // A playbook of a collection may be named with its ending.
                let of_collection = |file: &&Text| {
                    let name = [".yml", ".yaml"].iter().find_map(|end| file.text.strip_suffix(end));
                    let name = name.unwrap_or(&file.text);
                    module == "import_playbook" && shape::is_full_name(name)
                };
                if let Some(file) = file.filter(|file| !of_collection(file)) {
                    let sort = match module {
                        "include" => Sort::Plays,
                        "import_playbook" => Sort::Imported,
                        _ => Sort::Tasks,
                    };
                    let wording = if self.handlers { "handlers" } else { "include" };
                    self.each(task, file, sort, Relation::Includes.called(wording));
                }
            }
            "include_role" | "import_role" => {
                // An import is done before any task runs, whatever its condition.
                let asked = |role: &Text| module == "include_role" && self.asked.covers(&role.text);
                let strength = match arguments.get("name").is_some_and(asked) {
                    true => Strength::Guarded,
                    false => strength(task),
                };
                self.role_included(&arguments, strength);
            }
            "include_vars" => {
                let dir = arguments.get("dir").is_some();
                let file = arguments.free.as_ref().or_else(|| arguments.get("file"));
                if let Some(file) = file.filter(|_| !dir) {
                    self.each(task, file, Sort::Vars, "include_vars");
                }
            }
            _ => self.apply(task, module, &arguments),
        }
    }

    fn apply(&mut self, task: &Task<'_, '_>, module: &str, arguments: &Arguments) {
        self.written(module, arguments);
        let remote = match arguments.get("remote_src").or(arguments.get("copy_from_remote")) {
            Some(remote) => is_true(&remote.text),
            // Fragments are on the host unless the task says otherwise.
            None => module == "assemble",
        };
        match module {
            "copy" | "template" | "unarchive" | "assemble" | "patch" => {
                let not_local = arguments.get("copy").is_some_and(|copy| !is_true(&copy.text));
                let sort = if module == "template" { Sort::Template } else { Sort::File };
                let via = Self::filled_by(module, arguments);
                if let Some(source) = arguments.get("src").filter(|_| !remote && !not_local) {
                    let via = Self::carries(source).unwrap_or(via.into());
                    let from = self.out.requires.len();
                    self.each(task, source, sort, via);
                    let dest = arguments.get("dest").map_or("", |own| own.text.as_str());
                    if is_program(&source.text, dest) {
                        for require in &mut self.out.requires[from..] {
                            require.strength = require.strength.min(Strength::Likely);
                        }
                    }
                    self.carried(source);
                }
                let source = arguments.get("src").filter(|_| matches!(module, "copy" | "template"));
                let source = source.filter(|_| !remote && !not_local);
                self.copies(task, arguments.get("dest"), source, sort);
                self.deployed(arguments.get("dest"), arguments.get("src"));
            }
            "script" => {
                if let Some(free) = &arguments.free {
                    self.each(task, free, Sort::File, "script");
                }
            }
            "git" => self.deployed(arguments.get("dest"), None),
            "package" | "yum" | "dnf" | "apt" => self.packages(task, arguments),
            "pip" | "npm" | "gem" => self.managed(task, module, arguments),
            _ if module.starts_with("community.general.") => {
                if let module @ ("npm" | "gem" | "pipx") = &module["community.general.".len()..] {
                    self.managed(task, module, arguments);
                }
            }
            _ => {}
        }
    }

    pub(super) fn path(
        &mut self,
        text: &Text,
        sort: Sort,
        via: impl Into<Via>,
        strength: Strength,
    ) {
        let value = text.text.trim();
        if value.is_empty()
            || value.starts_with('~')
            || value.contains("://")
            || value.contains("lookup(")
            || value.contains(" dest=")
            || is_placeholder(value)
        {
            return;
        }
        if let Some(rooted) = rooted(value) {
            let name = pattern(&rooted);
            self.push(smallvec![Ref::new(kinds::ANSIBLE_ROOTED, name)], text.span, via, strength);
            return;
        }
        let name = pattern(value);
        if name.as_exact().is_none() && name.prefix().is_empty() {
            // Tasks that may be any: who follows includes has to know.
            if matches!(sort, Sort::Tasks | Sort::Plays | Sort::Imported) {
                let target = Ref::new(kinds::ANSIBLE_ROOTED, name);
                self.push(smallvec![target], text.span, via, Strength::Guarded);
            }
            return;
        }
        let name = match name {
            NamePattern::Exact(exact) => NamePattern::exact(exact.trim_end_matches('/')),
            other => other,
        };
        let any_of = candidates(self.source.path, &name, sort);
        let strength = match sort {
            Sort::Vars if is_secret_path(value) => Strength::Guarded,
            Sort::File if is_secret_path(value) => strength.min(Strength::Likely),
            _ => strength,
        };
        if !any_of.is_empty() {
            self.push(any_of, text.span, via, strength);
        }
    }
}

pub(super) fn strength(task: &Task<'_, '_>) -> Strength {
    if task.guarded { Strength::Guarded } else { Strength::Certain }
}
