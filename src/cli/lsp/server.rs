//! The loop that reads messages. It keeps the texts of open files, and leaves all work to the
//! workers of the folders.

use super::convert::Dialect;
use super::frames::{self, Frame};
use super::inbox::{Inbox, Text};
use super::output::Output;
use super::questions::Question;
use super::text::{self, Encoding};
use super::uri;
use super::worker::{Worker, inside};
use crosscheck::{Options, Workspace};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use lsp_types::notification::{
    Cancel, DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument,
    DidOpenTextDocument, DidSaveTextDocument, Notification as Told,
};
use lsp_types::{InitializeParams, NumberOrString, Uri};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of the texts of all open files, at most.
const MOST_BYTES: usize = 512 << 20;

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client said so before.
    Agreed,
    /// It did not.
    Sudden,
}

/// A file that the client has open.
struct Document {
    text: Arc<str>,
}

/// A folder with its worker.
struct Root {
    folder: PathBuf,
    inbox: Arc<Inbox>,
}

/// See above.
pub struct Server {
    options: Options,
    output: Output,
    dialect: Dialect,
    stage: Stage,
    roots: Vec<Root>,
    /// Whether the client named no folder: then each file's repository is one.
    finds_roots: bool,
    watches: bool,
    open: BTreeMap<String, Document>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Begun,
    Running,
    ShutDown,
}

impl Server {
    /// A server that nobody has spoken to.
    pub fn new(options: Options, pages: Option<String>) -> Self {
        Self {
            options,
            output: Output::standard(),
            dialect: Dialect { encoding: Encoding::Utf16, pages },
            stage: Stage::Begun,
            roots: Vec::new(),
            finds_roots: false,
            watches: false,
            open: BTreeMap::new(),
        }
    }

    /// Reads messages until the end.
    ///
    /// # Errors
    /// Where what is read is no conversation.
    pub fn run(mut self, input: &mut impl BufRead) -> io::Result<End> {
        loop {
            match frames::read(input)? {
                None => break,
                Some(Frame::Refused(code, told)) => self.output.refuse(code, &told),
                Some(Frame::Message(Message::Request(request))) => self.request(request),
                Some(Frame::Message(Message::Notification(own))) if own.method == "exit" => break,
                Some(Frame::Message(Message::Notification(own))) => self.told(own),
                Some(Frame::Message(Message::Response(_))) => {}
            }
        }
        self.roots.iter().for_each(|root| drop(root.inbox.end()));
        Ok(if self.stage == Stage::ShutDown { End::Agreed } else { End::Sudden })
    }

    fn request(&mut self, request: Request) {
        let id = request.id.clone();
        let refused = |code: ErrorCode, told: &str| Err((code as i32, told.to_owned()));
        let answer = match (self.stage, request.method.as_str()) {
            (Stage::Begun, "initialize") => match serde_json::from_value(request.params) {
                Ok(params) => {
                    let capabilities = self.initialize(params);
                    return self.output.answer(id, Ok(capabilities));
                }
                Err(error) => refused(ErrorCode::InvalidParams, &error.to_string()),
            },
            (Stage::Begun, _) => refused(ErrorCode::ServerNotInitialized, "not initialized"),
            (Stage::ShutDown, _) => refused(ErrorCode::InvalidRequest, "shut down already"),
            (Stage::Running, "initialize") => {
                refused(ErrorCode::InvalidRequest, "initialized already")
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                for left in self.roots.iter().flat_map(|root| root.inbox.end()) {
                    self.output.answer(left, refused(ErrorCode::RequestCanceled, "shut down"));
                }
                Ok(Value::Null)
            }
            (Stage::Running, _) => match Question::of(request) {
                Ok(question) => return self.ask(id, question),
                Err(refusal) => Err(refusal),
            },
        };
        self.output.answer(id, answer);
    }

    /// Leaves a question to the worker of its folder.
    fn ask(&mut self, id: RequestId, question: Question) {
        let root = match &question.uri {
            Some(uri) => self.root(uri),
            None => (!self.roots.is_empty()).then_some(0),
        };
        let Some(root) = root else { return self.output.answer(id, Ok(Value::Null)) };
        if let Some(id) = self.roots[root].inbox.ask(id, question) {
            let told = "too many requests wait already".to_owned();
            self.output.answer(id, Err((ErrorCode::ServerCancelled as i32, told)));
        }
    }

    fn initialize(&mut self, params: InitializeParams) -> Value {
        self.stage = Stage::Running;
        let general = params.capabilities.general;
        let offered = general.and_then(|own| own.position_encodings);
        self.dialect.encoding = Encoding::of(offered.as_deref());
        let watched = params.capabilities.workspace.and_then(|own| own.did_change_watched_files);
        self.watches = watched.and_then(|own| own.dynamic_registration).unwrap_or(false);
        let named = params.workspace_folders.unwrap_or_default();
        let mut folders: Vec<PathBuf> =
            named.iter().filter_map(|folder| uri::path(&folder.uri)).collect();
        if folders.is_empty() {
            #[allow(deprecated)] // what clients send that have one folder
            folders.extend(params.root_uri.as_ref().and_then(uri::path));
        }
        self.finds_roots = folders.is_empty();
        for folder in folders {
            self.add_root(folder);
        }
        json!({
            "serverInfo": {"name": "crosscheck", "version": env!("CARGO_PKG_VERSION")},
            "capabilities": {
                "positionEncoding": self.dialect.encoding.kind(),
                "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
                "definitionProvider": true,
                "referencesProvider": true,
                "hoverProvider": true,
                "completionProvider": {"triggerCharacters": [":", "/", ".", "'", "\"", "-"]},
                "documentSymbolProvider": true,
                "workspaceSymbolProvider": true,
                "codeActionProvider": {"codeActionKinds": ["quickfix"]},
                "renameProvider": {"prepareProvider": true},
            },
        })
    }

