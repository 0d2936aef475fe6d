//! Packages that `setup.py` and `setup.cfg` make: their names, the commands
//! that they install, and what they depend on.
//!
//! (Sources: setuptools' guide to entry points and package discovery; the entry points
//! specification; Poetry's and pbr's documentation.)

use super::value::{Args, Value};
use crate::domain::loads::load;
use crate::domain::packages;
use crate::domain::packages::Floating;
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Require, Scope, Span, Strength, base_name,
    join_path, kinds, parent_folder,
};
use crate::syntax::lines::trimmed;
use smol_str::SmolStr;

/// Where the packages of a project stand.
#[derive(Debug, Default)]
pub(super) struct Layout<'a> {
    /// The project's folder in the tree.
    pub folder: &'a str,
    /// Packages and the folders that hold them; the empty one stands for all others.
    pub packages: Vec<(String, String)>,
    /// Modules that are no packages.
    pub modules: Vec<String>,
}

impl Layout<'_> {
    /// The file that `pkg.mod:func` runs; the package itself where only that is named.
    fn file(&self, target: &str) -> Option<String> {
        let module = target.split([':', '[']).next()?.trim();
        let is_name =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !module.split('.').all(is_name) {
            return None;
        }
        // The longest package that is placed somewhere.
        let within = |package: &str| {
            module.strip_prefix(package).filter(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let placed = self.packages.iter().filter(|(package, _)| !package.is_empty());
        let placed = placed
            .filter_map(|(package, folder)| Some((package.len(), folder, within(package)?)))
            .max_by_key(|(len, ..)| *len);
        let inside = match placed {
            Some((_, folder, rest)) => format!("{folder}{}", rest.replace('.', "/")),
            None => {
                let root = self.packages.iter().find(|(package, _)| package.is_empty());
                let root = root.map_or("", |(_, folder)| folder.as_str());
                format!("{root}/{}", module.replace('.', "/"))
            }
        };
        let is_package = !module.contains('.') && !self.modules.iter().any(|own| own == module);
        let file =
            if is_package { format!("{inside}/__init__.py") } else { format!("{inside}.py") };
        join_path(self.folder, file.trim_start_matches('/'))
    }

    pub fn entry(&self, name: &str, target: &str, span: Span, out: &mut FileFacts) {
        let Some(file) = self.file(target) else { return };
        provide(name, &file, span, out);
        // The module and the function that the command begins with.
        let target = target.split('[').next().unwrap_or(target).trim();
        let Some((module, function)) = target.split_once(':') else { return };
        let from = match self.folder {
            "" => "pyproject.toml".to_owned(),
            folder => format!("{folder}/pyproject.toml"),
        };
        out.requires.extend(started(&from, module.trim(), function.trim(), span, "entry point"));
    }

    /// The name of the package that the project is built into.
    pub fn built(&self, name: &str, span: Span, out: &mut FileFacts) {
        out.provides.push(Provide {
            kind: kinds::PACKAGE_PIP_BUILT,
            name: NamePattern::Exact(packages::pip_name(name)),
            span,
            within: None,
            detail: Detail::folder_of(self.folder),
        });
    }

    /// A file that a build writes among the project's own.
    pub fn written(&self, path: &str, span: Span, out: &mut FileFacts) {
        out.provides.push(Provide {
            kind: kinds::WRITTEN_FILE,
            name: NamePattern::exact(path.trim_start_matches("./")),
            span,
            within: None,
            detail: Detail::None,
        });
    }

    /// A file without which the build stops.
    fn copies(&self, path: &str, span: Span, via: &'static str, out: &mut FileFacts) {
        let is_plain = !path.is_empty() && !path.contains(['*', '?', '[', '{', '$']);
        if let Some(file) = join_path(self.folder, path).filter(|_| is_plain) {
            load(out, [file], span, via, Strength::Certain);
        }
    }

    /// A script that is installed under its own name.
    fn script(&self, path: &str, span: Span, out: &mut FileFacts) {
        let Some(file) = join_path(self.folder, path) else { return };
        self.copies(path, span, "scripts", out);
        let name = base_name(path);
        provide(name, &file, span, out);
    }
}

/// What a program needs that begins with a name of a module, as the file at `from` sees it.
pub(super) fn started(
    from: &str,
    module: &str,
    name: &str,
    span: Span,
    via: &'static str,
) -> Vec<Require> {
    let scope = Scope::of(from);
    let mut all = vec![Ref::exact(kinds::PYTHON_IMPORT, module)];
    if !name.is_empty() && !name.contains('.') {
        all.push(Ref::exact(kinds::PYTHON_NAME, format!("{module}.{name}")));
    }
    let own = |target: Ref| Require::certain(target.seen_from(scope.clone()), span, via, None);
    all.into_iter().map(own).collect()
}

/// A package that this one depends on.
pub(super) fn depends(text: &str, span: Span, out: &mut FileFacts) {
    if let Some(wanted) = packages::pip(text, Floating::Present) {
        wanted.add(kinds::PACKAGE_PIP, span, None, out);
    }
}

fn provide(name: &str, file: &str, span: Span, out: &mut FileFacts) {
    if name.is_empty() || name.contains(char::is_whitespace) {
        return;
    }
    out.provides.push(Provide {
        kind: kinds::COMMAND,
        name: NamePattern::exact(name),
        span,
        within: None,
        detail: Detail::leads(kinds::FILE, file),
    });
}

/// What `setup(…)` in the file at `path` installs.
pub(super) fn setup(args: &Args<'_>, path: &str, source: &str, out: &mut FileFacts) {
    let mut layout = Layout { folder: parent_folder(path), ..Layout::default() };
    if let Some(Value::Dict(entries)) = args.keyword("package_dir") {
        let known =
            entries.iter().filter_map(|(package, folder)| Some((package.text()?, folder.text()?)));
        layout.packages =
            known.map(|(package, folder)| (package.to_string(), folder.to_string())).collect();
    }
    if let Some(Value::List(modules)) = args.keyword("py_modules") {
        layout.modules =
            modules.iter().filter_map(|module| Some(module.text()?.to_string())).collect();
    }
    if let Some(value @ Value::Text(_, span)) = args.keyword("name")
        && let Some(name) = value.text()
    {
        layout.built(name, *span, out);
    }
    if let Some(Value::List(requires)) = args.keyword("install_requires") {
        for require in requires.iter() {
            if let (Some(text), Value::Text(_, span)) = (require.text(), require) {
                depends(text, *span, out);
            }
        }
    }
    if let Some(Value::List(scripts)) = args.keyword("scripts") {
        for script in scripts.iter() {
            if let (Some(path), Value::Text(_, span)) = (script.text(), script) {
                layout.script(path, *span, out);
            }
        }
    }
    copied(&layout, args, out);
    match args.keyword("entry_points") {
        Some(Value::Dict(groups)) => {
            for (group, lines) in groups.iter() {
                if !matches!(
                    group.text().map(SmolStr::as_str),
                    Some("console_scripts" | "gui_scripts")
                ) {
                    continue;
                }
                let lines = match lines {
                    Value::List(lines) => lines.to_vec(),
                    line => vec![line.clone()],
                };
                for line in lines {
                    let Value::Text(_, span) = &line else { continue };
                    for (at, text) in text_lines(source, *span) {
                        assignment(&layout, at, text, out);
                    }
                }
            }
        }
        Some(Value::Text(_, span)) => {
            let mut wanted = false;
            for (at, line) in text_lines(source, *span) {
                match line.trim().strip_prefix('[') {
                    Some(section) => wanted = is_scripts(section.trim_end_matches(']')),
                    None if wanted => assignment(&layout, at, line, out),
                    None => {}
                }
            }
        }
        _ => {}
    }
}

/// The files that `data_files` copies, and one that a build writes.
fn copied(layout: &Layout<'_>, args: &Args<'_>, out: &mut FileFacts) {
    if let Some(Value::List(places)) = args.keyword("data_files") {
        let parts = places.iter().filter_map(|place| match place {
            // Each with the folder that its files are put in.
            Value::List(place) => place.get(1),
            _ => None,
        });
        let lists = parts.filter_map(|files| match files {
            Value::List(files) => Some(files),
            _ => None,
        });
        for file in lists.flat_map(|files| files.iter()) {
            if let (Some(path), Value::Text(_, span)) = (file.text(), file) {
                layout.copies(path, *span, "data_files", out);
            }
        }
    }
    if let Some(Value::Dict(given)) = args.keyword("use_scm_version") {
        for (key, value) in given.iter() {
            let is_file =
                key.text().is_some_and(|own| matches!(own.as_str(), "write_to" | "version_file"));
            if let (Some(path), Value::Text(_, span)) = (value.text().filter(|_| is_file), value) {
                layout.written(path, *span, out);
            }
        }
    }
}

fn is_scripts(section: &str) -> bool {
    matches!(section.trim(), "console_scripts" | "gui_scripts")
}

/// The lines of a string literal, without its quotes, and where they stand.
fn text_lines(source: &str, span: Span) -> Vec<(usize, &str)> {
    let literal = source.get(span.range()).unwrap_or_default();
    let is_quote = |c: char| matches!(c, '\'' | '"');
    let start = literal.find(is_quote).unwrap_or(0);
    let inner = literal[start..].trim_matches(is_quote);
    let start = span.start as usize
        + start
        + (literal[start..].len() - literal[start..].trim_start_matches(is_quote).len());
    trimmed(inner).map(|(at, line)| (start + at, line)).collect()
}

/// `name = pkg.mod:func`.
fn assignment(layout: &Layout<'_>, at: usize, line: &str, out: &mut FileFacts) {
    let Some((name, target)) = line.split_once('=') else { return };
    let (name, span) = without_blanks(at, name);
    layout.entry(name, target.trim(), span, out);
}

fn without_blanks(at: usize, text: &str) -> (&str, Span) {
    let start = at + (text.len() - text.trim_start().len());
    let text = text.trim();
    (text, Span::new(start, start + text.len()))
}

/// `setup.cfg`.
pub(super) fn setup_cfg(path: &str, text: &str, out: &mut FileFacts) {
    let mut layout = Layout { folder: parent_folder(path), ..Layout::default() };
    // The layout may stand below what needs it.
    let mut entries: Vec<(usize, &str)> = Vec::new();
    let mut scripts: Vec<(usize, &str)> = Vec::new();
    let mut section = "";
    let mut key = "";
    for (start, line) in trimmed(text) {
        if line.trim().is_empty() || line.trim_start().starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').trim();
            key = "";
            continue;
        }
        let mut at = start;
        let mut value = line;
        if !line.starts_with(char::is_whitespace) {
            let Some((name, rest)) = line.split_once('=') else { continue };
            key = name.trim();
            at += name.len() + 1;
            value = rest;
        }
        let (value, span) = without_blanks(at, value);
        if value.is_empty() {
            continue;
        }
        match (section, key) {
            ("options.entry_points" | "entry_points", key) if is_scripts(key) => {
                entries.push((span.start as usize, value));
            }
            ("metadata", "name") => layout.built(value, span, out),
            ("options", "install_requires") => depends(value, span, out),
            ("options.data_files", _) => {
                let files = value.split([',', ' ']).map(str::trim);
                files.for_each(|file| layout.copies(file, span, "data_files", out));
            }
            ("options" | "files", "scripts") => scripts.push((span.start as usize, value)),
            ("options", "package_dir") => {
                if let Some((package, folder)) = value.split_once('=') {
                    layout.packages.push((package.trim().into(), folder.trim().into()));
                }
            }
            ("options.packages.find", "where") => {
                layout.packages.push((String::new(), value.into()));
            }
            ("options", "py_modules") => layout.modules.push(value.into()),
            _ => {}
        }
    }
    for (at, line) in entries {
        assignment(&layout, at, line, out);
    }
    for (at, script) in scripts {
        layout.script(script, Span::new(at, at + script.len()), out);
    }
}
