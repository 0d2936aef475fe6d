//! What a tree says of its surroundings: modules that come from elsewhere, folders of
//! modules, mounts of the file server, and the Puppet that it is written for.
//!
//! (Sources: the manuals of r10k and librarian-puppet on the Puppetfile, Puppet's on
//! `environment.conf`, `metadata.json` and `fileserver.conf`, that of
//! puppetlabs_spec_helper on `.fixtures.yml`.)

use super::listed::{module_name, provide};
use super::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, Span, base_name, kinds, parent_folder, split_path};
use crate::syntax::{json, yaml};
use smol_str::SmolStr;

/// Extracts from the files that list modules and mounts.
pub struct Surroundings;

impl Extractor for Surroundings {
    fn system(&self) -> &'static str {
        "puppet"
    }

    fn claims(&self, path: &str) -> bool {
        matches!(
            base_name(path),
            "Puppetfile"
                | "Puppetfile.lock"
                | ".fixtures.yml"
                | "fileserver.conf"
                | ".gitmodules"
                | "metadata.json"
        )
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        // Other programs have a `metadata.json` too.
        let holds = |key: &[u8]| memchr::memmem::find(bytes, key).is_some();
        !bytes.starts_with(b"{") || holds(b"\"dependencies\"") || holds(b"\"version_requirement\"")
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        match base_name(source.path) {
            "Puppetfile" => super::puppetfile::read(source, settings.layout.names, out),
            "Puppetfile.lock" => locked(source.text, out),
            ".fixtures.yml" => fixtures(source, out),
            "fileserver.conf" => mounts(source.text, out),
            ".gitmodules" => submodules(source.text, out),
            _ => dependencies(source, out),
        }
    }
}

/// `    author-name (1.0)`.
fn locked(text: &str, out: &mut FileFacts) {
    for line in text.lines() {
        let entry = line.trim();
        let name = entry.split(' ').next().unwrap_or_default();
        if line.starts_with("  ") && entry.contains(" (") {
            provide(out, kinds::PUPPET_EXTERNAL, module_name(name), Span::default(), "");
        }
    }
}

/// `fixtures: {forge_modules: {name: …}, repositories: {name: …}}`.
fn fixtures(source: &Source<'_>, out: &mut FileFacts) {
    let Some(root) = source.yaml().roots.first().and_then(|root| root.get("fixtures")) else {
        return;
    };
    for list in ["forge_modules", "repositories"] {
        for (key, _) in root.get(list).map_or(&[][..], |list| list.entries()) {
            if let Some(name) = key.as_str() {
                provide(out, kinds::PUPPET_EXTERNAL, name, key.span, "");
            }
        }
    }
}

/// A section is a mount; its `path` says which folder of the server it is.
fn mounts(text: &str, out: &mut FileFacts) {
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            provide(out, kinds::PUPPET_MOUNT, name.trim(), Span::default(), "");
        } else if let Some(path) = line.strip_prefix("path")
            && let Some(mount) = out.provides.last_mut()
        {
            mount.detail = path.trim_start_matches(['=', ' ', '\t']).into();
        }
    }
}

fn submodules(text: &str, out: &mut FileFacts) {
    for line in text.lines() {
        if let Some((key, path)) = line.split_once('=')
            && key.trim() == "path"
            && let Some((folder, name)) = path.trim().rsplit_once('/')
            && crate::extract::is_module_root(base_name(folder))
        {
            provide(out, kinds::PUPPET_EXTERNAL, name, Span::default(), "");
        }
    }
}

/// The modules that a module's `metadata.json` depends on.
fn dependencies(source: &Source<'_>, out: &mut FileFacts) {
    let Ok(root) = source.json() else { return };
    if root.get("name").and_then(|name| name.as_str()).is_none_or(|name| !is_module_name(name)) {
        return;
    }
    let folder = parent_folder(source.path);
    provide(
        out,
        kinds::PUPPET_MODULE_LIST,
        "metadata.json",
        Span::new(0, 0),
        Detail::folder_of(folder),
    );
    for dependency in root.get("dependencies").map_or(&[][..], |list| list.items()) {
        if let Some(name) = dependency.get("name").and_then(|name| name.as_str()) {
            provide(out, kinds::PUPPET_EXTERNAL, module_name(name), dependency.span, "");
        }
    }
}

fn is_module_name(full: &str) -> bool {
    full.split_once(['/', '-']).is_some_and(|(author, name)| {
        let is_word =
            |own: &str| own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        !author.is_empty() && !name.is_empty() && is_word(author) && is_word(name)
    })
}

