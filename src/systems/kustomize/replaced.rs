//! Fields that replacements read or fill in, and that their objects lack: `kustomize build` stops
//! there.
//!
//! (Source: "replacements" of Kustomize's reference, and what Kustomize 5.5 does: a target that selects
//! nothing is passed over, one without the field is refused unless it says `create`.)

use super::closure::{Closure, closure};
use super::operations::{self, ADDED, Filled, MAX_OBJECTS, MAX_ROOTS, Root, Target, has_word};
use super::patches::text as word;
use crate::check::Context;
use crate::facts::{Entity, join_path, kinds};
use crate::finding::{Finding, Place};
use crate::graph::Site;
use crate::loader::FileIx;
use crate::syntax::yaml::{self, Node, Value};
use rustc_hash::FxHashSet;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut told = FxHashSet::default();
    for (folder, site) in graph.all(kinds::KUSTOMIZE_ROOT) {
        if !graph.snapshot.file(site.file).standing.is_live() || graph.is_loose(site.file) {
            continue;
        }
        let contents = graph.snapshot.contents(site.file);
        let Ok(text) = std::str::from_utf8(&contents) else { continue };
        if !text.contains("replacements:") {
            continue;
        }
        let documents = yaml::parse(text);
        let Some(root) = documents.roots.first().filter(|_| documents.is_whole()) else { continue };
        let Some(closure) = closure(graph, folder) else { continue };
        let Some(roots) = closure.roots().filter(|own| own.len() <= MAX_ROOTS) else { continue };
        let root_of = Root { graph, folder, file: site.file };
        let mut own = Replaced { root: &root_of, closure: &closure, roots, given: None };
        for replacement in root.get("replacements").map(Node::items).unwrap_or_default() {
            let path = replacement.get("path").and_then(Node::as_str);
            let apart = path.and_then(|path| graph.snapshot.find(&join_path(folder, path)?));
            let mut found = Vec::new();
            match apart {
                None => own.replacement(replacement, site.file, &mut found),
                Some(file) => {
                    let contents = graph.snapshot.contents(file);
                    let Ok(text) = std::str::from_utf8(&contents) else { continue };
                    let documents = yaml::parse(text);
                    for root in documents.roots.iter().filter(|_| documents.is_whole()) {
                        let one = root.get("targets").is_some().then(|| std::slice::from_ref(root));
                        for each in one.unwrap_or_else(|| root.items()) {
                            own.replacement(each, file, &mut found);
                        }
                    }
                }
            }
            // A file of replacements may be that of several roots.
            findings.extend(found.into_iter().filter(|own| told.insert(own.primary)));
        }
    }
}

/// The replacements of a root.
struct Replaced<'r, 'g, 't> {
    root: &'r Root<'g, 't>,
    closure: &'r Closure,
    roots: &'r [FileIx],
    /// Text with which patches may give objects more, once it is asked for.
    given: Option<String>,
}

