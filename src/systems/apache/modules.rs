//! Apache's modules, and what of a configuration needs them.

use super::parse::{Directive, File};
use crate::packs::Pack;

/// The one module that knows a directive; nothing where that is always there, or where several
/// may know it.
pub(super) fn of<'p>(packs: &'p Pack, directive: &Directive<'_>) -> Option<&'p str> {
    let said = packs.words("apache.directives").get(&directive.name.text.to_ascii_lowercase())?;
    let module = said.split('/').next()?;
    // What `LoadModule` calls it: nothing for what is built in.
    let name = packs.words("apache.modules").get(module)?;
    (!name.is_empty() && !module.contains(',')).then_some(name)
}

/// The first directive of each module that a file needs without asking whether it is there.
pub(super) fn needed<'f, 'p>(
    packs: &'p Pack,
    file: &'f File<'_>,
) -> Vec<(&'p str, &'f Directive<'f>)> {
    let mut found: Vec<(&str, &Directive<'_>)> = Vec::new();
    for directive in &file.directives {
        if let Some(module) = of(packs, directive)
            && !found.iter().any(|(own, _)| *own == module)
            && !file.is_conditional(directive)
            && !file.around(directive).any(|own| own.is("macro"))
        {
            found.push((module, directive));
        }
    }
    found
}

/// Modules that came with Apache 2.4, or took directives over that others had before: what a
/// configuration of 2.2 has no line for.
pub(super) const NEW: &[&str] =
    &["access_compat_module", "authn_core_module", "authz_core_module", "filter_module"];

/// Modules that no configuration of Apache 2.2 loads.
pub(super) fn is_of_24(module: &str) -> bool {
    module.starts_with("mpm_")
        || module.starts_with("slotmem_")
        || module.starts_with("lbmethod_")
        || module.starts_with("socache_")
        || module == "unixd_module"
        || NEW.contains(&module) && module != "filter_module"
}

/// The module that an `<IfModule>` misspells, if it does: a slip away from one that is known.
pub(super) fn meant(packs: &Pack, name: &str) -> Option<String> {
    let known = packs.words("apache.modules");
    let bare = name.trim_start_matches('!');
    // By the name of its source, or by its identifier.
    if let Some(stem) = bare.strip_prefix("mod_").and_then(|own| own.strip_suffix(".c")) {
        let near = slip(stem, known.names())?;
        return Some(format!("mod_{near}.c"));
    }
    let stem = bare.strip_suffix("_module")?;
    let own = known.names().filter_map(|name| known.get(name)?.strip_suffix("_module"));
    let near = slip(stem, own)?;
    Some(format!("{near}_module"))
}

/// Modules of others, and of other versions, that are called nearly like one of Apache's.
const OTHERS: &[&str] = &[
    "auth",
    "auth_dbm",
    "auth_kerb",
    "auth_ldap",
    "auth_mellon",
    "authz_ldap",
    "cache_disk",
    "dav_svn",
    "disk_cache",
    "evasive",
    "fastcgi",
    "fcgid",
    "geoip",
    "mem_cache",
    "mpm_itk",
    "mpm_winnt",
    "perl",
    "php",
    "proxy_http3",
    "python",
    "qos",
    "rpaf",
    "ruid2",
    "security",
    "throttle",
    "wsgi",
    "xsendfile",
];

fn slip<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.len() < 4 || !plain || OTHERS.contains(&name) || known.clone().any(|own| own == name) {
        return None;
    }
    let near = crate::facts::nearest_of(name, known)?;
    let slips = strsim::osa_distance(name, &near);
    // A digit more is another version.
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    (slips == 1 && digits(name) == digits(&near)).then(|| near.to_string())
}
