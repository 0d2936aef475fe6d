//! What stands at a place of a file, and the things that it means.

use super::provided;
use crate::facts::{Arg, Call, Entity, FileFacts, Interface, Param, Ref, Require, Span, kinds};
use crate::graph::{Graph, Resolution, Site};
use crate::loader::FileIx;
use rustc_hash::FxHashSet;

/// The innermost text at a place that says something, and what it says.
pub(super) struct Spot<'g> {
    pub file: FileIx,
    pub span: Span,
    pub requires: Vec<&'g Require>,
    pub calls: Vec<&'g Call>,
    pub arguments: Vec<(&'g Call, &'g Arg)>,
    /// Indexes into the file's `provides`.
    pub provides: Vec<u32>,
    pub parameters: Vec<(&'g Interface, &'g Param)>,
}

impl<'g> Spot<'g> {
    /// What stands at an offset of a file; a place right behind a name counts as of the name.
    pub fn at(facts: &'g FileFacts, file: FileIx, offset: u32) -> Option<Self> {
        let arguments =
            || facts.calls.iter().flat_map(|call| call.args.iter().map(move |arg| (call, arg)));
        let parameters = || {
            let all = facts.interfaces.iter();
            all.flat_map(|own| own.params.iter().map(move |param| (own, param)))
        };
        let covers =
            |span: &Span| span.start <= offset && offset <= span.end && span.start < span.end;
        let spans = facts.requires.iter().map(|own| own.span);
        let spans = spans.chain(facts.calls.iter().map(|own| own.span));
        let spans = spans.chain(arguments().map(|(_, own)| own.span));
        let spans = spans.chain(facts.provides.iter().map(|own| own.span));
        let spans = spans.chain(parameters().map(|(_, own)| own.span)).filter(covers);
        // Of two that meet at the place, the one that begins there.
        let span = spans.min_by_key(|own| (own.end == offset, own.end - own.start))?;
        let provides = facts.provides.iter().enumerate().filter(|(_, own)| own.span == span);
        Some(Self {
            file,
            span,
            requires: facts.requires.iter().filter(|own| own.span == span).collect(),
            calls: facts.calls.iter().filter(|own| own.span == span).collect(),
            arguments: arguments().filter(|(_, own)| own.span == span).collect(),
            provides: provides.map(|(ix, _)| ix as u32).collect(),
            parameters: parameters().filter(|(_, own)| own.span == span).collect(),
        })
    }

    /// The things that it means: what its references lead to; where there are none, what it defines.
    pub fn targets(&self, graph: &'g Graph<'g>) -> Targets<'g> {
        let mut targets = Targets::default();
        for require in &self.requires {
            if let Resolution::Found(mut sites) = graph.resolve_from(self.file, require) {
                crate::graph::query::certain(graph, &mut sites);
                sites.into_iter().for_each(|site| targets.add(site));
            }
        }
        for (file, interface) in self.calls.iter().flat_map(|call| graph.callees(call)) {
            targets.add_interface(graph, file, interface);
        }
        for (call, arg) in &self.arguments {
            for (file, interface) in graph.callees(call) {
                let own = interface.params.iter().filter(|param| param.is_called(&arg.name));
                targets.parameters.extend(own.map(|param| (file, interface, param)));
            }
        }
        let own = self.parameters.iter().map(|(interface, param)| (self.file, *interface, *param));
        targets.parameters.extend(own);
        if targets.is_empty() && self.requires.is_empty() || !self.parameters.is_empty() {
            for provide in &self.provides {
                targets.add(Site { file: self.file, span: self.span, provide: Some(*provide) });
            }
        }
        targets.with_other_names(graph)
    }
}

/// Things that a place means.
#[derive(Default)]
pub(super) struct Targets<'g> {
    pub sites: Vec<Site>,
    pub parameters: Vec<(FileIx, &'g Interface, &'g Param)>,
    /// The same sites, to be looked up.
    known: FxHashSet<(FileIx, Option<u32>)>,
    /// Their names, for what calls them.
    entities: FxHashSet<(FileIx, Entity)>,
}

