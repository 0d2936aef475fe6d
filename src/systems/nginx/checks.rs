//! What one configuration of nginx shows by itself: what `nginx -t` refuses, what it warns of,
//! and named locations that a request does not find.

use super::parse::{Directive, File, Word};
use super::references::{is_closed, is_main, named};
use super::words::ONCE;
use crate::domain::servers;
use crate::extract::{Settings, Source};
use crate::facts::{
    Detail, Entity, FileFacts, Kind, NamePattern, Problem, Provide, Span, Strength, base_name,
    kinds, nearest_of,
};
use crate::packs::is_since;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

pub(super) fn check(
    file: &File<'_>,
    source: &Source<'_>,
    settings: &Settings,
    out: &mut FileFacts,
) {
    syntax(file, source, settings, out);
    if let Some(version) = settings.versions.get("nginx") {
        removed(file, settings, version, out);
    }
    for (ix, directive) in file.directives.iter().enumerate() {
        if directive.is_block && directive.name() == "server" && is_closed(file, ix) {
            named_locations(file, ix, out);
        }
    }
    // Branches of a template exclude each other.
    if !file.is_template {
        duplicates(file, out);
        servers(file, out);
    }
}

/// Directives that this version of nginx no longer has.
fn removed(file: &File<'_>, settings: &Settings, version: &str, out: &mut FileFacts) {
    let list = settings.packs.words("nginx.removed");
    for (ix, directive) in file.directives.iter().enumerate() {
        let Some(first) = directive.words.first() else { continue };
        let Some(since) = first.plain().and_then(|name| list.get(name)) else { continue };
        let (since, instead) = since.split_once('/').unwrap_or((since, ""));
        let is_other = matches!(file.outermost(ix), Some("mail" | "stream"));
        if is_other || !is_since(version, since) {
            continue;
        }
        let message = format!(
            "`{}` was removed in nginx {since}; this configuration is for {version}",
            first.text
        );
        let mut problem = Problem::new("removed-directive", message, directive.span());
        problem.help = match instead {
            "" => "nginx refuses the configuration".to_owned(),
            instead => {
                format!("use `{}`: nginx refuses the configuration", instead.replace('~', " "))
            }
        };
        out.problems.push(problem);
    }
}

/// Names of locations that a server uses, and does not have.
fn named_locations(file: &File<'_>, server: usize, out: &mut FileFacts) {
    let inside = &file.directives[server + 1..file.directives[server].end];
    let locations = inside.iter().filter(|own| own.is_block && own.name() == "location");
    let defined: Vec<&Word<'_>> = locations
        .filter_map(|location| location.arg().filter(|word| word.text.starts_with('@')))
        .collect();
    for directive in inside.iter().filter(|own| matches!(own.name(), "try_files" | "error_page")) {
        let Some(word) = directive.args().last().filter(|arg| arg.text.starts_with('@')) else {
            continue;
        };
        let Some(name) = word.plain() else { continue };
        if defined.iter().any(|own| own.name().matches(name)) {
            continue;
        }
        let mut problem = Problem::new(
            "unresolved-reference",
            format!("named location `{name}` does not exist in this server"),
            word.span(),
        );
        problem.entity = Some(Entity::new(kinds::NGINX_LOCATION, name));
        problem.help = match nearest_of(name, defined.iter().map(|own| own.text)) {
            Some(near) => format!("did you mean `{near}`? A request that comes here fails"),
            None => "a request that comes here fails with status 500".to_owned(),
        };
        problem.related.push((file.directives[server].words[0].span(), "the server".into()));
        out.problems.push(problem);
    }
}

