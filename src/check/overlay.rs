//! `removed-but-referenced` of paths of hosts that a tree holds as they lie there: `etc/` beside
//! `usr/`, or both in a folder that is copied to `/`. A file of such an overlay that went is gone
//! from the host, and what names its path in the same overlay leads nowhere.
//!
//! Whatever is recognised as a reference is judged as such; of other text a path is a warning at
//! most, and nothing where it is written, tested for, or one of a list.

use super::Context;
use super::gone::stands_in;
use super::renames::Renames;
use super::runs::{OF_PACKAGES, is_placed, is_run_gone};
use crate::facts::{Entity, Ref, Require, Span, Standing, Strength, base_name, kinds, rendered};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, PathKind, Resolution, Site};
use crate::loader::{FileIx, Role, SnapshotFile};
use crate::tree::EntryKind;
use rustc_hash::FxHashMap;

/// Folders of a host that trees mirror.
const TOPS: [&str; 4] = ["etc/", "usr/", "opt/", "srv/"];

/// Files of an overlay that are longer hold no references.
const MAX_BYTES: u64 = 256 * 1024;

/// Most removed files that are looked for.
const MAX_GONE: usize = 4000;

/// Most findings of one path: more of them say nothing else.
const MOST_OF_PATH: usize = 8;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(old) = context.old else { return };
    let new = context.new;
    let mut gone = removed(old, new);
    if gone.is_empty() {
        return;
    }
    let mut found = Vec::new();
    for (ix, file) in new.snapshot.files.iter().enumerate() {
        let path = file.entry.path.as_str();
        let is_small = file.entry.size.is_none_or(|size| size <= MAX_BYTES);
        if file.entry.kind != EntryKind::File || !is_small {
            continue;
        }
        let of = |root: &&String| reads(path, root) != Reads::Nothing;
        let roots: Vec<String> = gone.keys().filter(of).cloned().collect();
        if roots.is_empty() {
            continue;
        }
        let bytes = new.snapshot.contents(ix as FileIx);
        let Ok(text) = String::from_utf8(bytes) else { continue };
        for root in roots {
            let Some(own) = gone.get_mut(&root) else { continue };
            let how = reads(path, &root);
            for mention in mentions(&text) {
                let Some(lost) = own.get_mut(mention.path) else { continue };
                let name = mention.path.to_owned();
                if mention.writes || how == Reads::Elsewhere {
                    lost.is_put = true;
                } else if file.standing.is_live() && !is_tested(&text, mention.path) {
                    found.push((root.clone(), name, ix as FileIx, mention.said()));
                }
            }
        }
    }
    let mut renames = Renames::default();
    let mut told: FxHashMap<String, usize> = FxHashMap::default();
    for (root, path, file, said) in found {
        let Some(lost) = gone.get(&root).and_then(|own| own.get(&path)) else { continue };
        // What lies outside of the overlay may put it there as well.
        let is_apart = |own: FileIx| !new.snapshot.file(own).entry.path.starts_with(&root);
        if lost.is_put || is_placed(new, &path) || new.is_mentioned(&path, is_apart) {
            continue;
        }
        let Some((via, strength)) = use_of(context, old, file, &path, &said) else { continue };
        let count = told.entry(format!("{root} {path}")).or_default();
        *count += 1;
        if *count <= MOST_OF_PATH {
            findings.push(report(
                context,
                old,
                &mut renames,
                Told { path: &path, lost: lost.file, file, said, via, strength },
            ));
        }
    }
}

/// A file that went.
struct Lost {
    file: FileIx,
    /// Something of the tree puts it there, as far as the text says.
    is_put: bool,
}

