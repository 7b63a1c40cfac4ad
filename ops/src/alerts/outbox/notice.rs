//! [`Notice`]: a row of the outbox, without the message.

use crate::alerts::message::{Kind, Timestamp};

/// One message for one channel. Channel, incident, kind and ordinal are unique together, so that who
/// writes it twice writes it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The receiver sees it: the same on each try. A UUIDv7, so that ids sort by time.
    pub id: String,
    /// By name.
    pub channel: String,
    /// None for a test of the channel.
    pub incident: Option<String>,
    pub kind: Kind,
    /// Counts the notices of a kind about one incident.
    pub ordinal: u32,
    pub created: Timestamp,
    pub not_before: Timestamp,
    /// Those that were answered, or gave up waiting.
    pub attempts: u32,
    pub state: State,
    /// While a sender is at it.
    pub claimed_until: Option<Timestamp>,
    /// What came of the last try, without anything secret.
    pub last_error: Option<String>,
    /// When that try ended, whatever came of it.
    pub last_try: Option<Timestamp>,
    pub sent: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Queued,
    Sent,
    /// Refused, or not taken for a day.
    Failed,
    /// A later one tells it, too.
    Superseded,
}

/// A sender that has not answered by then is taken for dead. Longer than any try may take.
pub const CLAIM_MS: i64 = 60_000;

/// So far ahead of ours the clock of another sender may be.
pub const CLOCKS_DIFFER_MS: i64 = 60_000;

impl Notice {
    pub fn claim(&mut self, now: Timestamp) {
        self.claimed_until = Some(now.plus_millis(CLAIM_MS));
    }

    /// A claim from much further ahead than a claim lasts was made by a clock that was wrong, and counts
    /// for nothing.
    pub(super) fn is_claimed(&self, now: Timestamp) -> bool {
        let latest = now.plus_millis(CLAIM_MS + CLOCKS_DIFFER_MS);
        self.claimed_until
            .is_some_and(|until| until > now && until <= latest)
    }

    pub(super) fn order(&self) -> (Timestamp, &str) {
        (self.created, &self.id)
    }
}
