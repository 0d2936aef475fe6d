//! Which module of the tree an import means, and what that has.
//!
//! (Sources: TypeScript's handbook, "Module Resolution", `paths`, `baseUrl`.)

use crate::facts::{Entity, Ref, base_name, join_path, kinds, parent_folder};
use crate::graph::{Graph, PathKind, Resolution, Resolver, View};
use crate::loader::FileIx;
use smallvec::smallvec;

/// Endings that an import leaves out.
const LEFT_OUT: [&str; 10] = [
    "",
    ".ts",
    ".tsx",
    ".js",
    ".jsx",
    ".mts",
    "/index.ts",
    "/index.tsx",
    "/index.js",
    "/index.jsx",
];
/// Endings of files whose exports are read.
const READ: [&str; 7] = [".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cjs"];
/// How many configurations of TypeScript are read.
const MOST: usize = 200;

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.add_view::<Aliases>();
    graph.set_resolver(kinds::JS_EXPORT, Box::new(Exports));
}

/// Other names of folders, by the folder of the configuration that gives them.
struct Aliases(Vec<Alias>);

struct Alias {
    folder: String,
    /// The name, without the star behind it.
    name: String,
    /// Whether a star was behind it.
    is_prefix: bool,
    to: String,
}

impl View for Aliases {
    fn of(graph: &Graph<'_>) -> Self {
        let is_config = |path: &str| {
            let base = base_name(path);
            (base.starts_with("tsconfig") || base == "jsconfig.json") && base.ends_with(".json")
        };
        let files = graph.snapshot.files.iter().enumerate();
        let mut out = Vec::new();
        for (ix, file) in files.filter(|(_, own)| is_config(&own.entry.path)).take(MOST) {
            let Ok(text) = String::from_utf8(graph.snapshot.contents(ix as FileIx)) else {
                continue;
            };
            aliases(parent_folder(&file.entry.path), &text, &mut out);
        }
        // The nearest configuration says it.
        out.sort_by_key(|own| std::cmp::Reverse(own.folder.len()));
        Self(out)
    }
}

/// `"paths": { "@a/*": ["src/*"] }`, in JSON that may hold comments.
fn aliases(folder: &str, text: &str, out: &mut Vec<Alias>) {
    let strings = |text: &str| -> Vec<String> {
        text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let after = |key: &str| text.find(key).map(|at| &text[at + key.len()..]);
    let base = after("\"baseUrl\"").and_then(|own| strings(own).into_iter().next());
    let base = join_path(folder, base.as_deref().unwrap_or("."));
    let Some(base) = base else { return };
    let Some(paths) = after("\"paths\"") else { return };
    let Some(inner) = paths.split_once('{').and_then(|(_, own)| own.split_once('}')) else {
        return;
    };
    for entry in inner.0.split(']') {
        let all = strings(entry);
        let [name, targets @ ..] = all.as_slice() else { continue };
        for to in targets {
            let Some(to) = join_path(&base, to.trim_end_matches('*')) else { continue };
            out.push(Alias {
                folder: folder.to_owned(),
                name: name.trim_end_matches('*').to_owned(),
                is_prefix: name.ends_with('*'),
                to,
            });
        }
    }
}

/// The paths that a module's name may mean in the file at `from`, nearest first.
fn bases(graph: &Graph<'_>, from: &str, name: &str) -> Vec<String> {
    if name.starts_with('.') {
        return join_path(parent_folder(from), name).into_iter().collect();
    }
    let mut out = Vec::new();
    for own in graph.view::<Aliases>().into_iter().flat_map(|own| &own.0) {
        let Some(rest) = name.strip_prefix(own.name.as_str()) else { continue };
        let is_inside = own.folder.is_empty()
            || from.strip_prefix(own.folder.as_str()).is_some_and(|own| own.starts_with('/'));
        if is_inside && (own.is_prefix || rest.is_empty()) {
            out.extend(join_path(&own.to, if rest.is_empty() { "." } else { rest }));
        }
    }
    // What builds with `@` mostly has it stand for the sources.
    let rest = ["@/", "~/"].iter().find_map(|own| name.strip_prefix(own));
    let rest = rest.map(|rest| [format!("src/{rest}"), rest.to_owned()]);
    let rest = rest.or_else(|| name.starts_with("src/").then(|| [name.to_owned(), String::new()]));
    let Some(rest) = rest.filter(|_| out.is_empty()) else { return out };
    let mut folder = parent_folder(from);
    loop {
        for own in rest.iter().filter(|own| !own.is_empty()) {
            out.extend(join_path(folder, own));
        }
        if folder.is_empty() {
            return out;
        }
        folder = parent_folder(folder);
    }
}

struct Exports;

impl Resolver for Exports {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((from, full)) = target.placed() else { return Resolution::Elsewhere };
        let Some((module, name)) = full.rsplit_once('#') else { return Resolution::Elsewhere };
        let file = bases(graph, from, module).into_iter().find_map(|base| {
            // TypeScript writes the ending of what it becomes.
            let typed = base.strip_suffix(".js").or_else(|| base.strip_suffix(".jsx"));
            let typed =
                typed.into_iter().flat_map(|own| [format!("{own}.ts"), format!("{own}.tsx")]);
            let all = LEFT_OUT.iter().map(|ending| format!("{base}{ending}")).chain(typed);
            all.into_iter().find_map(|path| match graph.paths.look_up(&path) {
                PathKind::File(file) => Some(file),
                _ => None,
            })
        });
        // Whether the module is there says the import of it.
        let Some(file) = file.map(|ix| graph.snapshot.file(ix)) else {
            return Resolution::Elsewhere;
        };
        let path = &file.entry.path;
        if !READ.iter().any(|ending| path.ends_with(ending))
            || !file.systems.contains(&super::SYSTEM)
        {
            return Resolution::Elsewhere;
        }
        let site = graph.providers(kinds::JS_EXPORT, &format!("{path}#{name}")).next();
        if let Some(site) = site {
            return Resolution::Found(smallvec![site]);
        }
        let any = format!("{path}#*");
        let is_open = file.facts.provides.iter().any(|own| {
            own.kind == kinds::JS_EXPORT
                && own.name.as_exact().is_none()
                && own.name.to_string() == any
        });
        match is_open {
            true => Resolution::Elsewhere,
            false => Resolution::Open(Entity::new(kinds::JS_EXPORT, name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_of_folders() {
        let text = "{ // own\n \"compilerOptions\": { \"baseUrl\": \"./src\", \"paths\": { \"@a/*\": [\"lib/*\"], \"b\": [\"../b/main\"] } } }";
        let mut out = Vec::new();
        aliases("web", text, &mut out);
        let all: Vec<_> =
            out.iter().map(|own| (own.name.as_str(), own.is_prefix, own.to.as_str())).collect();
        assert_eq!(all, [("@a/", true, "web/src/lib"), ("b", false, "web/b/main")]);
    }
}
