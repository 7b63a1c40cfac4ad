//! [`Spans`]: those that are over and not yet sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard, mpsc};

use super::span::Span;

/// So many wait at most, some megabytes; more are lost.
const MOST: usize = 4096;

/// Cheap to clone; all clones are one queue.
#[derive(Clone, Debug)]
pub struct Spans(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    sender: mpsc::Sender<Span>,
    /// Whoever sends holds it.
    receiver: Mutex<mpsc::Receiver<Span>>,
    lost: [AtomicU64; Lost::ALL.len()],
}

/// Why a span did not reach the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// More came than could be sent.
    QueueFull,
    /// The collector could not be reached, or did not answer, again and again.
    Unreachable,
    /// It answered that it does not take them.
    Refused,
    /// It took some of them, and not these.
    Rejected,
}

impl Lost {
    pub const ALL: [Self; 4] = [
        Self::QueueFull,
        Self::Unreachable,
        Self::Refused,
        Self::Rejected,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
        }
    }
}

impl Default for Spans {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(MOST);
        Self(Arc::new(Shared {
            sender,
            receiver: Mutex::new(receiver),
            lost: Default::default(),
        }))
    }
}

impl Spans {
    /// Waits for nothing: if there is no room, the span is lost.
    pub fn push(&self, span: Span) {
        if self.0.sender.try_send(span).is_err() {
            self.note_lost(Lost::QueueFull, 1);
        }
    }

    pub(super) async fn receiver(&self) -> MutexGuard<'_, mpsc::Receiver<Span>> {
        self.0.receiver.lock().await
    }

    pub(super) fn note_lost(&self, why: Lost, count: u64) {
        if let Some(lost) = self.0.lost.get(why as usize) {
            lost.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// How many were lost since the start.
    pub fn lost(&self, why: Lost) -> u64 {
        let lost = self.0.lost.get(why as usize);
        lost.map_or(0, |lost| lost.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::request::fixture;

    #[test]
    fn what_finds_no_room_is_counted() {
        let spans = Spans::default();
        for _ in 0..MOST + 3 {
            spans.push(fixture::span());
        }
        assert_eq!(spans.lost(Lost::QueueFull), 3);
        assert_eq!(spans.lost(Lost::Refused), 0);
    }
}
