//! Names that may stand at a place.
//!
//! What stands there is seldom a name yet. So a word that no tree has is put in, the file is read
//! once more, and whatever refers to that word says which kind of thing is named. Which names such
//! references may have is learned from those of the tree that lead somewhere, and each that is
//! offered would lead somewhere from this place.

use super::Answers;
use crate::facts::{Kind, NamePattern, Position, Ref, Span};
use crate::graph::{Graph, Resolution};
use crate::report::ResolvedPlace;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The word that is put in.
const WORD: &str = "crosschecked";

/// Names that are offered, tried, and references that are learned from, at most.
const MOST_OFFERED: usize = 200;
const MOST_TRIED: usize = 4_000;
const MOST_LEARNED: usize = 4_000;

/// A name that may stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The text that takes the place of what stands there.
    pub text: String,
    /// What it is: `class`, `template`.
    pub noun: &'static str,
    /// What it replaces: what is written of the name before the place that was asked for.
    pub place: ResolvedPlace,
}

/// What a name that is being written may be.
struct Begun {
    target: Ref,
    /// What is written before the place, and what the name has by then.
    written: String,
    name: String,
    span: Span,
}

impl Answers<'_> {
    /// Names that may stand where `at` is, which begin with what is written before it.
    pub fn candidates(&self, path: &str, at: Position) -> Vec<Candidate> {
        let Some(file) = self.graph.snapshot.find(path) else { return Vec::new() };
        let source = self.sources.get(self.graph.snapshot.role, file);
        let offset = source.1.offset(at, &source.0) as usize;
        let (before, behind) = source.0.split_at(offset.min(source.0.len()));
        let text = [before, WORD.as_bytes(), behind].concat();
        let facts = (self.read)(path, &text);
        let mut out: BTreeMap<String, Candidate> = BTreeMap::new();
        let mut seen: FxHashSet<Ref> = FxHashSet::default();
        let covers = |span: Span| (span.start as usize) <= offset && offset < span.end as usize;
        for require in facts.requires.iter().filter(|own| covers(own.span)) {
            let all = require.any_of.iter().filter(|own| seen.insert((*own).clone()));
            for begun in all.filter_map(|own| begun(own, require.span, &text, offset)) {
                for (name, kind) in self.names(&begun) {
                    let Some(rest) = name.get(begun.name.len()..) else { continue };
                    let text = format!("{}{rest}", begun.written);
                    let (noun, place) = (kind.noun(), self.location(file, begun.span));
                    out.entry(text.clone()).or_insert(Candidate { text, noun, place });
                }
            }
        }
        let arguments = facts.calls.iter().flat_map(|call| {
            let own = call.args.iter().filter(|arg| covers(arg.span));
            own.map(move |arg| (call, arg))
        });
        for (call, arg) in arguments {
            let Some(begun) = arg.name.split(WORD).next() else { continue };
            let passed: Vec<&SmolStr> = call.args.iter().map(|own| &own.name).collect();
            for (_, interface) in self.graph.callees(call) {
                let fits = |own: &&crate::facts::Param| {
                    own.name.starts_with(begun) && !passed.contains(&&own.name)
                };
                for param in interface.params.iter().filter(fits) {
                    let span = Span::new(offset - begun.len().min(offset), offset);
                    let (text, place) = (param.name.to_string(), self.location(file, span));
                    let own = Candidate { text: text.clone(), noun: "parameter", place };
                    out.entry(text).or_insert(own);
                }
            }
        }
        out.into_values().take(MOST_OFFERED).collect()
    }

    /// Names that a reference of this sort may have, each with the kind of what it would lead to.
    fn names(&self, begun: &Begun) -> Vec<(SmolStr, Kind)> {
        let graph = self.graph;
        let learned = Learned::of(graph, begun.target.kind);
        let mut names: BTreeSet<(SmolStr, Kind)> = BTreeSet::new();
        let kinds = learned.kinds.iter().copied().chain([begun.target.kind, begun.target.sought()]);
        for kind in kinds.collect::<BTreeSet<Kind>>() {
            let all = graph.all(kind);
            let from = all.partition_point(|(name, _)| name.as_str() < begun.name.as_str());
            let own = all[from..].iter().take_while(|(name, _)| name.starts_with(&begun.name));
            names.extend(own.take(MOST_TRIED).map(|(name, _)| (name.clone(), kind)));
        }
        for (head, folder) in &learned.heads {
            let is_near = head.starts_with(&begun.name) || begun.name.starts_with(head.as_str());
            if !is_near {
                continue;
            }
            let below = graph.paths.under(folder).filter_map(|(_, path)| {
                let rest = path.get(folder.len()..)?.trim_start_matches('/');
                let slash = if head.is_empty() { "" } else { "/" };
                Some(SmolStr::from(format!("{head}{slash}{rest}")))
            });
            let fit = below.filter(|name| name.starts_with(&begun.name));
            names.extend(fit.take(MOST_TRIED).map(|name| (name, begun.target.kind)));
        }
        let leads = |(name, _): &(SmolStr, Kind)| {
            let target = Ref { name: NamePattern::exact(name.clone()), ..begun.target.clone() };
            matches!(graph.resolve_ref(&target), Resolution::Found(_))
        };
        names.into_iter().take(MOST_TRIED).filter(leads).take(MOST_OFFERED).collect()
    }
}

