//! Packaging sources: which package brings which path, and which ones a tree asks for.
//!
//! (Sources: RPM packaging guide, `%package` and `%files`; dh_install(1).)

mod build_install;
mod deployed;
mod included;
mod recipes;
mod scripts;
mod tasks;

use self::deployed::deploy;
use crate::domain::packages;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Require, Span, Strength, base_name, join_path,
    kinds, parent_folder, split_path,
};
use crate::syntax::lines::trimmed;
use crate::systems::System;

/// Packaging sources and builds.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "packaging"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Packaging, &build_install::Makefile, &scripts::Scripts, &tasks::Tasks]
    }
}

/// Extracts from `.spec` files, `debian/*.install`, `package.json`, `*.gemspec` and
/// `requirements*.txt`.
pub struct Packaging;

impl Extractor for Packaging {
    fn system(&self) -> &'static str {
        "packaging"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        let own = || !path.split('/').any(|part| matches!(part, "node_modules" | "vendor"));
        path.ends_with(".spec")
            || (base == "package.json" || base.ends_with(".gemspec")) && own()
            || base.ends_with(".txt") && is_requirements(path)
            || base.ends_with(".install") && debian_package(path).is_some()
            || base == "control" && is_control(path)
            || base.ends_with(".links") && root_of(path, ".links").is_some()
            || base == "install" && root_of(path, "install").is_some()
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if source.path.ends_with("package.json") {
            return packages::package_json(source, out);
        }
        if source.path.ends_with(".gemspec") {
            return packages::gemspec(source, out);
        }
        if is_requirements(source.path) {
            return packages::requirements(source.text, out);
        }
        if is_control(source.path) {
            return control(source, out);
        }
        if root_of(source.path, ".links").is_some() {
            return links(source.text, out);
        }
        // The list of the only package, or of the first.
        if let Some(root) =
            root_of(source.path, "install").filter(|_| base_name(source.path) == "install")
        {
            return copies(source.text, root, out);
        }
        match debian_package(source.path) {
            Some(package) => {
                install_list(source.text, package, out);
                let root = root_of(source.path, ".install").unwrap_or_default();
                copies(source.text, root, out);
            }
            None => {
                spec(source, out);
                build_install::spec(source.path, source.text, out);
            }
        }
    }
}

/// `requirements.txt`, `test-requirements.txt`, `requirements/dev.txt`.
fn is_requirements(path: &str) -> bool {
    let Some(stem) = path.strip_suffix(".txt") else { return false };
    let (folder, base) = split_path(stem);
    base.starts_with("requirements")
        || base.ends_with("requirements")
        || folder.rsplit('/').next() == Some("requirements")
}

/// The package of `debian/PACKAGE.install`.
fn debian_package(path: &str) -> Option<&str> {
    let (folder, base) = path.rsplit_once('/')?;
    (folder == "debian" || folder.ends_with("/debian"))
        .then(|| base.strip_suffix(".install"))
        .flatten()
}

/// The folder of the package that `debian/PACKAGE.ENDING` belongs to.
fn root_of<'p>(path: &'p str, ending: &str) -> Option<&'p str> {
    let (folder, base) = path.rsplit_once('/')?;
    let root = folder.strip_suffix("debian")?;
    (base.ends_with(ending) && (root.is_empty() || root.ends_with('/')))
        .then(|| root.trim_end_matches('/'))
}

