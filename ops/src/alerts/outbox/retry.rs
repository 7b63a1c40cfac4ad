//! When a notice is tried again, and when no more.

use std::time::Duration;

use super::notice::{Notice, State};
use crate::alerts::message::Timestamp;
use crate::alerts::notify::Verdict;

/// After the first try, the second, and so on; the last one from then on.
const PAUSES_S: [u64; 6] = [5, 15, 45, 120, 300, 600];

/// What a peer may ask for in their place: a second at least, so that nobody is tried without end.
const MIN_ASKED: Duration = Duration::from_secs(1);
const MAX_ASKED: Duration = Duration::from_secs(3600);

/// From its creation on.
const GIVES_UP_AFTER_S: u64 = 24 * 3600;

impl Notice {
    /// What became of a try. `share`, from 0 to 1 and by chance, keeps many from coming back at the same
    /// moment: a pause is up to a fifth shorter or longer. What the peer asked for is not made shorter.
    pub fn settle(&mut self, verdict: &Verdict, now: Timestamp, share: f64) {
        self.claimed_until = None;
        self.last_try = Some(now);
        self.attempts = self.attempts.saturating_add(1);
        match verdict {
            Verdict::Delivered => {
                self.state = State::Sent;
                self.sent = Some(now);
                self.last_error = None;
            }
            Verdict::Refused { reason } => {
                self.state = State::Failed;
                self.last_error = Some(reason.clone());
            }
            Verdict::Retry { after, reason } => {
                self.last_error = Some(reason.clone());
                self.not_before = now.plus_millis(pause_ms(self.attempts, *after, share));
                if self.not_before.seconds_since(self.created) >= GIVES_UP_AFTER_S {
                    self.state = State::Failed;
                }
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "an hour at most, and a fifth"
)]
#[expect(clippy::cast_precision_loss, reason = "an hour at most")]
fn pause_ms(attempts: u32, asked: Option<Duration>, share: f64) -> i64 {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let planned = PAUSES_S
        .get(index)
        .or(PAUSES_S.last())
        .copied()
        .unwrap_or(0);
    let share = share.clamp(0.0, 1.0);
    let (pause, factor) = match asked {
        Some(asked) => (asked.clamp(MIN_ASKED, MAX_ASKED), 1.0 + 0.2 * share),
        None => (Duration::from_secs(planned), 0.8 + 0.4 * share),
    };
    (pause.as_millis() as f64 * factor) as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::plan_tests::notice;
    use super::*;
    use crate::alerts::message::Kind;

    fn retry(after: Option<u64>) -> Verdict {
        Verdict::Retry {
            after: after.map(Duration::from_secs),
            reason: "HTTP 503".to_owned(),
        }
    }

    /// In seconds from the beginning on, without chance.
    fn tries(verdict: &Verdict) -> Vec<i64> {
        let mut notice = notice(1, "a", Kind::Opened, 0);
        let mut at = Vec::new();
        while notice.state == State::Queued {
            at.push(notice.not_before.0 / 1000);
            let now = notice.not_before;
            notice.settle(verdict, now, 0.5);
        }
        at
    }

    #[test]
    fn pauses_grow_to_ten_minutes_and_end_after_a_day() {
        let at = tries(&retry(None));
        assert_eq!(
            at.get(..9),
            Some(&[0, 5, 20, 65, 185, 485, 1085, 1685, 2285][..])
        );
        let last = at.last().copied().unwrap_or_default();
        assert!((85_000..86_400).contains(&last), "{last}");
    }

    #[test]
    fn what_the_peer_asks_for_takes_the_pauses_place_up_to_an_hour() {
        assert_eq!(tries(&retry(Some(30))).get(..3), Some(&[0, 33, 66][..]));
        assert_eq!(tries(&retry(Some(9999))).get(..2), Some(&[0, 3960][..]));
        assert_eq!(tries(&retry(Some(0))).get(..3), Some(&[0, 1, 2][..]));
    }

    #[test]
    fn a_refusal_ends_it_and_says_why() {
        let mut refused = notice(1, "a", Kind::Opened, 0);
        refused.claim(Timestamp(0));
        let reason = "HTTP 404: no_service".to_owned();
        refused.settle(
            &Verdict::Refused {
                reason: reason.clone(),
            },
            Timestamp(900),
            0.5,
        );
        assert_eq!((refused.state, refused.attempts), (State::Failed, 1));
        assert_eq!(
            (refused.last_error, refused.claimed_until),
            (Some(reason), None)
        );
    }

    proptest! {
        #[test]
        fn chance_is_a_fifth(attempts in 1..1000_u32, share in 0.0..=1.0_f64) {
            let planned = pause_ms(attempts, None, 0.5);
            let pause = pause_ms(attempts, None, share);
            prop_assert!(pause >= planned * 4 / 5 - 1 && pause <= planned * 6 / 5 + 1);
            prop_assert!(pause_ms(attempts, Some(Duration::from_secs(30)), share) >= 30_000);
        }
    }
}