impl<'g> Targets<'g> {
    fn add(&mut self, site: Site) {
        if self.known.insert((site.file, site.provide)) {
            self.sites.push(site);
        }
    }

    /// What an interface is of, where the file says so; else the file.
    fn add_interface(&mut self, graph: &Graph<'g>, file: FileIx, interface: &Interface) {
        let facts = &graph.snapshot.file(file).facts;
        let is_it = |own: &crate::facts::Provide| {
            own.kind == interface.entity.kind
                && own.name.as_exact().is_some_and(|name| *name == interface.entity.name)
        };
        match facts.provides.iter().position(is_it) {
            Some(ix) => {
                let (span, provide) = (facts.provides[ix].span, Some(ix as u32));
                self.add(Site { file, span, provide });
            }
            None => self.add(Site::whole(file)),
        }
    }

    /// With whatever else is defined by the same text, and the names of all.
    fn with_other_names(mut self, graph: &Graph<'g>) -> Self {
        for site in self.sites.clone() {
            if site.provide.is_none() {
                let path = graph.snapshot.file(site.file).entry.path.clone();
                self.entities.insert((site.file, Entity::new(kinds::FILE, path)));
                continue;
            }
            let all = graph.snapshot.file(site.file).facts.provides.iter().enumerate();
            for (ix, own) in all.filter(|(_, own)| own.span == site.span) {
                self.add(Site { provide: Some(ix as u32), ..site });
                if let Some(name) = own.name.as_exact() {
                    self.entities.insert((site.file, Entity::new(own.kind, name.clone())));
                }
            }
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.parameters.is_empty()
    }

    pub fn has(&self, site: &Site) -> bool {
        self.known.contains(&(site.file, site.provide))
    }

    /// Where a call names one of them, or passes one of the parameters.
    pub fn in_call(&self, graph: &Graph<'g>, call: &'g Call) -> Vec<Span> {
        let callees = graph.callees(call);
        let is_called = callees.iter().any(|(file, interface)| {
            !self.entities.is_empty() && self.entities.contains(&(*file, interface.entity.clone()))
        });
        let mut spans = Vec::new();
        if is_called && self.parameters.is_empty() {
            spans.push(call.span);
        }
        for (_, interface, param) in &self.parameters {
            if callees.iter().any(|(_, own)| own.entity == interface.entity) {
                let own = call.args.iter().filter(|arg| param.is_called(&arg.name));
                spans.extend(own.map(|arg| arg.span));
            }
        }
        spans
    }

    /// Where they are defined, and what they lead to: the program of a command. Each once; sites of
    /// a whole file at its beginning.
    pub fn definitions(&self, graph: &Graph<'g>) -> Vec<(FileIx, Span)> {
        let mut places: Vec<(FileIx, Span)> = Vec::new();
        let mut add = |file, span| {
            if !places.contains(&(file, span)) {
                places.push((file, span));
            }
        };
        for (file, _, param) in &self.parameters {
            add(*file, param.span);
        }
        if !self.parameters.is_empty() {
            return places;
        }
        for site in &self.sites {
            add(site.file, site.span);
        }
        for site in &self.sites {
            let provide = graph
                .snapshot
                .file(site.file)
                .facts
                .provides
                .get(site.provide.map_or(usize::MAX, |ix| ix as usize));
            let Some(entity) = provide.and_then(|own| own.detail.entity()) else { continue };
            if let Resolution::Found(sites) =
                graph.resolve_ref(&Ref::exact(entity.kind, entity.name.clone()))
            {
                sites.iter().for_each(|site| add(site.file, site.span));
            }
        }
        places
    }

    /// Their names.
    pub fn names(&self, graph: &'g Graph<'g>) -> Vec<Entity> {
        let mut names: Vec<Entity> = Vec::new();
        for site in &self.sites {
            let own = match provided(graph, site) {
                Some(own) => Entity::new(own.kind, own.name.to_string()),
                None => Entity::new(kinds::FILE, graph.snapshot.file(site.file).entry.path.clone()),
            };
            if !names.contains(&own) {
                names.push(own);
            }
        }
        names
    }
}
