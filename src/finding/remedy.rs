//! What would mend a finding.

use crate::facts::base_name;
use smol_str::SmolStr;

/// What would mend a finding, and how sure it is that this is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// What is changed at the primary place.
    pub change: Mending,
    /// How sure it is.
    pub sureness: Sureness,
}

/// A change of the text at a finding's primary place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mending {
    /// A name is written otherwise.
    Name {
        /// The name as the tree knows names, of which the end is written there; `None` where it is
        /// all that stands there.
        wrong: Option<SmolStr>,
        /// The name that is meant, in the same form.
        right: SmolStr,
    },
    /// The comment goes, and with it a line that holds nothing else.
    Comment,
}

/// How sure it is that a change is what its users want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sureness {
    /// The text can mean nothing else: what it names was renamed, or lacks the ending of its file.
    Safe,
    /// It is what somebody most likely meant: the nearest name that exists.
    Likely,
}

impl Sureness {
    /// As JSON writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Likely => "likely",
        }
    }
}

impl Remedy {
    /// `right`, the nearest name that exists, in place of `wrong`; `None` where the two differ by
    /// more than a slip of the hand, for then it may be another thing.
    pub fn nearest(wrong: impl Into<SmolStr>, right: impl Into<SmolStr>) -> Option<Self> {
        let (wrong, right) = (wrong.into(), right.into());
        // Nothing but an ending is between the two: `web/motd` and `web/motd.erb`.
        let lacks_ending = right
            .strip_prefix(wrong.as_str())
            .is_some_and(|rest| rest.starts_with('.') && !rest.contains('/'));
        let sureness = match lacks_ending {
            true => Sureness::Safe,
            false if is_slip(&wrong, &right) => Sureness::Likely,
            false => return None,
        };
        Some(Self { change: Mending::Name { wrong: Some(wrong), right }, sureness })
    }

    /// `right` in place of `wrong`, which was called so before.
    pub fn renamed(wrong: impl Into<SmolStr>, right: impl Into<SmolStr>) -> Self {
        let change = Mending::Name { wrong: Some(wrong.into()), right: right.into() };
        Self { change, sureness: Sureness::Safe }
    }

    /// `right` in place of what stands there.
    pub fn word(right: impl Into<SmolStr>) -> Self {
        let change = Mending::Name { wrong: None, right: right.into() };
        Self { change, sureness: Sureness::Likely }
    }

    /// The comment goes.
    pub fn without_comment() -> Self {
        Self { change: Mending::Comment, sureness: Sureness::Safe }
    }
}

/// Whether two names differ by a letter or two, or are one file in two folders.
fn is_slip(wrong: &str, right: &str) -> bool {
    let (old, new) = (base_name(wrong), base_name(right));
    let is_moved = old == new && wrong.contains('/');
    let most = if old.chars().count() < 8 { 1 } else { 2 };
    is_moved || old.len() > 2 && strsim::osa_distance(wrong, right) <= most
}

#[cfg(test)]
mod tests {
    use super::{Remedy, Sureness};

    #[test]
    fn a_remedy_is_a_slip_of_the_hand() {
        let of = |wrong: &str, right: &str| Remedy::nearest(wrong, right).map(|own| own.sureness);
        assert_eq!(of("web/motd", "web/motd.erb"), Some(Sureness::Safe));
        assert_eq!(of("web::tsl", "web::tls"), Some(Sureness::Likely));
        assert_eq!(of("tasks/set_banner.yml", "tasks/set-banner.yml"), Some(Sureness::Likely));
        assert_eq!(of("values/web.yaml", "apps/web/web.yaml"), Some(Sureness::Likely));
        // The nearest of what there is, and another thing.
        assert_eq!(of("tasks/postgres.yml", "tasks/moodle.yml"), None);
        assert_eq!(of("configdir", "configfile"), None);
        assert_eq!(of("db", "do"), None);
    }
}
