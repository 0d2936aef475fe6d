//! What the loop that reads messages leaves for the thread that does the work. It never waits for
//! that thread, and what waits is bounded: of each buffer the newest text, and so many questions.

use super::questions::Question;
use crosscheck::Stop;
use lsp_server::RequestId;
use lsp_types::Uri;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Questions that wait, at most.
const MOST_QUESTIONS: usize = 256;

/// What a buffer has become.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its address, as the client writes it.
    pub uri: Uri,
    /// Its version, as the client counts them.
    pub version: Option<i32>,
    /// Its text; `None` where it was closed.
    pub text: Option<Arc<str>>,
}

#[derive(Default)]
struct Waiting {
    edits: BTreeMap<String, Text>,
    refresh: bool,
    /// Each with the number of changes that came before it.
    questions: VecDeque<(u64, RequestId, Question)>,
    /// How many changes there were, and how many of them the worker has taken.
    changes: u64,
    taken: u64,
    end: bool,
    /// Ends the work in progress.
    stop: Option<Stop>,
}

/// What there is to do.
pub enum Work {
    /// Buffers or the folder have changed; they are still in the inbox.
    Changed,
    /// A question.
    Question(RequestId, Question),
    /// Nothing for a while.
    Quiet,
    /// Nothing any more.
    End,
}

/// What has changed.
pub struct Changes {
    /// Buffers by their paths in the folder.
    pub edits: BTreeMap<String, Text>,
    /// Whether the folder may have changed.
    pub refresh: bool,
}

/// See above.
#[derive(Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    news: Condvar,
}

impl Waiting {
    /// The next question, if all that changed before it is known to the worker.
    fn question(&mut self) -> Option<(RequestId, Question)> {
        let (changes, ..) = self.questions.front()?;
        let is_known = *changes <= self.taken;
        let (_, id, question) = is_known.then(|| self.questions.pop_front()).flatten()?;
        Some((id, question))
    }

    fn has_changed(&self) -> bool {
        !self.edits.is_empty() || self.refresh
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: impl FnOnce(&mut Waiting)) {
        change(&mut self.lock());
        self.news.notify_one();
    }

    /// A buffer has changed.
    pub fn edit(&self, path: String, text: Text) {
        self.tell(|own| {
            own.edits.insert(path, text);
            own.changes += 1;
            own.stop.iter().for_each(Stop::stop);
        });
    }

    /// The folder may have changed.
    pub fn refresh(&self) {
        self.tell(|own| {
            own.refresh = true;
            own.changes += 1;
            own.stop.iter().for_each(Stop::stop);
        });
    }

    /// Asks a question; gives it back where too many wait.
    pub fn ask(&self, id: RequestId, question: Question) -> Option<RequestId> {
        let mut refused = None;
        self.tell(|own| match own.questions.len() < MOST_QUESTIONS {
            true => own.questions.push_back((own.changes, id, question)),
            false => refused = Some(id),
        });
        refused
    }

    /// Takes a question back; whether it waited still.
    pub fn cancel(&self, id: &RequestId) -> bool {
        let mut own = self.lock();
        let before = own.questions.len();
        own.questions.retain(|(_, other, _)| other != id);
        own.questions.len() < before
    }

    /// Ends the thread that does the work, and gives the questions back that it has not seen.
    pub fn end(&self) -> Vec<RequestId> {
        let mut left = Vec::new();
        self.tell(|own| {
            own.end = true;
            own.stop.iter().for_each(Stop::stop);
            left = own.questions.drain(..).map(|(_, id, _)| id).collect();
        });
        left
    }

    /// Waits until something has changed, somebody asks, or it is the end; for changes, until no
    /// more come for `quiet`, but no longer than `most`, and not where somebody asks.
    pub fn wait(&self, quiet: Duration, most: Duration) -> Option<(Changes, Stop)> {
        let mut own = self.lock();
        while !own.has_changed() && own.questions.is_empty() && !own.end {
            own = self.news.wait(own).unwrap_or_else(PoisonError::into_inner);
        }
        let begun = Instant::now();
        while own.questions.is_empty() && !own.end && begun.elapsed() < most {
            let (again, waited) =
                self.news.wait_timeout(own, quiet).unwrap_or_else(PoisonError::into_inner);
            own = again;
            if waited.timed_out() {
                break;
            }
        }
        if own.end {
            return None;
        }
        let stop = Stop::new();
        own.stop = Some(stop.clone());
        own.taken = own.changes;
        let refresh = std::mem::take(&mut own.refresh);
        Some((Changes { edits: std::mem::take(&mut own.edits), refresh }, stop))
    }

    /// What there is to do for whoever has taken all changes; nothing for so long is
    /// [`Work::Quiet`].
    pub fn next(&self, wait: Option<Duration>) -> Work {
        let mut own = self.lock();
        loop {
            if own.end {
                return Work::End;
            }
            if let Some((id, question)) = own.question() {
                return Work::Question(id, question);
            }
            if own.has_changed() {
                return Work::Changed;
            }
            match wait {
                None => own = self.news.wait(own).unwrap_or_else(PoisonError::into_inner),
                Some(wait) => {
                    let (again, waited) =
                        self.news.wait_timeout(own, wait).unwrap_or_else(PoisonError::into_inner);
                    own = again;
                    if waited.timed_out() {
                        return Work::Quiet;
                    }
                }
            }
        }
    }

    /// A question that waits, if any does that can be answered; without waiting for one.
    pub fn question(&self) -> Option<(RequestId, Question)> {
        self.lock().question()
    }
}
