//! What a text spells: files by their paths, packages by their folders, what a tool runs by its
//! name.

use super::places::{is_filter, is_removed, is_title};
use super::{Declared, Family, Form, Sheet, lines};

/// Where a text spells the thing; `None` where it may be another one's name.
pub(super) fn of(sheet: &Sheet<'_>, what: &Declared, declarer: &str) -> Option<usize> {
    let name = what.name.as_str();
    let own_folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    if what.form == Form::Partial
        && (sheet.family != Family::RubyPage || own_folder(sheet.path) != own_folder(declarer))
    {
        return None;
    }
    if what.form == Form::Package {
        return imported(sheet, name);
    }
    for (ix, (start, line)) in sheet.lines.iter().enumerate() {
        for at in places(line, what) {
            let (before, after) = (&line[..at], &line[at + name.len()..]);
            let quoted = |text: &str| text.starts_with(['"', '\'', '`']);
            let fits = match what.form {
                Form::Partial => {
                    before.ends_with(['"', '\'']) && quoted(after) && line.contains("render")
                }
                Form::Stem => {
                    let opened = before.rfind(['"', '\'', '`']);
                    let path = opened.map_or("", |from| &before[from + 1..]);
                    opened.is_some()
                        && !path.contains(char::is_whitespace)
                        && (path.is_empty() || path.ends_with('/'))
                        && (quoted(after)
                            || (after.starts_with('.') && declarer_ends(declarer, name, after)))
                        && is_loading(sheet, line)
                }
                Form::File => {
                    !is_list(sheet.path, line, name)
                        && !is_removed(sheet, ix)
                        && !is_title(sheet, before)
                        && is_path_of(sheet, (before, after), declarer)
                        && is_meant(sheet, (before, after), declarer)
                        && !is_of_host(sheet, before)
                        && !is_filter(sheet, ix)
                }
                Form::Template => ["include \"", "template \"", "include \\\"", "template \\\""]
                    .iter()
                    .any(|word| before.ends_with(word)),
                Form::Release if name.contains('.') => is_service(before, after),
                Form::Release => is_host(before, after),
                Form::Tool => is_command(sheet, before),
                Form::Script => is_script(sheet.path, (before, after)),
                Form::Dotted => is_dotted(sheet, (before, after), declarer),
                Form::Sibling => is_sibling(sheet.path, before, declarer),
                Form::Rendered => is_item(sheet.path, declarer) && is_value(before, after),
                _ => is_run(sheet.family, before, declarer),
            };
            if fits {
                return Some(start + at);
            }
        }
    }
    None
}

/// Where a line names the thing. Services add to the name of the object that they come with.
pub(super) fn places<'l>(line: &'l str, what: &'l Declared) -> Vec<usize> {
    match what.form {
        Form::Release => line.match_indices(what.name.as_str()).map(|(at, _)| at).collect(),
        _ => lines::bounded(line, &what.name).collect(),
    }
}

/// Whether a name is that of a host, or of a file of the host that a script looks for and does
/// without: `redis-cli -h redis.service`, `[ -f "/var/www/site.yml" ]`.
fn is_of_host(sheet: &Sheet<'_>, before: &str) -> bool {
    let start = before.rfind([' ', '\t']).map_or(0, |at| at + 1);
    let word = before[start..].trim_start_matches(['"', '\'']);
    let option = before[..start].split_whitespace().next_back().unwrap_or_default();
    let is_host = word.is_empty() && matches!(option, "-h" | "-H" | "--host" | "--hostname")
        || ["--host=", "--hostname="].contains(&word);
    let is_asked = word.starts_with('/') && matches!(option, "-f" | "-e" | "-r" | "-x");
    // An address of the web leads to what is published, and to no file of the tree.
    let is_web = word.starts_with("https://") && !word.contains(['{', '$']);
    sheet.family == Family::Shell && is_asked || is_host || is_web
}

/// Whether a text is one of the role that a template lies in.
fn is_item(path: &str, template: &str) -> bool {
    let role = template.rsplit_once("/templates/").map_or("", |(role, _)| role);
    let inner = path.strip_prefix(role).and_then(|own| own.strip_prefix('/'));
    let folder = inner.and_then(|own| own.split('/').next());
    !role.is_empty() && folder.is_some_and(|own| ["tasks", "defaults", "vars"].contains(&own))
}

/// Whether a name is the value of an argument of Terraform that is for a script.
fn is_script(path: &str, (before, after): (&str, &str)) -> bool {
    let Some((key, value)) = before.split_once('=') else { return false };
    path.ends_with(".tf")
        && key.contains("script")
        && value.trim() == "\""
        && after.trim_end() == "\""
}

