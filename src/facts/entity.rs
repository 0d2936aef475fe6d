//! Entities: what can be provided and required.

use super::{Kind, NamePattern, kinds};
use serde::{Deserialize, Serialize, Serializer};
use smol_str::SmolStr;
use std::fmt;

/// Between a folder and the name of what it has.
const PLACE: char = '\u{1f}';

/// A named thing of some kind.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Entity {
    /// What sort of thing.
    pub kind: Kind,
    /// Its name; for a name built at run time, its pattern with `*`.
    pub name: SmolStr,
}

impl Entity {
    /// An entity of `kind` named `name`.
    pub fn new(kind: Kind, name: impl Into<SmolStr>) -> Self {
        Self { kind, name: name.into() }
    }

    /// A thing of that name in one folder, of a kind that each folder may have another of.
    pub(super) fn placed(kind: Kind, folder: &str, name: &NamePattern) -> Self {
        Self::new(kind, format!("{folder}{PLACE}{name}"))
    }

    /// A command's flag or argument: `flag:COMMAND/--name`.
    pub fn flag(command: &str, name: &str) -> Self {
        Self::new(kinds::FLAG, format!("{command}/{name}"))
    }

    /// A parameter of anything else: `param:INTERFACE::$name`.
    pub fn parameter(interface: &str, name: &str) -> Self {
        Self::new(kinds::PARAM, format!("{interface}::${name}"))
    }

    /// What a parameter or a flag belongs to; `None` for anything else.
    pub fn owner(&self) -> Option<&str> {
        self.split().map(|(owner, _)| owner)
    }

    /// The name of a parameter or a flag without what it belongs to; `None` for anything else.
    pub fn part(&self) -> Option<&str> {
        self.split().map(|(_, part)| part)
    }

    fn split(&self) -> Option<(&str, &str)> {
        match self.kind {
            kinds::FLAG => self.name.rsplit_once('/'),
            kinds::PARAM => self.name.rsplit_once("::$"),
            _ => None,
        }
    }

    /// Parses `kind:name`. `None` without a colon, with an empty side, or where nobody has named
    /// the kind.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        let kind = Kind::of(kind)?;
        (!name.is_empty()).then(|| Self::new(kind, name))
    }

    /// The name without the folder that stands before it where each folder may have another.
    pub fn shown(&self) -> &str {
        self.name.rsplit(PLACE).next().unwrap_or_default()
    }

    /// As a reader writes it: ``class `web` ``, ``file `a/b` ``, ``parameter `$port` of `web` ``.
    pub fn spoken(&self) -> String {
        let name = self.shown();
        match self.kind {
            kinds::PARAM if let Some((of, own)) = name.rsplit_once("::$") => {
                format!("parameter `{own}` of `{of}`")
            }
            kinds::FLAG if let Some((of, own)) = name.rsplit_once("/-") => {
                format!("flag `-{own}` of `{of}`")
            }
            _ => format!("{} `{name}`", self.kind.noun()),
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

/// `kind:name`, as JSON writes it.
pub(crate) fn as_text<S: Serializer>(entity: &Entity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_called_what_people_call_them() {
        let spoken = |kind, name: &str| Entity::new(Kind::named(kind).unwrap(), name).spoken();
        assert_eq!(spoken("puppet.class", "web::tls"), "class `web::tls`");
        let placed = Entity::placed(kinds::IMAGE_COMMAND, "a", &NamePattern::exact("curl"));
        assert_eq!(placed.spoken(), "command `curl`");
        assert_eq!(spoken("house.thing", "x"), "name `x`");
        assert_eq!(Entity::flag("bin/run", "--port").spoken(), "flag `--port` of `bin/run`");
        assert_eq!(Entity::parameter("web", "port").spoken(), "parameter `port` of `web`");
    }
}
