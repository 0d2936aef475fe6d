//! Values of a list, whose errors suggest one only where it is nearly what was written: what clap
//! takes for alike may have no more in common than some letters (`tcsh` and `zsh`).

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, Error};
use std::ffi::OsStr;

/// Letters by which the lengths of a value and of what was written for it differ at most.
const MOST_MORE: usize = 3;

/// A parser of values of a list.
#[derive(Debug, Clone)]
pub struct Nearby<P>(pub P);

impl<P: TypedValueParser> TypedValueParser for Nearby<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, Error> {
        self.0.parse_ref(command, arg, value).map_err(|mut error| {
            let written = value.to_string_lossy();
            let is_near = |own: &ContextValue| match own {
                ContextValue::String(own) => {
                    own.chars().next() == written.chars().next()
                        && own.len().abs_diff(written.len()) <= MOST_MORE
                }
                _ => false,
            };
            if !error.get(ContextKind::SuggestedValue).is_some_and(is_near) {
                error.remove(ContextKind::SuggestedValue);
            }
            error
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        self.0.possible_values()
    }
}