/// Whether a name is all of an item, or of a key's value.
fn is_value(before: &str, after: &str) -> bool {
    let before = before.trim_end_matches(['"', '\'']);
    let is_begin = before.trim() == "-" || before.ends_with(": ");
    is_begin && after.trim_matches(['"', '\'', ' ']).is_empty()
}

/// Whether a name with dots is an import of the file's language, or a task of a play.
fn is_dotted(sheet: &Sheet<'_>, (before, after): (&str, &str), declarer: &str) -> bool {
    if declarer.ends_with(".py") {
        let is_task = before.trim().is_empty() || before.trim() == "-";
        return sheet.family == Family::Yaml && is_task && after.starts_with(':');
    }
    let is_import = matches!(before.trim(), "import" | "import static");
    ending(sheet.path) == ending(declarer) && is_import && after.starts_with([';', '.'])
}

/// Whether a text uses the class of a file beside it.
fn is_sibling(path: &str, before: &str, declarer: &str) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let is_quoted = before.matches('"').count() % 2 == 1;
    folder(path) == folder(declarer)
        && ending(path) == ending(declarer)
        && !is_quoted
        && !before.ends_with('.')
}

fn ending(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// Whether what follows the stem is the file's own ending.
fn declarer_ends(declarer: &str, name: &str, after: &str) -> bool {
    let Some(stem) = name.rsplit('/').next() else { return false };
    let Some((_, ending)) = declarer.rsplit('/').next().and_then(|own| own.split_once(stem)) else {
        return false;
    };
    !ending.is_empty() && after.starts_with(ending)
}

/// Whether a line loads what it names.
fn is_loading(sheet: &Sheet<'_>, line: &str) -> bool {
    let words: &[&str] = match sheet.family {
        Family::JavaScript => &["import", "require", "from", "render"],
        Family::Ruby | Family::RubyPage => &["render", "require", "partial", "template", "layout"],
        Family::Php | Family::Page => &["include", "require", "render", "extend", "load", "view"],
        Family::Python => &["render", "template"],
        _ => return false,
    };
    words.iter().any(|word| line.contains(word))
}

/// Whether a file lists others, and loads none of them. A hidden one is a tool's: what it names
/// as the value of a key, it takes in.
fn is_list(path: &str, line: &str, named: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_value = line.trim_end_matches(['"', '\'']).ends_with(named) && line.contains(": ");
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let is_word = name.bytes().all(|own| own.is_ascii_uppercase() || own == b'_');
    is_word
        || (name.starts_with('.') && !matches!(name, ".travis.yml" | ".gitlab-ci.yml") && !is_value)
        || matches!(name, "tox.ini" | "MANIFEST.in" | "copyright")
        || matches!(
            ending,
            Some("md" | "rst" | "txt" | "po" | "pot" | "lock" | "svg" | "csv" | "log")
        )
}

/// Whether the name stands for the file at `declarer`: the folder before it is the file's own,
/// one that is put together, or none.
fn is_path_of(sheet: &Sheet<'_>, (before, after): (&str, &str), declarer: &str) -> bool {
    if after.starts_with(['/', '.']) && after.len() > 1 && !after[1..].starts_with([' ', '"', '\''])
    {
        return false;
    }
    let is_code = matches!(
        sheet.family,
        Family::Python | Family::Ruby | Family::RubyPage | Family::Php | Family::JavaScript
    );
    // A sentence in the code.
    let text = before.rfind(['"', '\'', '`']).map_or("", |at| &before[at + 1..]);
    if is_code && text.contains(' ') {
        return false;
    }
    let Some(path) = before.strip_suffix('/') else {
        return before.is_empty()
            || before.ends_with(['"', '\'', '`', ' ', '=', '(', '[', ',', '<']);
    };
    let folder = |path: &str| path.rsplit_once('/').map(|(own, _)| own.to_owned());
    let own = folder(declarer).unwrap_or_default();
    let parent = own.rsplit('/').next().unwrap_or_default();
    let word = path
        .rsplit(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)))
        .next()
        .unwrap_or_default();
    // A command's folder is known to nobody; what a page or a module names lies beside it.
    let is_run = matches!(
        sheet.family,
        Family::Shell | Family::Yaml | Family::Make | Family::Perl | Family::Other
    );
    let beside = folder(sheet.path).unwrap_or_default();
    match word {
        "" => path.ends_with(['}', ')']),
        "." => is_run || own == beside,
        ".." => is_run || Some(own) == folder(&beside),
        _ if word == parent => true,
        // A host has its own folders, and a name of several words is hardly that of another file.
        _ => is_run && is_absolute(path) && is_long(declarer),
    }
}

