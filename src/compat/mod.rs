//! The one compatibility check: does a call fit an interface, and do two versions of an
//! interface fit each other's callers. (DESIGN section 3.)

mod behaviour;
mod bind;
mod diff;
mod environment;
mod judge;

pub use behaviour::{behaviours, skipped};
pub use diff::{Change, Verdict, changes, verdict};
pub use environment::{dropped, unset};
pub use judge::{Disagreement, Issue, judge, judge_beyond};