/// `SOURCE… DEST` of an install list: which file of the tree is which path of the host. With
/// dh-exec also `SOURCE => PATH`.
fn copies(text: &str, root: &str, out: &mut FileFacts) {
    for (start, line) in trimmed(text) {
        let line = line.split('#').next().unwrap_or_default().trim_end();
        let words: Vec<&str> = line.split_whitespace().collect();
        let known = |word: &str| !word.contains(['$', '?', '[', '{']);
        let [sources @ .., dest] = words.as_slice() else { continue };
        let (sources, renamed) = match sources {
            [own, "=>"] => (std::slice::from_ref(own), true),
            sources => (sources, false),
        };
        let dest = format!("/{}", dest.trim_matches('/'));
        for own in sources.iter().filter(|source| known(source) && known(&dest)) {
            // What a build leaves in `debian/tmp` has its source elsewhere.
            let Some(file) = join_path(root, own).filter(|_| !own.starts_with("debian/tmp")) else {
                continue;
            };
            // The list is part of a package's source, and the build stops without what it names.
            if !own.contains('*') {
                let at = start + line.find(*own).unwrap_or(0);
                let target = Ref::exact(kinds::PAYLOAD_FILE, file.as_str());
                let span = Span::new(at, at + own.len());
                let require = Require::certain(target, span, "install list", None);
                // A build may make what was in the tree before.
                out.requires.push(require.with_strength(Strength::Likely));
            }
            let (file, path) = match (own.strip_suffix("/*"), own.contains('*')) {
                (Some(folder), _) if !folder.contains('*') => {
                    let Some(folder) = join_path(root, folder) else { continue };
                    (folder, dest.clone())
                }
                (_, true) => continue,
                _ if renamed => (file, dest.clone()),
                _ => {
                    let base = file.rsplit('/').next().unwrap_or_default();
                    let path = format!("{dest}/{base}");
                    (file, path)
                }
            };
            deploy(out, path, Detail::leads(kinds::FILE, file), start, line.len());
        }
    }
}

/// `TARGET LINK`, both from the root of the host.
fn links(text: &str, out: &mut FileFacts) {
    for (start, line) in trimmed(text) {
        let line = line.split('#').next().unwrap_or_default().trim_end();
        let words: Vec<&str> = line.split_whitespace().collect();
        let [target, link] = words.as_slice() else { continue };
        if target.contains(['*', '$']) || link.contains(['*', '$']) {
            continue;
        }
        let absolute = |path: &str| format!("/{}", path.trim_matches('/'));
        let detail = Detail::leads(kinds::DEPLOYED_PATH, absolute(target));
        deploy(out, absolute(link), detail, start, line.len());
    }
}

fn provide(out: &mut FileFacts, path: NamePattern, package: &str, start: usize, len: usize) {
    out.provides.push(Provide {
        kind: kinds::PACKAGE_PATH,
        name: path,
        span: Span::new(start, start + len),
        within: None,
        detail: package.into(),
    });
}

fn is_control(path: &str) -> bool {
    path == "debian/control" || path.ends_with("/debian/control")
}

/// `Package:` of each binary package. (Source: deb-src-control(5).)
fn control(source: &Source<'_>, out: &mut FileFacts) {
    let root = source.path.trim_end_matches("debian/control").trim_end_matches('/');
    for (start, line) in trimmed(source.text) {
        let Some(name) = line.strip_prefix("Package:").map(str::trim) else { continue };
        if name.is_empty() {
            continue;
        }
        out.provides.push(Provide {
            kind: kinds::PACKAGE_BUILT,
            name: NamePattern::exact(name),
            span: Span::new(start + line.len() - name.len(), start + line.len()),
            within: None,
            detail: Detail::folder_of(root),
        });
    }
}

/// `SOURCE… DEST`, or `SOURCE` alone, which keeps its own path.
fn install_list(text: &str, package: &str, out: &mut FileFacts) {
    for (start, line) in trimmed(text) {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        let absolute = |path: &str| {
            format!("/{}", path.trim_start_matches('/').trim_start_matches("debian/tmp/"))
        };
        match words.as_slice() {
            [] => {}
            [own] => provide(out, glob(&absolute(own)), package, start, line.trim_end().len()),
            [sources @ .., dest] => {
                for own in sources {
                    let base = base_name(own);
                    let path = format!("{}/{base}", absolute(dest).trim_end_matches('/'));
                    provide(out, glob(&path), package, start, line.trim_end().len());
                }
            }
        }
    }
}

