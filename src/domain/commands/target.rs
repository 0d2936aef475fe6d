//! What a command line runs: behind `sudo`, `env`, `timeout`, an interpreter.

use crate::facts::{NamePattern, Ref, base_name, join_path, kinds};
use crate::syntax::shebang::unversioned;
use crate::syntax::shell::parse::ShellWord;
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

/// Commands that run another one: their flags that take a value in the next word, and how
/// many words of their own stand before it.
/// (Sources: sudo(8), env(1), nice(1), ionice(1), timeout(1), xargs(1), flock(1), chrt(1),
/// ssh(1), runuser(1), stdbuf(1), setpriv(1), chroot(8), systemd-run(1).)
const WRAPPERS: &[(&str, &str, usize)] = &[
    ("sudo", "ugCcDhpRrTtU", 0),
    ("doas", "Cu", 0),
    ("env", "uCS", 0),
    ("exec", "a", 0),
    ("command", "", 0),
    ("builtin", "", 0),
    ("eval", "", 0),
    ("nice", "n", 0),
    ("ionice", "cnp", 0),
    ("chronic", "", 0),
    ("nohup", "", 0),
    ("setsid", "", 0),
    ("time", "fo", 0),
    ("timeout", "ks", 1),
    ("stdbuf", "ioe", 0),
    ("xargs", "adEILnPs", 0),
    ("flock", "wEc", 1),
    ("ssh", "bcDEeFIiJLlmOopQRSWw", 1),
    ("chroot", "", 1),
    ("systemd-run", "pHMu", 0),
    ("systemd-cat", "tp", 0),
    ("unbuffer", "", 0),
    ("cronic", "", 0),
    ("foreachwiki", "", 0),
];

/// Programs whose first argument is a script, with their flags that take a value and those
/// after which no script follows.
const INTERPRETERS: &[(&str, &str, &str)] = &[
    ("sh", "o", "c"),
    ("bash", "oO", "c"),
    ("dash", "o", "c"),
    ("ksh", "o", "c"),
    ("zsh", "o", "c"),
    ("python", "WXQ", "cm"),
    ("perl", "", "eE"),
    ("ruby", "IrC", "e"),
    ("php", "dcz", "rB"),
    ("node", "r", "ep"),
    ("nodejs", "r", "ep"),
    ("source", "", ""),
    (".", "", ""),
];

/// What a command line runs.
pub struct Target {
    /// What is called; alternatives in order.
    pub any_of: SmallVec<[Ref; 1]>,
    /// Index of the word that names it; its arguments follow.
    pub at: usize,
}

/// A nested command line: `sh -c '…'`, `ssh host '…'`.
pub struct Nested(pub usize);

/// What `words` run. `Err` where one word is itself a command line.
pub fn target(words: &[ShellWord], folder: &str) -> Option<Result<Target, Nested>> {
    let mut at = 0;
    // A chain of wrappers is short; the bound is for hostile input.
    for _ in 0..8 {
        let name = words.get(at)?.exact().map(|name| base(name).to_owned());
        let Some(name) = name else { break };
        if let Some((_, valued, ending)) = known(&name) {
            let (next, stopped) = skip_flags(words, at + 1, valued, ending);
            if stopped {
                let shell = name.ends_with("sh");
                return shell.then_some(Err(Nested(next)));
            }
            // Without a script it reads its input.
            words.get(next)?;
            return script(words, next, folder).map(Ok);
        }
        let Some((_, valued, own)) = WRAPPERS.iter().find(|(own, ..)| *own == name) else { break };
        let (next, _) = skip_flags(words, at + 1, valued, "");
        let mut next = next + own;
        // `env A=b`, `sudo A=b`.
        let line = |word: &ShellWord| name == "ssh" && word.text.quoted;
        while words.get(next).filter(|word| !line(word)).is_some_and(|word| {
            word.text.pattern.prefix().split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            })
        }) {
            next += 1;
        }
        let word = words.get(next)?;
        if matches!(name.as_str(), "ssh" | "eval" | "flock") && word.text.quoted {
            return Some(Err(Nested(next)));
        }
        at = next;
    }
    let name = words.get(at)?;
    named(name, folder).map(|any_of| Ok(Target { any_of, at }))
}

