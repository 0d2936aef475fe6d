//! Files of modules: templates, `file()`, the `puppet:///` sources.

use super::text::{Text, branches, fold};
use super::walk::{More, Walk};
use crate::facts::{Arg, Kind, NamePattern, Piece, Ref, Strength, is_slip, kinds};
use crate::syntax::puppet::ast::{Expr, ExprKind, Parameter};
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

impl<'a> Walk<'_, '_, 'a> {
    /// `template('module/path')`, every argument of it.
    pub fn templates(&mut self, args: &[Expr<'a>]) {
        for arg in args {
            if let ExprKind::Hash(_) = arg.kind {
                let help = "`epp()` takes a template and a hash of its parameters";
                self.refused("`template()` takes names of files alone", arg.span, help);
            }
            let mut groups = Vec::new();
            branches(arg, &self.constants, &mut groups);
            for text in groups.into_iter().flatten() {
                self.module_file(kinds::PUPPET_TEMPLATE, text, "template()");
            }
            self.without_strings(arg);
        }
    }

    pub fn epp(&mut self, args: &[Expr<'a>]) {
        if let Some(first) = args.first() {
            let call_args = match args.get(1).map(|arg| arg.kind) {
                None => Some(Vec::new()),
                Some(ExprKind::Hash(pairs)) => pairs
                    .iter()
                    .map(|(key, _)| {
                        let name = fold(key, &self.constants)?.as_exact()?.clone();
                        Some(Arg { name, value: None, span: key.span })
                    })
                    .collect(),
                Some(_) => None,
            };
            let mut groups = Vec::new();
            branches(first, &self.constants, &mut groups);
            for mut text in groups.into_iter().flatten() {
                // Puppet adds the ending where it is left out.
                if !text.name.suffix().ends_with(".epp") {
                    let ending = Piece::Text(".epp".into());
                    text.name =
                        NamePattern::from_pieces(text.name.pieces().into_iter().chain([ending]));
                }
                if let (Some(args), Some(name)) = (&call_args, text.name.as_exact()) {
                    let any_of = smallvec![Ref::exact(kinds::PUPPET_TEMPLATE, name.clone())];
                    self.push_call(any_of, args.clone(), More::None, text.span, "epp()");
                }
                self.module_file(kinds::PUPPET_TEMPLATE, text, "epp()");
            }
            self.without_strings(first);
        }
        args.iter().skip(1).for_each(|arg| self.expr(arg));
    }

    /// `file('a', 'b')`: the first that exists.
    pub fn file_function(&mut self, args: &[Expr<'a>]) {
        let mut any_of = SmallVec::new();
        let mut span = None;
        for arg in args {
            match fold(arg, &self.constants) {
                Some(name) if !name.prefix().starts_with('/') && name != NamePattern::any() => {
                    span.get_or_insert(arg.span);
                    any_of.push(Ref::new(kinds::PUPPET_FILES, name));
                }
                // An absolute or computed path may exist on the server.
                _ => {
                    self.without_strings(arg);
                    return;
                }
            }
        }
        if let Some(span) = span {
            self.require(any_of, span, "file()", Strength::Certain);
        }
        args.iter().for_each(|arg| self.without_strings(arg));
    }

    /// A `MODULE/path` name. Absolute paths live on the server, unless one is a module's but
    /// for its first letter; a module that is not known says nothing.
    fn module_file(&mut self, kind: Kind, text: Text, via: &'static str) {
        let prefix = text.name.prefix();
        let is_exact = text.name.as_exact().is_some();
        if !is_exact && (prefix.starts_with('/') || !prefix.contains('/')) {
            return;
        }
        // `template('web//etc/x')` finds what `template('web/etc/x')` finds.
        let tidied = (text.name.as_exact())
            .filter(|name| !name.starts_with('/') && name.contains("//"))
            .map(|name| NamePattern::exact(tidy(name)));
        let name = tidied.unwrap_or(text.name);
        self.require(smallvec![Ref::new(kind, name)], text.span, via, Strength::Certain);
    }

    /// `String $template = 'web/site.erb'`, rendered by `template($template)`: what a caller that
    /// passes none gets.
    pub fn default_template(&mut self, param: &Parameter<'a>, body: &[Expr<'a>]) {
        let (Some(default), Some((first, last))) = (param.default, body.first().zip(body.last()))
        else {
            return;
        };
        let name = fold(default, &self.constants).and_then(|name| name.as_exact().cloned());
        let Some(name) = name.filter(|name| name.contains('/') && !name.starts_with('/')) else {
            return;
        };
        let text = self.source.text.get(first.span.to(last.span).range()).unwrap_or_default();
        let is_rendered = |function: &str| {
            let call = format!("{function}(${})", param.name);
            text.contains(&call)
        };
        if is_rendered("template") || name.ends_with(".epp") && is_rendered("epp") {
            let target = smallvec![Ref::exact(kinds::PUPPET_TEMPLATE, name)];
            self.require(target, default.span, "template()", Strength::Likely);
        }
    }

    /// `source => …` of a file resource.
    pub fn file_source(&mut self, value: &Expr<'a>) {
        let mut groups = Vec::new();
        branches(value, &self.constants, &mut groups);
        for group in groups {
            self.source_group(&group);
        }
        self.without_strings(value);
    }

    /// Alternatives of one source: the first that exists counts, so a computed or
    /// private one means that nothing is certain.
    pub fn source_group(&mut self, group: &[Text]) {
        if let [text] = group
            && let Some(target) = old_source(&text.name)
        {
            return self.require(smallvec![target], text.span, OLD_SOURCE, Strength::Guarded);
        }
        let mut any_of = SmallVec::new();
        for text in group {
            match source_ref(&text.name) {
                Some(target) => any_of.push(target),
                None => return,
            }
        }
        let Some((first, last)) = group.first().zip(group.last()) else { return };
        let is_exact = |own: &Text| own.name.as_exact().is_some();
        let mut span = if group.len() > 1 { first.span.to(last.span) } else { first.span };
        // What hosts have of their own may be anything: the one that is for all others counts.
        if is_exact(last) && !is_exact(first) {
            any_of.rotate_right(1);
            span = last.span;
        }
        self.require(any_of, span, "source", Strength::Certain);
    }
}

/// How Puppet up to 2.7 is asked for a file of a module: `puppet:///MODULE/path`. The name may be
/// that of a mount of the server as well, whatever modules there are.
pub(super) const OLD_SOURCE: &str = "source without `modules/`";

/// Mounts that are no modules, whatever the tree. (Source: Puppet's file server documentation, and
/// what people call theirs.)
const MOUNTS: [&str; 12] = [
    "dist",
    "extra_files",
    "facts",
    "files",
    "lib",
    "local",
    "module",
    "modules",
    "plugins",
    "private",
    "puppet",
    "volatile",
];

/// The file of a module that an old URL names.
fn old_source(name: &NamePattern) -> Option<Ref> {
    let path = name.as_exact()?.strip_prefix("puppet:///")?;
    let (module, rest) = path.split_once('/')?;
    let is_name = module
        .bytes()
        .all(|own| own.is_ascii_lowercase() || own.is_ascii_digit() || own == b'_' || own == b'-');
    let is_file = !rest.is_empty() && !rest.starts_with("modules/") && !rest.starts_with("files/");
    let is_mount = MOUNTS.contains(&module) || is_slip(module, "modules");
    (is_name && is_file && !module.is_empty() && !is_mount)
        .then(|| Ref::exact(kinds::PUPPET_FILES, tidy(path)))
}

/// What a `puppet:` URL names. `None` for mounts that live elsewhere (`private`,
/// `volatile`, …), for other schemes and for local paths.
///
/// `puppet:///modules/M/p` is a module's file; `puppet:///files/p` the `files` mount of
/// old trees at the root; a server name may stand before the mount. (Source: Puppet's
/// file server documentation.)
pub(super) fn source_ref(name: &NamePattern) -> Option<Ref> {
    let pieces = name.pieces();
    let Piece::Text(first) = pieces.first()? else { return None };
    // What a template makes of it is known when it is rendered.
    let rest = first.strip_prefix("puppet://").filter(|rest| !rest.contains("<%"))?;
    let (server, path) = rest.split_once('/')?;
    if server == "modules" {
        // A slash too few: the module's name is taken for a mount of that server.
        return Some(Ref::new(kinds::PUPPET_MOUNT, name.clone()));
    }
    let strip = |mount: &str, kind: Kind, keep: &str| {
        let tail = path.strip_prefix(mount)?;
        let head = Piece::Text(format!("{keep}{tail}").into());
        let pieces = std::iter::once(head).chain(pieces.iter().skip(1).cloned());
        let name = NamePattern::from_pieces(pieces);
        let name = match &name {
            NamePattern::Exact(exact) => NamePattern::exact(tidy(exact)),
            _ => name,
        };
        (name.prefix().contains('/')).then(|| Ref::new(kind, name))
    };
    strip("modules/", kinds::PUPPET_FILES, "")
        .or_else(|| strip("files/", kinds::PUPPET_MOUNT, "files/"))
        .or_else(|| strip("module/", kinds::PUPPET_MOUNT, "module/"))
        .or_else(|| {
            // The words in the wrong order: `puppet:///web/modules/x`.
            let (mount, rest) = path.split_once('/')?;
            let is_misspelt = is_slip(mount, "modules");
            let is_swapped = rest.starts_with("modules/") && !mount.is_empty() || is_misspelt;
            let head = Piece::Text(SmolStr::new(path));
            let pieces = std::iter::once(head).chain(pieces.iter().skip(1).cloned());
            is_swapped.then(|| Ref::new(kinds::PUPPET_MOUNT, NamePattern::from_pieces(pieces)))
        })
}

/// Without doubled and trailing slashes, which the file server ignores.
fn tidy(path: &str) -> SmolStr {
    if !path.contains("//") && !path.ends_with('/') {
        return SmolStr::new(path);
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts.join("/").into()
}
