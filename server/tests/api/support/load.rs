//! People who ask all the time, whatever else a test does, and what they are answered.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::task::JoinHandle;

use super::wait::{SOON, eventually};

pub struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    people: Vec<JoinHandle<Vec<String>>>,
}

impl Load {
    /// Each of `people` asks one question after the other; a question says what is wrong with its
    /// answer.
    pub fn of<F, A>(people: usize, ask: F) -> Self
    where
        F: Fn(usize) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<(), String>> + Send,
    {
        let (stop, answered) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
        );
        let person = |who| {
            let (stop, answered, ask) = (Arc::clone(&stop), Arc::clone(&answered), ask.clone());
            tokio::spawn(async move {
                let mut complaints = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    complaints.extend(ask(who).await.err());
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                complaints
            })
        };
        let people = (0..people).map(person).collect();
        Self {
            stop,
            answered,
            people,
        }
    }

    /// Waits until that many more questions have been asked.
    pub async fn goes_on_for(&self, questions: usize) {
        let goal = self.answered.load(Ordering::Relaxed) + questions;
        eventually("the load goes on", SOON, async || {
            (self.answered.load(Ordering::Relaxed) >= goal).then_some(())
        })
        .await;
    }

    /// Fails if any question was answered badly.
    pub async fn was_served(self) {
        self.stop.store(true, Ordering::Relaxed);
        let mut complaints = Vec::new();
        for person in self.people {
            complaints.extend(person.await.unwrap());
        }
        let asked = self.answered.load(Ordering::Relaxed);
        assert!(
            complaints.is_empty(),
            "{} of {asked}: {complaints:?}",
            complaints.len()
        );
    }
}
