//! Commands that name a file which nothing puts there, beside one that the same class puts there and
//! no command names: `pacman -U /tmp/tool-2.3.tar.gz` beside `/tmp/tool-2.3-1.pkg.tar.xz`.

use super::text::fold;
use super::walk::{Mention, Walk};
use crate::facts::{Problem, Strength, base_name, is_one_edit, kinds, parent_folder};
use crate::syntax::puppet::ast::ResourceBody;

/// Most commands of a manifest that are looked at.
const MOST: usize = 200;

impl<'a> Walk<'_, '_, 'a> {
    /// Notes the paths of files in the command of an `exec` or a `cron`.
    pub fn named_files(&mut self, body: &ResourceBody<'a>) {
        let command = body.attributes.iter().find(|own| own.name == "command");
        let command = command.map_or(&body.title, |own| &own.value);
        let text = fold(command, &self.constants);
        let Some(text) = text.as_ref().and_then(|own| own.as_exact()) else { return };
        for word in text.split(|own: char| own.is_whitespace() || "'\"=;|&<>(),:".contains(own)) {
            let is_plain =
                word.bytes().all(|own| own.is_ascii_alphanumeric() || b"/._-+".contains(&own));
            let is_file = base_name(word).len() > 6 && base_name(word).contains('.');
            if word.starts_with('/') && is_plain && is_file && self.mentions.len() < MOST {
                let (span, within) = (command.span, self.within);
                self.mentions.push(Mention { path: word.into(), span, within });
            }
        }
    }

    pub fn finish_mentions(&mut self) {
        let mentions = std::mem::take(&mut self.mentions);
        if self.settings.layout.is_nested(self.source.path) {
            return;
        }
        for own in &mentions {
            // What a command makes, another one names.
            if self.source.text.matches(own.path.as_str()).count() != 1 {
                continue;
            }
            let folder = parent_folder(&own.path);
            let files = self
                .out
                .provides
                .iter()
                .filter(|file| file.kind == kinds::DEPLOYED_PATH && file.within == own.within);
            let mut near = files.filter_map(|file| {
                let path = file.name.as_exact()?;
                let is_beside = parent_folder(path) == folder
                    && is_like(base_name(path), base_name(&own.path))
                    && !mentions.iter().any(|other| other.path == *path);
                is_beside.then_some((path, file.span))
            });
            let (Some((path, span)), None) = (near.next(), near.next()) else { continue };
            let message = format!("nothing puts `{}` there", own.path);
            let mut problem = Problem::new("unresolved-reference", message, own.span);
            problem.strength = Strength::Likely;
            problem.help = format!("did you mean `{path}`? No command names it");
            problem.related.push((span, "put here".into()));
            self.out.problems.push(problem);
        }
    }
}

/// Whether two files are called alike: but for a slip, or for what follows a name and its version.
fn is_like(name: &str, other: &str) -> bool {
    let same = name.bytes().zip(other.bytes()).take_while(|(own, other)| own == other).count();
    let stem = &name[..same];
    let is_version = stem.bytes().any(|own| own.is_ascii_digit());
    // A letter that is another may be one of several of a sort.
    is_one_edit(name, other) && name.len() != other.len() && name.len() > 8
        || is_version && stem.len() > 7 && stem.starts_with(|own: char| own.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn files_that_are_called_alike() {
        assert!(is_like("aurutils-2.3.3-1-any.pkg.tar.xz", "aurutils-2.3.3.tar.gz"));
        assert!(is_like("instal-tool.sh", "install-tool.sh"));
        assert!(!is_like("install.sh", "install.py"));
        assert!(!is_like("tool-a.conf", "tool-b.conf") && !is_like("a.conf", "b.conf"));
    }
}
