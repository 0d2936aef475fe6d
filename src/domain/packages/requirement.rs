//! What one word or line asks for: pip's requirements, npm's and gem's package specs.
//!
//! (Sources: PEP 440, PEP 503, PEP 508; pip's "Requirements File Format", "VCS Support";
//! npm-install(1), package-spec(7); `gem help install`.)

use super::{Floating, Wanted};
use crate::facts::{FileFacts, Span, kinds};
use crate::syntax::lines::lines;
use smol_str::SmolStr;

/// A name as PEP 503 compares it.
pub fn pip_name(name: &str) -> SmolStr {
    let mut out = String::with_capacity(name.len());
    for c in name.trim().chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            c => out.push(c.to_ascii_lowercase()),
        }
    }
    out.into()
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// `tool`, `tool[x]>=1`, `git+https://host/tool@main`; `otherwise` where it names no version.
pub fn pip(text: &str, otherwise: Floating) -> Option<Wanted> {
    // Markers: `tool; python_version < '3'`.
    let text = text.split(';').next().unwrap_or_default().trim();
    if let Some((name, url)) = text.split_once('@').filter(|(name, _)| is_name(name.trim())) {
        return repository(url.trim(), Some(name));
    }
    if text.contains("://") {
        return repository(text, None);
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let archive = [".whl", ".tar.gz", ".zip", ".tgz", ".txt"];
    if !is_name(name) || archive.iter().any(|ending| name.ends_with(ending)) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?.1,
        None => rest,
    };
    let range = rest.trim().trim_start_matches('(').trim_end_matches(')').trim();
    if range.is_empty() {
        return Some(Wanted::new(pip_name(name), otherwise));
    }
    let pinned = |clause: &str| {
        let exact = clause.strip_prefix("===").or_else(|| clause.strip_prefix("=="));
        exact.is_some_and(|version| !version.trim().ends_with('*'))
    };
    let compares = range.starts_with(['<', '>', '=', '!', '~']);
    let floats = compares && !range.split(',').any(|clause| pinned(clause.trim()));
    floats.then(|| Wanted::new(pip_name(name), Floating::Range(range.into())))
}

