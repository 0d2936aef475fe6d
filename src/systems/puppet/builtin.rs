//! Names that Puppet itself and its standard library bring.
//!
//! Source: type and function references of Puppet 2.7 to 8 and of puppetlabs-stdlib.
//! A name in these lists is never looked for in the tree.

use crate::facts::nearest_of;
use smol_str::SmolStr;

/// Attributes that every resource takes.
pub(super) const METAPARAMETERS: &[&str] = &[
    "alias",
    "audit",
    "before",
    "consume",
    "export",
    "loglevel",
    "name",
    "noop",
    "notify",
    "require",
    "schedule",
    "stage",
    "subscribe",
    "tag",
];

/// Whether every resource takes an attribute of this name.
pub(super) fn is_metaparameter(name: &str) -> bool {
    METAPARAMETERS.binary_search(&name).is_ok()
}

/// Native resource types that come with Puppet, now or earlier.
const TYPES: &[&str] = &[
    "anchor",
    "augeas",
    "class",
    "component",
    "computer",
    "cron",
    "exec",
    "file",
    "file_line",
    "filebucket",
    "group",
    "host",
    "interface",
    "k5login",
    "macauthorization",
    "mailalias",
    "maillist",
    "mcx",
    "mount",
    "notify",
    "package",
    "resources",
    "router",
    "schedule",
    "scheduled_task",
    "selboolean",
    "selmodule",
    "service",
    "ssh_authorized_key",
    "sshkey",
    "stage",
    "tidy",
    "user",
    "vlan",
    "whit",
    "yumrepo",
    "zfs",
    "zone",
    "zpool",
];

/// The native type of Puppet that was meant by a name that is one but for a letter. What one has
/// several of, or several sorts of, is called after one: `users`, `exec2`, `file_`.
pub(super) fn near_type(name: &str) -> Option<SmolStr> {
    if name.len() < 4 || name.contains("::") || is_type(name) {
        return None;
    }
    let near = nearest_of(name, TYPES.iter().copied())?;
    // Four letters are many things; one of them is another in `filr`.
    if name.len() == 4 && (near.len() != 4 || near.as_bytes()[..1] != name.as_bytes()[..1]) {
        return None;
    }
    let rest = name.strip_prefix(near.as_str());
    let is_part = rest.is_some_and(|rest| rest != "e") || near.starts_with(name);
    let bare = |own: &str| own.replace('_', "");
    (strsim::osa_distance(name, &near) == 1 && !is_part && bare(name) != bare(&near))
        .then_some(near)
}

/// Whether `name` is a native type of Puppet.
pub(super) fn is_type(name: &str) -> bool {
    TYPES.binary_search(&name).is_ok() || name.starts_with("nagios_")
}

/// Functions of Puppet itself, up to version 8; many were stdlib's first.
const FUNCTIONS: &[&str] = &[
    "abs",
    "alert",
    "all",
    "annotate",
    "any",
    "assert_type",
    "binary_file",
    "break",
    "call",
    "camelcase",
    "capitalize",
    "ceiling",
    "chomp",
    "chop",
    "compare",
    "contain",
    "convert_to",
    "create_resources",
    "crit",
    "debug",
    "defined",
    "dig",
    "digest",
    "downcase",
    "each",
    "emerg",
    "empty",
    "epp",
    "err",
    "eyaml_lookup_key",
    "fail",
    "file",
    "filter",
    "find_file",
    "find_template",
    "flatten",
    "floor",
    "fqdn_rand",
    "generate",
    "get",
    "getvar",
    "group_by",
    "hiera",
    "hiera_array",
    "hiera_hash",
    "hiera_include",
    "hocon_data",
    "import",
    "include",
    "index",
    "info",
    "inline_epp",
    "inline_template",
    "join",
    "json_data",
    "keys",
    "length",
    "lest",
    "lookup",
    "lstrip",
    "map",
    "match",
    "max",
    "md5",
    "min",
    "module_directory",
    "new",
    "next",
    "notice",
    "partition",
    "realize",
    "reduce",
    "regsubst",
    "require",
    "return",
    "reverse_each",
    "round",
    "rstrip",
    "scanf",
    "sha1",
    "sha256",
    "shellquote",
    "size",
    "slice",
    "sort",
    "split",
    "sprintf",
    "step",
    "strftime",
    "strip",
    "tag",
    "tagged",
    "template",
    "then",
    "tree_each",
    "type",
    "unique",
    "unwrap",
    "upcase",
    "values",
    "versioncmp",
    "warning",
    "with",
    "yaml_data",
];

/// Whether `name` is a function of Puppet itself.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.binary_search(&name).is_ok()
}

/// Data types of the language and of stdlib's Ruby side.
const DATATYPES: &[&str] = &[
    "Any",
    "Array",
    "Binary",
    "Boolean",
    "Callable",
    "CatalogEntry",
    "Class",
    "Collection",
    "Data",
    "Default",
    "Deferred",
    "Enum",
    "Error",
    "Float",
    "Hash",
    "Init",
    "Integer",
    "Iterable",
    "Iterator",
    "NotUndef",
    "Numeric",
    "Object",
    "Optional",
    "Pattern",
    "Regexp",
    "Resource",
    "RichData",
    "Runtime",
    "Scalar",
    "ScalarData",
    "SemVer",
    "SemVerRange",
    "Sensitive",
    "String",
    "Struct",
    "Target",
    "Timespan",
    "Timestamp",
    "Tuple",
    "Type",
    "TypeAlias",
    "TypeReference",
    "TypeSet",
    "URI",
    "Undef",
    "Unit",
    "Variant",
];

/// Whether `name` is a data type of the language.
pub(super) fn is_datatype(name: &str) -> bool {
    DATATYPES.binary_search(&name).is_ok()
}

/// The data type of the language whose name is nearly `name`, where that is none itself, nor
/// that of a resource type.
pub(super) fn near_datatype(name: &str) -> Option<SmolStr> {
    if is_datatype(name) || is_type(&name.to_ascii_lowercase()) {
        return None;
    }
    let near = nearest_of(name, DATATYPES.iter().copied())?;
    // Case does not count.
    let is_other = name.len() > 4 && !near.eq_ignore_ascii_case(name);
    (is_other && strsim::osa_distance(name, &near) == 1).then_some(near)
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_are_sorted() {
        for list in [super::TYPES, super::DATATYPES, super::FUNCTIONS, super::METAPARAMETERS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