/// The interpreter that a word names.
pub fn interpreter(word: &ShellWord) -> Option<SmolStr> {
    let name = base(word.exact()?);
    known(name).map(|_| name.into())
}

/// What is known of an interpreter, whatever its version.
fn known(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    INTERPRETERS.iter().find(|(own, ..)| *own == name || *own == unversioned(name))
}

/// Programs that read a file as their own, with the flags that name it: what that file
/// requires, they require.
const CONFIGURED: &[(&str, &[&str])] = &[
    ("haproxy", &["-f"]),
    ("docker-compose", &["-f", "--file"]),
    ("docker", &["-f", "--file", IF_BUILT]),
    ("podman", &["-f", "--file", IF_BUILT]),
    ("buildah", &["-f", "--file", IF_BUILT]),
];

/// Stands among the flags of a program that reads the file where it builds an image alone, and
/// how it is told to. (Sources: docker-build(1), podman-build(1), buildah-build(1).)
const IF_BUILT: &str = "";
const BUILDS: [&str; 3] = ["build", "bud", "compose"];

/// Commands of Go that take folders of packages. (Source: `go help packages`.)
const OF_GO: [&str; 6] = ["build", "generate", "install", "run", "test", "vet"];

/// The folders that the words of a command line build: counted from where its file lies, or from
/// the root of the tree.
pub fn built<'w>(words: &'w [ShellWord], folder: &str) -> Vec<(&'w ShellWord, SmallVec<[Ref; 1]>)> {
    let is = |at: usize, known: &[&str]| {
        words.get(at).and_then(ShellWord::exact).is_some_and(|own| known.contains(&own.as_str()))
    };
    if !is(0, &["go"]) || !is(1, &OF_GO) {
        return Vec::new();
    }
    let package = |word: &'w ShellWord| {
        let path = word.exact()?.strip_prefix("./")?;
        let is_plain = !path.is_empty() && !path.contains("...") && !path.starts_with('.');
        let path = Some(path.trim_end_matches('/')).filter(|_| is_plain)?;
        let all = [join_path(folder, path)?, join_path("", path)?];
        Some((word, all.map(|own| Ref::exact(kinds::BUILT_FOLDER, own)).into_iter().collect()))
    };
    // What `go run` hands to the program is its own.
    let most = if is(1, &["run"]) { 3 } else { words.len() };
    words.iter().take(most).skip(2).filter_map(package).collect()
}

/// Flags of `go build` with a value in the next word. (Source: `go help build`.)
const OF_BUILD: [&str; 9] =
    ["-asmflags", "-buildmode", "-gcflags", "-ldflags", "-mod", "-o", "-p", "-pkgdir", "-tags"];

/// The command that `go build` makes, and the folders that it may be made of: one beside the file
/// of its command line, and one below the root of the tree.
pub fn made(words: &[ShellWord], folder: &str) -> Option<(SmolStr, SmallVec<[SmolStr; 2]>)> {
    let text = |word: &ShellWord| word.exact().cloned();
    let [name, verb, rest @ ..] = words else { return None };
    if text(name)? != "go" || !matches!(text(verb)?.as_str(), "build" | "install") {
        return None;
    }
    let (mut out, mut packages) = (None, Vec::new());
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        match word.exact() {
            Some(own) if own == "-o" => out = Some(text(rest.next()?)?),
            Some(own) if own.starts_with("-o=") => out = Some(SmolStr::new(&own[3..])),
            Some(own) if OF_BUILD.contains(&own.as_str()) => drop(rest.next()),
            Some(own) if own.starts_with('-') => {}
            Some(own) => packages.push(own.clone()),
            // Its flags may be computed, what is built may not.
            None if word.text.pattern.prefix().starts_with('-') => {}
            None => return None,
        }
    }
    let package = match packages.as_slice() {
        [] => SmolStr::new("."),
        [own] if !own.contains("...") && !own.ends_with(".go") => own.clone(),
        _ => return None,
    };
    let is_own = package == "." || package.starts_with("./");
    let folders: SmallVec<[SmolStr; 2]> = [join_path(folder, &package)?, join_path("", &package)?]
        .into_iter()
        .map(|own| if own.is_empty() { SmolStr::new(".") } else { own.into() })
        .collect();
    // Without a name it is called as its folder is; that of the root is not known.
    let made = match &out {
        Some(own) if !own.ends_with('/') => SmolStr::new(base(own)),
        _ => SmolStr::new(base(folders.first()?)),
    };
    let mut folders = folders;
    folders.dedup();
    (is_own && !made.is_empty() && made != ".").then_some((made, folders))
}

