//! Programs that are built from sources of the tree, and called by another name.
//!
//! (Source: `go build` calls a program like the folder of its package, or as `-o` says; Cargo
//! calls one like its file in `src/bin`.)

use super::requirements::Builder;
use crate::facts::{Call, Entity, base_name, kinds, parent_folder};
use crate::loader::Role;

/// Files that say how programs are built.
const RECIPES: [&str; 6] =
    ["Makefile", "GNUmakefile", "rules", "justfile", "Dockerfile", "Containerfile"];

/// How many recipes are read.
const MOST_RECIPES: usize = 50;

impl Builder<'_, '_> {
    /// Which of the programs a call by a name or path of the host is one of, after it was built.
    pub(super) fn built<'e>(
        &self,
        role: Role,
        call: &Call,
        programs: impl Iterator<Item = &'e Entity>,
    ) -> Option<&'e Entity> {
        let is_command = |kind| kind == kinds::COMMAND || kind == kinds::DEPLOYED_PATH;
        let names = call.any_of.iter().filter(|target| is_command(target.kind));
        let names: Vec<&str> =
            names.filter_map(|target| target.name.as_exact()).map(|own| base_name(own)).collect();
        if names.is_empty() {
            return None;
        }
        let mut sources = programs
            .filter(|own| own.kind == kinds::FILE)
            .filter(|own| [".go", ".rs"].iter().any(|ending| own.name.ends_with(ending)));
        let is_one = |own: &&Entity| {
            let path = own.name.as_str();
            let folder = parent_folder(path);
            let by_folder = if path.ends_with(".go") {
                base_name(folder).to_owned()
            } else {
                let stem = base_name(path).trim_end_matches(".rs").to_owned();
                if base_name(folder) == "bin" { stem } else { String::new() }
            };
            names.contains(&by_folder.as_str())
                || path.ends_with(".go")
                    && names.iter().any(|name| self.is_output(role, name, folder))
        };
        let found = sources.find(is_one)?;
        sources
            .all(|own| !is_one(&own) || parent_folder(&own.name) == parent_folder(&found.name))
            .then_some(found)
    }

    /// Whether a recipe builds the program of a folder of Go under that name.
    fn is_output(&self, role: Role, name: &str, folder: &str) -> bool {
        let snapshot = self.graph(role).snapshot;
        let recipes = snapshot.all_files().filter(|(_, file)| {
            let own = base_name(&file.entry.path);
            RECIPES.contains(&own) || own.starts_with("Dockerfile") || own.ends_with(".mk")
        });
        recipes.take(MOST_RECIPES).any(|(ix, _)| {
            let text = String::from_utf8(snapshot.contents(ix)).unwrap_or_default();
            text.lines().any(|line| is_built(line, name, folder))
        })
    }
}

/// `go build -o bin/NAME ./FOLDER`.
fn is_built(line: &str, name: &str, folder: &str) -> bool {
    let Some((_, rest)) = line.split_once("go build") else { return false };
    let mut words = rest.split_whitespace();
    let Some(output) = words.by_ref().skip_while(|own| *own != "-o").nth(1) else { return false };
    let last = rest.split(['&', ';', '|']).next().unwrap_or_default();
    let last = last.split_whitespace().next_back().unwrap_or_default();
    let package = last.trim_start_matches("./").trim_end_matches('/');
    let package = if package == "." || last == output { "" } else { package };
    let package = if package.ends_with(".go") { parent_folder(package) } else { package };
    base_name(output) == name && package == folder
}

#[cfg(test)]
mod tests {
    use super::is_built;

    #[test]
    fn a_recipe_names_the_program() {
        assert!(is_built("\tgo build -trimpath -o bin/relayd ./cmd/relay", "relayd", "cmd/relay"));
        assert!(is_built("RUN go build -o /usr/bin/relayd .", "relayd", ""));
        assert!(is_built("\tgo build -o relayd", "relayd", ""));
        assert!(!is_built("\tgo build -o bin/other ./cmd/relay", "relayd", "cmd/relay"));
    }
}
