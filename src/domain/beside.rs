//! Files in which a program names what lies beside them: where they are put elsewhere, they name
//! what is there.

use crate::facts::base_name;

/// Whether a file at `path` is one.
pub(crate) fn names_its_folder(path: &str) -> bool {
    let name = base_name(path);
    let begins = ["kustomization.", "docker-compose", "compose.", "helmfile"];
    let ends = [".tf", ".tf.json", ".tofu", "terragrunt.hcl"];
    name == "Kustomization"
        || begins.iter().any(|own| name.starts_with(own))
        || ends.iter().any(|own| name.ends_with(own))
}
