//! How kinds are ordered, shown, written and read: by their names.

use super::{BUILT_IN, Kind};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

impl Ord for Kind {
    fn cmp(&self, other: &Self) -> Ordering {
        let known = BUILT_IN.len() as u16;
        match self.0 < known && other.0 < known {
            // The table is sorted.
            true => self.0.cmp(&other.0),
            false => self.as_str().cmp(other.as_str()),
        }
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kind").field(&self.as_str()).finish()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// In a format that people read, its name. In others, which facts of one version alone are kept
/// in, its place in the table; behind the table's end, its name.
#[derive(Serialize, Deserialize)]
enum Written<Name> {
    BuiltIn(u16),
    Named(Name),
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.serialize_str(self.as_str());
        }
        match self.0 < BUILT_IN.len() as u16 {
            true => Written::BuiltIn(self.0),
            false => Written::Named(self.as_str()),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Self::named(&String::deserialize(from)?).map_err(D::Error::custom);
        }
        match Written::<String>::deserialize(from)? {
            Written::BuiltIn(ix) if ix < BUILT_IN.len() as u16 => Ok(Self(ix)),
            Written::BuiltIn(ix) => Err(D::Error::custom(format!("no kind has the number {ix}"))),
            Written::Named(name) => Self::named(&name).map_err(D::Error::custom),
        }
    }
}
