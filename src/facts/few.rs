//! Short lists that facts hold inline, written down as any list.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::{Array, SmallVec};

pub(super) fn serialize<A, S>(own: &SmallVec<A>, to: S) -> Result<S::Ok, S::Error>
where
    A: Array<Item: Serialize>,
    S: Serializer,
{
    own.as_slice().serialize(to)
}

pub(super) fn deserialize<'de, A, D>(from: D) -> Result<SmallVec<A>, D::Error>
where
    A: Array<Item: Deserialize<'de>>,
    D: Deserializer<'de>,
{
    // Item by item, so that a short one is inline again.
    Ok(Vec::deserialize(from)?.into_iter().collect())
}

/// One that nobody may find empty.
pub(super) fn not_empty<'de, A, D>(from: D) -> Result<SmallVec<A>, D::Error>
where
    A: Array<Item: Deserialize<'de>>,
    D: Deserializer<'de>,
{
    let own = deserialize::<A, D>(from)?;
    if own.is_empty() { Err(D::Error::invalid_length(0, &"one target or more")) } else { Ok(own) }
}
