//! `absl.flags`, and gflags, which it comes from.
//!
//! (Source: the documentation of absl.flags.)

use super::Run;
use crate::facts::{Arity, Param, Span};
use crate::systems::python::declare::literals;
use crate::systems::python::parser::{Declared, Library, Parsed, Parser, Stores};
use crate::systems::python::value::{Args, Value};

const MODULES: &[&str] = &["absl.flags.", "gflags."];

/// Whether `name` is a function that defines flags or rules over them.
pub(super) fn is_flags(name: &str) -> bool {
    let inner = MODULES.iter().find_map(|module| name.strip_prefix(module));
    inner.is_some_and(|inner| {
        inner.starts_with("DEFINE") || inner.starts_with("mark_flag") || inner == "FLAGS"
    })
}

/// Whether `name` is the object that holds the flags' values.
pub(super) fn is_values(name: &str) -> bool {
    MODULES.iter().any(|module| name.strip_prefix(module) == Some("FLAGS"))
}

impl<'a> Run<'a> {
    /// `flags.DEFINE_string('name', default, 'help')`, `flags.mark_flag_as_required('name')`.
    pub(super) fn absl_call(&mut self, name: &str, args: &Args<'a>, at: Span) {
        let branches = self.branches;
        let ix = *self.absl.get_or_insert_with(|| {
            let mut parser = Parser::new(Library::Absl, at, branches);
            // Every module that is imported may define flags.
            parser.open = true;
            self.parsers.push(parser);
            self.parsers.len() - 1
        });
        let what = name.rsplit('.').next().unwrap_or(name);
        let parser = &mut self.parsers[ix];
        if what == "FLAGS" {
            // `FLAGS(sys.argv)`.
            parser.parsed = Parsed::Yes;
            return;
        }
        let Some(Value::Text(text, span)) = args.positional.first().map(|(value, _)| value) else {
            return;
        };
        let Some(flag) = text.as_exact() else { return };
        if what.starts_with("mark_flag") {
            for own in &mut parser.params {
                own.param.required |= own.dest == *flag;
            }
            return;
        }
        let mut param = Param::new(format!("--{flag}"), *span);
        let is_switch = matches!(what, "DEFINE_bool" | "DEFINE_boolean");
        if let Some(short) = args.keyword("short_name").and_then(Value::text) {
            param.aliases.push(format!("-{short}").into());
        }
        if is_switch {
            param.aliases.push(format!("--no{flag}").into());
        }
        param.values = Some(if is_switch { Arity::NONE } else { Arity::ONE });
        param.required = args.is_true("required");
        if let Some(Value::List(choices)) =
            args.get("enum_values", 2).filter(|_| what.contains("enum"))
        {
            param.choices = literals(choices);
        }
        param.default = match args.get("default", 1) {
            Some(Value::Bool(true)) => "True".into(),
            Some(Value::Bool(false)) => "False".into(),
            Some(Value::Int(int)) => int.to_string().into(),
            Some(Value::Text(text, _)) => format!("'{text}'").into(),
            _ => Default::default(),
        };
        let stores = if is_switch { Stores::True } else { Stores::Value };
        parser.declare(Declared { param, dest: flag.clone(), stores });
    }

    /// `app.run()` parses the flags.
    pub(super) fn parse_absl(&mut self) {
        if let Some(parser) = self.absl.and_then(|ix| self.parsers.get_mut(ix)) {
            parser.parsed = Parsed::Yes;
        }
    }
}
