//! [`backlog`]: how a channel is doing, for the rule `channel-failing`, the heartbeat and the desk.

use super::notice::{Notice, State};
use crate::alerts::message::Timestamp;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Those that wait or are being sent.
    pub queued: usize,
    /// How long the oldest of them has been waiting.
    pub oldest_seconds: Option<u64>,
    /// Given up within the last hour.
    pub failed: usize,
}

const RECENT_S: u64 = 3600;

/// Of the notices of one channel by its name.
pub fn backlog(channel: &str, notices: &[Notice], now: Timestamp) -> Backlog {
    let mut backlog = Backlog::default();
    for notice in notices.iter().filter(|notice| notice.channel == channel) {
        match notice.state {
            State::Queued => {
                let seconds = now.seconds_since(notice.created);
                backlog.queued += 1;
                backlog.oldest_seconds = backlog.oldest_seconds.max(Some(seconds));
            }
            State::Failed => {
                let tried = notice.last_try.unwrap_or(notice.created);
                backlog.failed += usize::from(now.seconds_since(tried) < RECENT_S);
            }
            State::Sent | State::Superseded => {}
        }
    }
    backlog
}

#[cfg(test)]
mod tests {
    use super::super::plan_tests::notice;
    use super::*;
    use crate::alerts::message::Kind;
    use crate::alerts::notify::Verdict;

    #[test]
    fn the_oldest_that_waits_and_the_failures_of_an_hour_count() {
        let mut notices: Vec<Notice> = (0..5)
            .map(|number| notice(number, "a", Kind::Opened, i64::from(number) * 1000))
            .collect();
        let now = Timestamp(4_000_000);
        let reason = "HTTP 400".to_owned();
        let refused = Verdict::Refused { reason };
        // Sent, failed long ago and lately; the last is another channel's.
        let verdicts = [
            (&Verdict::Delivered, 10),
            (&refused, 399_999),
            (&refused, 400_001),
        ];
        for (notice, (verdict, at)) in notices.iter_mut().zip(verdicts) {
            notice.settle(verdict, Timestamp(at), 0.5);
        }
        if let Some(other) = notices.last_mut() {
            other.channel = "other".to_owned();
        }
        let expected = Backlog {
            queued: 1,
            oldest_seconds: Some(3997),
            failed: 1,
        };
        assert_eq!(backlog("default", &notices, now), expected);
        assert_eq!(backlog("none", &notices, now), Backlog::default());
    }
}
