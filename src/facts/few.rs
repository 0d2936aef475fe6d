//! Short lists that facts hold inline, written down as any list.

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::{Array, SmallVec};
use std::fmt;
use std::marker::PhantomData;

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
    from.deserialize_seq(Items(PhantomData))
}

/// Takes items one by one, so that a short list is inline again.
struct Items<A>(PhantomData<A>);

impl<'de, A: Array<Item: Deserialize<'de>>> Visitor<'de> for Items<A> {
    type Value = SmallVec<A>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut from: S) -> Result<SmallVec<A>, S::Error> {
        // How many they are said to be is not believed.
        let mut all = SmallVec::new();
        while let Some(item) = from.next_element()? {
            all.push(item);
        }
        Ok(all)
    }
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
