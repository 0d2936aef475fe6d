//! An editor that speaks to the built program, as the protocol frames it.

use crate::common::tree;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

/// Longer than any answer takes, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// An editor.
pub struct Editor {
    pub dir: TempDir,
    server: Child,
    input: ChildStdin,
    output: Receiver<Value>,
    next: i32,
    version: i32,
    /// What was told beside answers.
    pub told: Vec<Value>,
}

impl Editor {
    /// One that speaks to a new server.
    pub fn mute(files: &[(&str, &str)]) -> Self {
        let dir = tree(files);
        let mut server = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
            .args(["lsp", "--stdio", "--no-cache"])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut from = BufReader::new(server.stdout.take().expect("piped"));
        let (send, output) = channel();
        std::thread::spawn(move || {
            while let Some(message) = message(&mut from) {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let input = server.stdin.take().expect("piped");
        Self { dir, server, input, output, next: 0, version: 0, told: Vec::new() }
    }

    /// One that has opened a folder with these files.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut own = Self::mute(files);
        let root = own.uri("");
        own.initialize(json!({"capabilities": {}, "rootUri": root, "processId": null}));
        own
    }

    pub fn initialize(&mut self, params: Value) -> Value {
        let answer = self.ask("initialize", params);
        self.tell("initialized", json!({}));
        answer
    }

    pub fn uri(&self, path: &str) -> String {
        let root = self.dir.path().canonicalize().expect("there");
        let root = root.to_str().expect("UTF-8");
        if path.is_empty() { format!("file://{root}") } else { format!("file://{root}/{path}") }
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).and_then(|()| self.input.flush()).expect("it reads");
    }

    pub fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({"method": method, "params": params}));
    }

    pub fn receive(&mut self) -> Value {
        self.output.recv_timeout(PATIENCE).expect("an answer")
    }

    /// The answer to a request, whole.
    pub fn reply(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(json!({"id": id, "method": method, "params": params}));
        loop {
            let message = self.receive();
            if message["id"] == json!(id) && message.get("method").is_none() {
                return message;
            }
            self.told.push(message);
        }
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let reply = self.reply(method, params);
        assert!(reply.get("error").is_none(), "{method}: {reply}");
        reply["result"].clone()
    }

    /// A request about a place, which `|` marks in a piece of the file.
    pub fn at(&mut self, method: &str, path: &str, text: &str, mark: &str) -> Value {
        let params = self.place(path, text, mark);
        self.ask(method, params)
    }

    pub fn place(&self, path: &str, text: &str, mark: &str) -> Value {
        let at = mark.find('|').expect("a mark");
        let start = text.find(&mark.replace('|', "")).unwrap_or_else(|| panic!("{mark}: {text}"));
        let before = &text[..start + at];
        let line = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap_or_default();
        let character = last.encode_utf16().count();
        json!({"textDocument": {"uri": self.uri(path)},
            "position": {"line": line, "character": character},
            "context": {"includeDeclaration": true, "triggerKind": 1}})
    }

    pub fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        self.version += 1;
        self.tell(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": "x", "version": self.version, "text": text}}),
        );
    }

    pub fn change(&mut self, path: &str, changes: Value) {
        self.version += 1;
        let uri = self.uri(path);
        self.tell(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": self.version}, "contentChanges": changes}),
        );
    }

    /// The next findings of a file: `SEVERITY CODE LINE:CHARACTER-CHARACTER`.
    pub fn findings(&mut self, path: &str) -> Vec<String> {
        let uri = self.uri(path);
        let is_it = |own: &Value| {
            own["method"] == "textDocument/publishDiagnostics" && own["params"]["uri"] == json!(uri)
        };
        let found = match self.told.iter().position(is_it) {
            Some(ix) => self.told.remove(ix),
            None => loop {
                let message = self.receive();
                if is_it(&message) {
                    break message;
                }
                self.told.push(message);
            },
        };
        let all = found["params"]["diagnostics"].as_array().expect("a list").clone();
        all.iter()
            .map(|own| {
                let (start, end) = (&own["range"]["start"], &own["range"]["end"]);
                format!(
                    "{} {} {}:{}-{}",
                    own["severity"],
                    own["code"].as_str().unwrap_or("?"),
                    start["line"],
                    start["character"],
                    end["character"]
                )
            })
            .collect()
    }

    /// `PATH:LINE:CHARACTER` of locations.
    pub fn places(&self, found: &Value) -> Vec<String> {
        let root = format!("{}/", self.uri(""));
        let all = found.as_array().unwrap_or_else(|| panic!("{found}"));
        all.iter()
            .map(|own| {
                let start = &own["range"]["start"];
                let path = own["uri"].as_str().unwrap_or_default().replace(&root, "");
                format!("{path}:{}:{}", start["line"], start["character"])
            })
            .collect()
    }

    /// Ends the server; its exit code and what it wrote to standard error.
    pub fn end(mut self) -> (Option<i32>, String) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.wait()
    }

    pub fn wait(mut self) -> (Option<i32>, String) {
        drop(self.input);
        let status = self.server.wait().expect("it ends");
        let mut error = String::new();
        let own = self.server.stderr.take().map(|mut own| own.read_to_string(&mut error));
        own.expect("piped").expect("UTF-8");
        (status.code(), error)
    }
}

fn message(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            own => length = own.strip_prefix("Content-Length: ")?.parse().ok()?,
        }
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}
