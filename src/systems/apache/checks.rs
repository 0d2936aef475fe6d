//! What one configuration of Apache shows by itself: what `apachectl -t` refuses, modules that
//! are misspelt, and virtual hosts that others hide.

use super::modules;
use super::parse::{Directive, File};
use super::references::is_main;
use crate::domain::servers;
use crate::extract::{Settings, Source};
use crate::facts::{Entity, FileFacts, Problem, Span, Strength, base_name, kinds, nearest_of};
use rustc_hash::FxHashMap;

pub(super) fn check(
    file: &File<'_>,
    source: &Source<'_>,
    settings: &Settings,
    out: &mut FileFacts,
) {
    misspelt_modules(file, settings, out);
    if file.is_template {
        return;
    }
    virtual_hosts(file, out);
    duplicates(file, out);
    let found = match &file.error {
        Some((message, span)) => Some((message.clone(), *span)),
        None => words(file, settings),
    };
    let Some((message, span)) = found else { return };
    let mut problem = Problem::new("parse-error", message, span);
    problem.help = "Apache refuses the configuration: try `apachectl -t`".to_owned();
    let stand = servers::Stand {
        is_whole: matches!(servers::installed_name(source.path), "httpd.conf" | "apache2.conf"),
        is_main: is_main(file, source.path),
        is_part: is_part(source.path),
    };
    out.problems.extend(servers::refused(problem, stand));
}

/// Whether a path says that Apache reads this file as it is: a site or a part of a
/// configuration, and no piece that something else puts together.
fn is_part(path: &str) -> bool {
    let folders = [
        "conf.d",
        "sites-available",
        "sites-enabled",
        "vhosts",
        "vhosts.d",
        "sites",
        "conf-available",
        "conf-enabled",
        "mods-available",
        "mods-enabled",
        "conf.modules.d",
    ];
    let folder = path.strip_suffix(base_name(path)).unwrap_or_default().trim_end_matches('/');
    folders.contains(&base_name(folder)) || base_name(path) == ".htaccess"
}

/// `<IfModule>` with a module that there is not: what stands in it never counts.
fn misspelt_modules(file: &File<'_>, settings: &Settings, out: &mut FileFacts) {
    for directive in file.directives.iter().filter(|directive| directive.is_section_of("IfModule"))
    {
        let Some(word) = directive.args.first() else { continue };
        let Some(name) = word.plain() else { continue };
        let Some(near) = modules::meant(&settings.packs, name) else { continue };
        let message = format!("there is no module `{}`", name.trim_start_matches('!'));
        let mut problem = Problem::new("unresolved-reference", message, word.span());
        problem.strength = Strength::Likely;
        problem.entity = Some(Entity::new(kinds::APACHE_MODULE, name.trim_start_matches('!')));
        problem.help = match name.starts_with('!') {
            true => format!("did you mean `{near}`? What stands here always counts"),
            false => format!("did you mean `{near}`? What stands here never counts"),
        };
        out.problems.push(problem);
    }
}

/// Virtual hosts of the same name on the same address: Apache takes the first.
fn virtual_hosts(file: &File<'_>, out: &mut FileFacts) {
    let mut known: FxHashMap<(String, String), (usize, Span)> = FxHashMap::default();
    for (ix, host) in file.directives.iter().enumerate() {
        if !host.is_section_of("VirtualHost") || file.is_conditional(host) || host.args.is_empty() {
            continue;
        }
        let inside = file.inside(ix).iter();
        let Some(name) = inside.clone().find(|own| own.is("ServerName")) else { continue };
        let Some(word) = name.args.first() else { continue };
        let Some(text) = word.plain() else { continue };
        let aliases = |own: &Directive<'_>| own.is("Use") || own.is("Include");
        for address in &host.args {
            if address.plain().is_none() || file.is_conditional(name) {
                continue;
            }
            let key = (address.text.to_owned(), text.to_ascii_lowercase());
            let (other, first) = *known.entry(key).or_insert((ix, word.span()));
            if other != ix && !inside.clone().any(aliases) {
                let message =
                    format!("two virtual hosts are called `{text}` on `{}`", address.text);
                let mut problem = Problem::new("duplicate-definition", message, word.span());
                problem.strength = Strength::Likely;
                problem.help = "Apache takes the first, and never this one".to_owned();
                problem.related.push((first, "the first one".into()));
                out.problems.push(problem);
            }
        }
    }
}

/// Addresses that it listens on twice, and macros that take the place of others.
fn duplicates(file: &File<'_>, out: &mut FileFacts) {
    let mut known: FxHashMap<(bool, String), Span> = FxHashMap::default();
    for directive in &file.directives {
        let is_macro = directive.is_section_of("Macro");
        if !(is_macro || directive.is("Listen")) || file.is_conditional(directive) {
            continue;
        }
        let Some(word) = directive.args.first() else { continue };
        let Some(name) = word.plain() else { continue };
        let key = (is_macro, name.to_ascii_lowercase());
        let Some(first) = known.get(&key) else {
            known.insert(key, word.span());
            continue;
        };
        let message = match is_macro {
            true => format!("macro `{name}` is defined twice"),
            false => format!("Apache listens on `{name}` twice"),
        };
        let mut problem = Problem::new("duplicate-definition", message, word.span());
        problem.help = "Apache refuses the configuration".to_owned();
        if is_macro {
            problem.strength = Strength::Likely;
            problem.entity = Some(Entity::new(kinds::APACHE_MACRO, key.1));
            problem.help = "Apache takes the second, with a warning".to_owned();
        }
        problem.related.push((*first, "the first one".into()));
        out.problems.push(problem);
    }
}

/// Directives that no module knows by this name, or that have no place where they stand.
fn words(file: &File<'_>, settings: &Settings) -> Option<(String, Span)> {
    let known = settings.packs.words("apache.directives");
    file.directives.iter().find_map(|directive| {
        let name = directive.name.plain()?;
        let lower = name.to_ascii_lowercase();
        // The lines of a macro are what its uses make of them.
        if file.around(directive).any(|own| own.is("macro")) {
            return None;
        }
        let Some(said) = known.get(&lower) else {
            // What is only for some modules may be one of theirs.
            if file.is_conditional(directive) {
                return None;
            }
            let near = slip(&lower, known.names())?;
            let message = format!("Apache knows no `{name}`: `{near}` was meant");
            return Some((message, directive.name.span()));
        };
        let place = said.rsplit('/').next()?;
        let outer = |own: &Directive<'_>| {
            let name = own.name.text.to_ascii_lowercase();
            let folders = [
                "directory",
                "directorymatch",
                "location",
                "locationmatch",
                "files",
                "filesmatch",
                "if",
            ];
            own.is_section && folders.contains(&name.as_str())
        };
        let misplaced = place == "o" && file.around(directive).any(outer);
        misplaced.then(|| (format!("`{name}` has no place here"), directive.name.span()))
    })
}

/// The word that was meant, a slip of a letter away.
fn slip<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    if name.len() < 6 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    // Those of other modules begin otherwise.
    let near = nearest_of(name, known.filter(|own| own.starts_with(&name[..1])))?;
    (strsim::osa_distance(name, &near) == 1).then(|| near.to_string())
}
