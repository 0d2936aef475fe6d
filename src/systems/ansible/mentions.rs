//! Roles and collections that prose and scripts tell to install: `ansible-galaxy install a.b`, or
//! a link to where a role lives.
//!
//! (Source: `ansible-galaxy role install --help`, `ansible-galaxy collection install --help`.)

use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, Kind, NamePattern, Provide, Span, base_name, kinds};
use memchr::memmem;
use smol_str::SmolStr;

const COMMAND: &str = "ansible-galaxy";

/// The other way: `git clone https://example.org/a/b.git roles/b`.
const CLONE: &str = "git clone ";

/// What the repository of a role is called, by custom. (Source: `ansible-galaxy role import --help`:
/// the word is dropped from the role's name.)
const REPOSITORY: &str = "ansible-role-";

/// Where roles are published.
const GALAXY: &str = "galaxy.ansible.com/";

/// Options of `ansible-galaxy` that take a value.
const VALUED: [&str; 12] = [
    "-p",
    "--roles-path",
    "--collections-path",
    "-r",
    "--role-file",
    "--requirements-file",
    "-s",
    "--server",
    "--token",
    "--api-key",
    "--timeout",
    "--keyring",
];

/// Extracts what a tree's users are told to install.
pub struct Mentions;

impl Extractor for Mentions {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let upper = base.to_ascii_uppercase();
        ["README", "INSTALL", "DOCKERFILE", "MAKEFILE", "VAGRANTFILE", "JENKINSFILE"]
            .iter()
            .any(|word| upper.starts_with(word))
            || base.ends_with(".sh")
            || matches!(base, ".travis.yml" | ".gitlab-ci.yml")
            || path.contains(".github/workflows/")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        [COMMAND, CLONE, REPOSITORY, GALAXY]
            .iter()
            .any(|own| memmem::find(bytes, own.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let base = base_name(source.path).to_ascii_uppercase();
        let is_prose = base.starts_with("README") || base.starts_with("INSTALL");
        for line in source.text.lines() {
            let start = line.as_ptr() as usize - source.text.as_ptr() as usize;
            let span = Span::new(start, start + line.len());
            let installs = line.find(COMMAND).map(|at| installed(&line[at + COMMAND.len()..]));
            let cloned = line.find(CLONE).and_then(|at| cloned(&line[at + CLONE.len()..]));
            let linked = linked(line).filter(|_| is_prose).into_iter().flatten();
            let roles = cloned.map(SmolStr::new).into_iter().chain(linked);
            let roles = roles.map(|name| (kinds::ANSIBLE_LISTED_ROLE, name));
            let installs = installs.into_iter().flatten().map(|(kind, name)| (kind, name.into()));
            for (kind, name) in installs.chain(roles) {
                out.provides.push(Provide {
                    kind,
                    name: NamePattern::exact(name),
                    span,
                    within: None,
                    detail: Detail::Mention,
                });
            }
        }
    }
}

/// The role that the arguments of `git clone` put among a tree's roles.
fn cloned(arguments: &str) -> Option<&str> {
    let end = arguments.find(['&', '|', ';', '`', ')', '#']).unwrap_or(arguments.len());
    let target = arguments[..end].split_whitespace().next_back()?;
    let (folder, name) = target.trim_end_matches('/').rsplit_once('/')?;
    let is_holder = folder == "roles" || folder.ends_with("/roles");
    let is_name =
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    (is_holder && is_name && !name.is_empty() && !name.ends_with(".git")).then_some(name)
}

/// The role that a link leads to, by its own name and by its author's: `passbolt` and `a.passbolt`
/// for `https://example.org/a/ansible-role-passbolt`.
fn linked(line: &str) -> Option<[SmolStr; 2]> {
    let is_end = |byte: char| !(byte.is_ascii_alphanumeric() || matches!(byte, '_' | '-' | '.'));
    let (author, rest) = if let Some(at) = line.find(REPOSITORY) {
        let author = line[..at].strip_suffix('/').filter(|_| line[..at].contains("://"))?;
        (author.rsplit(['/', ':']).next()?, &line[at + REPOSITORY.len()..])
    } else {
        let rest = &line[line.find(GALAXY)? + GALAXY.len()..];
        // Newer links have `ui/standalone/roles/` before the author.
        rest.strip_prefix("ui/standalone/roles/").unwrap_or(rest).split_once('/')?
    };
    let name = rest.split(is_end).next()?.trim_end_matches('.');
    let name = name.strip_suffix(".git").unwrap_or(name);
    let is_name = |own: &str| !own.is_empty() && !own.contains(is_end);
    (is_name(author) && is_name(name)).then(|| {
        let named = name.replace('-', "_");
        [named.as_str().into(), format!("{author}.{named}").into()]
    })
}

/// What the arguments of one call install.
fn installed(arguments: &str) -> Vec<(Kind, &str)> {
    let end = arguments.find(['&', '|', ';', '`', ')', '#']).unwrap_or(arguments.len());
    let mut words = arguments[..end].split_whitespace();
    let mut kind = kinds::ANSIBLE_LISTED_ROLE;
    for word in words.by_ref() {
        match word {
            "collection" => kind = kinds::ANSIBLE_LISTED_COLLECTION,
            "install" => break,
            _ => {}
        }
    }
    let mut names = Vec::new();
    while let Some(word) = words.next() {
        if VALUED.contains(&word) {
            words.next();
            continue;
        }
        let name = word.trim_matches(['\'', '"']).split([',', ':', '=']).next().unwrap_or_default();
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let parts = name.split('.').filter(|part| !part.is_empty()).count();
        if is_name && !name.starts_with('-') && parts == 2 {
            names.push((kind, name));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_that_are_cloned() {
        assert_eq!(cloned("https://example.org/a/b.git roles/b"), Some("b"));
        assert_eq!(cloned("-b main git@example.org:a/b ./ansible/roles/c/ && ls"), Some("c"));
        for none in
            ["https://example.org/a/b.git", "https://example.org/roles/b.git", "x/b vendor/b"]
        {
            assert_eq!(cloned(none), None, "{none}");
        }
    }

    #[test]
    fn roles_that_are_linked() {
        let both = |line| linked(line).map(|own| own.map(String::from));
        let found = Some(["net_box".to_owned(), "a.net_box".to_owned()]);
        assert_eq!(both("- https://github.com/a/ansible-role-net-box"), found);
        assert_eq!(both("see [it](https://example.org/a/ansible-role-net_box.git)."), found);
        assert_eq!(both("<https://galaxy.ansible.com/a/net_box/>"), found);
        assert_eq!(both("https://galaxy.ansible.com/ui/standalone/roles/a/net_box/"), found);
        for none in ["our ansible-role-net_box", "https://galaxy.ansible.com/", "x://ansible-role-"]
        {
            assert_eq!(both(none), None, "{none}");
        }
    }

    #[test]
    fn names_of_what_is_installed() {
        fn names(text: &str) -> Vec<&str> {
            installed(text).into_iter().map(|own| own.1).collect()
        }
        assert_eq!(names(" install -p roles a.b c.d,1.2 && ls e.f"), ["a.b", "c.d"]);
        assert_eq!(names(" role install --force 'a.b'"), ["a.b"]);
        assert_eq!(names(" install -r requirements.yml"), [""; 0]);
        assert_eq!(names(" role init a.b"), [""; 0]);
        let kinds: Vec<_> = installed(" collection install a.b:1.0").into_iter().collect();
        assert_eq!(kinds, [(kinds::ANSIBLE_LISTED_COLLECTION, "a.b")]);
    }
}
