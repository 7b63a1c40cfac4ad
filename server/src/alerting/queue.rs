//! Notices on their way into the outbox: into the store, or into the spool while that is away.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ops::alerts::file::ChannelKind;
use ops::alerts::incident::Intent;
use ops::alerts::message::{Message, Timestamp};
use ops::alerts::notify::feishu;
use tokio::time::timeout;

use super::alerting::{Alerting, new_id};
use super::book::Book;
use super::compose::Teller;
use crate::db::queries::notices::NoticeRow;

/// Several that can't see each other must not all tell at once.
const BLIND_SPREAD_MS: u64 = 30_000;

const SPOOL_LIMIT: Duration = Duration::from_secs(2);

/// From 0 to 1, by chance.
pub fn share() -> f64 {
    let mut bytes = [0_u8; 4];
    // Without chance all wait equally long, which is no harm.
    _ = getrandom::fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// `None` if the message can't be written down, which no message is.
pub fn row(
    alerting: &Alerting,
    teller: &Teller<'_>,
    intent: &Intent,
    message: &Message,
) -> Option<NoticeRow> {
    let body = serde_json::to_string(message).ok()?;
    let mut not_before = Timestamp(intent.at_ms);
    let mut channels = teller.setup.channels.iter();
    let channel = channels.find(|channel| channel.name == intent.channel);
    if channel.is_some_and(|channel| channel.kind() == ChannelKind::Feishu) {
        not_before = feishu::away_from_half_hours(not_before, share());
    }
    if teller.is_blind {
        let hash = alerting.instance.bytes().fold(0_u64, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        let wait_ms = i64::try_from(hash % BLIND_SPREAD_MS).unwrap_or(0);
        not_before = not_before.plus_millis(wait_ms);
    }
    Some(NoticeRow {
        id: new_id(),
        channel: intent.channel.clone(),
        incident_id: intent.incident_id.clone(),
        kind: intent.kind.name().to_owned(),
        ordinal: i64::from(intent.ordinal),
        body,
        created_ms: intent.at_ms,
        not_before_ms: not_before.0,
        attempts: 0,
        state: "queued".to_owned(),
        claimed_until_ms: None,
        last_error: None,
        last_try_ms: None,
        sent_ms: None,
    })
}

/// After a change: what no store has goes to the disk; what a store has needs no disk.
pub async fn keep_safe(alerting: &Alerting, book: &mut Book, is_stored: bool) {
    let spool = Arc::clone(&alerting.spool);
    let lacking = spool.lacks(book.unsaved_notices());
    if (is_stored && spool.is_empty()) || (!is_stored && lacking.is_empty()) {
        return;
    }
    let written = tokio::task::spawn_blocking(move || {
        if is_stored {
            spool.clear()
        } else {
            spool.add(&lacking)
        }
    });
    // A disk that hangs must not hold up what is sent from memory.
    let error = match timeout(SPOOL_LIMIT, written).await {
        Ok(Ok(Ok(()))) => return,
        Ok(Ok(Err(error))) => error.kind(),
        Ok(Err(_)) | Err(_) => io::ErrorKind::TimedOut,
    };
    tracing::warn!(
        reason = %error,
        "notices are kept in memory alone: the spool can't be written"
    );
}

/// What an earlier run could not give to the store.
pub async fn recover(alerting: &Alerting) {
    let spool = Arc::clone(&alerting.spool);
    let read = tokio::task::spawn_blocking(move || spool.read()).await;
    match read.unwrap_or_else(|_| Err(io::ErrorKind::Other.into())) {
        Ok(rows) if rows.is_empty() => {}
        Ok(rows) => {
            tracing::info!(notices = rows.len(), "notices of an earlier run were found");
            let mut book = alerting.book().await;
            let unsaved = book.unsaved_notices();
            let is_new = |row: &NoticeRow| unsaved.iter().all(|known| known.id != row.id);
            let new: Vec<NoticeRow> = rows.into_iter().filter(is_new).collect();
            unsaved.extend(new);
        }
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the spool of notices can't be read"
        ),
    }
}
