//! What a project of Argo CD permits its applications: repositories, servers and namespaces.
//!
//! (Source: "Projects" of Argo CD's documentation: an application that asks for more is not synced,
//! "application destination … is not permitted in project"; `*` stands for anything, and an entry
//! that begins with `!` forbids.)

use super::{is_filled, text};
use crate::facts::{
    Detail, Entity, FileFacts, NamePattern, Provide, Ref, Require, Strength, kinds,
};
use crate::graph::{Graph, Resolution, Resolver, Site};
use crate::syntax::yaml::Node;
use smallvec::SmallVec;

/// Begin the lines of what a project permits.
const REPOSITORY: &str = "repository";
const DESTINATION: &str = "destination";

/// What a project permits, as far as all of it is written down.
pub(super) fn project(root: &Node<'_>, out: &mut FileFacts) {
    let (Some(name), Some(spec)) = (text(root, &["metadata", "name"]), root.get("spec")) else {
        return;
    };
    let Some(own) = name.as_str().filter(|own| !is_filled(own)) else { return };
    let mut lines = Vec::new();
    let mut is_whole = spec.get("sourceRepos").is_some() && spec.get("destinations").is_some();
    for repository in spec.get("sourceRepos").map(Node::items).unwrap_or_default() {
        let text = repository.as_str().filter(|own| !is_filled(own));
        is_whole &= text.is_some();
        lines.push(format!("{REPOSITORY}\t{}", plain(text.unwrap_or_default())));
    }
    for to in spec.get("destinations").map(Node::items).unwrap_or_default() {
        let of = |key: &str| text(to, &[key]).and_then(Node::as_str).unwrap_or_default();
        is_whole &= !["server", "name", "namespace"].iter().any(|key| {
            to.get(key).is_some_and(|own| own.as_str().is_none_or(|own| own.contains(['$', '{'])))
        });
        let (server, name, namespace) = (of("server"), of("name"), of("namespace"));
        lines.push(format!("{DESTINATION}\t{server}\t{name}\t{namespace}"));
    }
    let detail = match is_whole && lines.iter().all(|own| !own.contains(['\n', '['])) {
        true => Detail::from(lines.join("\n")),
        false => Detail::None,
    };
    let (kind, name, span) = (kinds::GITOPS_PERMITTED, NamePattern::exact(own), name.span);
    out.provides.push(Provide { kind, name, span, within: None, detail });
}

/// An address as both sides are compared.
fn plain(address: &str) -> &str {
    let address = address.trim_end_matches('/');
    address.strip_suffix(".git").unwrap_or(address)
}

/// What an application asks its project for.
pub(super) fn application(spec: &Node<'_>, out: &mut FileFacts) {
    let project = text(spec, &["project"]).and_then(Node::as_str);
    let Some(project) = project.filter(|own| !is_filled(own)) else { return };
    let mut ask = |node: &Node<'_>, what: String| {
        let target = Ref::exact(kinds::GITOPS_PERMITTED, format!("{project}\n{what}"));
        let require = Require::certain(target, node.span, "project", None);
        // A patch of either side may say otherwise.
        out.requires.push(require.with_strength(Strength::Likely));
    };
    let several = spec.get("sources").map(Node::items).unwrap_or_default();
    for own in spec.get("source").into_iter().chain(several) {
        if let Some((node, text)) =
            text(own, &["repoURL"]).and_then(|own| Some((own, own.as_str()?)))
            && !is_filled(text)
        {
            ask(node, format!("{REPOSITORY}\t{}", plain(text)));
        }
    }
    let Some(to) = spec.get("destination") else { return };
    let of = |key: &str| text(to, &[key]).and_then(Node::as_str).unwrap_or_default();
    let all = [of("server"), of("name"), of("namespace")];
    let node = text(to, &["namespace"]);
    if let Some(node) = node.filter(|_| !all.iter().any(|own| own.contains(['$', '{', '<']))) {
        ask(node, format!("{DESTINATION}\t{}", all.join("\t")));
    }
}

/// Whether the one project of a name permits what is asked for.
pub(super) struct Permitted;

impl Resolver for Permitted {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let asked = target.name.as_exact().and_then(|own| own.split_once('\n'));
        let Some((project, asked)) = asked else { return Resolution::Elsewhere };
        let sites: SmallVec<[Site; 1]> =
            graph.providers(kinds::GITOPS_PERMITTED, project).collect();
        let permits = |site: &Site| {
            let provides = &graph.snapshot.file(site.file).facts.provides;
            let own = site.provide.and_then(|ix| provides.get(ix as usize));
            let text = own.map(|own| own.detail.text()).unwrap_or_default();
            text.is_empty() || is_permitted(text, asked)
        };
        match sites.is_empty() || sites.iter().any(permits) {
            true => Resolution::Found(sites),
            false => {
                let shown = asked.replace('\t', " ");
                let shown = shown.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
                let name = format!("{project}: {shown}");
                Resolution::Missing(Entity::new(kinds::GITOPS_PERMITTED, name))
            }
        }
    }
}

/// Whether lines of a project permit a line that is asked for.
fn is_permitted(lines: &str, asked: &str) -> bool {
    let mut is_permitted = false;
    for line in lines.lines() {
        let (mut fits, mut forbids, mut own) = (true, false, line.split('\t'));
        if own.next() != asked.split('\t').next() {
            continue;
        }
        for (permitted, asked) in own.zip(asked.split('\t').skip(1)) {
            // Of a server and its name one is said, and the other one is not known.
            if permitted.is_empty() || asked.is_empty() {
                continue;
            }
            let rest = permitted.strip_prefix('!');
            forbids |= rest.is_some();
            fits &= matches(rest.unwrap_or(permitted), asked);
        }
        match forbids {
            true if fits => return false,
            true => {}
            false => is_permitted |= fits,
        }
    }
    is_permitted
}

/// `*` is anything here; addresses are compared in lower case.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern = pattern.replace("**", "*").to_ascii_lowercase();
    NamePattern::with_marks(&pattern, &['*']).matches(&text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::is_permitted;

    #[test]
    fn what_lines_permit() {
        let lines = "repository\thttps://example.org/*\ndestination\thttps://a\t\tweb-*\ndestination\t\tb\t!kube-system\ndestination\t\tb\t*";
        assert!(is_permitted(lines, "repository\thttps://example.org/x"));
        assert!(!is_permitted(lines, "repository\thttps://example.com/x"));
        assert!(is_permitted(lines, "destination\thttps://a\t\tweb-1"));
        let (of_a, _) = lines.split_once("\ndestination\t\tb").unwrap_or_default();
        assert!(!is_permitted(of_a, "destination\thttps://a\t\tdata"));
        // Which of them a server without a name is, is not known.
        assert!(is_permitted(lines, "destination\thttps://a\t\tdata"));
        assert!(is_permitted(lines, "destination\t\tb\tdata"));
        assert!(!is_permitted(lines, "destination\t\tb\tkube-system"));
    }
}
