//! The thread that does the work for one folder: it keeps the facts, and answers.

use super::convert::{Dialect, Texts};
use super::inbox::{Changes, Inbox, Work};
use super::output::Output;
use super::questions::Question;
use super::uri;
use crosscheck::{Answers, ConfigError, Error, Finding, Stop, Workspace};
use lsp_server::{ErrorCode, RequestId};
use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString, Uri};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long no key has to be pressed before findings are looked for, how long that is put off at
/// most, and when the whole tree is asked.
const QUIET: Duration = Duration::from_millis(15);
const PUT_OFF: Duration = Duration::from_millis(60);
const SETTLED: Duration = Duration::from_millis(700);

/// Findings that are shown of one file, at most.
const MOST_SHOWN: usize = 500;

/// See above.
pub struct Worker {
    workspace: Workspace,
    desk: Desk,
}

/// What the worker keeps beside the facts.
struct Desk {
    folder: PathBuf,
    inbox: Arc<Inbox>,
    output: Output,
    dialect: Dialect,
    /// Addresses of open files by their paths, and their versions.
    open: BTreeMap<String, Uri>,
    versions: BTreeMap<String, Option<i32>>,
    told: Mutex<Told>,
}

/// What the client has been told.
#[derive(Default)]
struct Told {
    /// Findings by address.
    published: BTreeMap<String, Vec<Diagnostic>>,
    /// Findings that the whole tree has in so many places that a check tells them once; `None`
    /// before it was asked.
    gathered: Option<HashSet<String>>,
    /// What is wrong with the configuration.
    configuration: Vec<Diagnostic>,
    /// The last trouble with the folder.
    trouble: String,
    /// The request that is being answered.
    current: Option<RequestId>,
}

impl Worker {
    /// A worker for a folder.
    pub fn new(workspace: Workspace, inbox: Arc<Inbox>, output: Output, dialect: Dialect) -> Self {
        let folder = workspace.folder().to_owned();
        let (open, versions, told) = Default::default();
        let desk = Desk { folder, inbox, output, dialect, open, versions, told };
        Self { workspace, desk }
    }

    /// Works until the end.
    pub fn run(mut self) {
        self.refresh();
        let inbox = self.desk.inbox.clone();
        while let Some((changes, stop)) = inbox.wait(QUIET, PUT_OFF) {
            self.take(changes);
            let (workspace, desk) = (&self.workspace, &self.desk);
            let serve = || workspace.ask(&stop, |answers| desk.serve(answers, workspace, &stop));
            match catch_unwind(AssertUnwindSafe(serve)) {
                Ok(Some(())) => {}
                Ok(None) => desk.serve_nothing(),
                Err(_) => desk.apologise(),
            }
        }
    }

    fn take(&mut self, changes: Changes) {
        for (path, own) in changes.edits {
            match (own.text, own.uri) {
                (Some(text), uri) => {
                    self.workspace.open(&path, text);
                    self.desk.open.insert(path.clone(), uri);
                    self.desk.versions.insert(path, own.version);
                }
                (None, uri) => {
                    self.workspace.close(&path);
                    self.desk.open.remove(&path);
                    self.desk.versions.remove(&path);
                    self.desk.publish(&uri, None, Vec::new());
                }
            }
        }
        if changes.refresh {
            self.refresh();
        }
    }

    fn refresh(&mut self) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.workspace.refresh()));
        let desk = &self.desk;
        let trouble = match outcome {
            Ok(Ok(())) => {
                desk.configuration(self.workspace.warnings(), DiagnosticSeverity::WARNING);
                String::new()
            }
            Ok(Err(Error::Config(error))) => {
                desk.configuration(std::slice::from_ref(&*error), DiagnosticSeverity::ERROR);
                error.to_string()
            }
            // A folder without files has nothing to say.
            Ok(Err(Error::Empty { .. })) => String::new(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the folder could not be read: an error of the program".to_owned(),
        };
        let mut told = desk.told();
        // What is told once for all may have changed with the folder.
        told.gathered = None;
        if told.trouble != trouble && !trouble.is_empty() {
            desk.output.notify("window/showMessage", json!({"type": 1, "message": trouble}));
        }
        told.trouble = trouble;
    }
}

impl Desk {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers for as long as nothing changes.
    fn serve(&self, answers: &Answers<'_>, workspace: &Workspace, stop: &Stop) {
        let paths: Vec<&str> = workspace.buffers().collect();
        let mut texts = Texts::new(answers, &self.folder, &self.dialect, &self.open);
        let mut is_checked = false;
        let mut is_settled = paths.is_empty();
        while let Some((id, question)) = self.inbox.question() {
            is_checked |= question.needs_findings() && self.look(answers, &mut texts, &paths);
            self.answer(answers, &mut texts, id, &question);
        }
        if !is_checked && !paths.is_empty() && !stop.is_stopped() {
            let is_new = self.told().gathered.is_none();
            if is_new {
                self.settle(answers, &mut texts, &paths);
                is_settled = true;
            } else {
                self.look(answers, &mut texts, &paths);
            }
        }
        loop {
            match self.inbox.next((!is_settled).then_some(SETTLED)) {
                Work::Changed | Work::End => return,
                Work::Question(id, question) => self.answer(answers, &mut texts, id, &question),
                Work::Quiet => {
                    self.settle(answers, &mut texts, &paths);
                    is_settled = true;
                }
            }
        }
    }