    fn add_root(&mut self, folder: PathBuf) -> Option<usize> {
        let workspace = match Workspace::new(&folder, &self.options) {
            Ok(workspace) => workspace,
            Err(error) => {
                self.output
                    .notify("window/showMessage", json!({"type": 1, "message": error.to_string()}));
                return None;
            }
        };
        let inbox = Arc::new(Inbox::default());
        let (output, dialect) = (self.output.clone(), self.dialect.clone());
        let worker = Worker::new(workspace, inbox.clone(), output, dialect);
        std::thread::Builder::new().spawn(move || worker.run()).ok()?;
        self.roots.push(Root { folder, inbox });
        Some(self.roots.len() - 1)
    }

    /// The folder that a file lies in, the innermost.
    fn root(&mut self, uri: &Uri) -> Option<usize> {
        let path = uri::path(uri)?;
        let roots = self.roots.iter().enumerate().filter(|(_, own)| path.starts_with(&own.folder));
        let known = roots.max_by_key(|(_, own)| own.folder.as_os_str().len()).map(|(ix, _)| ix);
        match known {
            None if self.finds_roots => self.add_root(repository(&path)?),
            known => known,
        }
    }

    fn told(&mut self, own: Notification) {
        if self.stage != Stage::Running {
            return;
        }
        match own.method.as_str() {
            "initialized" if self.watches => {
                let watchers = json!([{"globPattern": "**/*"}]);
                self.output.ask(
                    "watch",
                    "client/registerCapability",
                    json!({"registrations": [{
                    "id": "watch", "method": DidChangeWatchedFiles::METHOD,
                    "registerOptions": {"watchers": watchers}}]}),
                );
            }
            DidOpenTextDocument::METHOD => {
                let Some(own) = read::<DidOpenTextDocument>(own.params) else { return };
                let own = own.text_document;
                self.put(own.uri, own.version, own.text.into());
            }
            DidChangeTextDocument::METHOD => {
                let Some(own) = read::<DidChangeTextDocument>(own.params) else { return };
                let document = own.text_document;
                let Some(known) = self.open.get(document.uri.as_str()) else { return };
                let mut text = known.text.to_string();
                for change in own.content_changes {
                    text = text::changed(&text, change.range, &change.text, self.dialect.encoding);
                }
                self.put(document.uri, document.version, text.into());
            }
            DidCloseTextDocument::METHOD => {
                let Some(own) = read::<DidCloseTextDocument>(own.params) else { return };
                let uri = own.text_document.uri;
                self.open.remove(uri.as_str());
                self.edit(uri, None, None);
            }
            DidSaveTextDocument::METHOD => {
                let Some(own) = read::<DidSaveTextDocument>(own.params) else { return };
                if let Some(root) = self.root(&own.text_document.uri) {
                    self.roots[root].inbox.refresh();
                }
            }
            DidChangeWatchedFiles::METHOD => {
                let Some(own) = read::<DidChangeWatchedFiles>(own.params) else { return };
                let is_git = |path: &Path| path.components().any(|own| own.as_os_str() == ".git");
                let paths: Vec<PathBuf> =
                    own.changes.iter().filter_map(|change| uri::path(&change.uri)).collect();
                for root in &self.roots {
                    let mut own =
                        paths.iter().filter_map(|path| path.strip_prefix(&root.folder).ok());
                    if own.any(|path| !is_git(path)) {
                        root.inbox.refresh();
                    }
                }
            }
            Cancel::METHOD => {
                let Some(own) = read::<Cancel>(own.params) else { return };
                let id = match own.id {
                    NumberOrString::Number(id) => RequestId::from(id),
                    NumberOrString::String(id) => RequestId::from(id),
                };
                if self.roots.iter().any(|root| root.inbox.cancel(&id)) {
                    let told = "cancelled".to_owned();
                    self.output.answer(id, Err((ErrorCode::RequestCanceled as i32, told)));
                }
            }
            _ => {}
        }
    }

    /// Keeps the text of an open file, as far as there is room.
    fn put(&mut self, uri: Uri, version: i32, text: Arc<str>) {
        let others = self.open.iter().filter(|(own, _)| own.as_str() != uri.as_str());
        let bytes = others.map(|(_, own)| own.text.len()).sum::<usize>() + text.len();
        if bytes > MOST_BYTES {
            self.open.remove(uri.as_str());
            return self.edit(uri, None, None);
        }
        let document = Document { text: text.clone() };
        self.open.insert(uri.as_str().to_owned(), document);
        self.edit(uri, Some(version), Some(text));
    }

    fn edit(&mut self, uri: Uri, version: Option<i32>, text: Option<Arc<str>>) {
        let Some(root) = self.root(&uri) else { return };
        let root = &self.roots[root];
        if let Some(path) = inside(&root.folder, &uri) {
            root.inbox.edit(path, Text { uri, version, text });
        }
    }
}

fn read<N: Told>(params: Value) -> Option<N::Params> {
    serde_json::from_value(params).ok()
}

/// The folder around a file that is a tree by itself: the nearest with a configuration or a
/// repository; without one, the file's own.
fn repository(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let is_root =
        |own: &&Path| own.join(crosscheck::CONFIG_NAME).is_file() || own.join(".git").exists();
    Some(folder.ancestors().find(is_root).unwrap_or(folder).to_owned())
}