/// `make NAME`, `npm run NAME`.
fn is_run(family: Family, before: &str, declarer: &str) -> bool {
    let words: &[&str] = match Family::of(declarer) {
        Family::Make => &["make ", "$(MAKE) "],
        _ => &["npm run ", "yarn ", "npm run-script ", "pnpm run ", "yarn run "],
    };
    matches!(family, Family::Yaml | Family::Shell | Family::Make | Family::Perl | Family::Other)
        && words.iter().any(|word| before.ends_with(word))
}

/// Whether a text ends with a path from the root: `RUN /scripts`.
fn is_absolute(path: &str) -> bool {
    let token = path.rsplit([' ', '"', '\'', '=', '`', '(']).next().unwrap_or_default();
    token.starts_with('/') && !token.starts_with("//")
}

/// Whether a file has a long name of several words.
fn is_long(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.len() >= 12 && name.contains(['-', '_'])
}

/// Names that many files have.
pub(super) fn is_common(name: &str) -> bool {
    const COMMON: [&str; 12] = [
        "index", "main", "init", "__init__", "default", "config", "README", "values", "Chart",
        "test", "common", "base",
    ];
    COMMON.contains(&name.split('.').next().unwrap_or_default())
}

/// Whether a name that many files have is this one's: its whole path is there, or a setting of a
/// tool is the name and nothing else.
fn is_plain(sheet: &Sheet<'_>, (before, after): (&str, &str), declarer: &str) -> bool {
    let folder = declarer.rsplit_once('/').map_or("", |(folder, _)| folder);
    if folder.contains('/') && before.strip_suffix('/').is_some_and(|own| own.ends_with(folder)) {
        return true;
    }
    let is_quoted = before.ends_with(['"', '\'']) && after.starts_with(['"', '\'']);
    is_quoted && before.contains('=') && matches!(sheet.family, Family::Other)
}

/// Whether a name that many files have, or a short one, says which it is.
fn is_meant(sheet: &Sheet<'_>, (before, after): (&str, &str), declarer: &str) -> bool {
    let (folder, name) = declarer.rsplit_once('/').unwrap_or(("", declarer));
    let is_whole = || {
        let written = before.len() > before.trim_end_matches(is_path_part).len();
        let score = agreement(sheet.path, before, declarer);
        written && score >= WHOLE || score >= 4 && folder.contains('/')
    };
    let stem = name.split_once('.').map(|(stem, _)| stem);
    let source = before.trim_start().trim_start_matches("- ");
    let is_source = ["src: ", "src="].iter().any(|own| source.starts_with(own));
    if stem.is_none() && is_source {
        return true;
    }
    if is_common(name) {
        return is_plain(sheet, (before, after), declarer) || is_whole();
    }
    // `db.example.org` below a folder of its name.
    let parent = folder.rsplit('/').next().unwrap_or_default();
    let is_below = before.strip_suffix('/').is_some_and(|own| own.ends_with(&format!("/{parent}")));
    if parent.len() >= 3 && name.len() >= 8 && name.matches('.').count() >= 2 && is_below {
        return true;
    }
    stem.is_some_and(|own| own.is_empty() || own.len() >= 4) || is_whole()
}

fn is_path_part(c: char) -> bool {
    c.is_alphanumeric() || "_-./{}$".contains(c)
}

/// The least agreement of a path that leads to the file from a folder at or above the text's.
const WHOLE: usize = 50;

/// How far a place in the text at `from` agrees with the path of a file, of whose name it is the
/// begin: most where a path leads there from the text's folder, from the root, or from a folder
/// between them; else twice the folders that are the same, and one more where all are, and no
/// other is written.
fn agreement(from: &str, before: &str, path: &str) -> usize {
    let start = before.trim_end_matches(is_path_part).len();
    let written = before[start..].trim_start_matches("./");
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    // A role finds its own files first.
    if let Some((role, _)) = from.rsplit_once("/tasks/").filter(|_| !written.is_empty()) {
        let inner = path.strip_prefix(role).unwrap_or_default();
        let inner = ["/files/", "/templates/"].iter().find_map(|own| inner.strip_prefix(own));
        let own = inner.and_then(|own| own.strip_prefix(written));
        if own.is_some_and(|own| own == name) {
            return 2 * WHOLE;
        }
    }
    let mut most = 0;
    for above in 0..WHOLE {
        let own = crate::facts::join_path(folder, &format!("{written}{name}"));
        if own.is_some_and(|own| own == path) {
            // A bare name may be meant from where the text is run.
            let score = match (written.is_empty(), above, folder) {
                (true, ..) => 1,
                (_, 0, _) => 2 * WHOLE,
                (_, _, "") => 2 * WHOLE - 1,
                _ => WHOLE + WHOLE.saturating_sub(2 + above),
            };
            most = most.max(score);
        }
        if folder.is_empty() || written.is_empty() {
            break;
        }
        folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
    }
    // So it is found below the text's folder, or at the root.
    if written.is_empty() && most == 0 && !folder.is_empty() {
        let is_below = path.strip_prefix(folder).is_some_and(|own| own.starts_with('/'));
        most = if path == name { 2 } else { usize::from(is_below) };
    }
    if most > 0 {
        return most;
    }
    let folders: Vec<&str> = path.split('/').rev().skip(1).collect();
    let written = before[start..].split('/').rev().skip(1);
    let written: Vec<&str> = written.filter(|own| !matches!(*own, "." | "")).collect();
    let same = written.iter().zip(&folders).take_while(|(own, folder)| own == folder).count();
    // All of the path, below what is put together.
    let is_rooted = same > 0 && same == folders.len() && written.len() == same + 1;
    if is_rooted && written.last().is_some_and(|own| own.contains('}')) {
        return WHOLE;
    }
    2 * same + usize::from(same == folders.len() && same == written.len())
}

