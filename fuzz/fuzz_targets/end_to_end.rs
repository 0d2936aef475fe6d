//! A pair of small trees through check, promote, rollout and environments.
//!
//! Zero bytes part the files. The first byte of each chooses its path, the second the trees that
//! have it: the old one, the new one, both, or both with the second half left out of the new one.
#![no_main]

use crosscheck::rollout::{Callers, Format};
use crosscheck::{Analysis, Options, Promotion, Tree};
use libfuzzer_sys::fuzz_target;

include!("../paths.rs");

/// Most files of a tree.
const MOST: usize = 12;

fuzz_target!(|input: &[u8]| {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for file in input.split(|byte| *byte == 0).take(MOST) {
        let [path, trees, contents @ ..] = file else { continue };
        let path = PATHS[usize::from(*path) % PATHS.len()];
        let text = String::from_utf8_lossy(contents).into_owned();
        if trees % 4 != 1 {
            old.push((path, text.clone()));
        }
        let half = text.floor_char_boundary(text.len() / 2);
        match trees % 4 {
            0 => {}
            3 => new.push((path, text[..half].to_owned())),
            _ => new.push((path, text)),
        }
    }
    let of = |files: &[(&str, String)]| {
        let mut seen = std::collections::BTreeMap::new();
        files.iter().for_each(|(path, text)| drop(seen.insert(*path, text.as_str())));
        Tree::of_files(seen)
    };
    let (old, new) = (of(&old), of(&new));
    let options = Options::new().threads(1);
    if let Ok(promotion) = Promotion::new(old.clone(), new.clone(), &options) {
        let _ = promotion.check();
        let _ = promotion.completion();
    }
    let Ok(analysis) = Analysis::new(new, &options) else { return };
    let _ = analysis.environments(0);
    let Ok(analysis) = analysis.against(old) else { return };
    let _ = analysis.check();
    if let Ok(plan) = analysis.rollout(Callers::Live) {
        let _ = plan.text(Format::Human);
    }
});