/// `git+https://host/x/tool.git@main#egg=tool`: a commit or a version's tag pins it.
fn repository(url: &str, name: Option<&str>) -> Option<Wanted> {
    let scheme = url.split("+").next().filter(|own| matches!(*own, "git" | "hg" | "bzr" | "svn"));
    scheme?;
    let (address, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (_, path) = address.split_once("://")?;
    let (path, branch) = match path.rsplit_once('@') {
        Some((path, branch)) if path.contains('/') => (path, branch),
        _ => (path, ""),
    };
    let egg = fragment.split('&').find_map(|part| part.strip_prefix("egg="));
    let egg = egg.map(|egg| egg.split('[').next().unwrap_or(egg));
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = name.or(egg).unwrap_or(last.trim_end_matches(".git")).trim();
    (is_name(name) && is_branch(branch))
        .then(|| Wanted::new(pip_name(name), Floating::Branch(branch.into())))
}

/// Whether a reference is neither a commit nor the tag of a version.
fn is_branch(reference: &str) -> bool {
    let commit = reference.len() >= 7 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    let version = reference.contains(|c: char| c.is_ascii_digit());
    let known = reference.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    known && !commit && !version
}

/// The lines of a requirements file.
pub fn requirements(text: &str, out: &mut FileFacts) {
    // The versions are said elsewhere.
    let constrained =
        |line: &str| line.starts_with("-c ") || line.trim_start().starts_with("--constraint");
    if text.lines().any(constrained) {
        return;
    }
    for (start, line) in lines(text) {
        let own = line.split(" #").next().unwrap_or_default().trim_end();
        let own = own.trim_end_matches('\\').trim_end();
        let spec = ["-e ", "--editable ", "--editable="]
            .iter()
            .find_map(|own_flag| own.trim_start().strip_prefix(own_flag));
        let spec = spec.unwrap_or(own).trim();
        if spec.starts_with(['#', '-']) {
            continue;
        }
        // `tool==1 --hash=…`
        let spec = spec.split(" --").next().unwrap_or_default().trim();
        let place = start + line.find(spec).unwrap_or(0);
        if let Some(wanted) = pip(spec, Floating::Present) {
            let span = Span::new(place, place + spec.len());
            wanted.add(kinds::PACKAGE_PIP, span, None, out);
        }
    }
}

/// The name and the rest of an npm spec: `@a/tool@^1`.
pub fn npm_name(text: &str) -> Option<(&str, &str)> {
    let from = usize::from(text.starts_with('@'));
    let end = text[from..].find('@').map_or(text.len(), |at| from + at);
    let (name, rest) = text.split_at(end);
    let plain = name.strip_prefix('@').map_or(Some(name), |scoped| {
        let (scope, name) = scoped.split_once('/')?;
        is_name(scope).then_some(name)
    })?;
    is_name(plain).then(|| (name, rest.strip_prefix('@').unwrap_or_default()))
}

/// `tool`, `@a/tool@latest`, `tool@^1.2`.
pub fn npm(text: &str, otherwise: Floating) -> Option<Wanted> {
    let (name, version) = npm_name(text)?;
    let is_file = [".tgz", ".tar.gz"].iter().any(|ending| name.ends_with(ending));
    let is_url = version.contains([':', '/']);
    if is_file || is_url {
        return None;
    }
    if version.is_empty() || !version.contains(|c: char| c.is_ascii_digit()) {
        return Some(Wanted::new(name, otherwise));
    }
    let number = version.trim_start_matches(['=', 'v']);
    let exact = number.starts_with(|c: char| c.is_ascii_digit())
        && number.split(['-', '+']).next().is_some_and(|core| {
            core.split('.').count() == 3 && core.split('.').all(|part| part.parse::<u64>().is_ok())
        });
    let ranged = number.starts_with(|c: char| c.is_ascii_digit() || "^~<>".contains(c));
    (!exact && ranged).then(|| Wanted::new(name, Floating::Range(version.into())))
}

/// `tool`, `tool:1.2`, with the version that stands apart.
pub fn gem(text: &str, version: Option<&str>, otherwise: Floating) -> Option<Wanted> {
    let (name, inside) = text.split_once(':').map_or((text, None), |(name, own)| (name, Some(own)));
    if !is_name(name) || name.ends_with(".gem") {
        return None;
    }
    match version.or(inside).map(str::trim) {
        None => Some(Wanted::new(name, otherwise)),
        Some(range) if range.starts_with(['<', '>', '~', '!']) => {
            Some(Wanted::new(name, Floating::Range(range.into())))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(wanted: Option<Wanted>) -> String {
        wanted.map(|own| format!("{} {}", own.name, own.floating.detail())).unwrap_or_default()
    }

    #[test]
    fn requirements_of_pip() {
        let of = |text: &str| shown(pip(text, Floating::Present));
        assert_eq!(of("My_Tool.x"), "my-tool-x present");
        assert_eq!(of("tool[a,b] >= 1.2, <2 ; python_version > '3'"), "tool range:>= 1.2, <2");
        assert_eq!(of("tool==1.*"), "tool range:==1.*");
        assert_eq!(of("git+https://host/x/tool.git"), "tool branch:");
        assert_eq!(of("git+ssh://git@host/x/tool.git@main#egg=own"), "own branch:main");
        assert_eq!(of("tool @ git+https://host/x@stable"), "tool branch:stable");
        for pinned in [
            "tool==1.2",
            "tool===1.2",
            "tool>=1,==1.2",
            "git+https://host/x@v1.2",
            "git+https://host/x@0123abc",
            "git+https://host/x@$REF",
            "https://host/tool.zip",
            "tool @ https://host/tool.zip",
            "./tool",
            ".",
            "tool.whl",
            "tool{{ x }}",
            "",
            "[",
        ] {
            assert_eq!(of(pinned), "", "{pinned}");
        }
    }

    #[test]
    fn specs_of_npm_and_gem() {
        let of = |text: &str| shown(npm(text, Floating::Latest));
        assert_eq!(of("tool"), "tool latest");
        assert_eq!(of("@a/tool@next"), "@a/tool latest");
        assert_eq!(of("tool@^1.2.3"), "tool range:^1.2.3");
        assert_eq!(of("tool@1"), "tool range:1");
        for pinned in ["tool@1.2.3", "@a/b@1.2.3-rc.1", "a/b", "./x", "x@npm:y", "x@", "@", ""] {
            let expected = if pinned == "x@" { "x latest" } else { "" };
            assert_eq!(of(pinned), expected, "{pinned}");
        }
        assert_eq!(shown(gem("tool", None, Floating::Latest)), "tool latest");
        assert_eq!(shown(gem("tool", Some("~> 1.2"), Floating::Latest)), "tool range:~> 1.2");
        assert_eq!(shown(gem("tool", Some("1.2"), Floating::Latest)), "");
        assert_eq!(shown(gem("tool:1.2", None, Floating::Latest)), "");
    }

    #[test]
    fn a_requirements_file_line_by_line() {
        let mut out = FileFacts::default();
        let text = "# all\n--index-url https://x\n-e git+https://h/tool@main\nown  # why\npinned==1 \\\n    --hash=sha256:00\n-r more.txt\n";
        requirements(text, &mut out);
        let found: Vec<_> = out
            .provides
            .iter()
            .map(|provide| (provide.name.to_string(), &text[provide.span.range()]))
            .collect();
        assert_eq!(found, [("tool".into(), "git+https://h/tool@main"), ("own".to_owned(), "own")]);
    }
}
