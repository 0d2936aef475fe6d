//! What the build of an image does not see: the patterns of `.dockerignore`.
//!
//! They count from the root of the build context. A pattern that matches a folder covers what is
//! in it, and the last one that matches decides, so that `!` takes back what stands before it.
//! (Source: Docker's "Build context": "dockerignore files"; unlike git, a pattern without a slash
//! matches at the root alone.)

use super::names;
use crate::check::Context;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, Entity, FileFacts, NamePattern, Provide, Span, base_name, kinds, parent_folder, path_in,
};
use crate::finding::{Finding, Place};
use crate::graph::{Graph, PathKind};
use crate::loader::FileIx;
use globset::GlobBuilder;
use smol_str::SmolStr;

/// Extracts from the lists of what a build context lacks.
pub struct Ignored;

/// The list of a folder; so ends the name of that of one Dockerfile too, which then holds alone.
const OF_FOLDER: &str = ".dockerignore";

impl Extractor for Ignored {
    fn system(&self) -> &'static str {
        "docker"
    }

    fn claims(&self, path: &str) -> bool {
        base_name(path).ends_with(OF_FOLDER)
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let lines = source.text.lines().map(|line| line.trim_start_matches('\u{feff}').trim());
        let patterns = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        out.provides.push(Provide {
            kind: kinds::IMAGE_IGNORED,
            name: NamePattern::exact(match source.path.strip_suffix(OF_FOLDER) {
                Some(file) if !file.is_empty() && !file.ends_with('/') => file,
                _ => parent_folder(source.path),
            }),
            span: Span::default(),
            within: None,
            detail: Detail::Members(patterns.map(SmolStr::new).collect()),
        });
    }
}

/// What a Dockerfile copies although no build sees it: the build stops there.
pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    if graph.all(kinds::IMAGE_IGNORED).is_empty() {
        return;
    }
    for (ix, file) in graph.asking(&[kinds::DOCKER_SOURCE]) {
        for own in &file.facts.requires {
            let target = &own.any_of[0];
            let placed = target.placed().filter(|_| target.kind == kinds::DOCKER_SOURCE);
            let Some((folder, path)) = placed else { continue };
            let path = path.trim_start_matches("./");
            let found = names::context(graph, folder, path);
            let Some((folder, PathKind::File(_) | PathKind::Folder)) = found else { continue };
            let own_list = graph.providers(kinds::IMAGE_IGNORED, &file.entry.path).next().is_some();
            let lists = if own_list { file.entry.path.as_str() } else { folder };
            let Some(list) = hidden_by(graph, lists, path) else { continue };
            let place = Place { tree: graph.snapshot.role, file: ix, span: own.span };
            let message = format!("no build sees `{path}`: `.dockerignore` leaves it out");
            let list = Place { tree: graph.snapshot.role, file: list, span: Span::default() };
            findings.push(
                Finding::new("unresolved-reference", message, place)
                    .label("copied here")
                    .help("take it back in `.dockerignore` with a line that begins with `!`")
                    .related("left out here", list)
                    .entity(Entity::new(kinds::FILE, path_in(folder, path))),
            );
        }
    }
}

/// The list of a folder or a Dockerfile for which a build does not see `path`.
fn hidden_by(graph: &Graph<'_>, of: &str, path: &str) -> Option<FileIx> {
    let mut lists = graph.providers(kinds::IMAGE_IGNORED, of);
    let list = lists.find(|site| {
        let provides = &graph.snapshot.file(site.file).facts.provides;
        let own = site.provide.and_then(|ix| provides.get(ix as usize));
        own.is_some_and(|own| match &own.detail {
            Detail::Members(patterns) => covers(patterns, path),
            _ => false,
        })
    });
    list.map(|site| site.file)
}

fn covers(patterns: &[SmolStr], path: &str) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let above: Vec<&str> = ends.map(|end| &path[..end]).collect();
    let mut hidden = false;
    for pattern in patterns {
        let (taken_back, own) = match pattern.strip_prefix('!') {
            Some(own) => (true, own.trim()),
            None => (false, pattern.as_str()),
        };
        let own = own.trim_start_matches("./").trim_matches('/');
        if own.is_empty() || own == "." {
            continue;
        }
        // Part of a folder may be taken back: then a build sees the folder.
        let inside = own.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let any_depth = own.starts_with('*');
        let Ok(glob) = GlobBuilder::new(own).literal_separator(true).build() else {
            return false;
        };
        let matcher = glob.compile_matcher();
        if above.iter().any(|own| matcher.is_match(own)) || taken_back && (inside || any_depth) {
            hidden = !taken_back;
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::covers;

    fn hidden(patterns: &[&str], path: &str) -> bool {
        let all: Vec<_> = patterns.iter().map(|own| (*own).into()).collect();
        covers(&all, path)
    }

    #[test]
    fn the_last_pattern_decides() {
        assert!(hidden(&["node_modules", "*.md"], "README.md"));
        assert!(!hidden(&["*.md"], "docs/README.md"));
        assert!(hidden(&["**/*.md"], "docs/README.md"));
        assert!(hidden(&["docs/"], "docs/a/b.txt"));
        assert!(!hidden(&["*", "!src"], "src/main.c"));
        assert!(hidden(&["*", "!src"], "tools"));
        assert!(!hidden(&["*", "!tools/run.sh"], "tools"));
        assert!(!hidden(&["*", "!**/*.sh"], "tools"));
    }
}
