//! What a text of any language declares, and which names it uses: read by the shape of its
//! lines alone.
//!
//! For who compares two versions of a few files, and asks which name left one of them together
//! with its uses in the other. It knows no scopes; what is read so is no proof by itself.

mod columns;
mod handed;
mod lines;
mod moved;
mod paths;
mod places;
mod shapes;
mod spelled;
mod uses;
mod without;

pub use columns::{Column, Comes, columns};
pub use lines::bounded;
pub use moved::{Growth, Having, growth, is_distinct, names};
pub use paths::{GLOB, HOLE, SpelledPath, Start, filled, fits, is_levels};
use rustc_hash::FxHashMap;
pub use without::{does_without_file, does_without_name};

/// What kind of text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// Pages that hold Ruby.
    RubyPage,
    /// PHP.
    Php,
    /// Perl.
    Perl,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Shell.
    Shell,
    /// YAML: variables, tasks, workflows.
    Yaml,
    /// Jinja.
    Jinja,
    /// Other pages and templates.
    Page,
    /// Go.
    Go,
    /// Makefiles.
    Make,
    /// `package.json`.
    Package,
    /// Anything else: only names of files are looked for.
    Other,
}

impl Family {
    /// The family of the file at `path`, by its name.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending {
            _ if name == "package.json" => Self::Package,
            _ if matches!(name, "Makefile" | "GNUmakefile") || ending == "mk" => Self::Make,
            _ if name == "Rakefile" => Self::Ruby,
            "py" => Self::Python,
            "rb" | "rake" | "jbuilder" => Self::Ruby,
            "erb" | "haml" | "slim" => Self::RubyPage,
            "php" | "inc" | "phtml" => Self::Php,
            "pl" | "pm" => Self::Perl,
            "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "vue" => Self::JavaScript,
            "go" => Self::Go,
            "sh" | "bash" => Self::Shell,
            "yml" | "yaml" => Self::Yaml,
            "j2" => Self::Jinja,
            "html" | "htm" | "twig" | "tpl" | "njk" => Self::Page,
            // Variables of hosts need no ending.
            _ if ending.is_empty()
                && path
                    .rsplit('/')
                    .skip(1)
                    .any(|own| matches!(own, "group_vars" | "host_vars")) =>
            {
                Self::Yaml
            }
            _ => Self::Other,
        }
    }
}

/// What a declaration declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A class, module, interface or trait.
    Class,
    /// A function or method.
    Function,
    /// A constant, or a variable of a whole module.
    Constant,
    /// What an object or class holds.
    Attribute,
    /// A parameter of a function that is passed by its name.
    Parameter,
    /// A variable of a play or role.
    Variable,
    /// A key of such a variable, as `VARIABLE.KEY`.
    Member,
    /// A variable that a controller hands to its pages.
    Shown,
    /// A variable of the environment.
    Environment,
    /// What a tool runs by its name.
    Target,
    /// A named template.
    Template,
    /// An object of a cluster, as the services that come with it are called.
    Release,
    /// A route, as pages call the function that makes its address.
    Route,
    /// A name that one file gives and another has, whatever it is.
    Name,
    /// A tool that reads the file where it runs.
    Tool,
    /// The folder of a package.
    Package,
    /// A template of a role, as the items that it is rendered for are called.
    Rendered,
    /// A script, by its name without ending.
    Script,
    /// The file itself, by its full name.
    File,
    /// The file itself, by the end of its path without ending.
    Stem,
    /// The file itself, as pages of its folder render it.
    Partial,
    /// The file itself, by its name with dots: a class of Java, a module of a collection.
    Dotted,
    /// The class that a file is called after, as texts of its folder use it without an import.
    Sibling,
}

impl Form {
    /// Whether it is a file, whatever it is called by.
    pub fn is_file(self) -> bool {
        matches!(
            self,
            Self::File
                | Self::Stem
                | Self::Partial
                | Self::Tool
                | Self::Package
                | Self::Rendered
                | Self::Script
                | Self::Dotted
                | Self::Sibling
        )
    }

    /// Whether a text spells it, where it is no word of a language.
    pub(super) fn is_spelled(self) -> bool {
        self.is_file() || matches!(self, Self::Target | Self::Template | Self::Release)
    }

    /// How people call it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Function => "function",
            Self::Constant => "constant",
            Self::Attribute => "attribute",
            Self::Parameter => "parameter",
            Self::Variable | Self::Member | Self::Shown => "variable",
            Self::Environment => "environment variable",
            Self::Target => "target",
            Self::Template => "named template",
            Self::Release => "object",
            Self::Route => "route",
            Self::Name => "name",
            Self::Package => "package",
            Self::File
            | Self::Stem
            | Self::Partial
            | Self::Tool
            | Self::Rendered
            | Self::Script
            | Self::Dotted
            | Self::Sibling => "file",
        }
    }
}

/// A name that a text declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The name.
    pub name: String,
    /// What it is.
    pub form: Form,
    /// The function that a parameter belongs to, by the name that calls it.
    pub owner: Option<String>,
    /// Where the name stands.
    pub start: usize,
}

