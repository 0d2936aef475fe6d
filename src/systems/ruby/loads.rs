//! `require_relative`, and `require File.expand_path('../x', __FILE__)`.

use crate::domain::loads::load;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Span, Strength, base_name, join_path, parent_folder};
use memchr::memmem;

/// Extracts from Ruby that loads files beside itself.
pub(super) struct Loads;

impl Extractor for Loads {
    fn system(&self) -> &'static str {
        "ruby"
    }

    fn claims(&self, path: &str) -> bool {
        let base = base_name(path);
        base.ends_with(".rb")
            || base.ends_with(".rake")
            || base == "Rakefile"
            || base == "config.ru"
            || !base.contains('.')
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        ["require_relative", "expand_path"]
            .iter()
            .any(|word| memmem::find(bytes, word.as_bytes()).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        if !super::is_ruby(source) {
            return;
        }
        let mut at = 0;
        let mut depth = 0u32;
        for line in source.text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let code = line.trim_start();
            let word = code.split([' ', '(']).next().unwrap_or_default().trim_end();
            match word {
                "begin" => depth += 1,
                "rescue" | "end" => depth = depth.saturating_sub(1),
                _ => {}
            }
            let Some((name, from)) = loaded(code) else { continue };
            let from = start + (line.len() - code.len()) + from;
            let Some(path) = join_path(parent_folder(source.path), name) else { continue };
            let paths = match path.ends_with(".rb") {
                true => vec![path],
                false => vec![format!("{path}.rb"), path],
            };
            // Ruby goes on where the failure is rescued.
            let guarded = depth > 0 || code.contains(" rescue ") || code.contains(" if ");
            let strength = if guarded { Strength::Guarded } else { Strength::Certain };
            let span = Span::new(from, from + name.len());
            load(out, paths, span, "require_relative", strength);
        }
    }
}

/// The path that a line loads, seen from the folder of its file, and where it stands in it.
fn loaded(code: &str) -> Option<(&str, usize)> {
    let (rest, is_file) = if let Some(rest) = code.strip_prefix("require_relative") {
        (rest, false)
    } else {
        let rest = code.strip_prefix("require ")?.trim_start();
        let rest = rest.strip_prefix("File.expand_path")?;
        (rest, true)
    };
    let rest = rest.trim_start_matches(['(', ' ']);
    let quote = rest.chars().next().filter(|own| matches!(own, '\'' | '"'))?;
    let inner = &rest[1..];
    let name = &inner[..inner.find(quote)?];
    let after = &inner[name.len() + 1..];
    let at = code.len() - inner.len();
    let plain = !name.is_empty() && !name.contains("#{") && !name.starts_with('/');
    match is_file {
        // A string that goes on is not read.
        false => (plain && !after.trim_start().starts_with(['+', '.'])).then_some((name, at)),
        // The file stands for a folder here.
        true if after.trim_start().trim_start_matches(',').trim_start().starts_with("__FILE__") => {
            let inside = name.strip_prefix("../").filter(|_| plain)?;
            Some((inside, at + 3))
        }
        true => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside() {
        let text = "require 'json'\nrequire_relative 'lib/a'\n  require_relative(\"../b.rb\")\nrequire File.expand_path('../../c', __FILE__)\nrequire_relative \"#{x}/d\"\nbegin\n  require_relative 'e'\nrescue LoadError\nend\n";
        let mut out = FileFacts::default();
        Loads.extract(&Source::of("app/bin/x.rb", text), &Settings::default(), &mut out);
        let found: Vec<String> = out
            .requires
            .iter()
            .map(|own| format!("{} {:?}", own.any_of[0].name, own.strength))
            .collect();
        assert_eq!(
            found,
            [
                "app/bin/lib/a.rb Certain",
                "app/b.rb Certain",
                "app/c.rb Certain",
                "app/bin/e.rb Guarded"
            ]
        );
    }
}
