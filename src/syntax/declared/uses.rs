//! Whether a text uses what another declares.

use super::{Declared, Family, Form, Sheet, spelled};

/// Where the text uses it; `None` where no use is beyond doubt.
pub(super) fn of(sheet: &Sheet<'_>, what: &Declared, declarer: &str) -> Option<usize> {
    let from = Family::of(declarer);
    match what.form {
        form if form.is_spelled() => spelled::of(sheet, what, declarer),
        Form::Function if is_filter(declarer) && sheet.family != Family::Python => {
            filtered(sheet, &what.name)
        }
        _ if !meets(from, sheet.family, what.form) => None,
        Form::Function if is_of_puppet(sheet) => None,
        Form::Member if sheet.declares(&what.name) => None,
        Form::Member => {
            let place = |(ix, at): (usize, usize), end: usize| {
                Place { line: sheet.lines[ix].1, at, end }
                    .is_shown(sheet.family)
                    .then_some((ix, at))
            };
            let (ix, at) = members(sheet, &what.name).find_map(|(own, end)| place(own, end))?;
            Some(sheet.lines[ix].0 + at)
        }
        _ if what.name.trim_start_matches('_').len() < 5 || what.name.starts_with("__") => None,
        form => {
            // A file that declares the name itself means its own, unless it imports it.
            if form != Form::Environment
                && sheet.declares(&what.name)
                && sheet.imports_from(&what.name, declarer) != Some(true)
            {
                return None;
            }
            let places = sheet.words.get(what.name.as_str())?;
            let is_own = binds(sheet, places, &what.name);
            let use_ = |(ix, at): &&(usize, usize)| {
                let (_, line) = sheet.lines[*ix];
                let place = Place { line, at: *at, end: *at + what.name.len() };
                place.is_use(sheet, what, declarer, is_own)
            };
            places.iter().find(use_).map(|(ix, at)| sheet.lines[*ix].0 + at)
        }
    }
}

/// Whether it is a template of Puppet, which runs none of an application's methods.
fn is_of_puppet(sheet: &Sheet<'_>) -> bool {
    let has = |part: &str| sheet.path.contains(part);
    sheet.family == Family::RubyPage && has("/templates/") && !has("/views/") && !has("app/")
}

/// Whether a file declares filters for templates of Ansible.
fn is_filter(path: &str) -> bool {
    path.ends_with(".py") && (path.contains("filter_plugins/") || path.contains("plugins/filter/"))
}

/// Where a text passes a value through that filter: `{{ x | name }}`.
fn filtered(sheet: &Sheet<'_>, name: &str) -> Option<usize> {
    let places = sheet.words.get(name).filter(|_| name.len() >= 5)?;
    let is_passed = |(ix, at): &&(usize, usize)| {
        let before = sheet.lines[*ix].1[..*at].trim_end();
        // The filters of a collection have its name before theirs.
        let bare =
            before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        bare.trim_end().ends_with('|') && !bare.trim_end().ends_with("||")
    };
    places.iter().find(is_passed).map(|(ix, at)| sheet.lines[*ix].0 + at)
}

/// Where a text names the key of a variable, `VARIABLE.KEY` or `VARIABLE['KEY']`: the line, where
/// the variable begins in it, and where the key ends.
pub(super) fn members<'s>(
    sheet: &'s Sheet<'_>,
    name: &'s str,
) -> impl Iterator<Item = ((usize, usize), usize)> + 's {
    let (variable, key) = name.split_once('.').unwrap_or((name, ""));
    let places = sheet.words.get(variable).into_iter().flatten();
    places.filter_map(move |(ix, at)| {
        let rest = &sheet.lines[*ix].1[*at + variable.len()..];
        let begin = ["['", "[\"", "."].into_iter().find(|mark| rest.starts_with(mark))?;
        let after = rest[begin.len()..].strip_prefix(key)?;
        let ends = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let close = if begin == "." { 0 } else { 2 };
        let end = *at + variable.len() + begin.len() + key.len() + close;
        (ends && end <= sheet.lines[*ix].1.len()).then_some(((*ix, *at), end))
    })
}

