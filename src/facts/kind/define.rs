//! How the table of kinds is written.

/// Makes a constant of each kind, and the table of their names and nouns.
macro_rules! kinds {
    ($($(#[$doc:meta])* $own:ident = $name:literal, $noun:literal $(, $property:expr)*;)*) => {
        /// Every kind that the program knows, by name, with what a reader calls it.
        pub(super) static BUILT_IN: &[(&str, &str)] = &[$(($name, $noun)),*];

        /// What is asked of each of them.
        pub(super) static PROPERTIES: &[Property] = &[$(Property::NONE$(.and($property))*),*];

        /// Where the table has each kind.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Place { $($own),* }

        /// The kinds that the program knows.
        pub mod kinds {
            use super::{Kind, Place};

            $($(#[$doc])* pub const $own: Kind = Kind(Place::$own as u16);)*

        }
    };
}