/// The files of overlays that the new tree lacks: by what stands before the host's own root, and
/// by their path on the host.
fn removed(old: &Graph<'_>, new: &Graph<'_>) -> FxHashMap<String, FxHashMap<String, Lost>> {
    let mut gone: FxHashMap<String, FxHashMap<String, Lost>> = FxHashMap::default();
    let files = old.snapshot.files.iter().enumerate();
    let went = files.filter(|(_, file)| {
        let path = file.entry.path.as_str();
        file.entry.kind != EntryKind::Submodule && new.snapshot.find(path).is_none()
    });
    for (ix, SnapshotFile { entry, .. }) in went.take(MAX_GONE) {
        let Some((root, inner)) = on_host(&entry.path) else { continue };
        let inner = rendered(inner);
        let at = |path: &str| new.paths.look_up(path) != PathKind::Absent;
        let endings = ["", ".j2", ".erb", ".epp", ".tmpl", ".tpl", ".in", ".template"];
        let stays = endings.iter().any(|ending| at(&format!("{root}{inner}{ending}")));
        let own = format!("{root}{inner}");
        // A tree of which nothing is left lies elsewhere now.
        let is_left = TOPS.iter().any(|top| {
            new.paths.under(format!("{root}{top}").trim_end_matches('/')).next().is_some()
        });
        if stays
            || !is_left
            || new.paths.is_ignored(&own, new.snapshot)
            || new.paths.is_supplied(&own)
        {
            continue;
        }
        let lost = Lost { file: ix as FileIx, is_put: false };
        gone.entry(root.to_owned()).or_default().insert(format!("/{inner}"), lost);
    }
    gone
}

/// What stands before the host's own root in the path of a file, and the path below that root.
fn on_host(path: &str) -> Option<(&str, &str)> {
    let begins = |at: usize| at == 0 || path[..at].ends_with('/');
    let at = TOPS.iter().filter_map(|top| path.find(top).filter(|at| begins(*at))).min()?;
    let (root, inner) = path.split_at(at);
    // Sources of programs, and what tests lay out for themselves.
    (inner.contains('/') && Standing::of(root).is_live()).then_some((root, inner))
}

/// Where a file is read that names a path of a host.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// On the host that the overlay is of.
    Host,
    /// Before it is put there, or beside it: it may say how paths come to be.
    Elsewhere,
    /// It says nothing of them.
    Nothing,
}

/// Where a file is read, of an overlay whose root is a folder of the tree.
fn reads(path: &str, root: &str) -> Reads {
    const PROSE: [&str; 9] =
        [".md", ".txt", ".rst", ".html", ".adoc", ".patch", ".diff", ".svg", ".lock"];
    let name = base_name(path);
    if PROSE.iter().any(|end| name.ends_with(end)) || name.starts_with("README") {
        return Reads::Nothing;
    }
    let is_image = ["Dockerfile", "Containerfile"].iter().any(|own| name.starts_with(own));
    let above = &path[..path.len() - name.len()];
    if is_image && root.starts_with(above) {
        return Reads::Host;
    }
    let Some(inner) = path.strip_prefix(root) else { return Reads::Nothing };
    let tops = TOPS.iter().chain(&["lib/", "root/", "var/spool/cron/"]);
    match tops.into_iter().any(|top| inner.starts_with(top)) {
        true => Reads::Host,
        false => Reads::Elsewhere,
    }
}

/// A path of the host in a text.
pub(super) struct Mention<'t> {
    pub path: &'t str,
    at: usize,
    line: &'t str,
    /// The line puts a file at the path.
    pub writes: bool,
}

/// A mention without its text.
pub(super) struct Said {
    span: Span,
    /// The line that it stands in.
    line: String,
}

impl Mention<'_> {
    pub fn said(&self) -> Said {
        let span = Span::new(self.at, self.at + self.path.len());
        Said { span, line: self.line.to_owned() }
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._-+@".contains(&byte) || byte > 127
}

/// The paths of hosts that a text names, outside of comments.
pub(super) fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let begin = start;
        start += line.len();
        let own = line.trim_start();
        if own.starts_with(['#', ';', '*']) || own.starts_with("//") || own.starts_with("--") {
            continue;
        }
        for top in TOPS {
            for (at, _) in line.match_indices(top).filter(|(at, _)| *at > 0) {
                let Some(path) = whole(line, at - 1) else { continue };
                let before = &line[..at - 1];
                if before.contains(" #") || before.contains("\t#") {
                    continue;
                }
                found.push(Mention { path, at: begin + at - 1, line, writes: is_write(before) });
            }
        }
    }
    found
}