/// The name in which the word stands, as far as it is written before the word.
fn begun(target: &Ref, span: Span, text: &[u8], offset: usize) -> Option<Begun> {
    let name = target.name.as_exact()?;
    // Some languages fold names, and none of its letters is a capital.
    let at = name.find(WORD)?;
    let written = text.get(span.start as usize..offset)?;
    Some(Begun {
        target: target.clone(),
        written: String::from_utf8_lossy(written).into_owned(),
        name: name[..at].to_owned(),
        span: Span::new(span.start as usize, offset),
    })
}

/// What references of a kind lead to in a tree.
#[derive(Default)]
struct Learned {
    /// The kinds of what is found.
    kinds: BTreeSet<Kind>,
    /// Beginnings of names, each with the folder that it stands for where a file is found.
    heads: BTreeSet<(String, String)>,
}

impl Learned {
    fn of(graph: &Graph<'_>, kind: Kind) -> Self {
        let mut learned = Self::default();
        let files = graph.snapshot.files.iter();
        let all = files.flat_map(|file| &file.facts.requires).flat_map(|own| &own.any_of);
        for target in all.filter(|own| own.kind == kind).take(MOST_LEARNED) {
            let Some(name) = target.name.as_exact() else { continue };
            let Resolution::Found(sites) = graph.resolve_ref(target) else { continue };
            for site in &sites {
                match super::provided(graph, site) {
                    Some(own) => drop(learned.kinds.insert(own.kind)),
                    None => {
                        let path = &graph.snapshot.file(site.file).entry.path;
                        learned.heads.extend(head(name, path));
                    }
                }
            }
        }
        learned
    }
}

/// What the beginning of a name stands for, where it leads to the file at `path`: both without the
/// parts in which they end alike.
fn head(name: &str, path: &str) -> Option<(String, String)> {
    let mut parts = name.rsplit('/').zip(path.rsplit('/'));
    let alike = parts.by_ref().take_while(|(a, b)| a == b).count();
    let without = |text: &str| {
        let all: Vec<&str> = text.split('/').collect();
        all.get(..all.len().checked_sub(alike)?).map(|own| own.join("/"))
    };
    if alike == 0 { None } else { Some((without(name)?, without(path)?)) }
}

#[cfg(test)]
mod tests {
    use super::head;

    #[test]
    fn heads_of_names_are_folders() {
        let of = |name, path| head(name, path);
        let own = of("web/tls/a.erb", "modules/web/templates/tls/a.erb");
        assert_eq!(own, Some(("web".into(), "modules/web/templates".into())));
        assert_eq!(of("a/b", "a/b"), Some((String::new(), String::new())));
        assert_eq!(of("x", "y"), None);
    }
}
