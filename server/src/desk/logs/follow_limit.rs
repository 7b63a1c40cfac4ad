//! How many follow the logs at once: all together, and each of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many there are.
const SEATS: usize = 32;
/// How many of them one person or one token may take: the others want to see, too.
const SEATS_EACH: usize = 4;

#[derive(Default)]
pub struct Seats(Mutex<HashMap<String, usize>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    All,
    /// The one who asks has as many as they may.
    Own,
}

/// Free again when dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    who: String,
}

impl std::fmt::Debug for Seats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seats")
    }
}

impl Seats {
    /// # Errors
    /// If there is none left.
    pub fn take(self: &Arc<Self>, who: String) -> Result<Seat, Full> {
        let mut taken = self.taken();
        let own = taken.get(&who).copied().unwrap_or_default();
        if own >= SEATS_EACH {
            return Err(Full::Own);
        }
        if taken.values().sum::<usize>() >= SEATS {
            return Err(Full::All);
        }
        taken.insert(who.clone(), own + 1);
        let seats = Arc::clone(self);
        Ok(Seat { seats, who })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(own) = taken.get_mut(&self.who) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn nobody_takes_all_seats_and_who_leaves_makes_room() {
        let seats = Arc::new(Seats::default());
        let take = |who: &str| seats.take(who.to_owned());
        let mut of_a: Vec<Seat> = (0..SEATS_EACH).map(|_| take("a").unwrap()).collect();
        assert_eq!(take("a").unwrap_err(), Full::Own);
        of_a.pop();
        of_a.push(take("a").unwrap());

        let others: Vec<Seat> = (SEATS_EACH..SEATS)
            .map(|number| take(&format!("other-{number}")).unwrap())
            .collect();
        assert_eq!(take("late").unwrap_err(), Full::All);
        drop(others);
        take("late").unwrap();
    }
}