/// The path that begins at a slash, where it is whole: nothing before it belongs to it, and
/// nothing of it is a pattern.
fn whole(line: &str, slash: usize) -> Option<&str> {
    let bytes = line.as_bytes();
    let before = slash.checked_sub(1).and_then(|at| bytes.get(at));
    let joins = |byte: &u8| is_part(*byte) || b"}$)>~*".contains(byte);
    if bytes.get(slash) != Some(&b'/') || before.is_some_and(joins) {
        return None;
    }
    let rest = line.get(slash..)?;
    let end = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
    let follows = rest.as_bytes().get(end);
    if follows.is_some_and(|byte| b"*?[{$%<\\".contains(byte)) {
        return None;
    }
    rest.get(..end).map(|path| path.trim_end_matches('.'))
}

/// Whether a line puts a file, makes or removes one where its path follows.
fn is_write(before: &str) -> bool {
    let last = before.trim_end().trim_end_matches(['"', '\'']).trim_end();
    let words = [
        "cp", "mv", "ln", "install", "tee", "touch", "rm", "rsync", "curl", "wget", "mkdir", "sed",
        "chmod", "chown", "unlink", "rmdir", "truncate", "scp", "ADD", "COPY", "dest", "target",
        "creates",
    ];
    let mut own = before.split(|c: char| !c.is_ascii_alphanumeric());
    last.ends_with('>') || own.any(|word| words.contains(&word))
}

/// Whether the text asks before it uses the path, or does without it.
pub(super) fn is_tested(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].rsplit('\n').next().unwrap_or_default();
        let tail = before.trim_end_matches(['"', '\'', ' ']);
        let own = text[at..].lines().next().unwrap_or_default();
        let flags = ["-e", "-f", "-x", "-r", "-s", "-d", "-L", "-h"];
        flags
            .iter()
            .any(|flag| tail.strip_suffix(flag).is_some_and(|own| own.ends_with([' ', '[', '('])))
            || tail.ends_with("=-")
            || tail.ends_with("exists(")
            || [
                "ConditionPath",
                "AssertPath",
                "include_try",
                "include_if_exists",
                "IncludeOptional",
                "isfile",
            ]
            .iter()
            .any(|word| before.contains(word))
            || own.contains("||")
            || ["-include", "sinclude", "try"]
                .iter()
                .any(|word| before.trim_start().starts_with(word))
    })
}

/// How a text uses a path, and how surely it fails without it; nothing where another check tells,
/// or where a path alone says nothing.
pub(super) fn use_of(
    context: &Context<'_>,
    old: &Graph<'_>,
    file: FileIx,
    path: &str,
    said: &Said,
) -> Option<(String, Strength)> {
    let facts = &context.new.snapshot.file(file).facts;
    let inner = base_name(path);
    let is_here = |span: &Span| {
        span.start <= said.span.start && said.span.end <= span.end
            || said.span.start <= span.start && span.end <= said.span.end
    };
    if let Some(call) = facts.calls.iter().find(|call| is_here(&call.span)) {
        if call.strength != Strength::Guarded && is_run_gone(old, context.new, call) {
            return None;
        }
        // What is read in by its whole path, and not asked for before, is no guess.
        let begins = |word: &str| said.line.trim_start().starts_with(word);
        let strength = match begins(". /") || begins("source /") {
            true => call.strength.max(Strength::Likely),
            false => call.strength,
        };
        return (strength != Strength::Guarded).then(|| (call.via.to_string(), strength));
    }
    let names = |target: &Ref| {
        let own = target
            .placed()
            .map(|(_, own)| own)
            .or_else(|| target.name.as_exact().map(|own| own.as_str()));
        own.is_some_and(|own| own.ends_with(inner))
    };
    let named = |own: &&Require| is_here(&own.span) && own.any_of.iter().any(names);
    if let Some(require) = facts.requires.iter().find(named) {
        let before = old.resolve(require);
        let is_told = match &before {
            Resolution::Found(sites) => {
                !stands_in(old, context.new.snapshot.file(file), sites)
                    && !matches!(
                        context.new.resolve_from(file, require),
                        Resolution::Found(_) | Resolution::Elsewhere
                    )
            }
            _ => false,
        };
        let is_firm = require.strength != Strength::Guarded;
        return (!is_told && is_firm).then(|| (require.via.to_string(), require.strength));
    }
    let line = said.line.trim();
    if let Some(value) = line.strip_prefix("EnvironmentFile=") {
        return (!value.starts_with('-'))
            .then(|| ("EnvironmentFile".to_owned(), Strength::Certain));
    }
    // A list of paths is read by what knows which of them are there.
    let own = &context.new.snapshot.file(file).entry.path;
    let runs = own.contains("logrotate") || own.contains("cron") || own.ends_with(".sh");
    let is_alone = line.trim_matches(['"', '\'', ',', '-', ' ']) == path;
    (runs || !is_alone).then(|| ("path".to_owned(), Strength::Likely))
}