/// The module that a `metadata.json` is of, and whether it asks for Puppet 4 or later.
pub fn metadata(text: &str) -> Option<(SmolStr, bool)> {
    let root = json::parse(text).ok()?;
    let name = root.get("name")?.as_str().filter(|name| is_module_name(name))?;
    let requirement = |name: &str| {
        let all = root.get("requirements").map_or(&[][..], |list| list.items());
        all.iter()
            .find(|own| own.get("name").and_then(|node| node.as_str()) == Some(name))
            .and_then(|own| own.get("version_requirement")?.as_str())
    };
    let modern = requirement("puppet").is_some_and(|wanted| {
        let least = wanted.split(['<', ',']).next().unwrap_or_default();
        let digits = least.trim_start_matches(|c: char| !c.is_ascii_digit());
        let major = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        !wanted.trim_start().starts_with('<') && major.parse::<u32>().is_ok_and(|own| own >= 4)
    });
    Some((SmolStr::new(module_name(name)), modern))
}

/// The class without a module in its name that a manifest defines, if it is the only class there.
pub fn class_of(text: &str) -> Option<SmolStr> {
    let mut names = text.lines().filter_map(|line| {
        let rest = line.strip_prefix("class ")?.trim_start();
        rest.split([' ', '\t', '(', '{', '\r']).next()
    });
    let name = names.next()?;
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
    };
    (names.next().is_none() && !name.is_empty() && name.bytes().all(plain)).then(|| name.into())
}

/// The module that manifests beside each other are called after: `class web::site` in
/// `manifests/site.pp` and `class web::tls::key` in `manifests/tls/key.pp`.
#[derive(Default)]
pub struct CalledAfter {
    read: usize,
    name: Option<SmolStr>,
    agree: usize,
    differ: usize,
}

/// More manifests say nothing new.
const ENOUGH: usize = 20;

impl CalledAfter {
    /// Whether a manifest has something to say.
    pub fn wants(&self, path: &str) -> bool {
        self.read < ENOUGH && path.starts_with("manifests/") && path.ends_with(".pp")
    }

    /// Takes in the first class or defined type of a manifest.
    pub fn add(&mut self, path: &str, text: &str) {
        self.read += 1;
        let first = text.lines().find_map(|line| {
            let rest = line.strip_prefix("class ").or_else(|| line.strip_prefix("define "))?;
            rest.trim_start().split([' ', '\t', '(', '{', '\r']).next()
        });
        let Some(first) = first else { return };
        let own = path.trim_start_matches("manifests/").trim_end_matches(".pp").replace('/', "::");
        let module = first.strip_suffix(own.as_str()).and_then(|rest| rest.strip_suffix("::"));
        let module = module.filter(|own| !own.is_empty() && !own.contains(':'));
        match (module, &self.name) {
            (Some(own), Some(known)) if own == known => self.agree += 1,
            (Some(own), None) => {
                self.name = Some(own.into());
                self.agree = 1;
            }
            _ => self.differ += 1,
        }
    }

    /// The module, where at least three are called after it and hardly any is not.
    pub fn module(&self) -> Option<&SmolStr> {
        self.name.as_ref().filter(|_| self.agree > 2 && self.differ * 4 <= self.agree)
    }
}

/// The name under which a `.fixtures.yml` links the module that it is of:
/// `symlinks: {NAME: "#{source_dir}"}`.
pub fn linked_name(text: &str) -> Option<SmolStr> {
    let documents = yaml::parse(text);
    let links = documents.roots.first()?.get("fixtures")?.get("symlinks")?;
    let mut own = links.entries().iter().filter(|(_, to)| to.as_str() == Some("#{source_dir}"));
    let name = own.next()?.0.as_str()?;
    let is_word = |own: &str| {
        own.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
    };
    (own.next().is_none() && !name.is_empty() && is_word(name)).then(|| name.into())
}

/// Folders of modules that an `environment.conf` names, below its own folder.
pub fn module_path(path: &str, text: &str) -> Vec<SmolStr> {
    let folder = parent_folder(path);
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "modulepath").then(|| value.split('#').next().unwrap_or(value).trim())
    });
    let folders = value.unwrap_or_default().split(':').map(str::trim);
    folders
        .filter(|folder| !folder.is_empty() && !folder.contains('$'))
        .filter_map(|own| crate::facts::join_path(folder, own))
        .filter(|own| !own.is_empty())
        .map(SmolStr::from)
        .collect()
}

/// Whether a file may be a script of the tree that runs Puppet on it: one near the root, in a
/// folder of scripts.
pub fn may_apply(path: &str) -> bool {
    let base = crate::facts::base_name(path);
    let folders = path.len() - path.replace('/', "").len();
    let first = path.split('/').next().unwrap_or_default();
    let in_scripts = matches!(first, "bin" | "script" | "scripts" | "tools" | "util" | "utils");
    folders <= 2
        && (base.ends_with(".sh") || base == "Vagrantfile" || in_scripts && !base.contains('.'))
}

