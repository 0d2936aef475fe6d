//! What expressions read of steps and of other jobs.

use super::File;
use crate::facts::{Ref, Span, Strength, kinds};
use crate::syntax::yaml::{Node, Value};
use rustc_hash::FxHashSet;

impl File<'_> {
    /// The expressions below `node`, of the steps of `job`, which needs the jobs of `needs`.
    ///
    /// A step or an output that is not there reads as nothing: a condition never holds, and a
    /// value is empty.
    pub(super) fn expressions(&mut self, job: &str, node: &Node<'_>, needs: &[&str]) {
        match &node.value {
            Value::Scalar { text, .. } => self.read(job, text, node.span, needs),
            Value::Sequence(items) => {
                items.iter().for_each(|item| self.expressions(job, item, needs));
            }
            Value::Mapping(entries) => {
                for (key, value) in entries {
                    match (key.as_str(), value.as_str()) {
                        (Some("if"), Some(text)) if !text.contains("${{") => {
                            self.names(job, text, value.span, needs);
                        }
                        _ => self.expressions(job, value, needs),
                    }
                }
            }
            Value::Alias => {}
        }
    }

    /// Each expression has a place of its own, the first of those that say the same: a script of
    /// many lines is one scalar.
    fn read(&mut self, job: &str, text: &str, span: Span, needs: &[&str]) {
        let written = self.text.get(span.range()).unwrap_or_default();
        let mut behind = 0;
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        let mut rest = text;
        while let Some(at) = rest.find("${{") {
            let inner = &rest[at + 3..];
            let end = inner.find("}}").unwrap_or(inner.len());
            let own = &inner[..end];
            let from = written[behind..].find(own).map(|found| behind + found);
            let place = from.map_or(span, |from| {
                behind = from + own.len();
                let blank = own.len() - own.trim_start().len();
                let start = span.start as usize + from + blank;
                Span::new(start, start + own.trim().len())
            });
            if seen.insert(own.trim()) {
                self.names(job, own, place, needs);
            }
            rest = &inner[end..];
        }
    }

    /// The outputs of jobs that a workflow hands on to whoever calls it: `${{ jobs.a.outputs.b }}`.
    pub(super) fn output_of_jobs(&mut self, value: &Node<'_>) {
        let Some(text) = value.as_str() else { return };
        for job in after(text, "jobs.") {
            for output in after(text, &format!("jobs.{job}.outputs.")) {
                let target = Ref::exact(kinds::CI_OUTPUT, self.own(&format!("{job}.{output}")));
                self.require(target, value.span, "outputs", Strength::Likely);
            }
        }
    }

    fn names(&mut self, job: &str, expression: &str, span: Span, needs: &[&str]) {
        self.of_matrix(job, expression, span);
        for name in after(expression, "steps.") {
            let target = Ref::exact(kinds::CI_STEP, self.own(&format!("{job}/{name}")));
            self.require(target, span, "steps", Strength::Likely);
            // Only what an action of this tree hands on is known.
            let step = self.own(&format!("{job}/{name}."));
            let provides = self.out.provides.iter();
            let mut steps = provides.filter(|own| own.kind == kinds::CI_OUTPUT);
            if steps.any(|own| own.name.as_exact().is_some_and(|own| *own == step)) {
                for output in after(expression, &format!("steps.{name}.outputs.")) {
                    let target = Ref::exact(kinds::CI_OUTPUT, format!("{step}{output}"));
                    self.require(target, span, "outputs", Strength::Likely);
                }
            }
        }
        for name in after(expression, "needs.") {
            let from = format!("needs.{name}.outputs.");
            if !needs.contains(&name) {
                let target = Ref::exact(kinds::CI_NEED, self.own(&format!("{job}/{name}")));
                self.require(target, span, "needs", Strength::Likely);
                continue;
            }
            for output in after(expression, &from) {
                let target = Ref::exact(kinds::CI_OUTPUT, self.own(&format!("{name}.{output}")));
                self.require(target, span, "outputs", Strength::Likely);
            }
        }
    }
}

/// The names that follow `before` in an expression.
pub(super) fn after<'e>(expression: &'e str, before: &str) -> Vec<&'e str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let names = expression.match_indices(before).filter_map(|(at, _)| {
        let begins = !at.checked_sub(1).is_some_and(|before| {
            let byte = expression.as_bytes()[before];
            is_part(byte) || byte == b'.' || byte == b'\''
        });
        let rest = &expression[at + before.len()..];
        let end = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        (begins && end > 0).then(|| &rest[..end])
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn names_in_expressions() {
        assert_eq!(after(" steps.a-b.outputs.x && steps.c.outcome ", "steps."), ["a-b", "c"]);
        assert!(after("job.steps.a 'steps.b' steps.*.x", "steps.").is_empty());
    }
}