/// Whether a text of one family can use what one of another declares.
fn meets(from: Family, to: Family, form: Form) -> bool {
    use Family::{Go, JavaScript, Jinja, Page, Perl, Php, Python, Ruby, RubyPage, Shell, Yaml};
    match form {
        Form::Environment => from != to || from == Shell,
        Form::Shown => to == RubyPage,
        _ => matches!(
            (from, to),
            (Python, Python)
                | (Ruby, Ruby | RubyPage)
                | (Php, Php)
                | (JavaScript, JavaScript | Page)
                | (Yaml, Yaml | Jinja)
                | (Shell, Shell)
                | (Go, Go)
                | (Perl, Perl)
        ),
    }
}

/// Whether a name says by its shape that it is one: `wait_for`, `waitFor`.
fn is_telling(name: &str) -> bool {
    let bare = name.trim_matches('_');
    bare.contains('_')
        || bare
            .as_bytes()
            .windows(2)
            .any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase())
}

/// Whether the text binds the name: what it uses then is its own.
fn binds(sheet: &Sheet<'_>, places: &[(usize, usize)], name: &str) -> bool {
    places.iter().any(|(ix, at)| {
        let (_, line) = sheet.lines[*ix];
        let (before, after) = (line[..*at].trim_end(), line[*at + name.len()..].trim_start());
        let is_set = after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=~");
        let opens = before.is_empty()
            || ["const", "let", "var", "for", "function", "local"]
                .iter()
                .any(|word| before.ends_with(word));
        let is_block = before.ends_with('|') && after.starts_with(['|', ',']);
        let is_argument =
            before.contains("def ") && (before.contains('(') || before.contains("lambda"));
        let is_list = before.is_empty() && after.starts_with(", ") && after.contains(" = ");
        (opens && is_set && !before.ends_with('.'))
            || (before.ends_with("for") && after.starts_with("in "))
            || (before.ends_with("const") || before.ends_with("let") || before.ends_with("var"))
            || is_block
            || is_argument
            || is_list
    })
}

/// A word in its line.
struct Place<'l> {
    line: &'l str,
    at: usize,
    end: usize,
}

