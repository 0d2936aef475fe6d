//! YAML that is read with serde: configuration, packs, baselines.
//!
//! serde's reader takes a time that grows with the square of the depth of `[[[[…`, so the
//! depth is bounded before it begins.

use granit_parser::{Event, Parser};
use serde::de::{DeserializeOwned, Error as _};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 128;
/// Most opening brackets where the depth is not known.
const MAX_UNKNOWN: usize = 10_000;

/// Reads one document.
///
/// # Errors
/// Those of serde, and one where the document nests deeper than 128.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, serde_yaml::Error> {
    let mut depth = 0usize;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::SequenceStart(..) | Event::MappingStart(..), span)) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    let at = span.byte_range().map_or(0, |range| range.start).min(text.len());
                    let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
                    return Err(serde_yaml::Error::custom(format!(
                        "it nests deeper than {MAX_DEPTH} at line {} column 1",
                        line + 1
                    )));
                }
            }
            Ok((Event::SequenceEnd | Event::MappingEnd, _)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            // What one parser rejects the other may take, and then the depth is not known.
            Err(_) if text.matches(['[', '{']).count() > MAX_UNKNOWN => {
                return Err(serde_yaml::Error::custom(
                    "it is malformed, or nests deeper than can be read",
                ));
            }
            Err(_) => break,
        }
    }
    serde_yaml::from_str(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn depth_is_bounded_before_serde_reads() {
        for deep in ["[", "{a: ", "- ", "[x, {b: "] {
            let text = format!("exclude: \n  {}", deep.repeat(50_000));
            let error = super::from_str::<serde::de::IgnoredAny>(&text).unwrap_err().to_string();
            assert!(error.contains(" deeper ") || deep == "- ", "{deep}: {error}");
        }
        assert!(super::from_str::<Vec<Vec<u8>>>("[[1], [2]]").is_ok());
    }
}
