//! Files that a Makefile takes in: without one, make stops.
//!
//! (Source: GNU make's manual, "Including Other Makefiles": a name counts from the folder that make
//! runs in, then from those of `-I` and of the system; `-include` and `sinclude` pass over what is
//! not there; what a rule makes is made first.)

use crate::facts::{FileFacts, Ref, Require, Span, Strength, join_path, kinds, parent_folder};
use crate::syntax::lines::joined;

/// How long a line may become.
const LENGTH: usize = 4096;

/// Adds them. Only a file that was here before is missed: one that is not may be made, or be
/// installed.
pub(super) fn extract(path: &str, text: &str, out: &mut FileFacts) {
    let folder = parent_folder(path);
    let mut depth = 0_usize;
    let mut found: Vec<(&str, Span, Strength)> = Vec::new();
    let lines = joined(text, LENGTH);
    for (start, line) in &lines {
        let code = line.split('#').next().unwrap_or_default();
        let mut words = code.split_whitespace();
        match words.next().unwrap_or_default() {
            "ifdef" | "ifndef" | "ifeq" | "ifneq" | "define" => depth += 1,
            "endif" | "endef" => depth = depth.saturating_sub(1),
            "include" if !code.starts_with('\t') => {
                let strength = if depth > 0 { Strength::Likely } else { Strength::Certain };
                for word in words {
                    let at = start + line.find(word).unwrap_or_default();
                    found.push((word, Span::new(at, at + word.len()), strength));
                }
            }
            _ => {}
        }
    }
    for (word, span, strength) in found {
        let is_plain = !word.contains(['$', '*', '?', '[', '(', '%', '~']);
        if !is_plain || word.starts_with('/') || is_looked_after(text, word) {
            continue;
        }
        let beside = join_path(folder, word).filter(|own| !own.is_empty());
        let Some(beside) = beside else { continue };
        let mut require = Require::certain(
            Ref::exact(kinds::PAYLOAD_FILE, beside.as_str()),
            span,
            "include",
            None,
        );
        // Where another Makefile takes this one in, or make is run above.
        if let Some(above) = join_path("", word).filter(|own| *own != beside && !own.is_empty()) {
            require = require.or(Ref::exact(kinds::PAYLOAD_FILE, above));
        }
        out.requires.push(require.with_strength(strength));
    }
}

/// Whether a rule makes the file, or a condition asks for it.
fn is_looked_after(text: &str, word: &str) -> bool {
    let ending = word.rsplit_once('.').map_or(word, |(_, own)| own);
    text.lines().any(|line| {
        let is_rule = !line.starts_with('\t') && !line.trim_start().starts_with("include");
        let left = line.split(':').next().filter(|_| is_rule && line.contains(':'));
        let names_it = |own: &str| own == word || own == format!("%.{ending}") || own == "%";
        left.is_some_and(|own| own.split_whitespace().any(names_it))
            || line.contains("wildcard") && line.contains(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn included(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        extract("a/Makefile", text, &mut out);
        out.requires.iter().map(|own| own.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn files_that_make_needs() {
        assert_eq!(included("include ../mk/one.mk two.mk\n"), ["mk/one.mk", "a/two.mk"]);
        for text in [
            "-include one.mk\n",
            "sinclude one.mk\n",
            "include $(TOP)/one.mk\n",
            "include *.mk\n",
            "include one.mk\none.mk: one.mk.in\n\tsed s/a/b/ $< > $@\n",
            "ifneq ($(wildcard one.mk),)\ninclude one.mk\nendif\n",
        ] {
            assert!(included(text).is_empty(), "{text}");
        }
    }
}
