//! Rules of Traefik's routes as custom resources.

use super::fields::{at, word};
use crate::domain::traefik;
use crate::facts::{Problem, Strength};
use crate::syntax::yaml::Node;

/// Reports rules that Traefik does not parse.
pub(super) fn check(root: &Node<'_>, out: &mut Vec<Problem>) {
    let of_traefik = word(root, &["apiVersion"]).is_some_and(|own| own.contains("traefik"));
    let kind = word(root, &["kind"]).unwrap_or_default();
    if !of_traefik || !kind.starts_with("IngressRoute") {
        return;
    }
    for route in at(root, &["spec", "routes"]).map(Node::items).unwrap_or_default() {
        let Some(rule) = route.get("match") else { continue };
        let text = rule.as_str().filter(|text| traefik::is_rule(text));
        if let Some(slip) = text.and_then(traefik::slip) {
            let message = format!("a rule of Traefik has {slip}");
            let help = "Traefik drops the router".to_owned();
            let problem = Problem::new("parse-error", message, rule.span);
            out.push(Problem { help, strength: Strength::Certain, ..problem });
        }
    }
}