/// Things that nginx has once: by name, in one configuration; directives of a block.
fn duplicates(file: &File<'_>, out: &mut FileFacts) {
    let mut names: FxHashMap<(Option<u32>, &str, String), Span> = FxHashMap::default();
    for directive in &file.directives {
        let args = directive.args();
        let joined = || {
            let words: Vec<&str> = args.iter().map(|word| word.text).collect();
            words.join(" ")
        };
        let (what, name, kind) = match (directive.name(), args) {
            ("upstream", [first, ..]) if directive.is_block => {
                ("upstream", first.text.to_owned(), Some(kinds::NGINX_UPSTREAM))
            }
            ("log_format", [first, ..]) => {
                ("log format", first.text.to_owned(), Some(kinds::NGINX_LOG_FORMAT))
            }
            (
                "limit_req_zone" | "limit_conn_zone" | "proxy_cache_path" | "fastcgi_cache_path",
                _,
            ) => {
                let keys = ["zone=", "keys_zone="];
                let mut zones = args.iter().flat_map(|word| keys.map(|key| named(word, key)));
                match zones.find_map(|zone| zone) {
                    Some(word) => ("zone", word.text.to_owned(), Some(kinds::NGINX_ZONE)),
                    None => continue,
                }
            }
            // It takes the first of two named ones, and of two with the same expression.
            ("location", [first, ..])
                if directive.is_block && !first.text.starts_with(['@', '~']) =>
            {
                ("location", joined(), None)
            }
            (own, [_, ..]) if !directive.is_block && ONCE.binary_search(&own).is_ok() => {
                (own, String::new(), None)
            }
            _ => continue,
        };
        // Who installs the file fills it in.
        if args.iter().any(|word| word.text.contains("__") || word.text.contains("@@")) {
            continue;
        }
        let span = match args.first() {
            Some(first) if kind.is_some() && what != "zone" => first.span(),
            _ => directive.span(),
        };
        match names.entry((directive.parent, what, name)) {
            Entry::Vacant(place) => {
                place.insert(span);
            }
            Entry::Occupied(place) => {
                twice(what, &place.key().2, kind, span, *place.get(), out);
            }
        }
    }
}

fn twice(what: &str, name: &str, kind: Option<Kind>, span: Span, first: Span, out: &mut FileFacts) {
    let message = match name {
        "" => format!("`{what}` is set twice in one block"),
        name => format!("{what} `{name}` is defined twice"),
    };
    let mut problem = Problem::new("duplicate-definition", message, span);
    problem.entity = kind.map(|kind| Entity::new(kind, name));
    problem.help = "nginx refuses the configuration".to_owned();
    problem.related.push((first, "the first one".into()));
    out.problems.push(problem);
}

/// The addresses that a server listens on, each with whether it is the default there.
fn listens(file: &File<'_>, server: usize) -> Vec<(String, bool, Span)> {
    let mut found = Vec::new();
    for (_, directive) in file.children(Some(server)) {
        if let ("listen", [address, rest @ ..]) = (directive.name(), directive.args()) {
            let is_default = rest.iter().any(|word| word.text.starts_with("default"));
            // `80` is `*:80`, and `192.0.2.1` is `192.0.2.1:80`.
            let text = address.text;
            let text = match text.bytes().all(|byte| byte.is_ascii_digit()) {
                true => format!("*:{text}"),
                false if text.contains(':') && !text.ends_with(']') => text.to_owned(),
                false => format!("{text}:80"),
            };
            let mut text = text.replace("0.0.0.0:", "*:");
            // QUIC has ports of its own.
            if rest.iter().any(|word| word.text == "quic") {
                text.push_str("/quic");
            }
            found.push((text, is_default, directive.span()));
        }
    }
    if found.is_empty() {
        found.push(("*:80".to_owned(), false, file.directives[server].words[0].span()));
    }
    found
}

