//! One file: what it declares, and the names that its expressions read.

use super::body::body;
use super::files::is_brought;
pub(super) use super::said::{literal, place, provide};
use super::unused::BLOCK;
use super::{several, shapes};
use crate::extract::Source;
use crate::facts::{
    Arg, Call, Detail, FileFacts, Kind, Ref, Relation, Require, Scope, Span, Strength, join_path,
    kinds, parent_folder, path_in,
};
use hcl_edit::Span as _;
use hcl_edit::expr::{
    Expression, ForExpr, FuncCall, ObjectKey, ObjectValue, Traversal, TraversalOperator,
};
use hcl_edit::structure::{Attribute, Block, Body, Structure};
use hcl_edit::template::{Element, ForTemplateExpr};
use hcl_edit::visit::{self, Visit};
use smallvec::smallvec;
use std::sync::Arc;

/// What a module block says of the call itself.
pub(super) const META: [&str; 6] =
    ["source", "version", "providers", "count", "for_each", "depends_on"];

/// What the arguments of a call are called.
pub(super) const ARGUMENT: &str = "argument";

/// First words of references that need no declaration.
const BUILT_IN: [&str; 6] = ["each", "count", "self", "path", "terraform", "ephemeral"];

/// What a file declares and reads; its body, where it is one.
pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) -> Option<Body> {
    let body = body(source, out)?;
    let folder = parent_folder(source.path);
    // Where its state is kept is said of a root module alone, and once.
    let kept = |block: &Block| {
        let has = |name: &str| block.body.get_blocks(name).next().is_some();
        has("backend") || has("cloud")
    };
    let detail = match body.get_blocks("terraform").any(kept) {
        true => Detail::Whole,
        false => Detail::None,
    };
    out.provides.push(provide(kinds::TERRAFORM_MODULE, folder.into(), None, detail));
    for block in body.get_blocks("terraform").flat_map(|own| own.body.get_blocks("backend")) {
        let kind = block.labels.first().map_or("", |label| label.as_str());
        if let Some(name) = state(kind, |key| block.body.get_attribute(key).map(|own| &own.value)) {
            let detail = Detail::folder_of(folder);
            out.provides.push(provide(kinds::TERRAFORM_STATE, name, block.ident.span(), detail));
        }
    }
    let scope = Scope::of(source.path);
    let mut file = File { folder, scope, shadowed: Vec::new(), guarded: 0, is_order: false, out };
    body.iter().for_each(|structure| file.top(structure));
    Some(body)
}

/// Where a state is kept, if that is written down: kind, bucket and key.
fn state<'e>(kind: &str, of: impl Fn(&str) -> Option<&'e Expression>) -> Option<String> {
    let text = |key: &str| of(key).and_then(literal);
    let (bucket, key) = match kind {
        "s3" => ("bucket", "key"),
        "gcs" => ("bucket", "prefix"),
        "azurerm" => ("container_name", "key"),
        _ => return None,
    };
    Some(format!("{kind}:{}/{}", text(bucket)?, text(key)?))
}

/// A value of an object by its key.
fn member<'e>(expression: &'e Expression, key: &str) -> Option<&'e Expression> {
    let Expression::Object(object) = expression else { return None };
    let is = |own: &ObjectKey| match own {
        ObjectKey::Ident(name) => name.as_str() == key,
        ObjectKey::Expression(Expression::Variable(name)) => name.as_str() == key,
        ObjectKey::Expression(Expression::String(name)) => name.as_str() == key,
        ObjectKey::Expression(_) => false,
    };
    object.iter().find(|(own, _)| is(own)).map(|(_, value)| value.expr())
}

struct File<'f> {
    folder: &'f str,
    scope: Arc<Scope>,
    /// Names that a `for`, or a dynamic block, gives inside itself.
    shadowed: Vec<String>,
    /// How many expressions around this one ask whether a file exists, or try it.
    guarded: u32,
    /// In a list of what comes before: of a module it asks for the call, whatever stands behind.
    is_order: bool,
    out: &'f mut FileFacts,
}

