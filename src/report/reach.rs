//! What leads to the text of a finding, in words.

use super::Resolved;
use crate::facts::Entity;
use crate::finding::Reach;
use serde_json::{Value, json};

/// One sentence; `None` where nothing is known.
pub(super) fn text(finding: &Resolved) -> Option<String> {
    Some(match finding.reach.as_ref()? {
        Reach::Nothing(entity) => format!("unused here: nothing leads to {}", entity.spoken()),
        Reach::Through { links, left_out } => {
            format!("in use: {}", told(links, *left_out).join(" → "))
        }
        Reach::Untold => return None,
    })
}

/// The links of a chain in words, and how many are left out where they are.
pub(super) fn told(links: &[Entity], left_out: usize) -> Vec<String> {
    let mut told: Vec<String> = links.iter().map(Entity::spoken).collect();
    if left_out > 0 {
        told.insert(links.len() / 2, format!("… {left_out} more …"));
    }
    told
}

/// The same as data: `null` where nothing is known.
pub(super) fn value(finding: &Resolved) -> Value {
    match &finding.reach {
        None | Some(Reach::Untold) => Value::Null,
        Some(Reach::Nothing(entity)) => json!({"used": false, "chain": [entity.to_string()]}),
        Some(Reach::Through { links, .. }) => {
            let chain: Vec<String> = links.iter().map(ToString::to_string).collect();
            json!({"used": true, "chain": chain})
        }
    }
}

/// Whether nothing that was read leads to the text.
pub(super) fn is_unused(finding: &Resolved) -> bool {
    matches!(finding.reach, Some(Reach::Nothing(_)))
}
