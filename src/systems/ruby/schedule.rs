//! Schedules of `whenever`: the tasks and commands that a crontab is made of.
//!
//! (Source: whenever's README, "Example schedule.rb file", "Define your own job types".)

use crate::domain::commands::Lines;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{FileFacts, Ref, Require, Span, kinds};
use crate::syntax::shell::CommandText;

/// Reads `config/schedule.rb`.
pub(super) struct Schedule;

impl Extractor for Schedule {
    fn system(&self) -> &'static str {
        "ruby"
    }

    fn claims(&self, path: &str) -> bool {
        path == "config/schedule.rb" || path.ends_with("/config/schedule.rb")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, b"every ").is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        // A job of the tree's own may be called as one of these.
        let is_own = |word: &str| source.text.contains(&format!("job_type :{word}"));
        for (start, line) in source.lines() {
            let Some((word, text, at)) = job(line) else { continue };
            let at = start + at;
            match word {
                "rake" if !is_own(word) => {
                    let name = text.split(['[', ' ']).next().unwrap_or(text);
                    let target = Ref::exact(kinds::TASK, format!("rake {name}"));
                    let span = Span::new(at, at + name.len());
                    out.requires.push(Require::certain(target, span, "rake", None));
                }
                "command" if !is_own(word) => {
                    let text = CommandText::plain(text, at);
                    Lines::new(source.path, "cron").add(&text, out);
                }
                _ => {}
            }
        }
    }
}

/// `rake 'a:b'` as a line of its own: the word, the text, and where that stands.
fn job(line: &str) -> Option<(&str, &str, usize)> {
    let (word, rest) = line.trim_start().split_once([' ', '('])?;
    let own = rest.trim_start();
    let quote = own.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = &own[1..];
    let text = &inner[..inner.find(quote)?];
    let is_plain = !text.is_empty() && !text.contains(['#', '\\']);
    is_plain.then_some((word, text, line.len() - inner.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_that_are_run_at_times() {
        let text = "every 1.day do\n  rake 'a:b'\n  rake \"c[1]\", x: 1\n  rake \"#{d}\"\n  runner 'E.f'\nend\n";
        let of = |text: &str| {
            let mut out = FileFacts::default();
            let source = Source::of("config/schedule.rb", text);
            Schedule.extract(&source, &Settings::default(), &mut out);
            let shown = out.requires.iter().map(|own| own.any_of[0].name.to_string());
            shown.collect::<Vec<_>>()
        };
        assert_eq!(of(text), ["rake a:b", "rake c"]);
        assert!(of(&format!("job_type :rake, 'x'\n{text}")).is_empty());
    }
}