/// Folders of modules that a script of the tree hands to Puppet: `--modulepath=$PWD/site:legacy`.
/// A variable stands for the tree's root. A `Vagrantfile` names those beside it.
pub fn applied_paths(path: &str, text: &str) -> Vec<SmolStr> {
    let mut out = match split_path(path) {
        (folder, "Vagrantfile") => vagrant_paths(folder, text),
        _ => Vec::new(),
    };
    for (at, word) in text.match_indices("--modulepath") {
        let rest = text[at + word.len()..].trim_start_matches(['=', ' ']);
        let value = rest.split(|c: char| c.is_whitespace() || c == '\\').next().unwrap_or_default();
        for path in value.split(':') {
            let path = path.trim_matches(['"', '\'']);
            let path = match path.strip_prefix('$') {
                Some(variable) => variable.split_once('/').map_or("", |(_, rest)| rest),
                None => path,
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.');
            if let Some(path) = crate::facts::join_path("", path)
                .filter(|own| !own.is_empty() && !path.starts_with('/') && own.chars().all(plain))
            {
                out.push(path.into());
            }
        }
    }
    out
}

/// `puppet.module_path = "modules"`, or `["site", "modules"]`, in the `Vagrantfile` of `folder`.
fn vagrant_paths(folder: &str, text: &str) -> Vec<SmolStr> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let values = lines.filter_map(|line| {
        let (_, value) = line.split_once(".module_path")?;
        Some(value.trim_start().strip_prefix('=')?.trim_start())
    });
    let folder_of = |own: &str| {
        let plain = !own.is_empty() && !own.starts_with('/') && !own.contains(['#', ' ']);
        let joined = crate::facts::join_path(folder, own).filter(|_| plain)?;
        (!joined.is_empty()).then(|| SmolStr::from(joined))
    };
    let mut out = Vec::new();
    for value in values {
        let list = value.strip_prefix('[').and_then(|own| own.split_once(']')).map(|own| own.0);
        for item in list.unwrap_or(value).split(',') {
            let item = item.trim();
            let Some(quote) = item.chars().next().filter(|letter| matches!(letter, '"' | '\''))
            else {
                continue;
            };
            let inner = item[1..].split(quote).next().unwrap_or_default();
            out.extend(folder_of(inner));
        }
    }
    out
}

/// Whether a manifest holds what only Puppet 4 and later read: parameters with types,
/// lambdas, `$facts[…]`, `lookup()`, `epp()`.
pub fn is_modern(text: &str) -> bool {
    // What shares the ending of manifests is packed: by chance it may hold anything.
    if !super::Puppet.accepts(text.as_bytes()) {
        return false;
    }
    text.lines().any(|line| {
        let line = line.trim_start();
        !line.starts_with('#') && (calls_modern(line) || has_typed(line))
    })
}

/// Whether a manifest holds what Puppet 4 and later refuse when they compile it: a mode that is
/// a number, a class whose name has a hyphen.
///
/// (Source: Puppet 4.0's release notes, "File modes must be strings", "Names of classes".)
pub fn is_outdated(text: &str) -> bool {
    let is_number = |value: &str| {
        let word = value.trim_start().split([',', ';', ' ', '}']).next().unwrap_or_default();
        matches!(word.len(), 3 | 4) && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.lines().any(|line| {
        let line = line.trim_start();
        let mode = line.find("mode").map(|at| line[at + "mode".len()..].trim_start());
        let hyphen = ["class ", "include "].iter().find_map(|word| line.strip_prefix(word));
        let is_named = |rest: &str| {
            let name = rest.split([' ', '(', '{', ',']).next().unwrap_or_default();
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:".contains(&byte);
            name.contains('-') && !name.is_empty() && name.bytes().all(plain)
        };
        !line.starts_with('#')
            && (mode.and_then(|rest| rest.strip_prefix("=>")).is_some_and(is_number)
                || hyphen.is_some_and(is_named))
    })
}

/// Whether a script runs Puppet 4 or later, by where its packages put programs and code.
///
/// (Source: Puppet 4.0's release notes, "Where did everything go?".)
pub fn runs_modern(text: &str) -> bool {
    text.contains("/opt/puppetlabs/") || text.contains("/etc/puppetlabs/code")
}

/// Whether a `Gemfile.lock` holds a Puppet before 4: that of boxen, which runs it from there, or of
/// the tests.
pub fn locks_old(text: &str) -> bool {
    text.lines().any(|line| {
        let version = line.trim().strip_prefix("puppet (").filter(|_| line.starts_with("    "));
        version.is_some_and(|own| own.starts_with(['2', '3']) && own[1..].starts_with('.'))
    })
}

fn calls_modern(line: &str) -> bool {
    if line.contains("$facts[") {
        return true;
    }
    ["lookup(", "epp("].iter().any(|call| {
        let plain = |at: usize| {
            let before = line[..at].chars().next_back();
            before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '.')))
        };
        line.match_indices(*call).any(|(at, _)| plain(at))
    })
}

