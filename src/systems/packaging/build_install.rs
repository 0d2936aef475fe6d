//! What a build installs: `install` and `cp` in a `.spec` file's `%install` section and in a
//! Makefile's `install` targets, which tie commands to the files of the tree.
//!
//! Only literal paths behind the well-known macros and variables count.
//!
//! (Sources: install(1), cp(1); the GNU Coding Standards, "Makefile Conventions"; the RPM
//! packaging guide's list of path macros.)

use super::deployed::{BIN, deploy};
use super::is_section;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Detail, FileFacts, NamePattern, Piece, Provide, Span, base_name, join_path, kinds,
    parent_folder, split_path,
};
use crate::syntax::lines::joined;
use rustc_hash::FxHashMap;

/// How often a variable's value is put in for its name.
const EXPANSIONS: usize = 20;
/// How long a line may become.
const LENGTH: usize = 4096;

/// Folders that hold the packaging of the project around them.
const PACKAGING: &[&str] =
    &["rpm", "rpms", "SPECS", "packaging", "package", "pkg", "redhat", "fedora", "contrib", "dist"];

/// Extracts from Makefiles.
pub struct Makefile;

impl Extractor for Makefile {
    fn system(&self) -> &'static str {
        "make"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        matches!(base, "Makefile" | "GNUmakefile" | "makefile")
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let root = parent_folder(source.path);
        let mut variables = variables(source.text);
        super::recipes::add(source, &variables, out);
        variables.insert("DESTDIR".into(), String::new());
        let mut made = Vec::new();
        let mut installs = false;
        for (start, line) in joined(source.text, LENGTH) {
            let Some(recipe) = line.strip_prefix('\t') else {
                let target = line.split(':').next().unwrap_or_default();
                if !line.trim().is_empty() && !line.starts_with(['#', ' ']) {
                    let is_install = |name: &str| name == "install" || name.starts_with("install-");
                    installs = line.contains(':') && target.split_whitespace().any(is_install);
                }
                continue;
            };
            if !installs {
                continue;
            }
            let recipe = recipe.trim_start_matches(['@', '-', '+', ' ', '\t']);
            let Some(recipe) = expanded(recipe, &variables) else { continue };
            line_of(&recipe, root, &mut made, (start, line.len()), out);
        }
    }
}