/// How far a text agrees with the path of a file wherever it names it; `None` where it does not.
pub(super) fn depth(sheet: &Sheet<'_>, what: &Declared, path: &str) -> Option<usize> {
    let lines = sheet.lines.iter();
    let places = lines.flat_map(|(_, line)| lines::bounded(line, &what.name).map(|at| &line[..at]));
    places.map(|before| agreement(sheet.path, before, path)).max()
}

/// Whether a text names the file at `path` at a place that fits none of `others` as well.
pub(super) fn is_told(sheet: &Sheet<'_>, what: &Declared, path: &str, others: &[&str]) -> bool {
    let lines = sheet.lines.iter();
    let mut places =
        lines.flat_map(|(_, line)| lines::bounded(line, &what.name).map(|at| &line[..at]));
    places.any(|before| {
        let own = agreement(sheet.path, before, path);
        others.iter().all(|other| agreement(sheet.path, before, other) < own)
    })
}

/// Where a text of Go imports the package in that folder.
fn imported(sheet: &Sheet<'_>, folder: &str) -> Option<usize> {
    if sheet.family != Family::Go {
        return None;
    }
    let beside = sheet.path.rsplit_once('/').map_or("", |(own, _)| own);
    let last = folder.rsplit('/').next().unwrap_or(folder);
    for (start, line) in &sheet.lines {
        let bare = line.trim_end().strip_suffix('"').unwrap_or_default();
        let Some(at) = bare.rfind('"') else { continue };
        let named = &bare[at + 1..];
        let is_import = line.trim_start().starts_with("import ")
            || line[..at]
                .trim()
                .bytes()
                .all(|own| own.is_ascii_alphanumeric() || own == b'.' || own == b'_');
        let is_it = match named.starts_with('.') {
            true => crate::facts::join_path(beside, named).is_some_and(|own| own == folder),
            // A module's name stands before the folders of its repository.
            false => {
                named.contains('.')
                    && named.ends_with(last)
                    && named.strip_suffix(folder).is_some_and(|own| own.ends_with('/'))
            }
        };
        if is_import && is_it {
            return Some(start + at + 1);
        }
    }
    None
}

/// Whether a name stands at the begin of a host's, as services of a cluster are called:
/// `https://NAME-x.namespace.svc`.
fn is_host(before: &str, after: &str) -> bool {
    let begins = before.is_empty() || before.ends_with(['/', '"', '\'', ' ', '@', '=']);
    let rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let Some((space, rest)) = rest.strip_prefix('.').and_then(|own| own.split_once('.')) else {
        return false;
    };
    let is_space = space.bytes().all(|own| own.is_ascii_alphanumeric() || own == b'-');
    begins && is_space && rest.starts_with("svc")
}

/// Whether a service with its namespace is a host's name: `NAME.NAMESPACE.svc`, or with a port.
fn is_service(before: &str, after: &str) -> bool {
    let begins = before.is_empty() || before.ends_with(['/', '"', '\'', ' ', '@', '=']);
    let port = after.strip_prefix(':').and_then(|own| own.chars().next());
    begins && (after.starts_with(".svc") || port.is_some_and(|own| own.is_ascii_digit()))
}

/// Whether a command begins here.
fn is_command(sheet: &Sheet<'_>, before: &str) -> bool {
    let before = before.trim_end();
    let is_run = matches!(
        sheet.family,
        Family::Shell | Family::Yaml | Family::Make | Family::Perl | Family::Other
    );
    let begins = before.is_empty()
        || ["&&", "||", ";", "|", "$(", "-", ":", "run:", "script:", "@"]
            .iter()
            .any(|mark| before.ends_with(mark));
    is_run && begins
}
