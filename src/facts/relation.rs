//! How a reference relates its file to what it names, and the word for it that users know.

use rustc_hash::FxHashSet;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// How a reference relates its file, or a definition of it, to what it names: the part that
/// resolution and checks ask for. Which construct it is says its [`Wording`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// It uses it; no more is asked.
    #[default]
    Uses,
    /// It may use it: the reference is reached only under some condition.
    InBranch,
    /// It has a variable filled in under some condition, which asks for another one.
    Sometimes,
    /// A definition has what another one has, variables too.
    Inherits,
    /// It takes it in as it is: the text of a file, a class without arguments.
    Includes,
    /// It has files loaded wherever they lie.
    Loads,
    /// It is a link to a path.
    Links,
    /// It orders what something else declares (`File['x']`), and brings nothing in.
    Orders,
    /// It names what something else declares, to be looked up where the value is used.
    Names,
    /// It puts the text somewhere else: what that text names lies beside it there.
    Carries,
    /// It registers it, so that a loader finds it.
    Registers,
    /// It is for hosts of a group.
    IsFor,
    /// It is a group that has another one as its member.
    HasMember,
    /// It has values read from a file.
    Values,
    /// It asks for a value, or has a default for it.
    AsksFor,
    /// It fails without a value.
    Requires,
    /// It has a variable filled in where it stands, and nothing there does without.
    FilledIn,
    /// It is run while an image is built.
    Builds,
    /// It is run, perhaps on another host.
    Remote,
    /// It is a definition that stands in a file or in another definition.
    DefinedIn,
    /// It adds to a declaration that stands elsewhere, or changes it.
    Amends,
    /// It expects a thing by its name and does without where there is none: the type of a
    /// parameter, an exception that is caught. A change of both has an order all the same.
    Expects,
    /// As before, of a thing that is here or comes from elsewhere: once one goes that was here, it
    /// fails. The type of a parameter, a page that is rendered.
    Awaits,
    /// It is run when a path changes, and does without it.
    Watches,
}

/// A construct, as its users call it: `include`, `source`, `template()`, `use_backend`. It has
/// a name of its own since serde would borrow a plain `&str` from what it reads.
pub type Wording = &'static str;

/// What a reference is called, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via {
    /// What it is.
    pub relation: Relation,
    /// What it is called.
    pub wording: Wording,
}

impl From<Wording> for Via {
    fn from(wording: Wording) -> Self {
        Self { relation: Relation::Uses, wording }
    }
}

impl Relation {
    /// The relation, where its construct is called `wording`.
    pub fn called(self, wording: Wording) -> Via {
        Via { relation: self, wording }
    }
}

/// Most words that are read, and the most letters of one: more than any version has written.
const MOST: usize = 4096;
const LONGEST: usize = 80;

/// Words that were read.
static READ: Mutex<BTreeSet<Wording>> = Mutex::new(BTreeSet::new());

thread_local! {
    /// Those of them that this thread has met: a word is read for each reference of a tree.
    static MET: RefCell<FxHashSet<Wording>> = RefCell::default();
}

/// A word that a program like this one wrote down.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Wording, D::Error> {
    from.deserialize_str(Word)
}

/// Looks a word up where it stands.
struct Word;

impl Visitor<'_> for Word {
    type Value = Wording;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a word")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Wording, E> {
        if let Some(known) = MET.with_borrow(|met| met.get(word).copied()) {
            return Ok(known);
        }
        let known =
            keep(word).ok_or_else(|| E::custom(format!("no room for the construct `{word}`")))?;
        MET.with_borrow_mut(|met| met.insert(known));
        Ok(known)
    }
}

/// The word as all threads have it; `None` where there are too many, or it is too long.
fn keep(word: &str) -> Option<Wording> {
    let mut words = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.get(word) {
        return Some(known);
    }
    let has_room = word.len() <= LONGEST && words.len() < MOST;
    let kept: Wording = has_room.then(|| Box::leak(Box::<str>::from(word)))?;
    words.insert(kept);
    Some(kept)
}
