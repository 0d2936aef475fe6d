//! Fields of a root: Kustomize refuses a file that has any other.
//!
//! (Source: `Kustomization` of Kustomize's `api/types`, and its `FixKustomizationPreUnmarshalling`;
//! unknown fields are disallowed, and case counts for nothing.)

use crate::facts::{FileFacts, Problem, Strength, nearest_of};
use crate::syntax::yaml::Node;

const FIELDS: [&str; 36] = [
    "apiVersion",
    "bases",
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "crds",
    "generatorOptions",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "helmGlobals",
    "imageTags",
    "images",
    "inventory",
    "kind",
    "labels",
    "metadata",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "openapi",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "resources",
    "secretGenerator",
    "sortOptions",
    "transformers",
    "validators",
    "vars",
    "<<",
];

/// Reports fields that no root has. One that is nearly another's name is a slip; others may be of
/// a newer version, or of what fills the file in.
pub(super) fn check(root: &Node<'_>, out: &mut FileFacts) {
    for (key, _) in root.entries() {
        let Some(name) = key.as_str() else { continue };
        let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_plain || FIELDS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            continue;
        }
        let near = nearest_of(name, FIELDS.iter().copied()).filter(|_| name.len() > 3);
        let strength = if near.is_some() { Strength::Certain } else { Strength::Likely };
        let help = match &near {
            Some(near) => format!("did you mean `{near}`? `kustomize build` refuses the file"),
            None => "`kustomize build` refuses the file".to_owned(),
        };
        let message = format!("a kustomization has no field `{name}`");
        let problem = Problem::new("unknown-parameter", message, key.span);
        out.problems.push(Problem { help, strength, meant: near, ..problem });
    }
}