/// `Name:`, `%package [-n] NAME`, `%files [-n] [NAME]` and their lists.
fn spec(source: &Source<'_>, out: &mut FileFacts) {
    let text = source.text;
    let folder = parent_folder(source.path);
    let mut name = String::new();
    let mut current: Option<String> = None;
    for (start, line) in trimmed(text) {
        if let Some(value) = line.strip_prefix("Name:") {
            name = value.trim().to_owned();
            if !name.contains('%') {
                out.provides.push(Provide {
                    kind: kinds::PACKAGE_BUILT,
                    name: NamePattern::exact(name.as_str()),
                    span: Span::new(start + line.len() - name.len(), start + line.len()),
                    within: None,
                    detail: Detail::folder_of(folder),
                });
            }
            continue;
        }
        if let Some(rest) = line.strip_prefix("%files") {
            let mut words = rest
                .split_whitespace()
                .filter(|word| !word.starts_with("-f") && !word.ends_with(".lang"));
            current = Some(match (words.next(), words.next()) {
                (Some("-n"), Some(full)) => full.replace("%{name}", &name),
                (Some(part), _) if part != "-n" => format!("{name}-{part}"),
                _ => name.clone(),
            });
            continue;
        }
        if line.split_whitespace().next().is_some_and(is_section) {
            current = None;
        }
        let Some(package) = &current else { continue };
        // `%dir`, `%config(noreplace)`, `%attr(…)` stand before the path.
        if let Some(path) =
            line.split_whitespace().find(|word| word.starts_with('/') || word.starts_with("%{_"))
        {
            let path = path
                .replace("%{_datadir}", "/usr/share")
                .replace("%{_bindir}", "/usr/bin")
                .replace("%{_sbindir}", "/usr/sbin")
                .replace("%{_sysconfdir}", "/etc")
                .replace("%{_libdir}", "/usr/lib64")
                .replace("%{name}", &name);
            provide(out, glob(&path), package, start, line.len());
        }
    }
}

/// The sections of a `.spec` file. (Source: the RPM reference manual, "Spec file format".)
const SECTIONS: &[&str] = &[
    "%package",
    "%description",
    "%prep",
    "%build",
    "%install",
    "%check",
    "%changelog",
    "%post",
    "%postun",
    "%posttrans",
    "%pre",
    "%preun",
    "%pretrans",
    "%clean",
    "%files",
    "%triggerin",
    "%triggerpostun",
    "%triggerprein",
    "%triggerun",
];

/// Whether a word begins a section of a `.spec` file.
fn is_section(word: &str) -> bool {
    SECTIONS.contains(&word)
}

/// `*` and macros stand for anything.
fn glob(path: &str) -> NamePattern {
    NamePattern::with_holes(path, |rest| {
        let at = rest.find(['*', '%'])?;
        let end = match rest[at..].starts_with("%{") {
            true => rest[at..].find('}').map_or(rest.len(), |end| at + end + 1),
            false => at + 1,
        };
        Some(at..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(path: &str, text: &str) -> Vec<(String, String)> {
        let mut out = FileFacts::default();
        Packaging.extract(&Source::of(path, text), &Settings::default(), &mut out);
        out.provides
            .iter()
            .filter(|provide| provide.kind == kinds::PACKAGE_PATH)
            .map(|provide| (provide.name.to_string(), provide.detail.to_string()))
            .collect()
    }

    #[test]
    fn spec_and_install_lists() {
        let spec = "Name: wiki\n%package badges\n%files\n%doc README\n%{_datadir}/%{name}/x.php\n%files badges\n%dir /usr/share/mediawiki/extensions/Badges\n%changelog\n";
        assert_eq!(
            paths("wiki.spec", spec),
            [
                ("/usr/share/wiki/x.php".to_owned(), "wiki".to_owned()),
                ("/usr/share/mediawiki/extensions/Badges".to_owned(), "wiki-badges".to_owned()),
            ]
        );
        assert_eq!(
            paths("debian/wiki-badges.install", "src/Badges usr/share/mediawiki/extensions\n"),
            [("/usr/share/mediawiki/extensions/Badges".to_owned(), "wiki-badges".to_owned())]
        );
    }
}