impl File<'_> {
    fn top(&mut self, structure: &Structure) {
        let Structure::Block(block) = structure else { return };
        let label = |at: usize| block.labels.get(at).map(|label| label.as_str().to_owned());
        match (block.ident.as_str(), label(0), label(1)) {
            ("variable", Some(name), _) => {
                let detail = match block.body.has_attribute("default") {
                    true => Detail::None,
                    // Its module cannot be called without it.
                    false => Detail::Blank,
                };
                self.declare(kinds::TERRAFORM_VARIABLE, &name, block, detail);
                shapes::declared(self.folder, &name, block, self.out);
                // Conditions of a validation read the variable itself, and others.
                block.body.get_blocks("validation").for_each(|own| self.visit_body(&own.body));
            }
            ("output", Some(name), _) => {
                self.declare(kinds::TERRAFORM_OUTPUT, &name, block, Detail::None);
                self.visit_body(&block.body);
            }
            ("locals", ..) => {
                for own in block.body.attributes() {
                    let name = path_in(self.folder, own.key.as_str());
                    let kind = kinds::TERRAFORM_LOCAL;
                    self.out.provides.push(provide(kind, name, own.key.span(), Detail::None));
                }
                self.visit_body(&block.body);
            }
            ("module", Some(name), _) => self.module(&name, block),
            ("resource", Some(of), Some(name)) => {
                if of.starts_with("local_") {
                    self.written(block, "filename");
                }
                let name = format!("{of}.{name}");
                self.declare(kinds::TERRAFORM_RESOURCE, &name, block, Detail::None);
                self.visit_body(&block.body);
            }
            ("data" | "ephemeral", Some(of), Some(name)) => {
                let name = format!("{of}.{name}");
                if of == "archive_file" {
                    self.written(block, "output_path");
                }
                let kept = |key: &str| Some(&block.body.get_attribute(key)?.value);
                let config = (of == "terraform_remote_state").then(|| kept("config")).flatten();
                let kind = kept("backend").and_then(literal).unwrap_or_default();
                let state = config.and_then(|own| state(&kind, |key| member(own, key)));
                // One of each may have the same name.
                let detail = match block.ident.as_str() {
                    "data" => Detail::from(state.unwrap_or_default()),
                    _ => Detail::Whole,
                };
                self.declare(kinds::TERRAFORM_DATA, &name, block, detail);
                self.visit_body(&block.body);
            }
            ("check", ..) => {
                // Data sources inside it are seen inside it alone.
                let own = block.body.get_blocks("data").next().is_some();
                if !own {
                    self.visit_body(&block.body);
                }
            }
            ("provider", Some(name), _) => {
                let own = Scope::inside(self.scope.from.clone(), format!("{BLOCK}{name}"));
                let outer = std::mem::replace(&mut self.scope, own);
                self.visit_body(&block.body);
                self.scope = outer;
            }
            ("moved", ..) => self.moved(block),
            // `removed` and `import` name what is no more, or not yet.
            _ => {}
        }
    }

    /// A file that a run writes among those of the module.
    fn written(&mut self, block: &Block, key: &str) {
        let own = block.body.get_attribute(key);
        let path = |own: &Attribute| self.path(&own.value).or_else(|| self.tail(&own.value));
        if let Some((path, own)) = own.and_then(|own| Some((path(own)?, own))) {
            let span = own.value.span();
            self.out.provides.push(provide(kinds::WRITTEN_FILE, path, span, Detail::None));
        }
    }

    fn declare(&mut self, kind: Kind, name: &str, block: &Block, detail: Detail) {
        let span = block.labels.last().and_then(|label| label.span()).or(block.ident.span());
        several::declared(kind, path_in(self.folder, name), block, self.out);
        let name = path_in(self.folder, name);
        self.out.provides.push(provide(kind, name, span, detail));
    }

    /// A call: its arguments are variables of the module, where that lies in the tree.
    fn module(&mut self, name: &str, block: &Block) {
        let attribute = |key: &str| block.body.get_attribute(key);
        let source = attribute("source").and_then(|own| Some((literal(&own.value)?, own)));
        let local = source.as_ref().filter(|(text, _)| text.starts_with('.'));
        let target = local.and_then(|(text, _)| join_path(self.folder, text));
        let detail = target.as_ref().map_or(Detail::None, |folder| Detail::folder_of(folder));
        self.declare(kinds::TERRAFORM_CALL, name, block, detail);
        if let (Some(folder), Some((_, own))) = (&target, local) {
            let span = place(own.value.span());
            self.require(kinds::TERRAFORM_SOURCE, folder.to_string(), span, "source");
            let call = (self.out.provides.len() - 1) as u32;
            for passed in block.body.attributes() {
                if !META.contains(&passed.key.as_str()) {
                    let name = path_in(folder, passed.key.as_str());
                    let target = Ref::exact(kinds::TERRAFORM_VARIABLE, name);
                    let target = target.seen_from(self.scope.clone());
                    let span = place(passed.key.span());
                    let require = Require::certain(
                        target,
                        span,
                        Relation::Expects.called(ARGUMENT),
                        Some(call),
                    );
                    // The room's own check says what a module does not take.
                    self.out.requires.push(require.with_strength(Strength::Guarded));
                    shapes::passed(folder, passed.key.as_str(), &passed.value, self.out);
                }
            }
        }
        self.visit_body(&block.body);
    }

    /// `yamldecode(file(x))`: what is made of the text goes elsewhere, and names what is there.
    fn decoded(&mut self, node: &FuncCall) {
        let Some(Expression::FuncCall(read)) = node.args.iter().next() else { return };
        let path = read.args.iter().next().filter(|_| read.name.name.as_str() == "file");
        if let Some((path, span)) = path.and_then(|own| Some((self.path(own)?, own.span()))) {
            let via = Relation::Carries.called("yamldecode");
            let require =
                Require::certain(Ref::exact(kinds::FILE, path.as_str()), place(span), via, None);
            self.out.requires.push(require.with_strength(Strength::Guarded));
        }
    }

    /// What a thing is called now. Where nothing has that name it is moved, and then destroyed.
    fn moved(&mut self, block: &Block) {
        let Some(to) = block.body.get_attribute("to") else { return };
        let Expression::Traversal(own) = &to.value else { return };
        let Expression::Variable(first) = &own.expr else { return };
        let names = own.operators.iter().map_while(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            _ => None,
        });
        let names: Vec<&str> = names.take(1).collect();
        let (kind, name) = match (first.as_str(), names.as_slice()) {
            ("data", _) => return,
            ("module", [call]) => (kinds::TERRAFORM_CALL, (*call).to_owned()),
            (of, [name]) => (kinds::TERRAFORM_RESOURCE, format!("{of}.{name}")),
            _ => return,
        };
        let target = Ref::exact(kind, path_in(self.folder, &name)).seen_from(self.scope.clone());
        let require = Require::certain(target, place(own.span()), "moved", None);
        self.out.requires.push(require.with_strength(Strength::Likely));
    }

    fn require(&mut self, kind: Kind, name: String, span: Span, via: &'static str) {
        let target = Ref::exact(kind, name).seen_from(self.scope.clone());
        let strength = if self.guarded > 0 { Strength::Guarded } else { Strength::Certain };
        let require = Require::certain(target, span, via, None).with_strength(strength);
        self.out.requires.push(require);
    }

    /// A reference by its first word and the names behind it.
    fn reference(&mut self, first: &str, rest: &[&str], span: Span) {
        if BUILT_IN.contains(&first) || self.shadowed.iter().any(|own| own == first) {
            return;
        }
        let of = |name: &str| path_in(self.folder, name);
        match (first, rest) {
            ("var", [name, ..]) => {
                self.require(kinds::TERRAFORM_VARIABLE, of(name), span, "var");
            }
            ("local", [name, ..]) => {
                self.require(kinds::TERRAFORM_LOCAL, of(name), span, "local");
            }
            ("module", [call, output, ..]) => {
                let name = of(&format!("{call}.{output}"));
                self.require(kinds::TERRAFORM_RESULT, name, span, "module");
            }
            ("module", [call]) => self.require(kinds::TERRAFORM_CALL, of(call), span, "module"),
            ("data", ["terraform_remote_state", name, "outputs", output, ..]) => {
                let name = of(&format!("{name}.{output}"));
                self.require(kinds::TERRAFORM_REMOTE, name, span, "outputs");
            }
            ("data", [kind, name, ..]) => {
                let name = of(&format!("{kind}.{name}"));
                self.require(kinds::TERRAFORM_DATA, name, span, "data");
            }
            // Types of resources begin with their provider's name.
            (kind, [name, ..]) if kind.contains('_') => {
                let name = of(&format!("{kind}.{name}"));
                self.require(kinds::TERRAFORM_RESOURCE, name, span, "resource");
            }
            _ => {}
        }
    }

    fn with_names(&mut self, names: &[&str], inside: impl FnOnce(&mut Self)) {
        let outer = self.shadowed.len();
        self.shadowed.extend(names.iter().map(|name| (*name).to_owned()));
        inside(self);
        self.shadowed.truncate(outer);
    }
}

