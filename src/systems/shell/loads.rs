//! Files that a script takes in from beside itself: `source "$(dirname "$0")/lib.sh"`.

use crate::domain::loads::load;
use crate::extract::Source;
use crate::facts::{
    FileFacts, Span, Strength, is_handed_out, is_template_of_unit, join_path, parent_folder,
};
use rustc_hash::FxHashSet;

/// The script's own folder, as scripts write it.
const OWN: [&str; 12] = [
    "$(dirname \"$0\")",
    "$(dirname $0)",
    "$(dirname -- \"$0\")",
    "$(dirname \"${0}\")",
    "$(dirname \"${BASH_SOURCE[0]}\")",
    "$(dirname ${BASH_SOURCE[0]})",
    "$(dirname \"$BASH_SOURCE\")",
    "$(dirname -- \"${BASH_SOURCE[0]}\")",
    "${0%/*}",
    "${BASH_SOURCE%/*}",
    "${BASH_SOURCE[0]%/*}",
    "`dirname $0`",
];

/// Adds the files that a script takes in.
pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    // On a host it lies beside other files.
    let takes = ["source ", ". "].iter().any(|word| {
        source.text.match_indices(word).any(|(at, _)| {
            let line = source.text[..at].rfind('\n').map_or(0, |end| end + 1);
            source.text[line..at].trim().is_empty()
        })
    });
    if !takes {
        return;
    }
    if is_handed_out(source.path) || is_template_of_unit(source.path) {
        return;
    }
    let mut folders: FxHashSet<&str> = FxHashSet::default();
    let mut at = 0;
    let mut branches = 0u32;
    for line in source.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let code = line.trim_start();
        if code.starts_with("if ") {
            branches += 1;
        } else if code.starts_with("fi") {
            branches = branches.saturating_sub(1);
        }
        if let Some(name) = own_folder(code) {
            folders.insert(name);
            continue;
        }
        let Some(rest) = ["source ", ". "].iter().find_map(|word| code.strip_prefix(word)) else {
            continue;
        };
        let Some((name, own)) = taken(rest, &folders) else { continue };
        let from = start + (line.len() - code.len()) + (code.len() - rest.len());
        let Some(path) = join_path(parent_folder(source.path), name) else { continue };
        // What is not of the script's own folder is of the one that it is started in.
        let mut paths = vec![path];
        if !own && let Some(path) = join_path("", name) {
            paths.push(path);
        }
        let asks = branches > 0 || rest.contains("||") || !own;
        let strength = if asks { Strength::Likely } else { Strength::Certain };
        let span = Span::new(from, from + rest.trim_end().len());
        load(out, paths, span, "source", strength);
    }
}

/// The variable that a line gives the script's own folder: `DIR="$(cd "$(dirname "$0")" && pwd)"`.
fn own_folder(code: &str) -> Option<&str> {
    let code = ["export ", "readonly ", "local "]
        .iter()
        .find_map(|word| code.strip_prefix(word))
        .unwrap_or(code);
    let (name, value) = code.trim_end().split_once('=')?;
    if !value.contains("$0") && !value.contains("${0") && !value.contains("BASH_SOURCE") {
        return None;
    }
    let is_name = name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    let value = value.trim_matches('"');
    let own = OWN.iter().find(|own| value.contains(**own))?;
    let rest = value.replacen(own, "", 1);
    let rest: String = rest.chars().filter(|c| !matches!(c, '"' | ' ' | ';')).collect();
    let known = [
        "",
        "$(cd&&pwd)",
        "$(cd--&&pwd)",
        "$(cdpwd)",
        "$(cd&&pwd-P)",
        "$(cd>/dev/null&&pwd)",
        "$(cd&>/dev/null&&pwd)",
        "$(cd>/dev/null2>&1&&pwd)",
        "`cd&&pwd`",
    ];
    (is_name && known.contains(&rest.as_str())).then_some(name)
}

/// The path that is taken in, and whether it is seen from the script's own folder.
fn taken<'t>(rest: &'t str, folders: &FxHashSet<&str>) -> Option<(&'t str, bool)> {
    let rest = rest.trim().trim_start_matches('"');
    let mut inside = OWN
        .iter()
        .find_map(|own| rest.strip_prefix(own)?.trim_start_matches('"').strip_prefix('/'));
    if inside.is_none()
        && let Some(named) = rest.strip_prefix('$')
    {
        let braced = named.starts_with('{');
        let named = named.trim_start_matches('{');
        let end = named.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let (name, behind) = named.split_at(end);
        let behind = if braced { behind.strip_prefix('}')? } else { behind };
        inside =
            behind.trim_start_matches('"').strip_prefix('/').filter(|_| folders.contains(name));
    }
    let own = inside.is_some();
    let path = inside.unwrap_or(rest);
    let end = path.find(['"', ' ', ';', '\'', '&', '|']).unwrap_or(path.len());
    let path = &path[..end];
    let is_path = own || path.starts_with("./") || path.starts_with("../") || path.ends_with(".sh");
    let is_plain = !path.contains(['$', '`', '*', '{', '~', '<']) && !path.starts_with('/');
    (is_path && is_plain && !path.is_empty()).then_some((path, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside() {
        let text = "#!/bin/bash\nDIR=\"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")\" && pwd)\"\nUP=\"$(dirname \"$0\")/..\"\n. \"$DIR/a.sh\"\nsource ${DIR}/b.sh\nsource \"$(dirname \"$0\")/c.sh\"\n. ./d.sh\n. /etc/e.sh\n. \"$UP/f.sh\"\nsource $X/g.sh\n[ -f h ] && . h\n";
        let mut out = FileFacts::default();
        extract(&Source::of("bin/x.sh", text), &mut out);
        let found: Vec<String> = out
            .requires
            .iter()
            .map(|own| format!("{} {:?}", own.any_of[0].name, own.strength))
            .collect();
        assert_eq!(
            found,
            ["bin/a.sh Certain", "bin/b.sh Certain", "bin/c.sh Certain", "bin/d.sh Likely"]
        );
    }
}
