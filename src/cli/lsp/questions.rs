//! Requests of the protocol, and what the library answers.

use super::convert::Texts;
use super::text::Encoding;
use crosscheck::{Answers, SymbolSort};
use lsp_server::{ErrorCode, Request};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentSymbolRequest, GotoDefinition, HoverRequest,
    PrepareRenameRequest, References, Rename, Request as Method, WorkspaceSymbolRequest,
};
use lsp_types::{CompletionItemKind, Position, Range, SymbolKind, TextDocumentPositionParams, Uri};
use serde_json::{Value, json};

/// Completions beyond these are asked for again with more letters.
const COMPLETIONS: usize = 200;

/// A question about a file, or about the folder.
#[derive(Debug, Clone)]
pub struct Question {
    /// The file; `None` for the folder.
    pub uri: Option<Uri>,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Definition(Position),
    References(Position, Definitions),
    Hover(Position),
    Completion(Position),
    Symbols,
    Search(String),
    Actions(Range),
    Renamable(Position),
    Rename(Position, String),
}

/// Whether definitions are counted among references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Definitions {
    Included,
    LeftOut,
}

/// Why a request has no answer: a code of the protocol and a sentence.
pub type Refusal = (i32, String);

impl Question {
    /// The question that a request asks.
    ///
    /// # Errors
    /// Where it asks for something else, or in a way that is none of the protocol.
    pub fn of(request: Request) -> Result<Self, Refusal> {
        let Request { method, params, .. } = request;
        let at = |own: TextDocumentPositionParams| (Some(own.text_document.uri), own.position);
        let (uri, what) = match method.as_str() {
            GotoDefinition::METHOD => {
                let own = read::<GotoDefinition>(params)?.text_document_position_params;
                let (uri, at) = at(own);
                (uri, What::Definition(at))
            }
            References::METHOD => {
                let own = read::<References>(params)?;
                let included = own.context.include_declaration;
                let (uri, at) = at(own.text_document_position);
                let with = if included { Definitions::Included } else { Definitions::LeftOut };
                (uri, What::References(at, with))
            }
            HoverRequest::METHOD => {
                let (uri, at) = at(read::<HoverRequest>(params)?.text_document_position_params);
                (uri, What::Hover(at))
            }
            Completion::METHOD => {
                let (uri, at) = at(read::<Completion>(params)?.text_document_position);
                (uri, What::Completion(at))
            }
            DocumentSymbolRequest::METHOD => {
                (Some(read::<DocumentSymbolRequest>(params)?.text_document.uri), What::Symbols)
            }
            WorkspaceSymbolRequest::METHOD => {
                (None, What::Search(read::<WorkspaceSymbolRequest>(params)?.query))
            }
            CodeActionRequest::METHOD => {
                let own = read::<CodeActionRequest>(params)?;
                (Some(own.text_document.uri), What::Actions(own.range))
            }
            PrepareRenameRequest::METHOD => {
                let (uri, at) = at(read::<PrepareRenameRequest>(params)?);
                (uri, What::Renamable(at))
            }
            Rename::METHOD => {
                let own = read::<Rename>(params)?;
                let (uri, at) = at(own.text_document_position);
                (uri, What::Rename(at, own.new_name))
            }
            other => {
                let told = format!("`{other}` is not answered");
                return Err((ErrorCode::MethodNotFound as i32, told));
            }
        };
        Ok(Self { uri, what })
    }

    /// Whether the answer rests on findings.
    pub fn needs_findings(&self) -> bool {
        matches!(self.what, What::Actions(_) | What::Hover(_))
    }

