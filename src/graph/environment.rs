//! The environment of a call, with what the files hold that it is read from.

use crate::facts::{Arg, Call, NamePattern, Ref, Span, kinds};
use crate::graph::{Graph, Search};
use smol_str::SmolStr;
use std::borrow::Cow;

impl Graph<'_> {
    /// The call with the variables of its environment's files, as far as the tree shows them;
    /// what it does not show stays a source.
    pub fn completed<'c>(&self, call: &'c Call) -> Cow<'c, Call> {
        match call.environment.as_deref() {
            Some(own) if !own.sources.is_empty() => {
                let (mut whole, mut set) = (own.clone(), Vec::new());
                whole.sources.retain(|source| !self.add_variables(source, &mut set));
                whole.set.extend(set);
                Cow::Owned(Call { environment: Some(Box::new(whole)), ..call.clone() })
            }
            _ => Cow::Borrowed(call),
        }
    }

    /// Adds what the source sets; `false` where that is not known.
    fn add_variables(&self, source: &Ref, set: &mut Vec<Arg>) -> bool {
        if matches!(source.name, NamePattern::Pattern(_)) {
            return false;
        }
        if let (true, Some(part)) = (source.kind == kinds::ENV_EXTRA, source.name.as_exact()) {
            let mut deployed = self.all(kinds::DEPLOYED_PATH).iter().map(|(name, _)| name);
            let mut files = self.snapshot.files.iter().map(|file| &file.entry.path);
            let has = |own: &SmolStr| own.contains(part.as_str());
            return !deployed.any(has) && !files.any(has);
        }
        let files = self.programs(source, Search::Nowhere);
        let mut found = Vec::new();
        for &file in &files {
            let provides = self.snapshot.file(file).facts.provides.iter();
            let variables: Vec<_> = provides.filter(|provide| provide.kind == kinds::ENV).collect();
            // A file of which nothing is known may set anything.
            if variables.is_empty() {
                return false;
            }
            for variable in variables {
                let Some(name) = variable.name.as_exact() else { return false };
                found.push(name.clone());
            }
        }
        // They stand in another file: there is no place for them here.
        set.extend(found.into_iter().map(|name| Arg { name, value: None, span: Span::default() }));
        !files.is_empty()
    }
}