impl Place<'_> {
    fn before(&self) -> &str {
        &self.line[..self.at]
    }

    fn after(&self) -> &str {
        &self.line[self.end..]
    }

    /// Whether it is a member of something: `x.name`, `X::name`, `$x->name`.
    fn is_member(&self) -> bool {
        let before = self.before();
        [".", "->", "::", "::$"].iter().any(|mark| before.ends_with(mark))
            && !before.ends_with("..")
    }

    fn is_called(&self) -> bool {
        self.after().trim_start_matches(['?', '!']).starts_with('(')
    }

    fn is_imported(&self) -> bool {
        let bare = self.line.trim_start();
        bare.starts_with("import ")
            || bare.starts_with("from ")
            || bare.starts_with("} from")
            || self.line.contains("require(")
    }

    /// Whether it stands in a sentence.
    fn is_prose(&self) -> bool {
        let before = self.before();
        let quoted = ['"', '\''].iter().any(|quote| before.matches(*quote).count() % 2 == 1);
        let words =
            before.ends_with(' ') && before.trim_end().ends_with(|c: char| c.is_alphanumeric());
        let on = self.after().starts_with(' ')
            && self.after().trim_start().starts_with(|c: char| c.is_alphanumeric());
        quoted && (words || on)
    }

    fn is_use(&self, sheet: &Sheet<'_>, what: &Declared, declarer: &str, is_own: bool) -> bool {
        let from = Family::of(declarer);
        if sheet.family == Family::RubyPage && !self.is_code() {
            return false;
        }
        if what.form != Form::Shown && self.before().ends_with('@') {
            return false;
        }
        match what.form {
            Form::Shown => self.before().ends_with('@') && !self.before().ends_with("@@"),
            Form::Parameter => self.is_named(sheet, what),
            Form::Environment => self.is_read_from_environment(sheet.family),
            Form::Variable => !is_own && self.is_shown(sheet.family) && is_telling(&what.name),
            _ if from == Family::Shell => is_telling(&what.name) && self.is_command(),
            _ if self.is_prose() => false,
            Form::Class => self.is_class(sheet.family, is_telling(&what.name)),
            Form::Attribute => {
                let is_attribute = is_telling(&what.name) || what.name.len() >= 8;
                self.is_member()
                    && is_attribute
                    && !self.before().trim_start().starts_with("import ")
            }
            Form::Function | Form::Constant => self.is_reached(sheet, what, declarer, is_own),
            _ => false,
        }
    }

    /// Whether it is the code of a page with Ruby.
    fn is_code(&self) -> bool {
        let bare = self.line.trim_start();
        let opened = self.before().rfind("<%");
        let closed = self.before().rfind("%>");
        (opened.is_some() && opened > closed)
            || (bare.starts_with(['=', '-', '!']) && !bare.starts_with("--"))
            || (self.before().rfind("#{") > self.before().rfind('}')
                && self.before().contains("#{"))
            || (bare.starts_with(['%', '.', '#'])
                && (self.before().contains("= ") || self.before().contains('{')))
    }

    /// `f(name=…)` of Python, `f(name: …)` of Ruby, where the text calls `f`.
    fn is_named(&self, sheet: &Sheet<'_>, what: &Declared) -> bool {
        let Some(owner) = &what.owner else { return false };
        if !sheet.words.contains_key(owner.as_str()) || sheet.declares(owner) {
            return false;
        }
        let (before, after) = (self.before().trim_end(), self.after());
        let begins = before.is_empty() || before.ends_with(['(', ',']);
        match sheet.family {
            Family::Python => {
                let ends = self.line.trim_end().ends_with([',', '(', ')', '[', '{']);
                let is_passed = after.starts_with('=') && !after.starts_with("==");
                begins && is_passed && (ends || !before.is_empty())
            }
            Family::Ruby | Family::RubyPage => {
                begins && !before.is_empty() && after.starts_with(": ")
            }
            _ => false,
        }
    }

    fn is_read_from_environment(&self, family: Family) -> bool {
        let (before, after) = (self.before(), self.after());
        let in_code = [
            "process.env.",
            "environ[\"",
            "environ['",
            "ENV[\"",
            "ENV['",
            "ENV.fetch(\"",
            "ENV.fetch('",
            "Getenv(\"",
            "getenv(\"",
            "env::var(\"",
            "$ENV{",
            "$ENV{'",
            "$ENV{\"",
            "$_ENV['",
            "$_ENV[\"",
            "getenv('",
        ];
        let is_optional =
            ["environ.get(", "process.env.", "ENV[", "getenv(", "$ENV{"].iter().any(|own| {
                let at = before.find(own).filter(|at| at + own.len() + 2 < before.len());
                // Another variable comes first.
                at.is_some_and(|at| {
                    [" or ", "||", "??", "//", "?:"].iter().any(|or| before[at..].contains(or))
                })
            });
        match family {
            // What has a value of its own for when it is not set needs nobody.
            Family::Shell => {
                let is_bare =
                    before.ends_with('$') || before.ends_with("${") && after.starts_with('}');
                is_bare && self.line.contains("-z ")
            }
            Family::Python
            | Family::Ruby
            | Family::JavaScript
            | Family::Perl
            | Family::Php
            | Family::Other => {
                let guards = ["||", "??", ", ", " or ", "//", "?:", "unwrap_or", ".ok()"];
                in_code.iter().any(|own| before.ends_with(own))
                    && !is_optional
                    && !guards.iter().any(|guard| after.contains(guard))
            }
            _ => false,
        }
    }

    /// Whether a template shows it, or a condition of a task asks for it.
    fn is_shown(&self, family: Family) -> bool {
        let (before, after) = (self.before(), self.after());
        let rest = after.trim_start();
        let is_guarded = rest.strip_prefix('|').is_some_and(|own| {
            let own = own.trim_start();
            own.starts_with("default") || own.starts_with("d(")
        }) || rest.starts_with("is ")
            || self.line.contains("is defined");
        // A member of another thing, a part of a path, a key.
        let is_part = before.ends_with(['.', '/', '-', '\'', '"'])
            && !(before.ends_with(['\'', '"'])
                && before.trim_end_matches(['\'', '"']).ends_with(' '));
        if is_guarded || is_part || after.starts_with(['-', '/']) {
            return false;
        }
        let opened = before.rfind("{{").max(before.rfind("{%"));
        let closed = before.rfind("}}").max(before.rfind("%}"));
        if opened.is_some() && opened > closed {
            let inner = &before[opened.unwrap_or(0)..];
            return ['"', '\''].iter().all(|quote| inner.matches(*quote).count() % 2 == 0)
                && !rest.starts_with('=');
        }
        let bare = before.trim_start().trim_start_matches("- ");
        family == Family::Yaml
            && ["when:", "changed_when:", "failed_when:", "until:"]
                .iter()
                .any(|word| bare.starts_with(word))
            && ['"', '\''].iter().all(|quote| {
                let inner = bare.split_once(':').map_or("", |(_, own)| own.trim_start());
                inner.trim_start_matches(['"', '\'']).matches(*quote).count() % 2 == 0
            })
    }

    /// Whether a line of a shell begins a command with it.
    fn is_command(&self) -> bool {
        let before = self.before().trim_end();
        let begins = before.is_empty()
            || ["&&", "||", ";", "|", "$(", "then", "do", "else", "if", "!", "`"]
                .iter()
                .any(|mark| before.ends_with(mark));
        begins && !self.after().starts_with(['=', '-', '(', '/', '.'])
    }

    fn is_class(&self, family: Family, is_telling: bool) -> bool {
        let (before, after) = (self.before(), self.after());
        // A name in a text, a part of a path, a key.
        if before.ends_with(['"', '\'', '/', '-', '$', '@', ':'])
            && !before.ends_with("::")
            && !(family == Family::JavaScript && before.ends_with(':'))
        {
            return false;
        }
        if after.starts_with(['-', '/']) || (family == Family::Ruby && after.starts_with(": ")) {
            return false;
        }
        if is_telling {
            return true;
        }
        let words = [
            "new",
            "extends",
            "include",
            "import",
            "from",
            "extend",
            "prepend",
            "raise",
            "return",
            "instanceof",
            "use",
            "implements",
            "throw",
            "<",
        ];
        let named = before.trim_end();
        if family == Family::Go {
            return before.ends_with(['*', ']', '&', '.']) || after.starts_with(['{', '(']);
        }
        let follows = words.iter().any(|word| named.ends_with(word));
        follows || after.starts_with(['.', '(']) || after.starts_with("::")
    }

    /// Whether a symbol is the value of a named argument, alone or first in a list.
    fn is_passed(&self) -> bool {
        let before = self.before().trim_end_matches(':').trim_end_matches('[');
        let key = before.strip_suffix(": ");
        key.is_some_and(|own| own.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
    }

    /// Whether it is a function or a constant of another file, by the way it is written.
    fn is_reached(&self, sheet: &Sheet<'_>, what: &Declared, declarer: &str, is_own: bool) -> bool {
        let (before, after) = (self.before(), self.after());
        let is_telling = is_telling(&what.name) || what.name.len() >= 9;
        if after.starts_with(['-', '/']) || before.ends_with(['-', '/', '$']) {
            return false;
        }
        let is_reached = self.is_member() || self.is_imported();
        match sheet.family {
            Family::Ruby | Family::RubyPage => {
                let is_key = after.starts_with(": ") || before.ends_with(['"', '\'']);
                let is_symbol = before.ends_with(':') && !before.ends_with("::");
                let is_hooked =
                    ["before_", "after_", "around_", "skip_", "helper_method", "validate "]
                        .iter()
                        .any(|word| self.line.trim_start().starts_with(word))
                        || before.ends_with("&:")
                        || before.ends_with("send(:");
                match is_symbol {
                    true => is_telling && (is_hooked || self.is_passed()),
                    false if self.is_member() => is_telling || self.is_called(),
                    false => is_telling && !is_key && !is_own,
                }
            }
            Family::Php => match what.form {
                Form::Constant => !is_own && (self.is_member() || !before.ends_with(['\'', '"'])),
                _ => self.is_called() && (is_telling || self.is_member()),
            },
            Family::JavaScript => {
                is_telling
                    && !is_own
                    && !before.ends_with(['\'', '"'])
                    && (is_reached || imports(sheet, &what.name))
            }
            Family::Page => is_telling && self.is_called() && !is_own,
            // `use Module qw(name)`, `name(…)`, `Module::name(…)`, `->name(…)`.
            Family::Perl => {
                let is_listed = self.line.trim_start().starts_with("use ")
                    && ["qw", "'", "\""].iter().any(|own| before.contains(own));
                let is_called = self.is_called() && (is_telling || self.is_member());
                !before.trim_end().ends_with("sub") && (is_listed || is_called)
            }
            // Files of a package see each other.
            Family::Go => !is_own && (is_telling || is_reached) && self.is_called(),
            _ => {
                let is_reached = is_reached || takes_all(sheet, declarer) && self.is_called();
                (is_telling || self.is_called()) && is_reached && (!is_own || self.is_member())
            }
        }
    }
}

