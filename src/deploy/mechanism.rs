//! What each way of bringing files to a host does to a change: in which order it takes the
//! files, and so which states a request can meet on the way.
//!
//! (Sources: rsync(1), `--delete-*` and `--delay-updates`, and the order of `f_name_cmp()`
//! in rsync's flist.c: the files of a folder come before its sub-folders; git's
//! `check_updates()`: removals first, then files in the order of the index; dpkg's
//! unpacking: files that a new version lacks are removed last.)

use super::requirements::Requirements;
use super::units::Units;
use crate::config::Mechanism;
use crate::facts::parent_folder;
use crate::schedule::Schedule;
use std::cmp::Ordering;

/// What a mechanism leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// Requirements that are broken at some time on the way.
    pub broken: usize,
    /// The longest time that one of them is broken, in steps: files that are brought while
    /// it lasts.
    pub longest: usize,
    /// The first that breaks (index into [`Requirements::reasons`]), and at which file.
    pub first: Option<(u32, u32)>,
}

/// All mechanisms that bring the files of one tree, in the order they are reported.
const ALL: [Mechanism; 7] = [
    Mechanism::RsyncDeleteBefore,
    Mechanism::RsyncDeleteDuring,
    Mechanism::RsyncDeleteAfter,
    Mechanism::RsyncDelayUpdates,
    Mechanism::GitCheckout,
    Mechanism::Package,
    Mechanism::Symlink,
];

/// How reports call a mechanism.
pub fn name(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Any => "any file at any time",
        Mechanism::RsyncDeleteBefore => "rsync --delete-before",
        Mechanism::RsyncDeleteDuring => "rsync --delete-during",
        Mechanism::RsyncDeleteAfter => "rsync --delete-after",
        Mechanism::RsyncDelayUpdates => "rsync --delay-updates --delete-after",
        Mechanism::GitCheckout => "git checkout in place",
        Mechanism::Package => "package upgrade",
        Mechanism::Puppet => "Puppet runs, host by host",
        Mechanism::Symlink => "complete copy, then a symlink switch",
    }
}

/// What the mechanism leaves open for these files, each a unit of its own; what each would
/// where none is configured.
pub fn windows(
    own: Mechanism,
    files: &Units,
    needs: &Requirements,
    order: &[String],
) -> Vec<Window> {
    let own = [own];
    let all: &[Mechanism] = if own == [Mechanism::Any] { &ALL } else { &own };
    all.iter().map(|mechanism| window(*mechanism, files, needs, order)).collect()
}

fn window(mechanism: Mechanism, files: &Units, needs: &Requirements, order: &[String]) -> Window {
    let rollout = Schedule::new(files.all.len() as u32, needs.clauses.clone());
    let Some(sequence) = sequence(mechanism, files, order) else {
        let hazards = rollout.hazards();
        let first = hazards.first().map(|reason| (*reason, 0));
        return Window { mechanism, broken: hazards.len(), longest: files.all.len(), first };
    };
    if mechanism == Mechanism::Symlink {
        // One step for the host: no request meets a mixture there.
        return Window { mechanism, broken: 0, longest: 0, first: None };
    }
    let steps: Vec<Vec<u32>> = sequence.into_iter().map(|unit| vec![unit]).collect();
    let checked = rollout.check_order(&steps);
    let mut broken: Vec<u32> =
        checked.violations.iter().map(|violation| violation.reason).collect();
    broken.sort_unstable();
    broken.dedup();
    let longest = checked
        .violations
        .iter()
        .map(|violation| violation.until.unwrap_or(steps.len()).saturating_sub(violation.step))
        .max()
        .unwrap_or(0);
    let first = checked.violations.iter().min_by_key(|violation| violation.step);
    let first = first.map(|own| (own.reason, own.unit));
    Window { mechanism, broken: broken.len(), longest, first }
}

/// The order in which a mechanism takes the files; `None` where it keeps none.
pub fn sequence(mechanism: Mechanism, files: &Units, order: &[String]) -> Option<Vec<u32>> {
    let by = |compare: fn(&str, &str) -> Ordering, deleted: bool| {
        let units = files.all.iter().enumerate().filter(|(_, unit)| unit.deletes == deleted);
        let mut own: Vec<(usize, &str, u32)> = units
            .map(|(ix, unit)| (rank(&unit.name, order), unit.name.as_str(), ix as u32))
            .collect();
        own.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| compare(a.1, b.1)));
        own.into_iter().map(|(.., ix)| ix).collect::<Vec<u32>>()
    };
    let (brought, gone) = match mechanism {
        Mechanism::GitCheckout => (by(bytes, false), by(bytes, true)),
        _ => (by(folders_last, false), by(folders_last, true)),
    };
    match mechanism {
        Mechanism::Any | Mechanism::Puppet => None,
        Mechanism::RsyncDeleteBefore | Mechanism::GitCheckout => Some([gone, brought].concat()),
        Mechanism::RsyncDeleteAfter
        | Mechanism::RsyncDelayUpdates
        | Mechanism::Package
        | Mechanism::Symlink => Some([brought, gone].concat()),
        Mechanism::RsyncDeleteDuring => {
            let folder = |ix: &u32| {
                let name = files.name(*ix);
                parent_folder(name).to_owned()
            };
            let mut all: Vec<u32> = [gone, brought].concat();
            all.sort_by(|a, b| {
                let (x, y) = (folder(a), folder(b));
                let own = |ix: &u32| rank(files.name(*ix), order);
                own(a).cmp(&own(b)).then_with(|| folders(&x, &y))
            });
            Some(all)
        }
    }
}

/// The place of a path's folder in the given order; what is not in it comes last.
fn rank(path: &str, order: &[String]) -> usize {
    let inside = |folder: &String| {
        let folder = folder.trim_end_matches('/');
        path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    order.iter().position(inside).unwrap_or(order.len())
}

fn bytes(a: &str, b: &str) -> Ordering {
    a.cmp(b)
}

/// Files of a folder first, then its sub-folders.
fn folders_last(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('/').peekable(), b.split('/').peekable());
    loop {
        let (Some(x), Some(y)) = (left.next(), right.next()) else {
            return a.len().cmp(&b.len());
        };
        let (inner_x, inner_y) = (left.peek().is_some(), right.peek().is_some());
        let order = inner_x.cmp(&inner_y).then_with(|| x.cmp(y));
        if order != Ordering::Equal {
            return order;
        }
        if !inner_x {
            return Ordering::Equal;
        }
    }
}

/// Folders: one before those in it.
fn folders(a: &str, b: &str) -> Ordering {
    folders_last(&format!("{a}/"), &format!("{b}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_folder_come_before_its_sub_folders() {
        let mut paths = vec!["a/z/y", "a/z.php", "b", "a/b/c", "c/d"];
        paths.sort_by(|a, b| folders_last(a, b));
        assert_eq!(paths, ["b", "a/z.php", "a/b/c", "a/z/y", "c/d"]);
    }

    #[test]
    fn a_given_order_comes_first() {
        let order = vec!["w/".to_owned(), "includes".to_owned()];
        assert_eq!(rank("w/x", &order), 0);
        assert_eq!(rank("includes/x/y", &order), 1);
        assert_eq!(rank("includes2/x", &order), 2);
    }
}
