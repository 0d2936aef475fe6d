//! The stages of a Dockerfile, by name.

use super::instructions::{behind_flags, instructions};
use crate::extract::Source;
use crate::facts::{
    Detail, FileFacts, NamePattern, Provide, Ref, Require, Span, Strength, is_variable_name, kinds,
};

/// Whether a build takes an argument that its Dockerfile does not declare. (Source: Dockerfile
/// reference, "Predefined ARGs", "Automatic platform ARGs", "BuildKit built-in build args".)
fn is_predefined(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["BUILDKIT_", "TARGET", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"]
        .iter()
        .any(|begin| upper.starts_with(begin))
        || upper.ends_with("_PROXY")
        || upper == "SOURCE_DATE_EPOCH"
}

/// Adds the stages of a file, and those that later ones copy from.
pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let name = |own: &&str| format!("{}:{}", source.path, own.to_lowercase());
    let mut any = false;
    for (instruction, text) in instructions(source.text) {
        let (rest, flags) = behind_flags(&text);
        match instruction.as_str() {
            "FROM" => {
                let words: Vec<&str> = rest.as_str().split_whitespace().collect();
                if let [_, word, stage] = words.as_slice()
                    && word.eq_ignore_ascii_case("as")
                {
                    let at = rest.as_str().rfind(stage).unwrap_or_default();
                    out.provides.push(Provide {
                        kind: kinds::IMAGE_STAGE,
                        name: NamePattern::exact(name(stage)),
                        span: rest.span(at, at + stage.len()),
                        within: None,
                        detail: Detail::None,
                    });
                    any = true;
                }
            }
            "ARG" => {
                let words = rest.as_str().split_whitespace();
                let names = words.filter_map(|word| word.split('=').next());
                for own in names.filter(|own| is_variable_name(own) && !is_predefined(own)) {
                    let at = rest.as_str().find(own).unwrap_or_default();
                    out.provides.push(Provide {
                        kind: kinds::IMAGE_ARGUMENT,
                        name: NamePattern::exact(format!("{}:{own}", source.path)),
                        span: rest.span(at, at + own.len()),
                        within: None,
                        detail: Detail::None,
                    });
                }
            }
            "COPY" | "ADD" if any => {
                let from = flags.iter().find_map(|flag| flag.strip_prefix("--from="));
                let plain =
                    |own: &&str| !own.contains(['$', '/', ':', '.']) && own.parse::<u32>().is_err();
                if let Some(stage) = from.filter(plain) {
                    // The name may be an image's as well.
                    let target = Ref::exact(kinds::DOCKER_FROM, name(&stage));
                    let at = text.as_str().find("--from=").map_or(0, |at| at + 7);
                    let span: Span = text.span(at, at + stage.len());
                    let require = Require::certain(target, span, "COPY --from", None);
                    out.requires.push(require.with_strength(Strength::Certain));
                }
            }
            _ => {}
        }
    }
}
