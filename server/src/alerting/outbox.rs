//! Rows of the outbox as the engine's notices, and how channels are doing.

use ops::alerts::message::{Kind, Timestamp};
use ops::alerts::outbox::{Notice, State};

use crate::db::queries::notices::NoticeRow;

/// How a channel is doing, as far as this process knows. Times in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default)]
pub struct ChannelState {
    pub queued: u64,
    /// When the oldest that waits was made.
    pub oldest_queued_ms: Option<i64>,
    pub last_success_ms: Option<i64>,
    pub last_failure_ms: Option<i64>,
    /// Of the last failure, if nothing has been delivered since.
    pub last_error: Option<String>,
    /// When notices were given up, of the last day.
    pub failed_ms: Vec<i64>,
    pub tries: Tries,
}

/// How often this process tried to send, by what came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tries {
    pub sent: u64,
    /// To be tried again.
    pub refused: u64,
    /// Given up.
    pub failed: u64,
}

impl ChannelState {
    pub fn failed_since(&self, since_ms: i64) -> usize {
        self.failed_ms.iter().filter(|at| **at >= since_ms).count()
    }

    pub fn delivered(&mut self, at_ms: i64) {
        self.last_success_ms = self.last_success_ms.max(Some(at_ms));
        if self.last_failure_ms < self.last_success_ms {
            self.last_error = None;
        }
    }

    pub fn refused(&mut self, at_ms: i64, error: &str) {
        self.last_failure_ms = self.last_failure_ms.max(Some(at_ms));
        if self.last_success_ms <= self.last_failure_ms {
            self.last_error = Some(error.to_owned());
        }
    }
}

pub fn state_name(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Sent => "sent",
        State::Failed => "failed",
        State::Superseded => "superseded",
    }
}

/// `None` for what a later version wrote.
pub fn notice(row: &NoticeRow) -> Option<Notice> {
    let state = match row.state.as_str() {
        "queued" => State::Queued,
        "sent" => State::Sent,
        "failed" => State::Failed,
        "superseded" => State::Superseded,
        _ => return None,
    };
    let kind = serde_json::from_value::<Kind>(row.kind.clone().into()).ok()?;
    Some(Notice {
        id: row.id.clone(),
        channel: row.channel.clone(),
        incident: Some(row.incident_id.clone()),
        kind,
        ordinal: u32::try_from(row.ordinal).ok()?,
        created: Timestamp(row.created_ms),
        not_before: Timestamp(row.not_before_ms),
        attempts: u32::try_from(row.attempts).ok()?,
        state,
        claimed_until: row.claimed_until_ms.map(Timestamp),
        last_error: row.last_error.clone(),
        last_try: row.last_try_ms.map(Timestamp),
        sent: row.sent_ms.map(Timestamp),
    })
}

/// What became of a notice, in its row.
pub fn settled(row: &NoticeRow, notice: &Notice) -> NoticeRow {
    NoticeRow {
        not_before_ms: notice.not_before.0,
        attempts: i64::from(notice.attempts),
        state: state_name(notice.state).to_owned(),
        claimed_until_ms: notice.claimed_until.map(|at| at.0),
        last_error: notice.last_error.clone(),
        last_try_ms: notice.last_try.map(|at| at.0),
        sent_ms: notice.sent.map(|at| at.0),
        ..row.clone()
    }
}
