//! Objects as values that patches change, each part with the place that it was said at.

use crate::facts::Span;
use crate::loader::FileIx;
use crate::syntax::yaml::{Node, Value};
use smol_str::SmolStr;

/// Where a part was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct At {
    pub(super) file: FileIx,
    pub(super) span: Span,
}

/// A part of an object.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) at: At,
    pub(super) data: Data,
}

/// What a part is.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Map(Vec<Entry>),
    List(Vec<Tree>),
    Text(SmolStr),
    /// `null`, or nothing.
    Nothing,
    /// What an alias stands for, what is filled in, or what nobody followed.
    Unknown,
}

/// A key of a mapping, and what it leads to.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: SmolStr,
    pub(super) at: At,
    pub(super) value: Tree,
}

/// How places of a text are told.
#[derive(Clone, Copy)]
pub(super) enum Places {
    /// As they are in this file.
    Of(FileIx),
    /// The text stands in another one: all of it is here.
    All(At),
}

impl Places {
    fn at(self, span: Span) -> At {
        match self {
            Self::Of(file) => At { file, span },
            Self::All(at) => at,
        }
    }
}

impl Tree {
    pub(super) fn of(node: &Node<'_>, places: Places) -> Self {
        let data = match &node.value {
            Value::Alias => Data::Unknown,
            Value::Scalar { text, plain } => {
                let is_nothing = *plain && matches!(text.as_ref(), "" | "~" | "null");
                if is_nothing { Data::Nothing } else { Data::Text(text.as_ref().into()) }
            }
            Value::Sequence(items) => {
                Data::List(items.iter().map(|own| Self::of(own, places)).collect())
            }
            Value::Mapping(entries) => entries
                .iter()
                .map(|(key, value)| {
                    let name = key.as_str().filter(|name| *name != "<<")?;
                    let value = Self::of(value, places);
                    Some(Entry { key: name.into(), at: places.at(key.span), value })
                })
                .collect::<Option<Vec<Entry>>>()
                .map_or(Data::Unknown, Data::Map),
        };
        Self { at: places.at(node.span), data }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Tree] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        self.entries().iter().find(|own| own.key == key).map(|own| &own.value)
    }

    pub(super) fn below(&self, path: &[&str]) -> Option<&Tree> {
        path.iter().try_fold(self, |own, key| own.get(key))
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Tree> {
        match &mut self.data {
            Data::Map(entries) => {
                entries.iter_mut().find(|own| own.key == key).map(|own| &mut own.value)
            }
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn word(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// Whether a part of it is not known.
    pub(super) fn is_open(&self) -> bool {
        match &self.data {
            Data::Unknown => true,
            Data::Map(entries) => entries.iter().any(|own| own.value.is_open()),
            Data::List(items) => items.iter().any(Self::is_open),
            Data::Text(_) | Data::Nothing => false,
        }
    }

    /// Sets a key of a mapping.
    pub(super) fn set(&mut self, key: &str, at: At, value: Tree) {
        if let Data::Map(entries) = &mut self.data {
            match entries.iter_mut().find(|own| own.key == key) {
                Some(own) => own.value = value,
                None => entries.push(Entry { key: key.into(), at, value }),
            }
        }
    }
}
