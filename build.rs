//! Lists the catalogue's pages and the packs, so that a new file is a new entry.

use std::path::Path;
use std::{env, fs};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    for name in ["catalog", "packs"] {
        let folder = Path::new(&root).join("rules").join(name);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
            .collect();
        files.sort();
        let mut code = String::from(
            "/// File name and contents, sorted by name.\nconst SOURCES: &[(&str, &str)] = &[\n",
        );
        for path in files {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            code.push_str(&format!(
                "    ({file:?}, include_str!({:?})),\n",
                path.display().to_string()
            ));
        }
        code.push_str("];\n");
        fs::write(Path::new(&out).join(format!("{name}.rs")), code).expect("OUT_DIR is writable");
    }
}