/// Servers that others hide: the same name on the same address, or two defaults of one.
fn servers(file: &File<'_>, out: &mut FileFacts) {
    let mut defaults: FxHashMap<(Option<u32>, String), (usize, Span)> = FxHashMap::default();
    let mut names: FxHashMap<(Option<u32>, String, &str), (usize, Span)> = FxHashMap::default();
    for (server, block) in file.directives.iter().enumerate() {
        let in_http =
            block.parent.is_none_or(|parent| file.directives[parent as usize].name() == "http");
        if !block.is_block || block.name() != "server" || !in_http {
            continue;
        }
        let named = file.children(Some(server)).filter(|(_, own)| own.name() == "server_name");
        let named: Vec<&Word<'_>> = named.flat_map(|(_, own)| own.args()).collect();
        let has = |name: &str| file.children(Some(server)).any(|(_, own)| own.name() == name);
        if has("include") && !has("listen") {
            continue;
        }
        for (address, is_default, span) in listens(file, server) {
            if is_default {
                provide(kinds::NGINX_DEFAULT_SERVER, address.clone(), span, out);
                let key = (block.parent, address.clone());
                let (other, first) = *defaults.entry(key).or_insert((server, span));
                if other != server {
                    let message = format!("`{address}` has two default servers");
                    let mut problem = Problem::new("duplicate-definition", message, span);
                    problem.help = "nginx refuses the configuration".to_owned();
                    problem.related.push((first, "the first one".into()));
                    out.problems.push(problem);
                }
            }
            for word in named.iter().filter(|word| word.plain().is_some() && word.text != "_") {
                let name = format!("{address} {}", word.text);
                provide(kinds::NGINX_SERVER, name, word.span(), out);
                let key = (block.parent, address.clone(), word.text);
                let (other, first) = *names.entry(key).or_insert((server, word.span()));
                if other != server {
                    let message = format!("two servers are called `{}` on `{address}`", word.text);
                    let mut problem = Problem::new("duplicate-definition", message, word.span());
                    problem.strength = Strength::Likely;
                    problem.help = "nginx takes the first, with a warning".to_owned();
                    problem.related.push((first, "the first one".into()));
                    out.problems.push(problem);
                }
            }
        }
    }
}

/// What a whole configuration is compared by.
fn provide(kind: Kind, name: String, span: Span, out: &mut FileFacts) {
    let (name, detail) = (NamePattern::exact(name), Detail::None);
    out.provides.push(Provide { kind, name, span, within: None, detail });
}

/// What nginx does not read, the first of it.
fn syntax(file: &File<'_>, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
    if file.is_template {
        out.problems.extend(unended(file, source, settings));
        return;
    }
    let found = match &file.error {
        Some((message, span)) => Some((message.clone(), *span)),
        None => words(file, settings),
    };
    let Some((message, span)) = found else { return };
    let mut problem = Problem::new("parse-error", message, span);
    problem.help = "nginx refuses the configuration: try `nginx -t`".to_owned();
    let stand = servers::Stand {
        is_whole: matches!(servers::installed_name(source.path), "nginx.conf"),
        is_main: is_main(file),
        is_part: is_part(source.path),
    };
    out.problems.extend(servers::refused(problem, stand));
}

/// A directive of a template that the next line's is taken for a part of: between the two stands
/// no tag that might print what ends it.
fn unended(file: &File<'_>, source: &Source<'_>, settings: &Settings) -> Option<Problem> {
    let known = settings.packs.words("nginx.directives");
    let text = source.text;
    let begins_line = |at: usize| {
        let before = text[..at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    };
    let ends = |word: &Word<'_>| {
        let end = word.span().end as usize;
        // A quote around it belongs to it.
        end + usize::from(text[end..].starts_with(['"', '\'']))
    };
    let found = file.directives.iter().find_map(|own| {
        let first = own.words.first().filter(|word| begins_line(word.at))?;
        let said = known.get(first.plain()?)?;
        let (_, count) = said.split_once('/')?;
        let (least, most) = count.trim_end_matches('{').split_once('-')?;
        let least: usize = least.parse().ok()?;
        let most = most.parse().unwrap_or(usize::MAX);
        own.words.windows(2).enumerate().skip(least).find_map(|(args, pair)| {
            let [last, next] = pair else { return None };
            let is_next = begins_line(next.at)
                && next.plain().is_some_and(|word| known.get(word).is_some())
                && text[..ends(last)].ends_with(|own: char| !matches!(own, '}' | '>'))
                && text.get(ends(last)..next.at).is_some_and(|own| own.trim().is_empty())
                && (args >= most || own.words.len() > args + 2);
            let is_refused = own.words.len() > most.saturating_add(1);
            is_next.then(|| (first.text, next.text, next.span(), is_refused))
        })
    })?;
    let (name, next, span, is_refused) = found;
    let message = format!("`{name}` is not ended by `;` before `{next}`");
    if is_refused {
        let help = "nginx refuses the configuration".to_owned();
        return Some(Problem { help, ..Problem::new("parse-error", message, span) });
    }
    // As many as one likes: `index a.php try_files $uri;` names three files.
    let help = format!("nginx takes it for what `{name}` names: it is lost");
    Some(Problem { help, ..Problem::new("incompatible-value", message, span) })
}