    /// Says that nothing is known to whoever asks.
    fn serve_nothing(&self) {
        while let Some((id, _)) = self.inbox.question() {
            self.output.answer(id, Ok(Value::Null));
        }
    }

    /// Answers the question that an error of the program ended.
    fn apologise(&self) {
        if let Some(id) = self.told().current.take() {
            let told = "an error of the program; it goes on".to_owned();
            self.output.answer(id, Err((ErrorCode::InternalError as i32, told)));
        }
    }

    fn answer(
        &self,
        answers: &Answers<'_>,
        texts: &mut Texts<'_, '_>,
        id: RequestId,
        question: &Question,
    ) {
        self.told().current = Some(id.clone());
        let path = question.uri.as_ref().and_then(|own| inside(&self.folder, own));
        let path = path.unwrap_or_default();
        let answer = question.answer(answers, texts, &path, self.dialect.encoding);
        self.told().current = None;
        self.output.answer(id, answer);
    }

    /// Shows the findings of open files; whether that was done.
    fn look(&self, answers: &Answers<'_>, texts: &mut Texts<'_, '_>, paths: &[&str]) -> bool {
        let Some(mut found) = answers.findings_in(paths.iter().copied()) else { return false };
        if let Some(gathered) = &self.told().gathered {
            found.retain(|own| !gathered.contains(&own.fingerprint));
        }
        self.show(texts, paths, &found);
        true
    }

    /// Shows what a check of the whole tree says of open files.
    fn settle(&self, answers: &Answers<'_>, texts: &mut Texts<'_, '_>, paths: &[&str]) {
        let Some(single) = answers.findings_in(paths.iter().copied()) else { return };
        let Some(whole) = answers.all_findings() else { return };
        let known: HashSet<&str> = whole.iter().map(|own| own.fingerprint.as_str()).collect();
        let gathered = single.into_iter().map(|own| own.fingerprint);
        let gathered = gathered.filter(|own| !known.contains(own.as_str())).collect();
        self.told().gathered = Some(gathered);
        self.show(texts, paths, &whole);
    }

    fn show(&self, texts: &mut Texts<'_, '_>, paths: &[&str], found: &[Finding]) {
        for path in paths {
            let Some(uri) = self.open.get(*path) else { continue };
            let own = found.iter().filter(|own| own.primary.path == *path).take(MOST_SHOWN);
            let mut own: Vec<Diagnostic> = own.map(|own| texts.diagnostic(own)).collect();
            if *path == crosscheck::CONFIG_NAME {
                own.extend(self.told().configuration.iter().cloned());
            }
            self.publish(uri, self.versions.get(*path).copied().flatten(), own);
        }
    }

    /// Tells the client what it does not know yet.
    fn publish(&self, uri: &Uri, version: Option<i32>, found: Vec<Diagnostic>) {
        let mut told = self.told();
        let is_known = match told.published.get(uri.as_str()) {
            Some(before) => *before == found,
            None => false,
        };
        if is_known {
            return;
        }
        let mut params = json!({"uri": uri, "diagnostics": found});
        if let (Some(version), Some(own)) = (version, params.as_object_mut()) {
            own.insert("version".into(), json!(version));
        }
        self.output.notify("textDocument/publishDiagnostics", params);
        if found.is_empty() && version.is_none() {
            told.published.remove(uri.as_str());
        } else {
            told.published.insert(uri.as_str().to_owned(), found);
        }
    }

    /// Shows what is wrong with the configuration.
    fn configuration(&self, errors: &[ConfigError], severity: DiagnosticSeverity) {
        let path = self.folder.join(crosscheck::CONFIG_NAME);
        let Some(uri) = uri::of(&path) else { return };
        // One that the command line names lies somewhere else.
        let errors = errors.iter().filter(|error| error.file == crosscheck::CONFIG_NAME);
        let told = errors.map(|error| {
            let lines = super::text::Lines::of(error.text.as_str());
            let span = error.span.map(|own| own.range()).unwrap_or(0..0);
            let place = |offset| lines.place(offset, self.dialect.encoding);
            let message = match error.help.as_str() {
                "" => error.message.clone(),
                help => format!("{}\n{help}", error.message),
            };
            Diagnostic {
                range: lsp_types::Range { start: place(span.start), end: place(span.end) },
                severity: Some(severity),
                code: Some(NumberOrString::String("configuration".into())),
                source: Some("crosscheck".into()),
                message,
                ..Diagnostic::default()
            }
        });
        let found: Vec<Diagnostic> = told.collect();
        let mut told = self.told();
        told.configuration.clone_from(&found);
        let is_news = !found.is_empty() || told.published.contains_key(uri.as_str());
        drop(told);
        if is_news {
            let (open, version) = (self.open.get(crosscheck::CONFIG_NAME), None);
            self.publish(open.unwrap_or(&uri), version, found);
        }
    }
}

/// The path of a file in a folder, as trees have it.
pub fn inside(folder: &Path, uri: &Uri) -> Option<String> {
    let path = uri::path(uri)?;
    let inner = path.strip_prefix(folder).ok()?;
    let inner = inner.to_str().filter(|own| !own.is_empty())?;
    Some(inner.to_owned())
}
