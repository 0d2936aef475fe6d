//! Syntax: from a text to its tokens or its tree, and no further. What a file means for the tree
//! that it lies in is for the systems to say.

pub(crate) mod blanks;
pub(crate) mod declared;
pub(crate) mod go_template;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod objects;
pub(crate) mod php;
pub(crate) mod php_types;
pub mod puppet;
pub(crate) mod python_depth;
pub(crate) mod script;
pub(crate) mod shebang;
pub(crate) mod shell;
pub(crate) mod tags;
pub(crate) mod yaml;
