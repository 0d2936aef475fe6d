//! `removed-but-referenced` of modules and objects that command lines begin with: `python -m a.b`,
//! `gunicorn a.b:app`.
//!
//! (Sources: Python's manual, "Command line and environment"; gunicorn's and uvicorn's manuals.)

use super::entries::started;
use crate::check::Context;
use crate::facts::{Call, Entity, Require, Standing, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::Resolution;
use crate::loader::Role;

/// Servers that are told which object of which module they serve.
const SERVERS: [&str; 6] =
    ["daphne", "gunicorn", "hypercorn", "uvicorn", "uwsgi", "waitress-serve"];

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (new, Some(old)) = (context.new, context.old) else { return };
    for (ix, file) in context.files() {
        if file.standing == Standing::Installed {
            continue;
        }
        for call in &file.facts.calls {
            for require in needs(call, &file.entry.path) {
                let Resolution::Open(entity) = new.resolve_from(ix, &require) else { continue };
                let before = old.snapshot.find(&file.entry.path);
                let before = match before {
                    Some(ix) => old.resolve_from(ix, &require),
                    None => old.resolve(&require),
                };
                let Resolution::Found(sites) = before else { continue };
                let Some(site) = sites.first() else { continue };
                let place = Place { tree: new.snapshot.role, file: ix, span: require.span };
                findings.push(finding(&require, entity, place).related(
                    "provided here before this change",
                    Place { tree: Role::Old, file: site.file, span: site.span },
                ));
            }
        }
    }
}

fn finding(require: &Require, entity: Entity, place: Place) -> Finding {
    let what = entity.kind.noun();
    let severity = match require.strength {
        Strength::Certain => Severity::Error,
        _ => Severity::Warning,
    };
    Finding::new(
        "removed-but-referenced",
        format!("{what} `{}` was removed but is still used", entity.shown()),
        place,
    )
    .severity(severity)
    .of_change()
    .label(format!("still started here by `{}`", require.via))
    .help(format!("keep the {what} until nothing starts it, or change this command too"))
    .entity(entity)
}

/// What a command line begins with.
fn needs(call: &Call, path: &str) -> Vec<Require> {
    let name = call
        .any_of
        .iter()
        .filter(|own| matches!(own.kind, kinds::COMMAND | kinds::DEPLOYED_PATH | kinds::FILE))
        .find_map(|own| own.name.as_exact())
        .map(|own| own.rsplit('/').next().unwrap_or(own));
    let Some(name) = name else { return Vec::new() };
    let words = || call.words.iter().map(|own| (own, own.text.as_exact()));
    if name.starts_with("python") {
        let mut all = words().skip_while(|(_, text)| text.is_none_or(|own| own != "-m"));
        let Some((word, Some(module))) = all.nth(1) else { return Vec::new() };
        // One word alone is mostly a tool that is installed.
        if !module.contains('.') || !is_dotted(module) {
            return Vec::new();
        }
        let own = started(path, module, "", word.span, "python -m");
        return own.into_iter().map(|own| own.with_strength(call.strength)).collect();
    }
    if !SERVERS.contains(&name) {
        return Vec::new();
    }
    let found = words().find_map(|(word, text)| {
        let (module, object) = text?.split_once(':')?;
        let object = object.trim_end_matches("()");
        (is_dotted(module) && is_dotted(object)).then_some((word, module, object))
    });
    let Some((word, module, object)) = found else { return Vec::new() };
    let own = started(path, module, object, word.span, "server");
    own.into_iter().map(|own| own.with_strength(call.strength)).collect()
}

/// Whether it is a name of Python, perhaps with dots.
fn is_dotted(text: &str) -> bool {
    let is_name = |part: &str| {
        let mut all = part.chars();
        all.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && all.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{NamePattern, Ref, Span, Word};

    fn of(line: &str) -> Vec<String> {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let word = |text: &str| Word {
            text: NamePattern::exact(text),
            splits: false,
            span: Span::default(),
        };
        let target = smallvec::smallvec![Ref::exact(kinds::COMMAND, name)];
        let call =
            Call { words: words.map(word).collect(), ..Call::new(target, Span::default(), "cron") };
        let all = needs(&call, "a/b.service").into_iter();
        all.map(|own| own.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn what_command_lines_begin_with() {
        assert_eq!(of("python3 -u -m own.report --all"), ["own.report"]);
        assert_eq!(of("gunicorn --bind 127.0.0.1:80 own.web:app"), ["own.web", "own.web.app"]);
        assert!(of("python3 -m venv x").is_empty() && of("curl host:80").is_empty());
    }
}
