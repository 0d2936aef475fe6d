//! What lines declare, by their shape.

use super::{Declared, Family, Form};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Shapes of lines, and what the name in each is.
type Shapes = LazyLock<Vec<(Regex, Form)>>;

macro_rules! shapes {
    ($($name:ident = [$(($text:literal, $form:ident)),* $(,)?];)*) => {
        $(static $name: Shapes = LazyLock::new(|| vec![$((shape($text), Form::$form)),*]);)*
    };
}

/// An expression of ours; one that is wrong matches nothing, and the tests say so.
#[cfg_attr(
    not(test),
    expect(
        clippy::unreachable,
        reason = "an expression of ours, which the compiler of expressions takes"
    )
)]
pub(super) fn shape(text: &str) -> Regex {
    Regex::new(text).or_else(|_| Regex::new("[^\\s\\S]")).unwrap_or_else(|_| unreachable!())
}

shapes! {
    PYTHON = [
        (r"^\s*(?:async\s+)?def\s+(\w+)", Function),
        (r"^\s*class\s+(\w+)", Class),
        (r"^([A-Za-z_]\w*)\s*(?::[^=]+)?=(?:[^=]|$)", Constant),
        (r"^\s+self\.(\w+)\s*(?::[^=]+)?=(?:[^=]|$)", Attribute),
    ];
    RUBY = [
        (r"^\s*(?:(?:private|protected|memoize|public)\s+)?def\s+(?:self\.)?([a-z_]\w*)", Function),
        (r"^\s*(?:class|module)\s+(?:\w+::)*([A-Z]\w*)", Class),
        (r"^\s*([A-Z][A-Z0-9_]+)\s*=(?:[^=]|$)", Constant),
        (r"^\s*(?:scope|alias|alias_method|define_method)[\s(]+:(\w+)", Function),
    ];
    CONTROLLER = [(r"^\s*@(\w+)\s*(?:\|\|)?=(?:[^=~]|$)", Shown)];
    PHP = [
        (r"\bfunction\s+&?(\w+)\s*\(", Function),
        (r"^\s*(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(\w+)", Class),
        (r"^\s*(?:(?:public|private|protected|final)\s+)*const\s+(?:\w+\s+)?(\w+)\s*=", Constant),
        (r#"^\s*define\(\s*['"](\w+)"#, Constant),
        (r"^\s*(?:(?:public|protected|static|readonly|var)\s+)+(?:[?\w\\|]+\s+)?\$(\w+)", Attribute),
    ];
    SCRIPT = [
        (r"^(?:export\s+)?(?:default\s+)?(?:async\s+)?function\*?\s+(\w+)", Function),
        (r"^(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:class|interface|enum|type)\s+(\w+)", Class),
        (r"^(?:export\s+)?(?:const|let|var)\s+(\w+)\s*[:=]", Constant),
        (r"^\s+(?:(?:public|protected|static|async|readonly|get|set)\s+)*(\w+)\s*\([^)]*\)\s*(?::[^{]*)?\{$", Function),
        (r"^\s*(?:module\.)?exports\.(\w+)\s*=", Function),
        (r"^\s+(\w+)\s*[:=]\s*(?:async\s+)?(?:function\b|\([\w, {}]*\)\s*=>|\w+\s*=>)", Function),
    ];
    SHELL = [
        (r"^\s*(?:function\s+)?([A-Za-z_][\w-]*)\s*\(\)", Function),
        (r"^\s*export\s+([A-Z][A-Z0-9_]*)=", Environment),
    ];
    MAKE = [(r"^([A-Za-z][\w-]*)\s*:(?:[^=]|$)", Target)];
    PACKAGE = [(r#"^\s+"([\w:-]+)"\s*:\s*"[^"]*[ ./&][^"]*",?$"#, Target)];
    VARIABLES = [(r"^([A-Za-z_]\w*)\s*:(?:\s|$)", Variable)];
    PLAY = [(r"^\s+(?:-\s+)?([a-z]\w*_\w+)\s*:(?:\s|$)", Variable)];
    YAML = [
        (r#"^\s+(?:-\s+)?register:\s*["']?(\w+)"#, Variable),
        (r"^\s+(?:-\s+)?([A-Z][A-Z0-9_]*_[A-Z0-9_]+)\s*[:=]", Environment),
        (r#"^\s+-?\s*name:\s*["']?([A-Z][A-Z0-9_]*_[A-Z0-9_]+)["']?$"#, Environment),
    ];
    GO = [
        (r"^func\s+(?:\([^)]*\)\s*)?(\w+)\s*[\[(]", Function),
        (r"^type\s+(\w+)", Class),
        (r"^(?:const|var)\s+(\w+)", Constant),
    ];
    PERL = [
        (r"^\s*sub\s+(\w+)", Function),
        (r"^\s*use\s+constant\s+(\w+)\s*=>", Constant),
    ];
    DEFINED = [(r#"\{\{-?\s*define\s+"([^"]+)""#, Template)];
    OBJECT = [(r#"^  name:\s*(?:&\w+\s*)?["']?([a-z0-9]+(?:-[a-z0-9]+)+)["']?$"#, Release)];
    OTHER = [
        (r"^(?:ENV\s+|export\s+)?([A-Z][A-Z0-9_]*_[A-Z0-9_]+)[= ]", Environment),
        (r#"^Environment=["']?([A-Z][A-Z0-9_]*_[A-Z0-9_]+)="#, Environment),
    ];
}

/// Names of attributes that a class of Ruby declares by a call.
static RUBY_LISTS: LazyLock<Regex> = LazyLock::new(|| {
    shape(
        r"^\s*(?:attr_\w+|mattr_\w+|cattr_\w+|has_many|has_one|belongs_to|has_and_belongs_to_many|embeds_many|embeds_one|field|delegate|class_attribute|store_accessor)[\s(]+(:.*)$",
    )
});
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| shape(r"^[\s,]*:(\w+)"));
static PARAMETER: LazyLock<Regex> =
    LazyLock::new(|| shape(r"(?:^|,)\s*\*{0,2}([a-z_]\w*)\s*(?:[:=,]|$)"));
static RUBY_PARAMETER: LazyLock<Regex> = LazyLock::new(|| shape(r"(?:[(,]|^)\s*([a-z_]\w*):"));
static RUBY_DEF: LazyLock<Regex> = LazyLock::new(|| shape(r"^\s*def\s+(?:self\.)?(\w+)\((.*)$"));
static PYTHON_DEF: LazyLock<Regex> =
    LazyLock::new(|| shape(r"^(\s*)(?:async\s+)?def\s+(\w+)\s*\((.*)$"));
static PYTHON_CLASS: LazyLock<Regex> = LazyLock::new(|| shape(r"^(\s*)class\s+(\w+)"));
static PYTHON_MEMBER: LazyLock<Regex> =
    LazyLock::new(|| shape(r"^(\s+)([A-Za-z_]\w*)\s*(?::[^=]+)?=(?:[^=]|$)"));

/// What the lines declare.
pub(super) fn of(path: &str, family: Family, lines: &[(usize, &str)]) -> Vec<Declared> {
    let mut out = Vec::new();
    let is_data = |folder: &str| path.split('/').any(|own| own == folder);
    let tables: &[&Shapes] = match family {
        Family::Python => &[&PYTHON],
        Family::Ruby if is_data("controllers") => &[&RUBY, &CONTROLLER],
        Family::Ruby => &[&RUBY],
        Family::Php => &[&PHP],
        Family::JavaScript => &[&SCRIPT],
        Family::Shell => &[&SHELL],
        Family::Make => &[&MAKE],
        Family::Package => &[&PACKAGE],
        Family::Yaml if DATA.into_iter().any(is_data) => &[&VARIABLES, &YAML],
        // What a play hands to its roles; the arguments of a task are none of these.
        Family::Yaml if !["tasks", "handlers", "meta", "templates"].into_iter().any(is_data) => {
            &[&PLAY, &YAML, &OBJECT]
        }
        Family::Yaml => &[&YAML, &DEFINED],
        Family::Page => &[&DEFINED],
        Family::Go => &[&GO],
        Family::Perl => &[&PERL],
        Family::Other => &[&OTHER, &DEFINED],
        _ => &[],
    };
    for (start, line) in lines.iter().filter(|(_, line)| !line.is_empty()) {
        for (shape, form) in tables.iter().flat_map(|own| own.iter()) {
            if let Some(name) = shape.captures(line).and_then(|own| own.get(1)) {
                let is_word = matches!(
                    name.as_str(),
                    "if" | "for" | "while" | "switch" | "catch" | "function" | "constructor"
                );
                if !is_word {
                    out.push(plain(name.as_str(), *form, start + name.start()));
                }
            }
        }
    }
    match family {
        Family::Python => python(lines, &mut out),
        Family::Ruby => ruby(lines, &mut out),
        Family::Yaml if DATA.into_iter().any(is_data) => members(lines, &mut out),
        Family::Yaml => services(lines, &mut out),
        _ => {}
    }
    out
}

/// Services of a cluster, as hosts of it call them: `NAME.NAMESPACE`.
fn services(lines: &[(usize, &str)], out: &mut Vec<Declared>) {
    let (mut is_service, mut name, mut space) = (false, None, None);
    let ends = lines.len().checked_sub(1);
    for (ix, (start, line)) in lines.iter().enumerate() {
        let bare = line.trim_end();
        is_service |= bare == "kind: Service";
        let value = |key: &str| {
            let own = bare.strip_prefix(key)?.trim_matches(['"', '\'', ' ']);
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            (!own.is_empty() && own.chars().all(is_plain)).then_some((own, start + key.len()))
        };
        name = name.or_else(|| value("  name: "));
        space = space.or_else(|| value("  namespace: "));
        if bare == "---" || Some(ix) == ends {
            if let (true, Some((name, at)), Some((space, _))) = (is_service, name, space) {
                out.push(plain(&format!("{name}.{space}"), Form::Release, at));
            }
            (is_service, name, space) = (false, None, None);
        }
    }
}

/// Folders of variables.
const DATA: [&str; 4] = ["defaults", "vars", "group_vars", "host_vars"];

/// Shorter keys than this say nothing.
const SHORTEST: usize = 4;

/// Keys of variables: `VARIABLE.KEY`.
fn members(lines: &[(usize, &str)], out: &mut Vec<Declared>) {
    let mut top: Option<(&str, Option<usize>)> = None;
    for (start, line) in lines.iter().filter(|(_, line)| !line.trim().is_empty()) {
        let bare = line.trim_start();
        let column = line.len() - bare.len();
        let Some((key, value)) = bare.split_once(':') else {
            top = top.filter(|_| column > 0);
            continue;
        };
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_key = !key.is_empty() && key.chars().all(is_word);
        match (&mut top, column) {
            (_, 0) => top = (is_key && value.trim().is_empty()).then_some((key, None)),
            (Some((name, inner)), _) => {
                let is_top = *inner.get_or_insert(column) == column;
                if is_top && is_key && key.len() >= SHORTEST {
                    out.push(plain(&format!("{name}.{key}"), Form::Member, start + column));
                }
            }
            _ => {}
        }
    }
}

fn plain(name: &str, form: Form, start: usize) -> Declared {
    Declared { name: name.to_owned(), form, owner: None, start }
}

/// Attributes and named parameters of Ruby.
fn ruby(lines: &[(usize, &str)], out: &mut Vec<Declared>) {
    let mut class = String::new();
    for (start, line) in lines {
        let bare = line.trim_start();
        if let Some(name) = bare.strip_prefix("class ").and_then(|own| own.split([' ', '<']).next())
        {
            name.rsplit("::").next().unwrap_or(name).clone_into(&mut class);
        }
        if let Some(list) = RUBY_LISTS.captures(line).and_then(|own| own.get(1)) {
            let mut at = list.start();
            while let Some(name) = SYMBOL.captures(&line[at..]).and_then(|own| own.get(1)) {
                out.push(plain(name.as_str(), Form::Attribute, start + at + name.start()));
                at += name.end();
            }
        }
        let Some(own) = RUBY_DEF.captures(line) else { continue };
        let (Some(name), Some(list)) = (own.get(1), own.get(2)) else { continue };
        let owner = if name.as_str() == "initialize" { class.as_str() } else { name.as_str() };
        for own in RUBY_PARAMETER.captures_iter(list.as_str()).filter_map(|own| own.get(1)) {
            let at = start + list.start() + own.start();
            out.push(parameter(own.as_str(), owner, at));
        }
    }
}

fn parameter(name: &str, owner: &str, start: usize) -> Declared {
    Declared { owner: Some(owner.to_owned()), ..plain(name, Form::Parameter, start) }
}

/// Parameters of Python's functions, and what its classes hold.
fn python(lines: &[(usize, &str)], out: &mut Vec<Declared>) {
    let mut class: Option<(usize, String)> = None;
    let mut open: Option<(String, i32)> = None;
    for (start, line) in lines {
        let (from, depth, owner) = match open.take() {
            Some((owner, depth)) => (0, depth, owner),
            None => {
                if let Some(own) = PYTHON_CLASS.captures(line) {
                    class = Some((text(&own, 1).len(), text(&own, 2).to_owned()));
                    continue;
                }
                if let (Some(own), Some((column, _))) = (PYTHON_MEMBER.captures(line), &class)
                    && text(&own, 1).len() == column + 4
                    && let Some(name) = own.get(2)
                {
                    out.push(plain(name.as_str(), Form::Attribute, start + name.start()));
                }
                let Some(own) = PYTHON_DEF.captures(line) else { continue };
                let (Some(list), name) = (own.get(3), text(&own, 2)) else { continue };
                let of_class = class.as_ref().filter(|_| name == "__init__");
                let owner = of_class.map_or(name, |(_, class)| class.as_str());
                (list.start(), 1, owner.to_owned())
            }
        };
        let list = &line[from..];
        for own in PARAMETER.captures_iter(list).filter_map(|own| own.get(1)) {
            out.push(parameter(own.as_str(), &owner, start + from + own.start()));
        }
        let count = |mark: char| list.matches(mark).count() as i32;
        let depth = depth + count('(') - count(')');
        open = (depth > 0).then_some((owner, depth));
    }
}

fn text<'l>(own: &Captures<'l>, ix: usize) -> &'l str {
    own.get(ix).map_or("", |own| own.as_str())
}

/// Files that a tool looks for where it is run, with how it is run.
const TOOLS: [(&str, &str); 5] = [
    (".pre-commit-config.yaml", "pre-commit run"),
    ("Gemfile", "bundle exec"),
    ("Gemfile", "bundle install"),
    ("Pipfile", "pipenv"),
    ("pyproject.toml", "poetry"),
];

/// The name with dots by which others know the file at `path`, if they know it by one.
fn dotted(path: &str) -> Option<String> {
    let (stem, ending) = path.rsplit_once('.')?;
    match ending {
        "java" | "kt" | "scala" => {
            let (_, package) = stem.split_once(&format!("/{}/", folder_of(ending)))?;
            package.contains('/').then(|| package.replace('/', "."))
        }
        "py" => {
            let (collection, name) = stem.split_once("/plugins/modules/")?;
            let mut parts = collection.rsplit('/');
            let (last, space) = (parts.next()?, parts.next()?);
            Some(format!("{space}.{last}.{name}")).filter(|_| !name.contains('/'))
        }
        _ => None,
    }
}

/// Where sources of a language lie by custom.
fn folder_of(ending: &str) -> &str {
    if ending == "kt" { "kotlin" } else { ending }
}

/// What the file at `path` is called by others.
pub(super) fn files(path: &str) -> Vec<Declared> {
    let mut out = Vec::new();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folder.is_empty() {
        let tools = TOOLS.iter().filter(|(file, _)| *file == name);
        out.extend(tools.map(|(_, tool)| plain(tool, Form::Tool, 0)));
    }
    if name.starts_with('.') && name.len() >= 10 && name.contains(['-', '_']) {
        out.push(plain(name, Form::File, 0));
    }
    let Some((stem, ending)) = name.split_once('.') else {
        if name.len() >= 8 && name.contains(['-', '_']) {
            out.push(plain(name, Form::File, 0));
        }
        return out;
    };
    let short = stem.trim_start_matches('_');
    if short.is_empty() || name.starts_with('.') {
        return out;
    }
    if !matches!(stem, "README" | "index" | "__init__") {
        out.push(plain(name, Form::File, 0));
    }
    if stem.len() >= 12 && stem.contains(['-', '_']) && matches!(ending, "py" | "sh" | "sql" | "js")
    {
        out.push(plain(stem, Form::Script, 0));
    }
    let rendered = name.strip_suffix(".j2").filter(|own| own.len() >= 8);
    if let Some(own) = rendered.filter(|own| own.contains(['-', '_', '.'])) {
        out.push(plain(own, Form::Rendered, 0));
    }
    out.extend(dotted(path).map(|own| plain(&own, Form::Dotted, 0)));
    if matches!(ending, "java" | "kt" | "scala") && stem.starts_with(|c: char| c.is_uppercase()) {
        out.push(plain(stem, Form::Sibling, 0));
    }
    if ending == "go" && !folder.is_empty() {
        out.push(plain(folder, Form::Package, 0));
    }
    if let Some(parent) = folder.rsplit('/').next().filter(|own| !own.is_empty()) {
        if short.len() >= 3 {
            out.push(plain(&format!("{parent}/{short}"), Form::Stem, 0));
        }
        if stem != short && Family::of(path) == Family::RubyPage {
            out.push(plain(short, Form::Partial, 0));
        }
    }
    out
}
