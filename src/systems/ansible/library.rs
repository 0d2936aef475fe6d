//! The tree's own modules: what `AnsibleModule(argument_spec=…)` of a `library/` takes.
//!
//! (Source: Ansible's documentation, "Adding modules and plugins locally", "Ansible module
//! architecture: Argument spec".)

use super::collections;
use crate::extract::{Extractor, Origin, OwnModules, Settings, Source, Told};
use crate::facts::{
    Detail, Entity, FileFacts, Interface, NamePattern, Param, Provide, Span, kinds, split_path,
};
use crate::syntax::python_depth;
use crate::tree::{EntryKind, Tree};
use memchr::memmem;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// Extracts the options of modules.
pub struct Library;

/// Syntax trees that are deeper are not read.
const MAX_DEPTH: usize = 600;

/// Options that `add_file_common_args` adds, now or in older versions.
const OF_FILES: [&str; 19] = [
    "attr",
    "attributes",
    "backup",
    "content",
    "delimiter",
    "directory_mode",
    "follow",
    "force",
    "group",
    "mode",
    "owner",
    "regexp",
    "remote_src",
    "selevel",
    "serole",
    "setype",
    "seuser",
    "src",
    "unsafe_writes",
];

/// The folder whose plays and roles find modules in `folder` by their bare names; those of a role
/// serve the roles beside it too. `None` where it is no folder of modules.
fn holder(folder: &str) -> Option<&str> {
    let at = match folder.find("/library/") {
        Some(at) => at,
        None if folder == "library" || folder.starts_with("library/") => 0,
        None => folder.strip_suffix("/library")?.len(),
    };
    let holder = &folder[..at];
    Some(match holder.rsplit_once("roles/") {
        Some((above, _)) => above.trim_end_matches('/'),
        None => holder,
    })
}

/// Whether a folder holds what else Ansible runs in place of a module.
fn is_other(folder: &str) -> bool {
    let mut parts = folder.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_plugins = || part.ends_with("plugins");
        let mut inner = || matches!(parts.peek(), Some(&("action" | "modules" | "actions")));
        if part == "action_plugins" || is_plugins() && inner() {
            return true;
        }
    }
    false
}

/// Whether a file lists roles or collections that are installed.
fn is_list(path: &str, base: &str) -> bool {
    let is_yaml = base.ends_with(".yml") || base.ends_with(".yaml");
    is_yaml && (base.contains("requirements") || base.starts_with("galaxy."))
        || path.ends_with(".gitmodules")
}

/// Whether a folder holds filters or tests of Jinja.
fn is_of_expressions(folder: &str) -> bool {
    let mut parts = folder.split('/').peekable();
    while let Some(part) = parts.next() {
        let has_plugins = part.ends_with("plugins") || part.ends_with("plugin");
        let is_own = part.contains("filter") || part.starts_with("test_");
        let mut inner = || matches!(parts.peek(), Some(&("filter" | "filters" | "test" | "tests")));
        if has_plugins && (is_own || inner()) {
            return true;
        }
    }
    false
}

/// The words of a program that stand in quotes, or as a name before `=`: `dict(name=function)`.
fn quoted(text: &str) -> impl Iterator<Item = SmolStr> + '_ {
    let is_word = |own: &&str| {
        own.len() < 60
            && own.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let named = text.split('=').filter_map(|part| {
        let part = part.trim_end();
        part.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
    });
    text.split(['"', '\'']).chain(named).filter(is_word).map(SmolStr::new)
}

