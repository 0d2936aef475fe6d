//! Command lines in the files of other systems: units, crontabs, images, monitoring.
//!
//! One file per format, each exact about its format's quoting; what is run, and with which
//! words, becomes a call as in a shell script. A command that nothing in the tree provides
//! stays silent.

mod compose;
mod cron;
mod docker;
mod jvm;
mod kubernetes;
mod nagios;
mod scalar;
mod systemd;
mod variables;

pub use compose::Compose;
pub use cron::Cron;
pub use docker::Docker;
pub use jvm::JvmOptions;
pub use kubernetes::Kubernetes;
pub use nagios::Nagios;
pub(super) use scalar::scalar;
pub use systemd::Systemd;
pub use variables::Variables;

use crate::facts::{Call, Environment, base_name, kinds};

/// Every call of a file holds its variables: of more than these nothing is said.
const MAX_VARIABLES: usize = 300;

/// Gives `outer` to calls that have been found inside it.
pub(super) fn give(calls: &mut [Call], outer: &Environment) {
    if outer.is_inherited() {
        return;
    }
    let mut many = Environment::inherited();
    many.add_unknown(kinds::ENV);
    let outer = if outer.set.len() + outer.sources.len() > MAX_VARIABLES { &many } else { outer };
    for call in calls {
        match &mut call.environment {
            Some(own) => own.inside(outer),
            None => call.environment = Some(Box::new(outer.clone())),
        }
    }
}

/// A path without the ending that makes it a template.
pub(super) fn rendered(path: &str) -> &str {
    let endings = [".erb", ".j2", ".epp", ".tpl"];
    endings.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path)
}

fn base(path: &str) -> &str {
    base_name(path)
}

/// Lines with their offsets, without their ends.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim_end_matches(['\n', '\r'])))
    })
}
