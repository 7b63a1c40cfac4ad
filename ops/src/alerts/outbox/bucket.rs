//! [`Bucket`]: keeps a channel within its rate.

use crate::alerts::message::Timestamp;
use crate::alerts::notify::Rate;

/// A token bucket, written as the time from which it is full again ("generic cell rate algorithm",
/// ITU-T I.371): one number to keep, nothing to refill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    rate: Rate,
    full_at: Timestamp,
}

impl Bucket {
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self { rate, full_at: now }
    }

    /// Takes one for a message.
    ///
    /// # Errors
    /// If there is none: from when on there is.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        let every = i64::from(self.rate.every_ms);
        let all = every * i64::from(self.rate.burst.max(1));
        // After a clock went back no wait is longer than that of an empty bucket.
        self.full_at = self.full_at.clamp(now, now.plus_millis(all));
        let full_at = self.full_at.plus_millis(every);
        if full_at > now.plus_millis(all) {
            return Err(full_at.plus_millis(-all));
        }
        self.full_at = full_at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;
    use crate::alerts::notify::{dingtalk, feishu, slack, wecom};

    /// What each service takes within how many milliseconds.
    const LIMITS: [(Rate, usize, i64); 5] = [
        (slack::RATE, 65, 60_000),
        (feishu::RATE, 5, 1000),
        (feishu::RATE, 100, 60_000),
        (dingtalk::RATE, 20, 60_000),
        (wecom::RATE, 20, 60_000),
    ];

    proptest! {
        #[test]
        fn no_window_has_more_than_the_service_takes(waits in proptest::collection::vec(0..9000_i64, 1..300)) {
            for (rate, most, window) in LIMITS {
                let mut bucket = Bucket::full(rate, Timestamp(0));
                let mut now = Timestamp(0);
                let mut sent = Vec::new();
                for wait in &waits {
                    now = now.plus_millis(*wait);
                    // As eager as can be: all that there is, at once.
                    while bucket.take(now).is_ok() {
                        sent.push(now.0);
                    }
                }
                for (index, from) in sent.iter().enumerate() {
                    let within = sent.iter().skip(index).take_while(|at| **at < from + window);
                    prop_assert!(within.count() <= most);
                }
            }
        }

        #[test]
        fn it_gives_again_when_it_said_it_would(back in 0..10_i64.pow(9)) {
            let rate = dingtalk::RATE;
            let now = Timestamp(10_i64.pow(12));
            let mut bucket = Bucket::full(rate, now);
            while bucket.take(now).is_ok() {}
            // Whatever the clock does, nobody waits for longer than an empty bucket lasts.
            let earlier = now.plus_millis(-back);
            if let Err(from) = bucket.take(earlier) {
                prop_assert!(from.0 - earlier.0 <= i64::from(rate.every_ms));
                prop_assert_eq!(bucket.take(from), Ok(()));
            }
        }
    }
}
