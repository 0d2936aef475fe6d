//! Fields of `metadata`, which are the same for all kinds.
//!
//! (Source: Kubernetes API, `ObjectMeta`: `kubectl apply` refuses other fields, and what is lost is
//! all that stands below one.)

use super::fields::at;
use crate::facts::{FileFacts, Problem, Strength, nearest_of};
use crate::syntax::yaml::Node;

const FIELDS: [&str; 16] = [
    "annotations",
    "clusterName",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "labels",
    "managedFields",
    "name",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Fields under which more than a word stands, and which others take for another name of them.
const HOLDERS: [&str; 4] = ["annotations", "labels", "finalizers", "ownerReferences"];

/// Where an object, and the pods that it makes, have their metadata.
const PLACES: [&[&str]; 3] = [
    &["metadata"],
    &["spec", "template", "metadata"],
    &["spec", "jobTemplate", "spec", "template", "metadata"],
];

/// Reports a field that is nearly another one, which the object does not have. Kinds of other
/// systems that are written alike have fields of their own.
pub(super) fn check(root: &Node<'_>, out: &mut FileFacts) {
    for place in PLACES {
        let Some(own) = at(root, place) else { continue };
        for (key, value) in own.entries() {
            let Some(name) = key.as_str() else { continue };
            let is_plain = name.len() > 4 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
            if !is_plain || FIELDS.contains(&name) || value.as_str().is_some() {
                continue;
            }
            let near = nearest_of(name, HOLDERS.iter().copied());
            let Some(near) = near.filter(|near| own.get(near).is_none()) else { continue };
            let message = format!("`metadata` has no field `{name}`");
            let help = format!("did you mean `{near}`?");
            let strength = Strength::Likely;
            let problem = Problem::new("unknown-parameter", message, key.span);
            out.problems.push(Problem { help, strength, meant: Some(near), ..problem });
        }
    }
}