/// The files that the program of `words` reads as its own.
pub fn configured(words: &[ShellWord], folder: &str) -> Vec<SmallVec<[Ref; 1]>> {
    let name = words.first().and_then(ShellWord::exact).map(|name| base(name));
    let Some((_, flags)) = CONFIGURED.iter().find(|(own, _)| Some(*own) == name) else {
        return Vec::new();
    };
    let is_built = |own: &ShellWord| own.exact().is_some_and(|own| BUILDS.contains(&own.as_str()));
    if flags.contains(&IF_BUILT) && !words.iter().take(4).any(is_built) {
        return Vec::new();
    }
    let value = |pair: &[ShellWord]| {
        let path = pair[1]
            .exact()
            .filter(|_| pair[0].exact().is_some_and(|flag| flags.contains(&flag.as_str())))?;
        let target = match path.starts_with('/') {
            true => Ref::exact(kinds::DEPLOYED_PATH, path.clone()),
            false => Ref::exact(kinds::FILE, join_path(folder, path)?),
        };
        Some(smallvec![target])
    };
    words.windows(2).filter_map(value).collect()
}

pub(super) fn base(path: &str) -> &str {
    base_name(path)
}

/// Skips `-x`, `-x value` and `--long[=value]`; also whether one of `ending` came.
fn skip_flags(words: &[ShellWord], mut at: usize, valued: &str, ending: &str) -> (usize, bool) {
    while let Some(text) = words.get(at).map(|word| word.text.pattern.prefix()) {
        let Some(flag) = text.strip_prefix('-').filter(|flag| !flag.is_empty()) else { break };
        at += 1;
        if flag == "-" {
            break;
        }
        if flag.starts_with('-') {
            continue;
        }
        // What follows a letter that takes a value is the value: `-dx=1`.
        let end = flag.find(|c| valued.contains(c)).unwrap_or(flag.len());
        if flag[..end].contains(|c| ending.contains(c)) {
            return (at, true);
        }
        if end + 1 == flag.len() {
            at += 1;
        }
    }
    (at, false)
}

fn script(words: &[ShellWord], at: usize, folder: &str) -> Option<Target> {
    let word = words.get(at)?;
    let mut any_of = named(word, folder)?;
    if let Some(path) = word.exact().filter(|path| !path.starts_with('/') && !path.contains('/')) {
        // `bash x.sh`: a file beside, not a command.
        any_of = smallvec![Ref::exact(kinds::FILE, join_path(folder, path)?)];
    }
    Some(Target { any_of, at })
}

/// What a command's name may mean.
fn named(word: &ShellWord, folder: &str) -> Option<SmallVec<[Ref; 1]>> {
    match &word.text.pattern {
        NamePattern::Exact(name) if name.starts_with('/') => {
            let command = base(name);
            (!command.is_empty()).then(|| {
                smallvec![
                    Ref::exact(kinds::DEPLOYED_PATH, name.clone()),
                    Ref::exact(kinds::COMMAND, SmolStr::new(command)),
                ]
            })
        }
        NamePattern::Exact(name) if name.contains('/') => {
            let mut any_of: SmallVec<[Ref; 1]> = SmallVec::new();
            any_of.extend(join_path(folder, name).map(|path| Ref::exact(kinds::FILE, path)));
            any_of.extend(join_path("", name).map(|path| Ref::exact(kinds::FILE, path)));
            any_of.dedup();
            (!any_of.is_empty()).then_some(any_of)
        }
        NamePattern::Exact(name) => {
            let plain = !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || "._+-@".contains(c));
            plain.then(|| smallvec![Ref::exact(kinds::COMMAND, name.clone())])
        }
        pattern => {
            // `$DIR/tool.py`: whatever the folder, the file's name is known.
            let (_, name) = pattern.suffix().rsplit_once('/')?;
            let known = name.contains('.') && !pattern.suffix().is_empty();
            let path = join_path(folder, name).filter(|_| known)?;
            Some(smallvec![Ref::exact(kinds::FILE, path)])
        }
    }
}