/// `String $x`, `Optional[Integer[0]] $x` at a line's beginning or after `(`, `,` or `|`.
fn has_typed(line: &str) -> bool {
    let known = line.find(|c: char| c.is_ascii_uppercase() || c == '|').unwrap_or(line.len());
    line[known..].match_indices('$').any(|(at, _)| {
        let at = known + at;
        // Text of a string: `Rule["of ${user}"]`.
        if line[at..].starts_with("${") {
            return false;
        }
        let before = &line[..at];
        let spaced = before.trim_end();
        let opens = spaced.ends_with('|') && !spaced.ends_with("||") && !spaced.ends_with("<|");
        // `{ |$x|`: Puppet 3.2 and 3.3 alone took a lambda so.
        let is_early = spaced.trim_end_matches('|').trim_end().ends_with('{');
        if opens && !is_early && line[at..].contains('|') {
            return true;
        }
        if spaced.len() == before.len() {
            return false;
        }
        // A comma inside the type's own brackets is no separator.
        let start = match spaced.ends_with(']') {
            true => open_of(spaced),
            false => spaced.rfind(['(', ',', '|']).map_or(0, |own| own + 1),
        };
        let ty = spaced[start..].trim_start();
        let word = ty.split('[').next().unwrap_or_default();
        if word.len() != ty.len() && !ty.ends_with(']') {
            return false;
        }
        // Plain words of a sentence too, within a string.
        let prose =
            matches!(word, "Class" | "Default" | "Error" | "Object" | "Resource" | "Target");
        super::builtin::is_datatype(word) && !prose
            || word.split("::").all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()))
                && word.contains("::")
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
    })
}

/// Where the word begins whose brackets end `text`.
fn open_of(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b']' => depth += 1,
            b'[' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let head = &text[..at];
                    return head
                        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':')))
                        .map_or(0, |own| own + 1);
                }
            }
            _ => {}
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gems_of_an_old_puppet() {
        assert!(locks_old("GEM\n  specs:\n    puppet (3.7.1)\n"));
        assert!(!locks_old("GEM\n  specs:\n    puppet (4.10.1)\n"));
        assert!(!locks_old("GEM\n  specs:\n    a (1.0)\n      puppet (~> 3.7)\n"));
        assert!(!locks_old("DEPENDENCIES\n  puppet (3.7.1)\n"));
    }

    #[test]
    fn what_puppet_4_brought() {
        for modern in [
            "  String $owner,",
            "class a (Optional[Integer[0, 5]] $x = 1) {",
            "  Stdlib::Port $port = 80,",
            "$x.each |$name| {",
            "$x.map | String $name, $v | {",
            "$os = $facts['os']",
            "  content => epp('a/b.epp'),",
            "$x = lookup('a')",
        ] {
            assert!(is_modern(modern), "{modern}");
        }
        for old in [
            "class a ($x = 1, $y = $::fqdn) {",
            "# a String $owner",
            "  require => File[$x],",
            "if $a or $b {",
            "  File['/a'] -> Service[$x]",
            "  notify => [ Service['a'], Exec[$x] ],",
            "Exec { path => $x }",
            "  message => \"Warning $x\",",
            "$x = nslookup('a')",
            "Package[$a] -> File[$b]",
            "  require => Web::Rule[\"Allow ${user} to read ${path}\"],",
            "  require => Web::Rule[\"of $user\"],",
        ] {
            assert!(!is_modern(old), "{old}");
        }
    }

    #[test]
    fn modules_and_their_folders() {
        assert_eq!(
            module_path(
                "puppet/environment.conf",
                "modulepath = site:$basemodulepath:/etc/x:ext\n"
            ),
            ["puppet/site", "puppet/ext"]
        );
        let text = r#"{"name": "acme-web", "requirements": [{"name": "puppet", "version_requirement": ">= 4.1 < 9"}]}"#;
        assert_eq!(metadata(text), Some(("web".into(), true)));
        let text = r#"{"name": "acme/web", "requirements": [{"name": "puppet", "version_requirement": ">= 3.0.0 < 5.0.0"}]}"#;
        assert_eq!(metadata(text), Some(("web".into(), false)));
        assert_eq!(metadata(r#"{"name": "web"}"#), None);
    }
}