/// A mention of what went.
pub(super) struct Told<'a> {
    pub path: &'a str,
    /// What lay there, or put it there, in the old tree.
    pub lost: FileIx,
    pub file: FileIx,
    pub said: Said,
    pub via: String,
    pub strength: Strength,
}

/// Says that what went is still named.
pub(super) fn report(
    context: &Context<'_>,
    old: &Graph<'_>,
    renames: &mut Renames,
    told: Told<'_>,
) -> Finding {
    let gone = old.snapshot.file(told.lost).entry.path.clone();
    let place = Place { tree: context.new.snapshot.role, file: told.file, span: told.said.span };
    let site = Site::whole(told.lost);
    // What put it there may be left, and put something else.
    let stays = context.new.snapshot.find(&gone).is_some();
    let entity = match stays {
        true => Entity::new(kinds::DEPLOYED_PATH, told.path),
        false => Entity::new(kinds::FILE, gone.clone()),
    };
    let moved = renames.find(context.new, old, &entity, Some(&site)).filter(|_| !stays);
    // Packages fill these folders, and may bring what went: hardly what was renamed.
    let of_package = OF_PACKAGES
        .iter()
        .chain(&["/etc/", "/usr/share/", "/usr/libexec/"])
        .any(|own| told.path.starts_with(own));
    let is_sure = told.strength == Strength::Certain && (!of_package || moved.is_some());
    let severity = if is_sure { Severity::Error } else { Severity::Warning };
    let message = match stays {
        true => {
            format!("nothing puts `{}` in place any more, and it is still used here", told.path)
        }
        false => format!("`{gone}` was removed, and `{}` is still used here", told.path),
    };
    let mut finding = Finding::new("removed-but-referenced", message, place)
        .severity(severity)
        .of_change()
        .label(format!("still used here by `{}`", told.via))
        .related(
            if stays {
                "put there before this change"
            } else {
                "what lay there before this change"
            },
            Place { tree: Role::Old, file: told.lost, span: site.span },
        );
    finding.help = match moved {
        Some((now, place)) => {
            finding = finding.related(format!("moved to `{now}`"), place);
            format!("it seems to have moved to `{now}`: name it there")
        }
        None => "keep it until nothing names it, or change this reference too".to_owned(),
    };
    finding.entity(entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<&str> {
        mentions(text).into_iter().filter(|own| !own.writes).map(|own| own.path).collect()
    }

    #[test]
    fn paths_of_hosts_in_texts() {
        assert_eq!(
            named(". /usr/local/lib/x.sh\nmap=hash:/etc/a/b, c"),
            ["/usr/local/lib/x.sh", "/etc/a/b"]
        );
        for none in [
            "# /usr/local/bin/x",
            "a b # see /etc/x/y",
            "https://example.org/usr/x",
            "$ROOT/etc/x/y",
            "/etc/x/*.conf",
            "cp a /etc/x/y",
            "echo a > /etc/x/y",
        ] {
            assert!(named(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn what_is_asked_for_before() {
        assert!(is_tested("[ -x /usr/local/bin/a ] && /usr/local/bin/a\n", "/usr/local/bin/a"));
        assert!(is_tested("EnvironmentFile=-/etc/default/a\n", "/etc/default/a"));
        assert!(!is_tested("ExecStart=/usr/local/bin/a -f x\n", "/usr/local/bin/a"));
    }

    #[test]
    fn what_stands_before_the_root_of_the_host() {
        assert_eq!(on_host("rootfs/usr/local/bin/a"), Some(("rootfs/", "usr/local/bin/a")));
        assert_eq!(on_host("etc/a/usr/b"), Some(("", "etc/a/usr/b")));
        assert_eq!(on_host("tests/rootfs/etc/a"), None);
        assert_eq!(on_host("src/main.rs"), None);
    }
}
