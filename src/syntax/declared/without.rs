//! Uses that a text does without: what it looks for first, and has only where that is there.
//!
//! (Sources: Apache's `IncludeOptional`, Twig's and Jinja's `ignore missing`, GNU make's
//! `-include`, systemd's `EnvironmentFile=-`, Prometheus' `file_sd_configs`, PostgreSQL's
//! `include_if_exists`, Dovecot's `!include_try`, Compose's `required: false`, POSIX `test`,
//! PHP's `function_exists`, Python's `hasattr`, Ruby's `respond_to?`, Perl's `can`.)

/// Words of lines that take in a file only where it is there.
const OPTIONAL: [&str; 16] = [
    "ignore missing",
    "ignore_missing",
    "IncludeOptional",
    "include_if_exists",
    "include_try",
    "includeIf(",
    "EnvironmentFile=-",
    "include if exists",
    "try-import",
    "missingok",
    "optional:file:",
    "|| true",
    "|| :",
    "silent! ",
    "@include ",
    "@include_once ",
];

/// How code looks for a file.
const LOOKING: [&str; 14] = [
    "file_exists(",
    "is_file(",
    "is_readable(",
    "path.exists(",
    "path.isfile(",
    ".exists()",
    ".is_file()",
    "File.exist?(",
    "File.file?(",
    "existsSync(",
    "fileexists(",
    "Files.exists(",
    "stream_resolve_include_path(",
    "locate_template(",
];

/// What ends a program, or its deploy.
const FATAL: [&str; 11] = [
    "exit 1", "exit(1", "sys.exit", "die(", "die ", "raise ", "throw ", "abort", "Fatal", "panic",
    "return 1",
];

/// How code looks for a name, right before it.
const NAMED: [&str; 14] = [
    "function_exists(",
    "class_exists(",
    "interface_exists(",
    "trait_exists(",
    "is_callable(",
    "defined(",
    "defined?(",
    "defined?",
    "respond_to?(",
    "typeof",
    "command -v",
    "type -t",
    "declare -F",
    "->can(",
];

/// The same, behind what it is looked for in.
const NAMED_IN: [&str; 4] = ["method_exists(", "hasattr(", "property_exists(", "getattr("];

/// How many lines above a use belong to it.
const NEAR: usize = 4;
/// How many of them a list of a key may have.
const LISTED: usize = 6;

/// Whether the text does without the file called `name` that it names at `at`.
pub fn does_without_file(text: &str, at: usize, name: &str) -> bool {
    let (above, line, below) = around(text, at);
    let bare = line.trim_start().trim_start_matches(['\t', '@']);
    let is_optional = OPTIONAL.iter().any(|own| line.contains(own))
        || bare.starts_with("-include ")
        || bare.starts_with("sinclude ");
    let is_let = below.iter().take(2).any(|own| own.trim() == "required: false");
    let is_found = above.iter().rev().take(LISTED).any(|own| own.contains("file_sd_config"))
        || line.contains("file_sd_config");
    if is_optional || is_let || is_found {
        return true;
    }
    let near = &above[above.len().saturating_sub(NEAR)..];
    let looks = |own: &&str| own.contains(name) && is_looking(own);
    (near.iter().any(looks) || looks(&line)) && !is_fatal(line, &below)
}

/// Whether the text does without what it calls by that name at `at`.
pub fn does_without_name(text: &str, at: usize, name: &str) -> bool {
    let (above, line, below) = around(text, at);
    let start = text[..at.min(text.len())].rfind('\n').map_or(0, |own| own + 1);
    let end = at + name.len() - start;
    if line.get(end..).is_some_and(|own| own.starts_with("?.(")) {
        return true;
    }
    let is_asked = text.match_indices(name).any(|(at, _)| {
        let after = &text[at + name.len()..];
        let is_whole = !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let from = text[..at].rfind('\n').map_or(0, |own| own + 1);
        is_whole && is_asked(&text[from..at], after)
    });
    if is_asked {
        return !is_fatal(line, &below);
    }
    // `try:` of Python, where the way out of it goes on.
    let depth = |own: &str| own.len() - own.trim_start().len();
    let near = &above[above.len().saturating_sub(LISTED)..];
    let is_tried = near.iter().any(|own| own.trim() == "try:" && depth(own) < depth(line));
    let catches = ["ImportError", "ModuleNotFoundError", "AttributeError", "NameError"];
    let caught = below.iter().take(2 * NEAR).position(|own| {
        own.trim_start().starts_with("except") && catches.iter().any(|word| own.contains(word))
    });
    is_tried && caught.is_some_and(|own| !is_fatal("", &below[own + 1..]))
}