/// Names the tree's own modules and action plugins, and what its own filters and tests are made of.
pub(super) fn settings(tree: &dyn Tree, told: &mut Told) {
    let mut own = OwnModules::default();
    // Files of a folder follow one another.
    let mut known: (&str, Option<&str>, bool) = ("", None, false);
    let mut reader = tree.reader();
    let files = tree.entries().iter().enumerate();
    let is_file = |kind| matches!(kind, EntryKind::File | EntryKind::Symlink);
    for (ix, entry) in files.filter(|(_, entry)| is_file(entry.kind)) {
        let (folder, base) = split_path(&entry.path);
        // A link may lead to a module in a submodule.
        if entry.kind == EntryKind::Symlink && (!base.ends_with(".py") || holder(folder).is_none())
        {
            continue;
        }
        if is_list(&entry.path, base) {
            own.origin = Origin::Elsewhere;
        }
        if base.ends_with(".py") && is_of_expressions(folder) {
            // One that cannot be read is reported with the rest of the tree.
            let bytes = reader.read(ix).unwrap_or_default();
            own.plugins.extend(quoted(&String::from_utf8_lossy(&bytes)));
        }
        if known.0 != folder {
            known = (folder, holder(folder), is_other(folder));
        }
        let stem = || base.split('.').next().unwrap_or(base).into();
        if base.ends_with(".py") {
            own.programs.push(stem());
        }
        if let Some(holder) = known.1 {
            own.library.push((stem(), holder.into()));
        } else if known.2 {
            own.others.push(stem());
        }
    }
    own.collections = collections::of(tree);
    own.library.sort_unstable();
    own.library.dedup();
    own.others.sort_unstable();
    own.others.dedup();
    own.programs.sort_unstable();
    own.programs.dedup();
    own.plugins.sort_unstable();
    own.plugins.dedup();
    told.ansible_modules = own;
}

impl Extractor for Library {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        let (folder, base) = split_path(path);
        base.ends_with(".py") && (holder(folder).is_some() || collections::is_of_modules(folder))
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memmem::find(bytes, b"AnsibleModule(").is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let (folder, base) = split_path(source.path);
        let stem = base.trim_end_matches(".py");
        let stem = match holder(folder) {
            Some(_) => SmolStr::new(stem),
            None => match collections::full_name(&settings.ansible_modules, folder, stem) {
                Some(full) => full,
                None => return,
            },
        };
        // One that nests deeper is said to be unread by the reader of Python.
        if !python_depth::is_shallow(source.text, MAX_DEPTH) {
            return;
        }
        let parsed = ruff_python_parser::parse_unchecked_source(
            source.text,
            ruff_python_ast::PySourceType::Python,
        );
        let mut found = Found::default();
        parsed.suite().iter().for_each(|statement| found.visit_stmt(statement));
        let [call] = found.calls.as_slice() else { return };
        let range = call.func.range();
        out.provides.push(Provide {
            kind: kinds::ANSIBLE_MODULE,
            name: NamePattern::exact(stem.clone()),
            span: Span::new(range.start().to_usize(), range.end().to_usize()),
            within: None,
            detail: Detail::None,
        });
        out.interfaces.extend(found.interface(call, &stem));
    }
}

/// What a file's text shows of its module.
#[derive(Default)]
struct Found<'a> {
    calls: Vec<&'a ExprCall>,
    /// Names with what is assigned to them; nothing where that changes later.
    names: FxHashMap<&'a str, Option<&'a Expr>>,
}

impl<'a> Visitor<'a> for Found<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    match target {
                        Expr::Name(name) => {
                            let value = Some(&*assign.value);
                            let entry = self.names.entry(name.id.as_str());
                            entry.and_modify(|own| *own = None).or_insert(value);
                        }
                        Expr::Subscript(own) => self.changes(&own.value),
                        _ => {}
                    }
                }
            }
            Stmt::AugAssign(assign) => self.changes(&assign.target),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            if name_of(&call.func) == Some("AnsibleModule") {
                self.calls.push(call);
            }
            // `spec.update(…)`
            if let Expr::Attribute(own) = &*call.func {
                self.changes(&own.value);
            }
        }
        walk_expr(self, expression);
    }
}

/// The last part of a name: `AnsibleModule` of `basic.AnsibleModule`.
fn name_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(own) => Some(own.attr.as_str()),
        _ => None,
    }
}

fn string(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(text) => Some(text.value.to_str()),
        _ => None,
    }
}

fn is_true(expression: &Expr) -> bool {
    matches!(expression, Expr::BooleanLiteral(own) if own.value)
}

fn strings(expression: &Expr) -> Option<Vec<SmolStr>> {
    let items = match expression {
        Expr::List(own) => &own.elts,
        Expr::Tuple(own) => &own.elts,
        _ => return None,
    };
    items.iter().map(|item| string(item).map(SmolStr::new)).collect()
}

