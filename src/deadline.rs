//! The time that a run has: asked between one piece of work and the next, so that a run ends with
//! what it has found, and says what it left.

use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What a run does piece by piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Reading a file.
    Files,
    /// Resolving a reference, or judging a call.
    References,
    /// Running a check, or a part of one.
    Checks,
}

/// When a run has to end. Clones are one deadline, and count together what was left. The default
/// never comes.
#[derive(Debug, Clone, Default)]
pub struct Deadline(Option<Arc<Limit>>);

#[derive(Debug)]
struct Limit {
    clock: Clock,
    /// What has passed stays so.
    is_over: AtomicBool,
    left: [AtomicUsize; 3],
}

/// What tells whether the time is over.
#[derive(Debug)]
enum Clock {
    Until(Instant),
    /// Whoever asked, by [`Deadline::end`].
    Told,
    /// After it was asked so often: for tests, which no machine's speed decides.
    #[cfg(test)]
    Asked(AtomicUsize),
}

impl Deadline {
    /// This long from now. A time that is too long to be told never comes.
    pub fn after(time: Duration) -> Self {
        Instant::now()
            .checked_add(time)
            .map_or_else(Self::default, |end| Self::at(Clock::Until(end)))
    }

    /// When it is told to end.
    pub fn on_demand() -> Self {
        Self::at(Clock::Told)
    }

    /// Ends it now: what has begun is finished, and nothing more is done.
    pub fn end(&self) {
        if let Some(limit) = &self.0 {
            limit.is_over.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it has been told to end, or its time is over.
    pub fn is_over(&self) -> bool {
        self.0.as_ref().is_some_and(|limit| limit.is_over())
    }

    /// When it was asked so often.
    #[cfg(test)]
    pub fn after_asking(times: usize) -> Self {
        Self::at(Clock::Asked(AtomicUsize::new(times)))
    }

    fn at(clock: Clock) -> Self {
        let left = Default::default();
        Self(Some(Arc::new(Limit { clock, is_over: AtomicBool::new(false), left })))
    }

    /// Whether there is time for one more piece of work; where there is none, the piece counts
    /// as left.
    pub fn allows(&self, work: Work) -> bool {
        let Some(limit) = &self.0 else { return true };
        let is_over = limit.is_over();
        if is_over {
            limit.left[work as usize].fetch_add(1, Ordering::Relaxed);
        }
        !is_over
    }

    /// What was left so far; `None` where nothing was.
    pub fn unfinished(&self) -> Option<Unfinished> {
        let limit = self.0.as_ref()?;
        let left = |work: Work| limit.left[work as usize].load(Ordering::Relaxed);
        let own = Unfinished {
            files_not_read: left(Work::Files),
            references_not_resolved: left(Work::References),
            checks_not_run: left(Work::Checks),
        };
        (own != Unfinished::default()).then_some(own)
    }

    /// Whether files were left: what the others lack may be in them.
    pub fn lacks_files(&self) -> bool {
        self.unfinished().is_some_and(|own| own.files_not_read > 0)
    }
}

impl Limit {
    fn is_over(&self) -> bool {
        if self.is_over.load(Ordering::Relaxed) {
            return true;
        }
        let is_over = match &self.clock {
            Clock::Until(end) => Instant::now() >= *end,
            Clock::Told => false,
            #[cfg(test)]
            Clock::Asked(left) => left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_err(),
        };
        if is_over {
            self.is_over.store(true, Ordering::Relaxed);
        }
        is_over
    }
}

/// What a run left when its time was over ([`Options::timeout`](crate::Options::timeout)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unfinished {
    /// Files that were not read. Where there are any, only what is wrong within single files was
    /// looked for: what a file lacks may be in one that was not read.
    pub files_not_read: usize,
    /// References that were not resolved, and calls that were not judged.
    pub references_not_resolved: usize,
    /// Checks, or parts of them, that did not run.
    pub checks_not_run: usize,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files_not_read, references_not_resolved, checks_not_run } = *self;
        let counted = |n: usize, one: &str, done: &str| {
            let (plural, verb) = if n == 1 { ("", "was") } else { ("s", "were") };
            (n > 0).then(|| format!("{n} {one}{plural} {verb} not {done}"))
        };
        let left = [
            counted(files_not_read, "file", "read"),
            counted(references_not_resolved, "reference", "resolved"),
            counted(checks_not_run, "check", "run"),
        ];
        let left: Vec<String> = left.into_iter().flatten().collect();
        write!(f, "not finished, since the time of the run was over: {}", left.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Deadline, Work};
    use std::time::Duration;

    #[test]
    fn what_has_passed_stays_so_and_what_was_left_is_counted() {
        let deadline = Deadline::after_asking(2);
        let same = deadline.clone();
        assert!(deadline.allows(Work::Files) && same.allows(Work::Files));
        assert_eq!(deadline.unfinished(), None);
        assert!(!deadline.allows(Work::Files) && !same.allows(Work::Checks));
        let left = same.unfinished().map(|own| own.to_string()).unwrap_or_default();
        assert_eq!(
            left,
            "not finished, since the time of the run was over: 1 file was not read, \
             1 check was not run"
        );
    }

    #[test]
    fn no_time_is_over_at_once_and_the_longest_never() {
        assert!(!Deadline::after(Duration::ZERO).allows(Work::References));
        assert!(Deadline::after(Duration::MAX).allows(Work::References));
        assert!(Deadline::default().allows(Work::References));
    }
}