/// Whether a path says that nginx reads this file as it is: a site or a part of a configuration,
/// and no piece that something else puts together.
fn is_part(path: &str) -> bool {
    let folders = ["conf.d", "sites-available", "sites-enabled", "vhosts", "vhosts.d", "snippets"];
    let folder = path.strip_suffix(base_name(path)).unwrap_or_default().trim_end_matches('/');
    folders.contains(&base_name(folder))
}

/// Directives that nginx does not know by this name, not in this place, or not with so few
/// arguments.
fn words(file: &File<'_>, settings: &Settings) -> Option<(String, Span)> {
    let known = settings.packs.words("nginx.directives");
    let main = is_main(file);
    file.directives.iter().find_map(|directive| {
        let contexts = contexts(file, directive, main)?;
        let first = directive.words.first()?;
        let name = first.plain()?;
        let Some(said) = known.get(name) else {
            if settings.packs.words("nginx.newer").get(name).is_some() {
                return None;
            }
            let near = slip(name, known.names()).or_else(|| cut(name, known.names()))?;
            return Some((format!("nginx knows no `{name}`: `{near}` was meant"), first.span()));
        };
        let (allowed, count) = said.split_once('/')?;
        let newer = settings.packs.words("nginx.newer").get(name).unwrap_or_default();
        let allowed = format!("{allowed}{newer}");
        if !contexts.chars().any(|letter| allowed.contains(letter)) {
            return Some((format!("`{name}` has no place here"), first.span()));
        }
        let (least, most) = count.trim_end_matches('{').split_once('-')?;
        let args = directive.args();
        if args.len() < least.parse().ok()? {
            return Some((format!("`{name}` has too few arguments"), first.span()));
        }
        // The next line is taken for more of them.
        let most: usize = most.parse().ok()?;
        let more = args.get(most..)?;
        let next = more.iter().find(|word| known.get(word.text).is_some())?;
        Some((format!("`;` is missing before `{}`", next.text), next.span()))
    })
}

/// The word that was meant, a slip of a letter away, or of two in a long one.
fn slip<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    if name.len() < 5 || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        return None;
    }
    // Those of other modules begin otherwise, and their names are long.
    let near = nearest_of(name, known.filter(|own| own.starts_with(&name[..1])))?;
    let slips = strsim::osa_distance(name, &near);
    (slips <= if name.len() > 12 { 2 } else { 1 }).then(|| near.to_string())
}

/// The one word that begins with all of this one, and goes on: `client_max_body`.
fn cut<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let goes_on = |own: &&str| own.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    let mut longer = known.filter(goes_on);
    let near = longer.next().filter(|_| name.len() > 7 && name.contains('_'))?;
    longer.next().is_none().then(|| near.to_owned())
}

/// The contexts that a directive may stand in, as the pack names them; nothing where that is
/// not known.
fn contexts(file: &File<'_>, directive: &Directive<'_>, main: bool) -> Option<&'static str> {
    let Some(parent) = directive.parent else { return main.then_some("m") };
    let block = &file.directives[parent as usize];
    let name = |own: Option<u32>| own.map(|ix| file.directives[ix as usize].name());
    Some(match block.name() {
        "events" => "e",
        "http" => "h",
        "stream" => "T",
        "mail" => "M",
        "server" => match name(block.parent) {
            Some("http") => "s",
            Some("stream") => "S",
            Some("mail") => "R",
            _ => "sSR",
        },
        "upstream" => match name(block.parent) {
            Some("http") => "u",
            Some("stream") => "U",
            _ => "uU",
        },
        "location" => "l",
        "if" => match name(block.parent) {
            Some("location") => "i",
            Some("server") => "I",
            _ => "iI",
        },
        "limit_except" => "x",
        _ => return None,
    })
}