/// A key of a dictionary, with its value.
struct Entry<'a> {
    name: &'a str,
    span: Span,
    value: &'a Expr,
}

/// The keys of `{…}` or `dict(…)`; nothing where some are computed.
fn entries(expression: &Expr) -> Option<Vec<Entry<'_>>> {
    let span =
        |own: ruff_text_size::TextRange| Span::new(own.start().to_usize(), own.end().to_usize());
    match expression {
        Expr::Dict(dict) => dict
            .items
            .iter()
            .map(|item| {
                let key = item.key.as_ref()?;
                Some(Entry { name: string(key)?, span: span(key.range()), value: &item.value })
            })
            .collect(),
        Expr::Call(call)
            if name_of(&call.func) == Some("dict") && call.arguments.args.is_empty() =>
        {
            call.arguments
                .keywords
                .iter()
                .map(|own| {
                    let name = own.arg.as_ref()?;
                    Some(Entry { name: name.as_str(), span: span(name.range()), value: &own.value })
                })
                .collect()
        }
        _ => None,
    }
}

impl<'a> Found<'a> {
    fn changes(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.names.insert(name.id.as_str(), None);
        }
    }

    fn interface(&self, call: &ExprCall, stem: &str) -> Option<Interface> {
        let argument = |name: &str| call.arguments.find_keyword(name).map(|own| &own.value);
        let is_lax = argument("bypass_checks").or(argument("check_invalid_arguments")).is_some()
            || call.arguments.keywords.iter().any(|own| own.arg.is_none());
        let spec = argument("argument_spec").or(call.arguments.args.first())?;
        let spec = match spec {
            Expr::Name(name) => (*self.names.get(name.id.as_str())?)?,
            spec => spec,
        };
        let mut params = Vec::new();
        for Entry { name, span, value } in entries(spec)? {
            params.push(param(name, span, value)?);
        }
        if argument("add_file_common_args").is_some_and(is_true) {
            let more = OF_FILES
                .iter()
                .filter(|own| !params.iter().any(|param: &Param| param.name == **own));
            let more: Vec<_> = more.map(|own| Param::new(*own, Span::default())).collect();
            params.extend(more);
        }
        let entity = Entity::new(kinds::ANSIBLE_MODULE, stem);
        let range = call.func.range();
        let span = Span::new(range.start().to_usize(), range.end().to_usize());
        Some(Interface { open: is_lax, ..Interface::new(entity, params, span) })
    }
}

fn param(name: &str, span: Span, value: &Expr) -> Option<Param> {
    let mut param = Param::new(name, span);
    for Entry { name, value, .. } in entries(value)? {
        match name {
            "required" => param.required = is_true(value),
            "aliases" => param.aliases = strings(value)?.into_iter().collect(),
            // Computed ones are not known.
            "choices" => param.choices = strings(value).unwrap_or_default(),
            "type" => param.ty = string(value).unwrap_or_default().into(),
            _ => {}
        }
    }
    // A list is compared one by one.
    if param.ty == "list" {
        param.choices.clear();
    }
    Some(param)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of("library/x.py", text);
        assert!(Library.claims("library/x.py") && Library.accepts(text.as_bytes()));
        Library.extract(&source, &Settings::default(), &mut out);
        let params = out.interfaces.iter().flat_map(|own| &own.params);
        params.map(|own| format!("{}{}", own.name, if own.required { "!" } else { "" })).collect()
    }

    #[test]
    fn options_of_a_module() {
        let dict =
            "m = AnsibleModule(argument_spec=dict(a=dict(required=True), b={'aliases': ['c']}))";
        assert_eq!(read(dict), ["a!", "b"]);
        assert_eq!(read("spec = {'a': {}}\ndef main():\n    AnsibleModule(spec)\n"), ["a"]);
        // Whatever is added at run time is not known.
        for open in [
            "spec = dict(a=dict())\nspec.update(b)\nAnsibleModule(argument_spec=spec)\n",
            "AnsibleModule(argument_spec=dict(other(), a=dict()))",
            "AnsibleModule(argument_spec={**other, 'a': {}})",
            "AnsibleModule(argument_spec=dict(a=other))",
        ] {
            assert!(read(open).is_empty(), "{open}");
        }
    }
}