impl Visit for File<'_> {
    fn visit_body(&mut self, node: &Body) {
        visit::visit_body(self, node);
    }

    fn visit_block(&mut self, node: &Block) {
        if node.ident.as_str() != "dynamic" {
            return self.visit_body(&node.body);
        }
        let label = node.labels.first().map(|label| label.as_str()).unwrap_or_default();
        let iterator = node.body.get_attribute("iterator").and_then(|own| match &own.value {
            Expression::Variable(name) => Some(name.as_str()),
            _ => None,
        });
        self.with_names(&[iterator.unwrap_or(label)], |file| file.visit_body(&node.body));
    }

    fn visit_attr(&mut self, node: &Attribute) {
        // Those name configurations of providers, and arguments of the block itself.
        let names = ["provider", "providers", "ignore_changes", "type", "iterator"];
        if !names.contains(&node.key.as_str()) {
            self.is_order = node.key.as_str() == "depends_on";
            self.visit_expr(&node.value);
            self.is_order = false;
        }
    }

    fn visit_traversal(&mut self, node: &Traversal) {
        let Expression::Variable(first) = &node.expr else {
            return visit::visit_traversal(self, node);
        };
        let names = node.operators.iter().map_while(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            _ => None,
        });
        let most = if self.is_order && first.as_str() == "module" { 1 } else { 4 };
        let names: Vec<&str> = names.take(most).collect();
        if self.guarded == 0 && !self.shadowed.iter().any(|own| own == first.as_str()) {
            several::read(self.folder, first.as_str(), &names, node, self.out);
        }
        self.reference(first.as_str(), &names, place(node.span()));
        let indexes = node.operators.iter().filter_map(|operator| match operator.value() {
            TraversalOperator::Index(index) => Some(index),
            _ => None,
        });
        indexes.for_each(|index| self.visit_expr(index));
    }

    fn visit_object_item(&mut self, key: &ObjectKey, value: &ObjectValue) {
        if let ObjectKey::Expression(key) = key {
            self.visit_expr(key);
        }
        self.visit_expr(value.expr());
    }

    fn visit_for_expr(&mut self, node: &ForExpr) {
        let intro = &node.intro;
        self.visit_expr(&intro.collection_expr);
        let key = intro.key_var.as_ref().map_or("", |own| own.as_str());
        self.with_names(&[key, intro.value_var.as_str()], |file| {
            node.key_expr.iter().for_each(|own| file.visit_expr(own));
            file.visit_expr(&node.value_expr);
            node.cond.iter().for_each(|own| file.visit_expr(&own.expr));
        });
    }

    fn visit_for_template_expr(&mut self, node: &ForTemplateExpr) {
        self.visit_expr(&node.collection_expr);
        let key = node.key_var.as_ref().map_or("", |own| own.as_str());
        self.with_names(&[key, node.value_var.as_str()], |file| {
            file.visit_template(&node.template);
        });
    }

    fn visit_conditional(&mut self, node: &hcl_edit::expr::Conditional) {
        self.visit_expr(&node.cond_expr);
        // `fileexists(x) ? file(x) : ""`
        let asks = matches!(&node.cond_expr, Expression::FuncCall(call)
            if call.name.name.as_str() == "fileexists");
        self.guarded += u32::from(asks);
        self.visit_expr(&node.true_expr);
        self.visit_expr(&node.false_expr);
        self.guarded -= u32::from(asks);
    }

    fn visit_func_call(&mut self, node: &FuncCall) {
        let name = node.name.name.as_str();
        let reads = matches!(
            name,
            "file" | "filebase64" | "filesha256" | "filebase64sha256" | "filemd5" | "templatefile"
        );
        let path = node.args.iter().next().filter(|_| reads && node.name.namespace.is_empty());
        if let Some((path, span)) = path.and_then(|own| Some((self.path(own)?, own.span()))) {
            let target = Ref::exact(kinds::FILE, path.as_str());
            // Another step of the pipeline may write it: a plan fails without it all the same,
            // but for the guards.
            let strength = match self.guarded > 0 {
                true => Strength::Guarded,
                false if is_brought(&path) => Strength::Likely,
                false => Strength::Certain,
            };
            let via = if name == "templatefile" { "templatefile" } else { "file" };
            let require = Require::certain(target, place(span), via, None);
            self.out.requires.push(require.with_strength(strength));
        }
        if name == "yamldecode" {
            self.decoded(node);
        }
        if name == "templatefile" && node.name.namespace.is_empty() {
            self.template(node);
        }
        let tries = matches!(name, "try" | "can");
        // A declaration is needed all the same; an attribute is not, and no file is.
        self.guarded += u32::from(tries);
        node.args.iter().for_each(|own| self.visit_expr(own));
        self.guarded -= u32::from(tries);
    }
}