/// Variables that are set once, to a value.
fn variables(text: &str) -> FxHashMap<String, String> {
    let mut out: FxHashMap<String, Option<String>> = FxHashMap::default();
    for (_, line) in joined(text, LENGTH) {
        if line.starts_with(['\t', '#']) {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        let added = name.ends_with(['+', '!']);
        let name = name.trim_end_matches(['?', ':', '+', '!']).trim();
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        if name.is_empty() || name.contains([' ', ':', '$', '(']) {
            continue;
        }
        let value = value.split('#').next().unwrap_or_default().trim();
        let value = (!added && !out.contains_key(name)).then(|| value.to_owned());
        out.insert(name.to_owned(), value);
    }
    out.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// `line` with the values of its variables; one that is not known stays as it is. `None`
/// where it grows without end.
fn expanded(line: &str, variables: &FxHashMap<String, String>) -> Option<String> {
    let mut line = line.to_owned();
    let mut from = 0;
    let mut left = EXPANSIONS;
    while let Some(at) = line[from..].find('$').map(|at| from + at) {
        let close = match line.as_bytes().get(at + 1) {
            Some(b'(') => ')',
            Some(b'{') => '}',
            _ => {
                from = at + 1;
                continue;
            }
        };
        let Some(end) = line[at..].find(close).map(|end| at + end) else { break };
        match variables.get(&line[at + 2..end]) {
            Some(value) => {
                left = left.checked_sub(1)?;
                line.replace_range(at..=end, value);
                if line.len() > LENGTH {
                    return None;
                }
            }
            None => from = end + 1,
        }
    }
    Some(line)
}

/// The `%install` section of a `.spec` file.
pub(super) fn spec(path: &str, text: &str, out: &mut FileFacts) {
    let beside = parent_folder(path);
    let mut root = beside;
    while let Some((above, last)) = root.rsplit_once('/').or(Some(("", root)))
        && PACKAGING.contains(&last)
    {
        root = above;
    }
    let mut macros: Vec<(String, String)> = [
        ("%{_bindir}", "%{_prefix}/bin"),
        ("%{_sbindir}", "%{_prefix}/sbin"),
        ("%{_datadir}", "%{_prefix}/share"),
        ("%{_mandir}", "%{_prefix}/share/man"),
        ("%{_libexecdir}", "%{_prefix}/libexec"),
        ("%{_unitdir}", "%{_prefix}/lib/systemd/system"),
        ("%{_prefix}", "/usr"),
        ("%{_sysconfdir}", "/etc"),
        ("%{_sharedstatedir}", "/var/lib"),
        ("%{_localstatedir}", "/var"),
        ("%{__install}", "install"),
        ("%{__cp}", "cp"),
        ("%{__mkdir_p}", "mkdir -p"),
        ("%{buildroot}", ""),
        ("%buildroot", ""),
        ("${RPM_BUILD_ROOT}", ""),
        ("$RPM_BUILD_ROOT", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let mut made = Vec::new();
    let mut inside = false;
    for (start, line) in joined(text, LENGTH) {
        if let Some((name, value)) = line.split_once(':').filter(|_| !inside) {
            let value = value.trim();
            if name == "Name" && !value.contains('%') {
                macros.insert(0, ("%{name}".into(), value.into()));
                macros.insert(0, ("%name".into(), value.into()));
            } else if name.starts_with("Source") && !value.contains('%') {
                // A file beside the spec, marked as such.
                let base = base_name(value);
                let name = name.trim().to_ascii_uppercase();
                macros.push((format!("%{{{name}}}"), format!("./{BESIDE}{base}")));
            }
        }
        if line.starts_with('%') && !line.starts_with("%{") {
            let word = line.split_whitespace().next().unwrap_or_default();
            if is_section(word) {
                inside = word == "%install";
                continue;
            }
        }
        // Elsewhere paths mean something else.
        let moves = ["cd", "pushd"].contains(&line.split_whitespace().next().unwrap_or_default());
        inside &= !moves;
        if !inside {
            continue;
        }
        let mut own = line.clone();
        for (name, value) in &macros {
            own = own.replace(name, value);
        }
        let from = out.provides.len();
        line_of(&own, root, &mut made, (start, line.len()), out);
        for provide in &mut out.provides[from..] {
            let marked = provide.detail.entity().and_then(|own| own.name.rsplit_once(BESIDE));
            if let Some((_, base)) = marked {
                let file = join_path(beside, base).unwrap_or_default();
                provide.detail = Detail::leads(kinds::FILE, file);
            }
        }
    }
}

/// Marks a file beside the spec.
const BESIDE: &str = "\u{E001}";

/// What the commands of one line install. `made` are folders that were made before.
pub(super) fn line_of(
    line: &str,
    root: &str,
    made: &mut Vec<String>,
    (start, len): (usize, usize),
    out: &mut FileFacts,
) {
    if line.split_whitespace().any(|word| word == "cd") {
        return;
    }
    for command in line.split(['&', ';', '|']) {
        let words: Vec<&str> =
            command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        let Some((program, words)) = words.split_first() else { continue };
        let is_install = matches!(
            *program,
            "install"
                | "/usr/bin/install"
                | "$(INSTALL)"
                | "${INSTALL}"
                | "$(INSTALL_PROGRAM)"
                | "$(INSTALL_SCRIPT)"
                | "$(INSTALL_DATA)"
        );
        if matches!(*program, "rsync" | "scp") {
            remote(words, root, (start, len), out);
            continue;
        }
        if !is_install && !matches!(*program, "cp" | "mkdir") {
            continue;
        }
        let Operands { mut operands, folder, makes, leads, deep } =
            operands(words, *program == "mkdir", is_install);
        if makes {
            made.extend(operands.iter().map(|operand| operand.trim_end_matches('/').to_owned()));
            continue;
        }
        let dest = folder.or_else(|| operands.pop());
        let Some(dest) = dest.filter(|own| own.starts_with('/') && known(own) && !deep) else {
            continue;
        };
        let bare = format!("/{}", dest.trim_matches('/')).replace("//", "/");
        let is_folder = folder.is_some()
            || dest.ends_with('/')
            || operands.len() > 1
            || BIN.contains(&bare.as_str())
            || made.iter().any(|own| own.trim_start_matches('/') == bare.trim_start_matches('/'));
        for own in operands.iter().filter(|operand| !operand.starts_with('/')) {
            if let Some(folder) = globbed(own, root).filter(|_| is_folder) {
                let detail = Detail::leads(kinds::FILE, folder);
                deploy(out, bare.clone(), detail, start, len);
                continue;
            }
            if !known(own) {
                // Which file it is is computed: any of the folder may be there.
                if is_folder {
                    any_of(&bare, (start, len), out);
                }
                continue;
            }
            let Some(file) = join_path(root, own) else { continue };
            let base = file.rsplit(['/', '\u{E001}']).next().unwrap_or_default();
            let path = match is_folder {
                true => format!("{bare}/{base}"),
                false => bare.clone(),
            };
            let (above, last) = split_path(&path);
            let in_bin = BIN.contains(&above);
            // It may be a folder that is there already.
            if in_bin || (is_install && (is_folder || leads || last == base)) {
                deploy(out, path, Detail::leads(kinds::FILE, file), start, len);
            }
        }
    }
}

/// The folder of the tree whose files a pattern names: `units/*.service`.
fn globbed(word: &str, root: &str) -> Option<String> {
    let (folder, base) = word.rsplit_once('/')?;
    let is_glob = base.contains('*') && !base.contains(['$', '`']);
    join_path(root, folder).filter(|own| is_glob && known(folder) && !own.is_empty())
}

/// Anything may be put in the folder.
fn any_of(folder: &str, (start, len): (usize, usize), out: &mut FileFacts) {
    out.provides.push(Provide {
        kind: kinds::DEPLOYED_PATH,
        name: NamePattern::from_pieces([Piece::Text(format!("{folder}/").into()), Piece::Hole]),
        span: Span::new(start, start + len),
        within: None,
        detail: Detail::None,
    });
}

/// Flags of `rsync` and `scp` with a value in the next word.
const VALUED: [&str; 10] =
    ["-e", "--rsh", "--exclude", "--include", "--chown", "--chmod", "-P", "-i", "-o", "-F"];

/// `rsync -a bin lib HOST:/srv/a/`, `scp x HOST:/etc/x`. A slash behind a folder stands for what is
/// in it. (Source: rsync(1), scp(1).)
fn remote(words: &[&str], root: &str, (start, len): (usize, usize), out: &mut FileFacts) {
    let mut operands = Vec::new();
    let mut all = words.iter();
    while let Some(word) = all.next() {
        match word.starts_with('-') {
            // `-P` of rsync has none: then the next word is taken for its value, and nothing is known.
            true if VALUED.contains(word) => drop(all.next()),
            true => {}
            false => operands.push(*word),
        }
    }
    let Some(dest) = operands.pop() else { return };
    let dest = dest.rsplit_once(':').map_or(dest, |(_, path)| path);
    if !dest.starts_with('/') || !known(dest) {
        return;
    }
    let bare = dest.trim_end_matches('/');
    let is_folder = dest.ends_with('/') || operands.len() > 1;
    for own in operands {
        let inside = own.strip_suffix('/').or_else(|| own.strip_suffix("/*"));
        let path = inside.unwrap_or(own);
        if path.starts_with('/') || path.contains(':') {
            continue;
        }
        if let Some(folder) = globbed(path, root) {
            deploy(out, bare.to_owned(), Detail::leads(kinds::FILE, folder), start, len);
            continue;
        }
        if !known(path) {
            any_of(bare, (start, len), out);
            continue;
        }
        let Some(file) = join_path(root, path).filter(|own| !own.is_empty()) else { continue };
        let target = match (inside.is_some(), is_folder) {
            (true, _) => bare.to_owned(),
            (false, true) => format!("{bare}/{}", base_name(&file)),
            // It may be a folder that is there already.
            (false, false) if base_name(bare) == base_name(&file) => bare.to_owned(),
            (false, false) => continue,
        };
        deploy(out, target, Detail::leads(kinds::FILE, file), start, len);
    }
}

/// What the words of a command say.
struct Operands<'w> {
    operands: Vec<&'w str>,
    /// `-t FOLDER`.
    folder: Option<&'w str>,
    /// It makes folders.
    makes: bool,
    /// It makes the folders that lead to its target.
    leads: bool,
    /// It copies folders with what is in them.
    deep: bool,
}

/// Flags and operands of `install`, or else of `cp` or `mkdir`.
fn operands<'w>(words: &[&'w str], is_mkdir: bool, is_install: bool) -> Operands<'w> {
    let mut operands = Vec::new();
    let mut folder = None;
    let (mut makes, mut leads, mut deep) = (is_mkdir, false, false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let flags = word.strip_prefix('-').filter(|flags| !flags.starts_with('-'));
        match flags {
            Some("t") => folder = words.next().copied(),
            Some("m" | "o" | "g" | "S") => {
                words.next();
            }
            Some(flags) if flags.starts_with(['m', 'o', 'g']) && is_install => {}
            Some(flags) => {
                makes |= is_install && flags.contains('d');
                leads |= is_install && flags.contains('D');
                deep |= !is_install && flags.contains(['r', 'R']);
                // `-Dm755` ends with a value, `-Dm` is followed by one.
                if is_install && flags.ends_with(['m', 'o', 'g', 't']) {
                    match flags.ends_with('t') {
                        true => folder = words.next().copied(),
                        false => {
                            words.next();
                        }
                    }
                }
            }
            None if word.starts_with("--") => makes |= *word == "--directory",
            None => operands.push(*word),
        }
    }
    Operands { operands, folder, makes, leads, deep }
}

/// Whether nothing of it is computed.
fn known(word: &str) -> bool {
    !word.is_empty() && !word.contains(['$', '%', '*', '?', '[', '{', '`', '<', '>', '@'])
}
