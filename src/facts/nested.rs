//! Commands within commands, as somebody wrote them down: reading them recurses.

use super::CommandLine;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::cell::Cell;

/// How deep commands are read. Programs have three levels; a stack has room for thousands.
const DEEPEST: u32 = 64;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// One level less when it goes, however reading ended.
struct Level;

impl Level {
    fn enter() -> Option<Self> {
        let depth = DEPTH.get();
        (depth < DEEPEST).then(|| DEPTH.set(depth + 1)).map(|()| Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

/// A command line with what is within it.
pub(super) fn read<'de, D>(from: D) -> Result<Option<Box<CommandLine>>, D::Error>
where
    D: Deserializer<'de>,
{
    let level = Level::enter();
    if level.is_none() {
        return Err(D::Error::custom("commands within commands, too deep"));
    }
    Option::deserialize(from)
}
