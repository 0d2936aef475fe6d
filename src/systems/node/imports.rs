//! What a module of JavaScript or TypeScript imports from beside itself.

use super::tokens::{Kind, Token};
use crate::domain::loads::load;
use crate::extract::Source;
use crate::facts::{FileFacts, Span, Strength, join_path, parent_folder};
use rustc_hash::FxHashSet;

/// Endings of files of which only imports are read.
pub(super) const TYPED: &[&str] = &[".ts", ".tsx", ".jsx", ".mts"];

/// Endings that an import leaves out.
const LEFT_OUT: [&str; 8] = ["", ".ts", ".tsx", ".js", ".jsx", ".vue", "/index.ts", "/index.js"];

/// `import x from './a'`, `export * from './a'`, `import './a'`, `import('./a')`.
pub(super) fn imports(source: &Source<'_>, tokens: &[Token<'_>], out: &mut FileFacts) {
    let is_typed = TYPED.iter().any(|ending| source.path.ends_with(ending));
    let mut known = FxHashSet::default();
    for (ix, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Text || !token.text.starts_with('.') || token.text.contains("${") {
            continue;
        }
        let before = |back: usize| ix.checked_sub(back).map_or("", |ix| tokens[ix].text);
        let is_import = match before(1) {
            "from" | "import" => true,
            "(" => before(2) == "import" || before(2) == "require" && is_typed,
            _ => false,
        };
        let path = join_path(parent_folder(source.path), token.text);
        let Some(path) = path.filter(|path| is_import && known.insert(path.clone())) else {
            continue;
        };
        // TypeScript writes the ending of what it becomes.
        let stem = path.strip_suffix(".js").map(str::to_owned);
        let typed = stem.map(|stem| format!("{stem}.ts"));
        let paths = LEFT_OUT.iter().map(|ending| format!("{path}{ending}")).chain(typed);
        let span = Span::new(token.start, token.start + token.text.len());
        load(out, paths.collect::<Vec<_>>(), span, "import", Strength::Likely);
    }
}

/// Whether a file is a module that imports others; `require` is read by itself.
pub(super) fn loads_by_import(tokens: &[Token<'_>]) -> bool {
    tokens
        .windows(2)
        .any(|pair| matches!(pair[0].text, "from" | "import") && pair[1].kind == Kind::Text)
}
