//! What a finding weighs in a file that no deploy reads.
//!
//! Tests, examples and documentation stop no deploy: nothing in them is an error. They may
//! be written against things that exist only where they run, so what they lack is reported
//! in examples alone, and only of names that the live tree owns. What is kept and not run any
//! more gives notes at most; what nothing of the tree reads or names, warnings; of what a package
//! manager installed nothing is said.

use super::{Context, Telling, in_use};
use crate::facts::{Entity, Property, Standing, kinds};
use crate::finding::{Finding, FindingScope, Place, Reach, Severity};

/// The finding as it counts where its file stands; `None` where it says nothing there.
pub(super) fn weigh(context: &Context<'_>, mut finding: Finding) -> Option<Finding> {
    let snapshot = context.new.snapshot;
    if finding.primary.tree != snapshot.role {
        return Some(finding);
    }
    if context.new.is_misread(finding.primary.file) {
        return None;
    }
    let standing = snapshot.file(finding.primary.file).standing;
    if standing.is_live() {
        // What leads to it may stand in a file that was not read.
        if snapshot.deadline.lacks_files() {
            return Some(finding);
        }
        // What is put elsewhere may find there what it has not got here.
        if finding.severity == Severity::Error
            && matches!(finding.rule, "unresolved-reference" | "removed-but-referenced")
            && context.new.is_carried(finding.primary.file, finding.entity.as_ref())
        {
            finding.severity = Severity::Warning;
        }
        // With a change, what was right before is an error wherever it stands.
        if context.old.is_none()
            && finding.severity == Severity::Error
            && context.new.is_loose(finding.primary.file)
        {
            finding.severity = Severity::Warning;
            let path = snapshot.file(finding.primary.file).entry.path.clone();
            finding.reach = Some(Reach::Nothing(Entity::new(kinds::FILE, path)));
            return Some(finding);
        }
        let Place { file, span, .. } = finding.primary;
        finding.reach = match context.telling {
            Telling::Now => in_use::reach(context.new, file, span),
            Telling::Later => Some(Reach::Untold),
        };
        return Some(finding);
    }
    let most = match standing {
        Standing::Installed => return None,
        Standing::Retired => Severity::Note,
        _ => Severity::Warning,
    };
    finding.severity = finding.severity.min(most);
    let told = finding.scope == FindingScope::Change
        || match finding.rule {
            "parse-error" | "unsupported-syntax" | "limit-reached" => true,
            "unresolved-reference" => {
                standing == Standing::Example
                    && finding
                        .entity
                        .as_ref()
                        .is_some_and(|entity| entity.kind.has(Property::GLOBAL))
            }
            "missing-required-parameter" | "unknown-parameter" | "incompatible-value" => {
                standing == Standing::Example
            }
            _ => false,
        };
    told.then_some(finding)
}
