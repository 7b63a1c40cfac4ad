//! A small number for each thread that lives, so that it can have a place of its own in a table.

use std::sync::{Mutex, PoisonError};

struct Numbers {
    next: usize,
    /// Of threads that have ended.
    free: Vec<usize>,
}

static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers {
    next: 0,
    free: Vec::new(),
});

thread_local! {
    static NUMBER: Number = Number::take();
}

struct Number(usize);

impl Number {
    fn take() -> Self {
        let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
        let number = numbers.free.pop().unwrap_or_else(|| {
            let next = numbers.next;
            numbers.next = next.saturating_add(1);
            next
        });
        Self(number)
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        // The lock hands on what this thread has written, too: the next one goes on from there.
        let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.free.push(self.0);
    }
}

/// The calling thread's. No other one that lives has it. `None` in a thread that is about to end.
pub(super) fn thread_number() -> Option<usize> {
    NUMBER.try_with(|number| number.0).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::HashSet;
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn threads_that_live_at_once_have_numbers_of_their_own() {
        const THREADS: usize = 20;
        for _ in 0..3 {
            let all_live = Barrier::new(THREADS);
            let numbers: HashSet<usize> = thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS)
                    .map(|_| {
                        scope.spawn(|| {
                            all_live.wait();
                            let number = thread_number().unwrap();
                            all_live.wait();
                            assert_eq!(thread_number(), Some(number));
                            number
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .collect()
            });
            assert_eq!(numbers.len(), THREADS);
        }
    }
}