/// Whether a text of Python takes all names of the module in that file: `from module import *`.
fn takes_all(sheet: &Sheet<'_>, declarer: &str) -> bool {
    let name = declarer.rsplit('/').next().unwrap_or(declarer);
    let Some(module) = name.strip_suffix(".py") else { return false };
    let mut places = sheet.words.get(module).into_iter().flatten();
    sheet.family == Family::Python
        && places.any(|(ix, at)| {
            let line = sheet.lines[*ix].1;
            let before = line[..*at].trim_start();
            before.starts_with("from ") && line[*at + module.len()..].trim() == "import *"
        })
}

/// The module that a text of JavaScript imports the name from, as it spells it.
pub(super) fn source<'t>(sheet: &Sheet<'t>, name: &str) -> Option<&'t str> {
    if sheet.family != Family::JavaScript {
        return None;
    }
    let quoted = |line: &'t str| {
        let (_, rest) = line.split_once(" from ").or_else(|| line.split_once("require("))?;
        rest.trim_start().get(1..)?.split(['\'', '"']).next()
    };
    sheet.words.get(name)?.iter().find_map(|(ix, at)| {
        let line = sheet.lines[*ix].1;
        let place = Place { line, at: *at, end: *at + name.len() };
        let ends = |line: &str| line.trim_start().starts_with('}');
        // A list of names over several lines.
        let is_item = line.trim().trim_end_matches(',') == name && *at > 0;
        match is_item {
            true => quoted(sheet.lines[*ix..].iter().take(40).find(|(_, line)| ends(line))?.1),
            false => place.is_imported().then(|| quoted(line)).flatten(),
        }
    })
}

/// Whether the text imports the name.
fn imports(sheet: &Sheet<'_>, name: &str) -> bool {
    let Some(places) = sheet.words.get(name) else { return false };
    let is_imported = |(ix, at): &(usize, usize)| {
        let place = Place { line: sheet.lines[*ix].1, at: *at, end: *at + name.len() };
        place.is_imported()
    };
    // A list of names over several lines.
    let is_listed = |(ix, at): &(usize, usize)| {
        let line = sheet.lines[*ix].1.trim();
        line.trim_end_matches(',') == name
            && *at > 0
            && sheet.lines[*ix..].iter().take(40).find_map(|(_, line)| {
                line.trim_start()
                    .starts_with('}')
                    .then(|| line.contains("from") || line.contains("require("))
            }) == Some(true)
    };
    places.iter().any(|own| is_imported(own) || is_listed(own))
}
