//! Keys that a workflow has no place for.
//!
//! (Source: GitHub's documentation, "Workflow syntax for GitHub Actions", "Events that trigger
//! workflows": a file with another key is refused, "Unexpected value", and nothing of it runs.)

use crate::domain::keys::{Format, Place};
use crate::facts::{Problem, nearest_of};
use crate::syntax::yaml::{Node, Value};

const FORMAT: Format =
    Format { places: &PLACES, of: "GitHub's workflows", refused: "GitHub refuses the file" };

const PERMISSIONS: &str = "actions artifact-metadata attestations checks contents deployments \
                           discussions id-token issues metadata models packages pages \
                           pull-requests repository-projects security-events statuses";

const PLACES: [Place; 20] = [
    Place {
        name: "the file",
        keys: "name run-name description on permissions env defaults concurrency jobs",
        below: &[
            ("on", "the events"),
            ("permissions", "what is permitted"),
            ("defaults", "defaults"),
            ("concurrency", "a concurrency"),
            ("jobs", "*a job"),
        ],
    },
    Place {
        name: "the events",
        keys: "branch_protection_rule check_run check_suite create delete deployment \
               deployment_status discussion discussion_comment fork gollum image_version \
               issue_comment issues label merge_group milestone page_build project project_card \
               project_column public pull_request pull_request_comment pull_request_review \
               pull_request_review_comment pull_request_target push registry_package release \
               repository_dispatch schedule status watch workflow_call workflow_dispatch \
               workflow_run",
        below: &[
            ("push", "the event `push`"),
            ("pull_request", "the event `pull_request`"),
            ("pull_request_target", "the event `pull_request`"),
            ("workflow_dispatch", "the event `workflow_dispatch`"),
            ("workflow_call", "the event `workflow_call`"),
            ("workflow_run", "the event `workflow_run`"),
            ("repository_dispatch", "an event"),
            ("release", "an event"),
            ("issues", "an event"),
            ("issue_comment", "an event"),
        ],
    },
    Place {
        name: "the event `push`",
        keys: "branches branches-ignore tags tags-ignore paths paths-ignore",
        below: &[],
    },
    Place {
        name: "the event `pull_request`",
        keys: "types branches branches-ignore paths paths-ignore",
        below: &[],
    },
    Place {
        name: "the event `workflow_dispatch`",
        keys: "inputs",
        below: &[("inputs", "*an input")],
    },
    Place {
        name: "the event `workflow_call`",
        keys: "inputs outputs secrets",
        below: &[("inputs", "*an input"), ("outputs", "*an output"), ("secrets", "*a secret")],
    },
    Place {
        name: "the event `workflow_run`",
        keys: "workflows types branches branches-ignore",
        below: &[],
    },
    Place { name: "an event", keys: "types", below: &[] },
    Place {
        name: "an input",
        keys: "description required default type options deprecationMessage",
        below: &[],
    },
    Place { name: "an output", keys: "description value", below: &[] },
    Place { name: "a secret", keys: "description required", below: &[] },
    Place { name: "what is permitted", keys: PERMISSIONS, below: &[] },
    Place { name: "defaults", keys: "run", below: &[("run", "the defaults of `run`")] },
    Place { name: "the defaults of `run`", keys: "shell working-directory", below: &[] },
    Place { name: "a concurrency", keys: "group cancel-in-progress queue", below: &[] },
    Place {
        name: "a job",
        keys: "name permissions needs if runs-on environment concurrency outputs env defaults \
               steps timeout-minutes strategy continue-on-error container services snapshot uses \
               with secrets",
        below: &[
            ("permissions", "what is permitted"),
            ("defaults", "defaults"),
            ("concurrency", "a concurrency"),
            ("environment", "an environment"),
            ("strategy", "a strategy"),
            ("container", "a container"),
            ("services", "*a container"),
            ("steps", "*a step"),
        ],
    },
    Place { name: "an environment", keys: "name url deployment", below: &[] },
    Place { name: "a strategy", keys: "matrix fail-fast max-parallel", below: &[] },
    Place {
        name: "a container",
        keys: "image credentials env ports volumes options command entrypoint",
        below: &[],
    },
    Place {
        name: "a step",
        keys: "id if name uses run working-directory shell with env continue-on-error \
               timeout-minutes",
        below: &[],
    },
];

/// Looks through a workflow.
pub(super) fn check(root: &Node<'_>, out: &mut Vec<Problem>) {
    // `jobs` stands in nothing else that lies there.
    if root.get("jobs").is_some_and(|own| !own.entries().is_empty()) {
        FORMAT.check("the file", root, values, out);
    }
}

fn values(place: &Place, key: &str, value: &Node<'_>, out: &mut Vec<Problem>) {
    let told = match (place.name, key) {
        // An event alone, or a list of them.
        ("the file", "on") => value.items().iter().chain([value]).collect::<Vec<_>>(),
        ("what is permitted", _) => vec![value],
        _ => return,
    };
    let events = PLACES.iter().find(|own| own.name == "the events").map_or("", |own| own.keys);
    let known = if key == "on" { events } else { "read write none" };
    for own in told {
        let Value::Scalar { text, .. } = &own.value else { continue };
        if text.is_empty() || known.split_ascii_whitespace().any(|known| known == text) {
            continue;
        }
        let Some(near) = nearest_of(text, known.split_ascii_whitespace()) else { continue };
        let message = format!("`{key}` does not take `{text}`");
        let problem = Problem::new("incompatible-value", message, own.span);
        let help = format!("did you mean `{near}`?");
        out.push(Problem { help, meant: Some(near), ..problem });
    }
}
