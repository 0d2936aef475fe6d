//! What a unit is called, and the units that it needs.
//!
//! (Source: systemd.unit(5), "[Unit] section options"; systemd.timer(5); systemd.path(5).)

use super::{DROP_IN, is_drop_in};
use crate::domain::servers;
use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Require, Span, Strength, base_name, kinds,
    parent_folder, rendered,
};
use crate::syntax::lines::lines;
use crate::syntax::shell::{CommandText, HOLE};
use smallvec::SmallVec;

/// Keys that name a unit without which this one does not start.
const NEEDED: [&str; 6] = ["Requires", "Requisite", "BindsTo", "Unit", "Service", "Sockets"];

/// Keys that name a unit that is started when this one is over: it runs all the same.
const AFTERWARDS: [&str; 2] = ["OnFailure", "OnSuccess"];

/// What the file is as a unit, and the units that it needs.
pub(super) fn unit(source: &Source<'_>, text: &CommandText, out: &mut FileFacts) {
    let path = rendered(source.path);
    let own = base_name(path);
    let name = match own.strip_suffix(".systemd") {
        Some(stem) => format!("{stem}.service"),
        None => own.to_owned(),
    };
    let Some((stem, ending)) = name.rsplit_once('.') else { return };
    if is_drop_in(path) {
        let unit = base_name(parent_folder(path)).trim_end_matches(".d");
        servers::provide(DROP_IN, &NamePattern::exact(unit), text.span(0, 0), out);
        return;
    }
    if stem.is_empty() {
        return;
    }
    out.provides.push(Provide {
        kind: kinds::SYSTEMD_UNIT,
        name: NamePattern::exact(name.as_str()),
        span: text.span(0, 0),
        within: None,
        detail: Detail::None,
    });
    let (mut header, mut named) = (None, false);
    for (start, line) in lines(text.as_str()) {
        let trimmed = line.trim();
        if matches!(trimmed, "[Timer]" | "[Path]") {
            header = Some(text.span(start, start + trimmed.len()));
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let mut keys = NEEDED.iter().chain(&AFTERWARDS);
        let Some(via) = keys.find(|own| **own == key.trim()) else { continue };
        named |= key.trim() == "Unit";
        let mut at = start + line.len() - value.len();
        for word in value.split_inclusive(char::is_whitespace) {
            let unit = word.trim();
            if !unit.is_empty() {
                need(unit, text.span(at, at + unit.len()), via, out);
            }
            at += word.len();
        }
    }
    // Without `Unit=` it starts the service of its own name.
    if let Some(span) = header.filter(|_| !named && matches!(ending, "timer" | "path")) {
        need(&format!("{stem}.service"), span, "timer", out);
    }
}

/// Requires a unit by its name.
fn need(name: &str, span: Span, via: &'static str, out: &mut FileFacts) {
    // An instance of a template unit, which may also have a file of its own.
    let template = name.split_once('@').filter(|(_, rest)| !rest.starts_with('.'));
    let template = template.map(|(before, rest)| {
        let ending = rest.rsplit_once('.').map_or("service", |(_, ending)| ending);
        format!("{before}@.{ending}")
    });
    let names: Vec<String> = match (name.contains('%'), template) {
        (true, own) => own.into_iter().collect(),
        (false, own) => own.into_iter().chain([name.to_owned()]).collect(),
    };
    let is_known = |own: &String| !own.contains([HOLE, '%']) && own.contains('.');
    let any_of: SmallVec<[Ref; 1]> = names
        .into_iter()
        .filter(is_known)
        .map(|own| Ref::exact(kinds::SYSTEMD_UNIT, own))
        .collect();
    if !any_of.is_empty() {
        let strength = match AFTERWARDS.contains(&via) {
            true => Strength::Likely,
            false => Strength::Certain,
        };
        out.requires.push(Require::any_of(any_of, span, via, None).with_strength(strength));
    }
}