impl File<'_> {
    /// A call of `templatefile` whose variables are written down.
    fn template(&mut self, node: &FuncCall) {
        let mut args = node.args.iter();
        let (Some(path), Some(Expression::Object(given))) = (args.next(), args.next()) else {
            return;
        };
        let Some(path) = self.path(path) else { return };
        let mut call = Call::new(
            smallvec![Ref::exact(kinds::TERRAFORM_TEMPLATE, path)],
            place(node.name.name.span()),
            "templatefile",
        );
        for (key, _) in given.iter() {
            match shapes::key(key) {
                Some(name) => {
                    call.args.push(Arg { name: name.into(), value: None, span: place(key.span()) })
                }
                None => call.open = true,
            }
        }
        self.out.calls.push(call);
    }

    /// How a path ends that begins somewhere else: `cluster/values.yaml` of
    /// `"${path.root}/../cluster/values.yaml"`.
    fn tail(&self, expression: &Expression) -> Option<String> {
        let text = match expression {
            Expression::String(text) => text.as_str(),
            Expression::StringTemplate(template) => match template.iter().last()? {
                Element::Literal(text) => text.as_str().split_once('/')?.1,
                _ => return None,
            },
            _ => return None,
        };
        let tail = text.rsplit("../").next().unwrap_or(text).trim_start_matches(['.', '/']);
        tail.contains('/').then(|| tail.to_owned())
    }

    /// The tree's path of `"${path.module}/files/a"`.
    fn path(&self, expression: &Expression) -> Option<String> {
        let Expression::StringTemplate(template) = expression else { return None };
        let mut elements = template.iter();
        let Some(Element::Interpolation(first)) = elements.next() else { return None };
        let Expression::Traversal(own) = &first.expr else { return None };
        let is = |own: &Traversal| {
            matches!(&own.expr, Expression::Variable(name) if name.as_str() == "path")
                && matches!(own.operators.first().map(|own| own.value()),
                    Some(TraversalOperator::GetAttr(name)) if name.as_str() == "module")
        };
        let Some(Element::Literal(rest)) = elements.next() else { return None };
        let rest = rest.as_str().strip_prefix('/').filter(|_| is(own))?;
        let whole = elements.next().is_none() && !rest.is_empty();
        whole.then(|| join_path(self.folder, rest)).flatten().map(|path| path.to_string())
    }
}
