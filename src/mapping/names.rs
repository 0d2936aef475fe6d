//! What environments are called.

/// What environments are called, earliest first; each with what it is called too.
pub const ENVIRONMENTS: [&[&str]; 10] = [
    &["sandbox", "sbox"],
    &["dev", "development", "devel"],
    &["test", "testing"],
    &["integration"],
    &["qa"],
    &["uat"],
    &["acceptance"],
    &["staging", "stage", "stg", "labs"],
    &["preprod", "preproduction", "pre-production"],
    &["production", "prod", "prd", "live"],
];

/// Whether two names are the same but for the environment that each is of: `ca-staging` and
/// `ca-production`, or `ca` beside `ca-staging`. They are two things, and neither is the other
/// under a new name.
pub fn differ_in_environment(one: &str, other: &str) -> bool {
    let (one, other) = (Worded::of(one), Worded::of(other));
    one.others == other.others && one.environments != other.environments
}

/// Whether a name is nothing but that of an environment.
pub fn is_environment(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENVIRONMENTS.iter().any(|words| words.contains(&name.as_str()))
}

/// The words of a name, those for environments by their place in the chain.
struct Worded {
    others: Vec<String>,
    environments: Vec<usize>,
}

impl Worded {
    fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase().replace("pre-production", "preprod");
        let mut own = Self { others: Vec::new(), environments: Vec::new() };
        for word in name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            match ENVIRONMENTS.iter().position(|words| words.contains(&word)) {
                Some(rank) => own.environments.push(rank),
                None => own.others.push(word.to_owned()),
            }
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_two_environments_are_two_things() {
        for (one, other) in [
            ("ClusterIssuer/letsencrypt-staging", "ClusterIssuer/letsencrypt-production"),
            ("stage/vpc/aws_lb.stage", "stage/vpc/aws_lb.test"),
            ("web_stg", "web"),
            ("x-pre-production", "x-production"),
        ] {
            assert!(differ_in_environment(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("web-stg", "web-staging"),
            ("web-staging", "site-production"),
            ("profile::web", "profile::site"),
            ("backstage", "back"),
        ] {
            assert!(!differ_in_environment(one, other), "{one} {other}");
        }
        assert!(is_environment("Stage") && !is_environment("ca-stage"));
    }
}