    /// The answer; `path` is that of the file in the folder.
    ///
    /// # Errors
    /// Where what is asked for cannot be done.
    pub fn answer(
        &self,
        answers: &Answers<'_>,
        texts: &mut Texts<'_, '_>,
        path: &str,
        encoding: Encoding,
    ) -> Result<Value, Refusal> {
        let at = match &self.what {
            What::Definition(at)
            | What::References(at, _)
            | What::Hover(at)
            | What::Completion(at)
            | What::Renamable(at)
            | What::Rename(at, _) => *at,
            What::Symbols | What::Search(_) | What::Actions(_) => Position::default(),
        };
        let position = texts.position(path, at, encoding);
        Ok(match &self.what {
            What::Definition(_) => {
                let found = answers.definitions(path, position);
                json!(found.iter().filter_map(|own| texts.location(own)).collect::<Vec<_>>())
            }
            What::References(_, with) => {
                let mut found = answers.references(path, position);
                if *with == Definitions::Included {
                    let own = answers.definitions(path, position);
                    found.extend(own.into_iter().filter(|own| own.start != own.end));
                    found.sort();
                    found.dedup();
                }
                json!(found.iter().filter_map(|own| texts.location(own)).collect::<Vec<_>>())
            }
            What::Hover(_) => match answers.hover(path, position) {
                None => Value::Null,
                Some(own) => json!({
                    "contents": {"kind": "markdown", "value": own.markdown},
                    "range": texts.range(&own.place),
                }),
            },
            What::Completion(_) => completions(answers, texts, path, (at, position)),
            What::Symbols => symbols(answers, texts, path),
            What::Search(query) => {
                let found = answers.symbols(query);
                let told = found.iter().filter_map(|own| {
                    let location = texts.location(&own.place)?;
                    Some(json!({"name": own.name, "kind": kind(own.sort), "location": location,
                        "containerName": own.noun}))
                });
                json!(told.collect::<Vec<_>>())
            }
            What::Actions(range) => actions(answers, texts, path, range),
            What::Renamable(_) => {
                let (place, name) = answers.renamable(path, position).map_err(refused)?;
                json!({"range": texts.range(&place), "placeholder": name})
            }
            What::Rename(_, to) => {
                let edits = answers.rename(path, position, to).map_err(refused)?;
                texts.edits(&edits)
            }
        })
    }
}

fn read<M: Method>(params: Value) -> Result<M::Params, Refusal> {
    serde_json::from_value(params)
        .map_err(|error| (ErrorCode::InvalidParams as i32, error.to_string()))
}

fn refused(told: String) -> Refusal {
    (ErrorCode::RequestFailed as i32, told)
}

fn kind(sort: SymbolSort) -> SymbolKind {
    match sort {
        SymbolSort::Callable => SymbolKind::CLASS,
        SymbolSort::Value => SymbolKind::VARIABLE,
        SymbolSort::File => SymbolKind::FILE,
        _ => SymbolKind::OBJECT,
    }
}

fn completions(
    answers: &Answers<'_>,
    texts: &mut Texts<'_, '_>,
    path: &str,
    (at, position): (Position, crosscheck::Position),
) -> Value {
    let found = answers.candidates(path, position);
    let items = found.iter().filter_map(|own| {
        let mut range = texts.range(&own.place);
        if range.start.line != at.line {
            return None; // an edit over several lines is none that editors take here
        }
        range.end = at;
        let kind = match own.noun {
            "parameter" | "variable" => CompletionItemKind::VARIABLE,
            "class" | "defined type" | "role" => CompletionItemKind::CLASS,
            "file" | "template" => CompletionItemKind::FILE,
            _ => CompletionItemKind::REFERENCE,
        };
        Some(json!({"label": own.text, "kind": kind, "detail": own.noun, "filterText": own.text,
            "textEdit": {"range": range, "newText": own.text}}))
    });
    let items: Vec<Value> = items.collect();
    json!({"isIncomplete": items.len() >= COMPLETIONS, "items": items})
}

/// The symbols of a file as a tree.
fn symbols(answers: &Answers<'_>, texts: &mut Texts<'_, '_>, path: &str) -> Value {
    let found = answers.symbols_in(path);
    let mut told: Vec<Option<Value>> = found
        .iter()
        .map(|own| {
            let range = texts.range(&own.place);
            Some(json!({"name": own.name, "detail": own.noun, "kind": kind(own.sort),
                "range": range, "selectionRange": range, "children": []}))
        })
        .collect();
    let mut top = Vec::new();
    // A definition stands before what is in it, so the last ones go first.
    for ix in (0..found.len()).rev() {
        let Some(own) = told[ix].take() else { continue };
        let above = found[ix].within.filter(|above| *above < ix);
        let children =
            above.and_then(|above| told[above].as_mut()?.get_mut("children")?.as_array_mut());
        match children {
            Some(children) => children.insert(0, own),
            None => top.insert(0, own),
        }
    }
    Value::Array(top)
}

fn actions(answers: &Answers<'_>, texts: &mut Texts<'_, '_>, path: &str, range: &Range) -> Value {
    let encoding = texts.encoding();
    let from = texts.position(path, range.start, encoding);
    let to = texts.position(path, range.end, encoding);
    let mut actions = Vec::new();
    for finding in answers.findings_at(path, from, to) {
        let diagnostic = texts.diagnostic(&finding);
        let correction = finding.fix.as_ref().map(|own| (own.edit.clone(), true));
        let silence = answers.silence(&finding).map(|own| (own, false));
        for (edit, is_preferred) in correction.into_iter().chain(silence) {
            actions.push(json!({
                "title": edit.title, "kind": "quickfix", "diagnostics": [diagnostic],
                "isPreferred": is_preferred, "edit": texts.edits(std::slice::from_ref(&edit)),
            }));
        }
    }
    Value::Array(actions)
}
