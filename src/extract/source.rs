//! What an extractor is handed.

use crate::facts::{Problem, Template};
use crate::syntax::json;
use crate::syntax::lines::lines;
use crate::syntax::shebang::{self, Interpreter};
use crate::syntax::yaml::{self, Documents, Form, Node};
use std::sync::OnceLock;

/// A file to extract from. What several extractors ask of it is found out once, by the first that
/// asks.
#[derive(Debug)]
pub struct Source<'a> {
    /// Path in the tree.
    pub path: &'a str,
    /// Contents.
    pub bytes: &'a [u8],
    /// Contents as text, with a `?` for each byte that is not UTF-8: what has to be UTF-8
    /// has been reported already.
    pub text: &'a str,
    yaml: OnceLock<Documents<'a>>,
    json: OnceLock<Result<Node<'a>, Box<Problem>>>,
}

impl<'a> Source<'a> {
    /// A file with its contents, also as text.
    pub fn new(path: &'a str, bytes: &'a [u8], text: &'a str) -> Self {
        Self { path, bytes, text, yaml: OnceLock::new(), json: OnceLock::new() }
    }

    /// A file of text.
    #[cfg(test)]
    pub fn of(path: &'a str, text: &'a str) -> Self {
        Self::new(path, text.as_bytes(), text)
    }

    /// What the first line calls; `None` where the file is no script.
    pub fn interpreter(&self) -> Option<Interpreter> {
        shebang::interpreter(self.bytes)
    }

    /// The template that the file is by its name: its language, and what lies under it.
    pub fn template(&self) -> Option<Template<'a>> {
        Template::at(self.path)
    }

    /// Its lines with their offsets, without their ends.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        lines(self.text)
    }

    /// Its documents of YAML.
    pub fn yaml(&self) -> &Documents<'a> {
        self.yaml.get_or_init(|| yaml::parse(self.text))
    }

    /// What is wrong with it as YAML of this form.
    pub fn yaml_problem(&self, form: Form) -> Option<Problem> {
        self.yaml().problem(self.text, form)
    }

    /// Its document of JSON, or what is wrong with it.
    pub fn json(&self) -> Result<&Node<'a>, &Problem> {
        self.json.get_or_init(|| json::parse(self.text)).as_ref().map_err(|problem| &**problem)
    }
}
