//! Statements that are more than one step.

use super::{End, Run, eval};
use crate::systems::python::value::Value;
use ruff_python_ast::{Expr, StmtAugAssign, StmtImport, StmtTry};

impl<'a> Run<'a> {
    /// `return VALUE`.
    pub(super) fn leave(&mut self, value: Option<&'a Expr>) -> End {
        let value = value.map(|value| self.evaluate(value));
        if let Some(frame) = self.frames.last_mut() {
            let keep = frame
                .returned
                .as_ref()
                .is_some_and(|value| value.is_kept() || matches!(value, Value::List(_)));
            if let Some(value) = value
                && !keep
            {
                frame.returned = Some(value);
            }
        }
        if std::mem::take(&mut self.exited) { End::Exits } else { End::Leaves }
    }

    /// `try: … except: …`.
    pub(super) fn attempt(&mut self, stmt: &'a StmtTry) -> End {
        let end = self.block(&stmt.body);
        self.weak += 1;
        self.muted += 1;
        for handler in &stmt.handlers {
            let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
            if let Some(name) = &handler.name {
                self.bind_name(name, Value::Unknown);
            }
            self.branch(&handler.body, &[]);
        }
        self.muted -= 1;
        self.weak -= 1;
        let after = self.block(&stmt.orelse);
        let last = self.block(&stmt.finalbody);
        match (end, last) {
            (_, End::Leaves | End::Exits) => last,
            (End::Falls, _) => after,
            _ if stmt.handlers.is_empty() => end,
            _ => End::Falls,
        }
    }

    /// `import a.b as c`.
    pub(super) fn import(&mut self, stmt: &'a StmtImport) {
        for alias in &stmt.names {
            match &alias.asname {
                Some(name) => {
                    self.bind_name(name, Value::Imported(alias.name.as_str().into()));
                }
                None => {
                    let top = alias.name.as_str().split('.').next().unwrap_or_default();
                    self.bind_name(top, Value::Imported(top.into()));
                }
            }
        }
    }

    /// `TARGET += VALUE`.
    pub(super) fn augment(&mut self, stmt: &'a StmtAugAssign) {
        let old = self.evaluate(&stmt.target);
        let value = self.evaluate(&stmt.value);
        let joined = match (old, value) {
            (Value::List(old), Value::List(new)) => eval::joined(&old, &new),
            _ => Value::Unknown,
        };
        self.bind(&stmt.target, joined);
    }
}
