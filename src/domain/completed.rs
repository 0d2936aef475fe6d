//! Files that scripts put into folders of Terraform whose paths only a run knows.

/// The name under which such files are told of, as written ones. Their detail is the end of the
/// folder's path that is spelt, and the file's name.
pub(crate) const MODULES: &str = "*.tf";

/// How the detail begins where the file is made, and copied from nowhere.
pub(crate) const MADE: &str = "> ";