/// A text, ready to be compared.
pub struct Sheet<'t> {
    /// What kind of text it is.
    pub family: Family,
    /// Its path.
    pub path: &'t str,
    /// What it declares, in order.
    pub declared: Vec<Declared>,
    /// Its lines with their places; comments are empty.
    lines: Vec<(usize, &'t str)>,
    /// Its words: line and column.
    words: FxHashMap<&'t str, Vec<(usize, usize)>>,
}

impl<'t> Sheet<'t> {
    /// Reads a text.
    pub fn read(path: &'t str, text: &'t str) -> Self {
        let family = Family::of(path);
        let lines = lines::of(text, family);
        let mut words: FxHashMap<&str, Vec<(usize, usize)>> = FxHashMap::default();
        for (ix, (_, line)) in lines.iter().enumerate() {
            for (at, word) in lines::words(line) {
                words.entry(word).or_default().push((ix, at));
            }
        }
        let declared = shapes::of(path, family, &lines);
        Self { family, path, declared, lines, words }
    }

    /// Whether it declares the name, as whatever.
    pub fn declares(&self, name: &str) -> bool {
        self.declared.iter().any(|own| own.name == name)
    }

    /// Where it uses what another text declares; `None` where no use is beyond doubt.
    pub fn uses(&self, what: &Declared, declarer: &str) -> Option<usize> {
        uses::of(self, what, declarer)
    }

    /// Whether it imports the name from the file at `path`; `None` where it says from nowhere.
    pub fn imports_from(&self, name: &str, path: &str) -> Option<bool> {
        let spelled = uses::source(self, name)?;
        let spelled = spelled.trim_start_matches(['.', '/', '@', '~']);
        let bare = |own: &str| -> String {
            let endings = [".js", ".jsx", ".ts", ".tsx", ".vue", ".mjs"];
            let own = endings.iter().find_map(|ending| own.strip_suffix(ending)).unwrap_or(own);
            own.strip_suffix("/index").unwrap_or(own).to_owned()
        };
        let (spelled, path) = (bare(spelled), bare(path));
        let rest = path.strip_suffix(spelled.as_str())?;
        Some(rest.is_empty() || rest.ends_with('/'))
    }

    /// How much of the path of the file at `path` it spells where it names it; `None` where it
    /// does not name it. To be compared with that of other files of the name.
    pub fn depth(&self, what: &Declared, path: &str) -> Option<usize> {
        spelled::depth(self, what, path)
    }

    /// Whether it names the file at `path` at a place that fits none of `others` as well.
    pub fn tells(&self, what: &Declared, path: &str, others: &[&str]) -> bool {
        spelled::is_told(self, what, path, others)
    }

    /// The paths that it spells and takes something from, as far as its lines tell.
    pub fn paths(&self) -> Vec<SpelledPath> {
        paths::of(self)
    }

    /// The names with one hole that it spells, with their places.
    pub fn holed(&self) -> Vec<(usize, String)> {
        paths::holed(self)
    }

    /// Where it has a value as a whole: an item of a list, or that of a key.
    pub fn valued(&self, value: &str) -> Option<usize> {
        paths::valued(self, value)
    }

    /// Whether it is a file of Ansible that needs a key to be read.
    pub fn is_sealed(&self) -> bool {
        self.lines.first().is_some_and(|(_, line)| line.starts_with("$ANSIBLE_VAULT;"))
    }

    /// Whether the word stands in it.
    pub fn has_word(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// The names that it is filled in with by `hander`, with their places, if it is a template
    /// of that one.
    pub fn holes(&self, hander: &Self) -> Vec<(usize, &'t str)> {
        handed::holes(self, hander)
    }

    /// Where it hands a value by that name to a template.
    pub fn hands(&self, name: &str) -> Option<usize> {
        handed::hands(self, name)
    }

    /// Where it has a key of that name.
    pub fn keyed(&self, name: &str) -> Option<usize> {
        handed::keyed(self, name)
    }

    /// The line of a place, up to it and from it on.
    pub fn around(&self, at: usize) -> Option<(&'t str, &'t str)> {
        let ix = self.lines.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        let (start, line) = self.lines.get(ix)?;
        line.split_at_checked(at - start)
    }

    /// Its words that begin so, with their places, in order.
    pub fn words_from(&self, begin: &str) -> Vec<(usize, &'t str)> {
        let words = self.words.iter().filter(|(word, _)| word.starts_with(begin));
        let place = |(ix, at): &(usize, usize)| self.lines[*ix].0 + at;
        let mut out: Vec<(usize, &str)> =
            words.filter_map(|(word, all)| Some((place(all.first()?), *word))).collect();
        out.sort_unstable();
        out
    }

    /// Whether it names the thing in any way.
    pub fn names(&self, what: &Declared) -> bool {
        match what.form {
            form if form.is_spelled() => {
                self.lines.iter().any(|(_, line)| !spelled::places(line, what).is_empty())
            }
            Form::Member => uses::members(self, &what.name).next().is_some(),
            _ => self.words.contains_key(what.name.as_str()),
        }
    }
}

/// What the files at these paths are called by others.
pub fn files(path: &str) -> Vec<Declared> {
    shapes::files(path)
}
