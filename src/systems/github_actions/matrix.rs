//! The keys of a job's matrix, and what reads them.
//!
//! (Source: GitHub's documentation, "Workflow syntax", `jobs.<job_id>.strategy.matrix`; "Contexts",
//! `matrix`.)

use super::expressions::after;
use super::{File, is_workflow};
use crate::facts::{Detail, NamePattern, Provide, Ref, Span, Strength, kinds};
use crate::syntax::yaml::{Node, Value};

impl File<'_> {
    /// What the jobs of a matrix can read of it: its own keys, and those that `include` adds.
    pub(super) fn matrix(&mut self, job: &str, node: &Node<'_>) {
        let Some(strategy) = node.get("strategy") else { return };
        let matrix = strategy.get("matrix");
        let before = format!("{job}/");
        let mut is_open = !matches!(strategy.value, Value::Mapping(_));
        for (key, value) in matrix.map(Node::entries).unwrap_or_default() {
            match key.as_str() {
                Some("exclude") => {}
                Some("include") => {
                    is_open |= !matches!(value.value, Value::Sequence(_));
                    for item in value.items() {
                        is_open |= !matches!(item.value, Value::Mapping(_));
                        for (key, _) in item.entries() {
                            is_open |= key.as_str().is_none_or(|own| own == "<<");
                            self.key_of_matrix(&before, key);
                        }
                    }
                }
                Some("<<") | None => is_open = true,
                Some(_) => self.key_of_matrix(&before, key),
            }
        }
        // `matrix: ${{ fromJSON(needs.a.outputs.b) }}`
        is_open |= matrix.is_some_and(|own| !matches!(own.value, Value::Mapping(_)));
        if is_open {
            let name = NamePattern::any().prepend(&self.own(&before));
            let (kind, span) = (kinds::CI_MATRIX, strategy.span);
            let detail = Detail::None;
            self.out.provides.push(Provide { kind, name, span, within: None, detail });
        }
    }

    fn key_of_matrix(&mut self, before: &str, key: &Node<'_>) {
        if let Some(text) = key.as_str() {
            let name = self.own(&format!("{before}{text}"));
            self.provide(kinds::CI_MATRIX, name, key.span);
        }
    }

    /// What an expression reads of the matrix of its job. A key that is not there is empty; an
    /// expression that has something else in its place does without.
    pub(super) fn of_matrix(&mut self, job: &str, expression: &str, span: Span) {
        if !is_workflow(self.path) {
            return;
        }
        let strength = match expression.contains("||") {
            true => Strength::Guarded,
            false => Strength::Likely,
        };
        for name in after(expression, "matrix.") {
            let target = Ref::exact(kinds::CI_MATRIX, self.own(&format!("{job}/{name}")));
            self.require(target, span, "matrix", strength);
        }
    }
}