/// Whether code asks for a name, by what stands on its line before it.
fn is_asked(before: &str, after: &str) -> bool {
    let bare = before.trim_end_matches(['\'', '"', ':', '\\', ' ']);
    let is_quoted = before.ends_with(['\'', '"', ':']);
    let behind = |own: &&str| {
        bare.rfind(*own).is_some_and(|at| !bare[at..].contains(')') && bare.ends_with(','))
    };
    let has_default = || after.get(1..).is_some_and(|own| own.trim_start().starts_with(','));
    NAMED.iter().any(|own| bare.ends_with(own) || bare.trim_end().ends_with(own))
        || is_quoted
            && NAMED_IN
                .iter()
                .find(|own| behind(own))
                .is_some_and(|own| *own != "getattr(" || has_default())
}

/// Whether a line asks whether a file is there.
fn is_looking(line: &str) -> bool {
    let is_test = ["[ -", "[[ -", "test -"].iter().any(|own| {
        line.split(own).skip(1).any(|rest| {
            let mut rest = rest.chars();
            rest.next().is_some_and(|c| "efrsxd".contains(c)) && rest.next() == Some(' ')
        })
    });
    is_test || LOOKING.iter().any(|own| line.contains(own))
}

/// Whether what follows a question ends the program.
fn is_fatal(line: &str, below: &[&str]) -> bool {
    let mut all = std::iter::once(&line).chain(below.iter().take(2));
    all.any(|own| FATAL.iter().any(|word| own.contains(word)))
}

/// The lines above a place, its own, and those below it.
fn around(text: &str, at: usize) -> (Vec<&str>, &str, Vec<&str>) {
    let at = at.min(text.len());
    let start = text.get(..at).and_then(|own| own.rfind('\n')).map_or(0, |own| own + 1);
    let end = text.get(at..).and_then(|own| own.find('\n')).map_or(text.len(), |own| at + own);
    let mut above: Vec<&str> = text[..start].lines().rev().take(2 * NEAR).collect();
    above.reverse();
    let below = text[end..].lines().skip(1).take(3 * NEAR).collect();
    (above, &text[start..end], below)
}

#[cfg(test)]
mod tests {
    use super::{does_without_file, does_without_name};

    fn file(text: &str, name: &str) -> bool {
        does_without_file(text, text.rfind(name).unwrap_or(0), name)
    }

    fn name(text: &str, name: &str) -> bool {
        does_without_name(text, text.rfind(name).unwrap_or(0), name)
    }

    #[test]
    fn files_that_are_looked_for_first() {
        assert!(file("5 4 * * * root [ -x /opt/bin/tidy ] && /opt/bin/tidy -q\n", "tidy"));
        assert!(file("if [ -f conf.d/a.sh ]; then\n  . conf.d/a.sh\nfi\n", "a.sh"));
        assert!(file("-include local.mk\n", "local.mk"));
        assert!(file("{% include 'a/b.twig' ignore missing %}\n", "b.twig"));
        assert!(file("file_sd_configs:\n  - files:\n      - a/nodes.json\n", "nodes.json"));
        assert!(file("env_file:\n  - path: web.env\n    required: false\n", "web.env"));
        assert!(!file("env_file:\n  - path: web.env\n", "web.env"));
        assert!(!file("[ -x /opt/bin/tidy ] || exit 1\n/opt/bin/tidy\n", "tidy ]"));
        assert!(!file("5 4 * * * root /opt/bin/tidy\n", "tidy"));
    }

    #[test]
    fn names_that_are_looked_for_first() {
        assert!(name("if (function_exists('shop_menu')) { shop_menu(); }\n", "shop_menu"));
        assert!(name("if hasattr(net, \"listen_on\"):\n    net.listen_on()\n", "listen_on"));
        assert!(name("x.flush() if x.respond_to?(:flush)\n", "flush"));
        assert!(name("try:\n    from a import fast\nexcept ImportError:\n    pass\n", "fast"));
        assert!(name("this.hooks.afterAll?.(1);\n", "afterAll"));
        assert!(!name("if (!function_exists('shop_menu')) die('x');\n", "shop_menu"));
        assert!(!name("f = getattr(net, 'listen_on')\n", "listen_on"));
        assert!(!name("shop_menu();\n", "shop_menu"));
    }
}
