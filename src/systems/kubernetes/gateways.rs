//! Routes of the Gateway API, and the listeners that they attach to.
//!
//! (Source: Gateway API, `ParentReference`: a route of which no listener has the `sectionName` is not
//! attached; `BackendObjectReference`: its port is the Service's, not that of the pods.)

use super::MASK;
use super::fields::{at, is_filled, word};
use crate::syntax::tags::{self, Sort};
use crate::syntax::yaml::Node;

/// What a route names, with the node that names it.
pub(super) struct Named<'n, 'y> {
    /// The Service or the Gateway.
    pub(super) of: &'n str,
    pub(super) part: &'n Node<'y>,
}

fn is_of_the_api(root: &Node<'_>) -> bool {
    word(root, &["apiVersion"]).is_some_and(|own| own.starts_with("gateway.networking.k8s.io/"))
}

/// Whether an object is a route to Services.
pub(super) fn is_route(kind: &str, root: &Node<'_>) -> bool {
    matches!(kind, "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute")
        && is_of_the_api(root)
}

/// The ports of Services that a route leads to.
pub(super) fn ports<'n, 'y>(root: &'n Node<'y>) -> Vec<Named<'n, 'y>> {
    let rules = at(root, &["spec", "rules"]).map(Node::items).unwrap_or_default();
    let backends = rules.iter().filter_map(|own| own.get("backendRefs")).flat_map(Node::items);
    let mut all = Vec::new();
    for own in backends {
        let is_service = word(own, &["kind"]).is_none_or(|kind| kind == "Service")
            && word(own, &["group"]).is_none_or(str::is_empty);
        all.extend(named(own, "port").filter(|_| is_service));
    }
    all
}

/// The listeners that a route attaches to.
pub(super) fn sections<'n, 'y>(root: &'n Node<'y>) -> Vec<Named<'n, 'y>> {
    let parents = at(root, &["spec", "parentRefs"]).map(Node::items).unwrap_or_default();
    let is_gateway = |own: &&Node<'_>| word(own, &["kind"]).is_none_or(|kind| kind == "Gateway");
    parents.iter().filter(is_gateway).filter_map(|own| named(own, "sectionName")).collect()
}

fn named<'n, 'y>(own: &'n Node<'y>, key: &str) -> Option<Named<'n, 'y>> {
    let (of, part) = (word(own, &["name"])?, own.get(key)?);
    let is_known = !is_filled(of) && part.as_str().is_some_and(|own| !is_filled(own));
    is_known.then_some(Named { of, part })
}

/// The listeners of a Gateway; nothing where what stands there may not be all of them.
pub(super) fn listeners<'n, 'y>(
    kind: &str,
    root: &'n Node<'y>,
    text: &str,
) -> Option<&'n [Node<'y>]> {
    let list = at(root, &["spec", "listeners"]).filter(|_| kind == "Gateway")?;
    let is_plain = |own: &Node<'_>| {
        word(own, &["name"]).is_some_and(|name| !is_filled(name) && !name.contains(MASK))
    };
    let items = list.items();
    let begin = (list.span.start as usize).saturating_sub(BESIDE);
    let end = text.len().min(list.span.end as usize + BESIDE);
    let near = text.get(floor(text, begin)..floor(text, end)).unwrap_or_default();
    let is_whole = tags::tags(near, Sort::CODE).into_iter().all(|tag| {
        let inner = near.get(tag.range).unwrap_or_default();
        let prints = ["range", "toYaml", "include", "tpl", "template", "merge", "concat"];
        !prints.iter().any(|word| inner.contains(word))
    });
    let is_api = is_of_the_api(root);
    (is_api && is_whole && !items.is_empty() && items.iter().all(is_plain)).then_some(items)
}

/// How far around a list a tag may stand that adds to it.
const BESIDE: usize = 200;

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
