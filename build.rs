//! Lists the catalogue's pages and the packs, so that a new file is a new entry, and gives the
//! facts their version.

#[path = "build/sources.rs"]
mod sources;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::{self, Write};
use std::path::Path;
use std::{env, fs};

/// What decides which facts a file has, in a fixed order.
const FACTS: &[&str] = &[
    "src/facts",
    "src/syntax",
    "src/domain",
    "src/systems",
    "src/extract",
    "src/loader.rs",
    "src/loader",
    "src/packs.rs",
    "src/yaml.rs",
    "rules/packs",
    "rules/words",
    "Cargo.lock",
];

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
    incidents(&Path::new(&root).join("fixtures/incidents"), Path::new(&out));
    deflate(&Path::new(&root).join("rules/words"), &Path::new(&out).join("words"))
        .expect("the lists are readable, and OUT_DIR is writable");
    // A program that takes this as a library has a lock file of its own.
    let is_there = |own: &&str| *own != "Cargo.lock" || Path::new(&root).join(own).exists();
    let places: Vec<&str> = FACTS.iter().copied().filter(is_there).collect();
    for place in &places {
        println!("cargo::rerun-if-changed={}", Path::new(&root).join(place).display());
    }
    let version = sources::hash_of(Path::new(&root), &places, &[".rs", ".yaml"])
        .expect("the sources are readable");
    println!("cargo::rustc-env=CROSSCHECK_FACTS_VERSION={version}");
}

/// Lists the files of the incidents, which `crosscheck tour` shows.
fn incidents(folder: &Path, out: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        let entries = fs::read_dir(&at).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut code = String::from(
        "/// Path and contents, sorted by path.\nconst SOURCES: &[(&str, &[u8])] = &[\n",
    );
    for path in files {
        let name =
            path.strip_prefix(folder).expect("below it").to_string_lossy().replace('\\', "/");
        code.push_str(&format!(
            "    ({name:?}, include_bytes!({:?})),\n",
            path.display().to_string()
        ));
    }
    code.push_str("];\n");
    fs::write(out.join("incidents.rs"), code).expect("OUT_DIR is writable");
}

/// Writes each list of words deflated: as it is, the longest is a thirtieth of the program.
fn deflate(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for list in fs::read_dir(from)? {
        let list = list?.path();
        let name = list.file_stem().unwrap_or_default();
        let mut deflated =
            DeflateEncoder::new(fs::File::create(to.join(name))?, Compression::best());
        deflated.write_all(&fs::read(&list)?)?;
        deflated.finish()?;
    }
    Ok(())
}
