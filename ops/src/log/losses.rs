//! Which files lose lines now, and which did: what happened, from when to when, and why.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::file_kind::LogFile;

/// How many that are over are kept.
const MAX_PAST: usize = 20;

/// A time during which a file could not take its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    pub file: &'static str,
    pub from: SystemTime,
    /// None while it goes on.
    pub to: Option<SystemTime>,
    pub dropped: u64,
    /// In the system's words, such as `No space left on device (os error 28)`.
    pub reason: String,
}

#[derive(Debug, Default)]
pub(super) struct Losses(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    current: [Option<Loss>; LogFile::ALL.len()],
    past: VecDeque<Loss>,
}

impl Losses {
    /// A file can't be written now, and has lost so many lines by it so far.
    pub fn goes_on(&self, file: LogFile, reason: &str, dropped: u64, now: SystemTime) {
        let mut book = self.lock();
        if let Some(slot) = book.current.get_mut(file as usize) {
            let from = slot.as_ref().map_or(now, |loss| loss.from);
            *slot = Some(Loss {
                file: file.name(),
                from,
                to: None,
                dropped,
                reason: reason.to_owned(),
            });
        }
    }

    /// It is over: what it was, from when to when.
    pub fn ended(&self, file: LogFile, reason: &str, dropped: u64, now: SystemTime) -> Loss {
        let mut book = self.lock();
        let current = book.current.get_mut(file as usize).and_then(Option::take);
        let loss = Loss {
            file: file.name(),
            from: current.map_or(now, |loss| loss.from),
            to: Some(now),
            dropped,
            reason: reason.to_owned(),
        };
        if dropped > 0 {
            book.past.push_back(loss.clone());
            if book.past.len() > MAX_PAST {
                book.past.pop_front();
            }
        }
        loss
    }

    pub fn current(&self, file: LogFile) -> Option<Loss> {
        self.lock().current.get(file as usize)?.clone()
    }

    pub fn past(&self) -> Vec<Loss> {
        self.lock().past.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