impl Replaced<'_, '_, '_> {
    fn replacement(&mut self, own: &Node<'_>, file: FileIx, findings: &mut Vec<Finding>) {
        if let Some(source) = own.get("source") {
            let target = operations::target(source, &["fieldPath", "options"]);
            let field = source.get("fieldPath");
            self.fields(target, field.into_iter(), (file, "read"), findings);
        }
        for target in own.get("targets").map(Node::items).unwrap_or_default() {
            let options = target.get("options").map(Node::entries).unwrap_or_default();
            let creates = options.iter().any(|(key, _)| key.as_str() == Some("create"));
            if creates || target.get("reject").is_some() {
                continue;
            }
            if let Some(select) = target.get("select") {
                let selected = operations::target(select, &[]);
                let fields = target.get("fieldPaths").map(Node::items).unwrap_or_default();
                self.fields(selected, fields.iter(), (file, "filled in"), findings);
            }
        }
    }

    /// Tells the fields that one of the objects lacks which are selected.
    fn fields<'n, 'y: 'n>(
        &mut self,
        target: Option<Target>,
        fields: impl Iterator<Item = &'n Node<'y>>,
        (file, done): (FileIx, &str),
        findings: &mut Vec<Finding>,
    ) {
        let Some(target) = target else { return };
        let sites = self.closure.sites(&target.names).unwrap_or_default();
        for field in fields {
            let Some(path) = field.as_str().and_then(parts) else { continue };
            for site in sites.iter().take(MAX_OBJECTS) {
                let Some((name, part)) = self.lacking(*site, &target, &path) else { continue };
                let graph = self.root.graph;
                let tree = graph.snapshot.role;
                let shown = field.as_str().unwrap_or_default();
                let message =
                    format!("`{shown}` of `{name}` cannot be {done}: there is no `{part}`");
                findings.push(
                    Finding::new(
                        "unresolved-reference",
                        message,
                        Place { tree, file, span: field.span },
                    )
                    .label("named here")
                    .help(match done {
                        "read" => "`kustomize build` refuses the root: correct the path",
                        _ => {
                            "`kustomize build` refuses the root: correct the path, or say \
                              `options: {create: true}`"
                        }
                    })
                    .related("the object", Place { tree, file: site.file, span: site.span })
                    .entity(Entity::new(kinds::KUSTOMIZE_TARGET, format!("{name}/{shown}"))),
                );
                break;
            }
        }
    }

    /// The kind and name of the object at a place, and the part of a path that nothing gives it.
    fn lacking(
        &mut self,
        site: Site,
        target: &Target,
        path: &[String],
    ) -> Option<(String, String)> {
        let (name, part) = operations::object(self.root.graph, site, target, |name, object| {
            Some((name.to_owned(), missing(object, path)?))
        })?;
        let given = self.given.get_or_insert_with(|| self.root.given(self.roots, Filled::IfMade));
        let word = part.trim_matches(['[', ']']);
        let word = word.rsplit_once('=').map_or(word, |(_, value)| value);
        (!ADDED.contains(&word) && !has_word(given, word)).then_some((name, part))
    }
}

/// The parts of a path: `spec.containers.[name=a.b].image`, `metadata.annotations.a\.b/c`; none of one
/// that is filled in.
pub(super) fn parts(path: &str) -> Option<Vec<String>> {
    if path.contains(['$', '{', '<']) {
        return None;
    }
    let mut all = vec![String::new()];
    let mut is_in_brackets = false;
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match c {
            '.' if !is_in_brackets => {
                all.push(String::new());
                continue;
            }
            '[' => is_in_brackets = true,
            ']' => is_in_brackets = false,
            _ => {}
        }
        let c = if c == '\\' { chars.next()? } else { c };
        all.last_mut()?.push(c);
    }
    all.iter().all(|own| !own.is_empty()).then_some(all)
}

/// The first part of a path that an object lacks, as far as that is told.
fn missing(object: &Node<'_>, path: &[String]) -> Option<String> {
    let mut node = object;
    for part in path {
        match &node.value {
            Value::Mapping(entries) => {
                // What an anchor brings is not followed, and any may be meant.
                if entries.iter().any(|(key, _)| key.as_str() == Some("<<")) || part == "*" {
                    return None;
                }
                // `[cert-manager.io/issuer]`: a key with dots.
                let key = part.strip_prefix('[').and_then(|own| own.strip_suffix(']'));
                match node.get(key.unwrap_or(part)) {
                    Some(next) => node = next,
                    None => return Some(part.clone()),
                }
            }
            Value::Sequence(items) => {
                let inner = part.strip_prefix('[').and_then(|own| own.strip_suffix(']'));
                let next = match inner.and_then(|own| own.split_once('=')) {
                    Some((key, value)) => {
                        // An item that is no mapping, or is filled in, may be any.
                        if !items.iter().all(|own| word(own, key).is_some()) {
                            return None;
                        }
                        items.iter().find(|own| word(own, key) == Some(value))
                    }
                    None => items.get(part.parse::<usize>().ok()?),
                };
                match next {
                    Some(next) => node = next,
                    None => return Some(part.clone()),
                }
            }
            Value::Scalar { .. } | Value::Alias => return None,
        }
    }
    None
}
