//! The environment that is around a command: of units, crontabs, images, monitoring.

use crate::facts::{Call, Environment, kinds};

/// Every call of a file holds its variables: of more than these nothing is said.
const MAX_VARIABLES: usize = 300;

/// Gives `outer` to calls that have been found inside it.
pub(crate) fn inherit_environment(calls: &mut [Call], outer: &Environment) {
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
