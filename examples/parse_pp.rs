//! Parses every `.pp` below the folders given and prints verdicts and speed.
use std::time::Instant;
fn main() {
    let mut files = Vec::new();
    for root in std::env::args().skip(1) {
        for entry in walkdir::WalkDir::new(&root).into_iter().flatten() {
            if entry.path().extension().is_some_and(|e| e == "pp") && entry.file_type().is_file() {
                files.push((entry.path().to_owned(), std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    files.sort();
    let bytes: usize = files.iter().map(|f| f.1.len()).sum();
    let start = Instant::now();
    let mut bad = 0;
    for (path, contents) in &files {
        let Ok(text) = std::str::from_utf8(contents) else {
            println!("{}: utf8", path.display());
            continue;
        };
        let arena = bumpalo::Bump::new();
        let parsed = crosscheck::puppet::parse(text, &arena);
        if let Some(e) =
            parsed.errors.first().map(|e| ("E", e)).or(parsed.legacy.first().map(|e| ("L", e)))
        {
            bad += 1;
            let line = text[..e.1.span.start as usize].matches('\n').count() + 1;
            println!("{} {}:{} {}", e.0, path.display(), line, e.1.message);
        }
    }
    let took = start.elapsed().as_secs_f64();
    eprintln!(
        "{} files, {} bytes, {bad} bad, {:.1} MB/s",
        files.len(),
        bytes,
        bytes as f64 / took / 1e6
    );
}
