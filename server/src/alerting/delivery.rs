//! One notice, or several as a digest, on their way to a channel: claimed, sent, and written down.

use std::collections::{BTreeMap, BTreeSet};

use ops::alerts::file::ChannelKind;
use ops::alerts::incident::{Entry, EntryDetail, EntryKind};
use ops::alerts::message::{Message, Outgoing, Timestamp};
use ops::alerts::notify::Verdict;
use ops::alerts::outbox::{CLAIM_MS, CLOCKS_DIFFER_MS, Superseded, digest_id};
use ops::clock::DAY_MS;

use super::alerting::{Alerting, entry_row};
use super::channels::{Channel, Delivery, Letter};
use super::outbox::{notice, settled};
use super::queue::{keep_safe, share};
use crate::db::queries::alerts;
use crate::db::queries::notices::{self, NoticeRow};

pub(super) async fn resend_one(alerting: &Alerting, channel: &Channel, incident: String) {
    let Ok(ops) = alerting.store.ops() else {
        return;
    };
    let Ok(rows) = notices::of_incident(ops, channel.name.clone(), incident).await else {
        return;
    };
    let sent = rows.into_iter().rev().find(|row| row.state == "sent");
    let Some(row) = sent else { return };
    let now = Timestamp(alerting.now_ms());
    let Some(message) = outgoing(&row, now) else {
        return;
    };
    let letter = Letter {
        id: &row.id,
        created: Timestamp(row.created_ms),
        first: None,
        messages: &[message],
        now,
    };
    let delivery = alerting.courier.deliver(channel, letter).await;
    let mut channels = alerting.channels();
    let state = channels.entry(channel.name.clone()).or_default();
    match delivery.verdict {
        Verdict::Delivered => state.delivered(now.0),
        Verdict::Retry { .. } | Verdict::Refused { .. } => state.refused(now.0, &delivery.answer),
    }
}

/// Those that a later one tells: their rows, and the later ones with what they have to say now.
pub(super) fn supersede(
    rows: &mut [NoticeRow],
    superseded: &[Superseded],
    now: Timestamp,
) -> Vec<NoticeRow> {
    let mut changed: BTreeMap<String, NoticeRow> = BTreeMap::new();
    for one in superseded {
        if let Some(remark) = &one.remark
            && let Some(row) = rows.iter_mut().find(|row| row.id == one.by)
            && let Ok(mut message) = serde_json::from_str::<Message>(&row.body)
            && !message.data.remarks.contains(remark)
        {
            message.data.remarks.push(remark.clone());
            row.body = serde_json::to_string(&message).unwrap_or_else(|_| row.body.clone());
            changed.insert(row.id.clone(), row.clone());
        }
        if let Some(row) = rows.iter_mut().find(|row| row.id == one.id) {
            row.state = "superseded".to_owned();
            row.last_try_ms = Some(now.0);
            changed.insert(row.id.clone(), row.clone());
        }
    }
    changed.into_values().collect()
}

/// Which of them are this process's to send now.
pub(super) async fn claim(alerting: &Alerting, ids: Vec<String>, now: Timestamp) -> Vec<String> {
    let unsaved: BTreeSet<String> = {
        let mut book = alerting.book().await;
        let rows = book.unsaved_notices().iter();
        rows.map(|row| row.id.clone()).collect()
    };
    let (own, stored): (Vec<String>, Vec<String>) =
        ids.into_iter().partition(|id| unsaved.contains(id));
    let mut claimed = own;
    if !stored.is_empty()
        && let Ok(ops) = alerting.store.ops()
    {
        let until_ms = now.plus_millis(CLAIM_MS).0;
        let latest_ms = until_ms + CLOCKS_DIFFER_MS;
        claimed.extend(
            notices::claim(ops, stored, now.0, (until_ms, latest_ms))
                .await
                .unwrap_or_default(),
        );
    }
    claimed.sort();
    claimed
}

fn outgoing(row: &NoticeRow, now: Timestamp) -> Option<Outgoing> {
    let message = serde_json::from_str::<Message>(&row.body).ok()?;
    Some(message.outgoing(now))
}

/// Sends them as one, and says in the rows what became of it.
pub(super) async fn deliver(
    alerting: &Alerting,
    channel: &Channel,
    rows: Vec<NoticeRow>,
) -> Vec<NoticeRow> {
    let now = Timestamp(alerting.now_ms());
    let messages: Vec<Outgoing> = rows.iter().filter_map(|row| outgoing(row, now)).collect();
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let id = match ids.as_slice() {
        [only] => only.clone(),
        all => digest_id(all),
    };
    let first = first_of(alerting, channel, &rows).await;
    let created = rows.iter().map(|row| row.created_ms).min().unwrap_or(now.0);
    let delivery = if messages.is_empty() {
        // A later version wrote it.
        Delivery {
            verdict: Verdict::Refused {
                reason: "the message can't be read".to_owned(),
            },
            status: None,
            answer: String::new(),
        }
    } else {
        let letter = Letter {
            id: &id,
            created: Timestamp(created),
            first: first.as_deref().filter(|first| *first != id),
            messages: &messages,
            now,
        };
        alerting.courier.deliver(channel, letter).await
    };
    let (ended, share) = (Timestamp(alerting.now_ms()), share());
    let rows = rows.into_iter().filter_map(|row| {
        let mut known = notice(&row)?;
        known.settle(&delivery.verdict, ended, share);
        Some(settled(&row, &known))
    });
    rows.collect()
}

/// What mail programs put the others below.
async fn first_of(alerting: &Alerting, channel: &Channel, rows: &[NoticeRow]) -> Option<String> {
    let [row] = rows else { return None };
    if channel.kind() != ChannelKind::Email || row.ordinal == 1 {
        return None;
    }
    let ops = alerting.store.ops().ok()?;
    let (channel, incident) = (row.channel.clone(), row.incident_id.clone());
    let rows = notices::of_incident(ops, channel, incident).await.ok()?;
    rows.into_iter().next().map(|row| row.id)
}

/// How a try changes what is known of its channel.
pub(super) fn note_outcome(alerting: &Alerting, row: &NoticeRow, is_new: bool) {
    let mut channels = alerting.channels();
    let channel = channels.entry(row.channel.clone()).or_default();
    let at_ms = row.last_try_ms.unwrap_or(row.created_ms);
    if is_new {
        let tries = &mut channel.tries;
        match row.state.as_str() {
            "sent" => tries.sent += 1,
            "failed" => tries.failed += 1,
            _ => tries.refused += 1,
        }
    }
    if row.state == "sent" {
        channel.delivered(at_ms);
        return;
    }
    let Some(error) = &row.last_error else { return };
    channel.refused(at_ms, error);
    if row.state == "failed" {
        channel.failed_ms.push(at_ms);
        let day_ago = alerting.now_ms() - DAY_MS;
        channel.failed_ms.retain(|at| *at >= day_ago);
    }
    if is_new {
        tracing::warn!(
            channel = row.channel,
            attempts = row.attempts,
            state = row.state,
            "a notice was not delivered: {error}"
        );
    }
}

/// Into the store, or into the spool while that is away; with what the incident's timeline has of it.
pub(super) async fn write(alerting: &Alerting, rows: Vec<NoticeRow>) {
    let mut book = alerting.book().await;
    let unsaved = book.unsaved_notices();
    let mut stored = Vec::new();
    for row in &rows {
        match unsaved.iter_mut().find(|known| known.id == row.id) {
            Some(known) => known.clone_from(row),
            None => stored.push(row.clone()),
        }
    }
    let is_any_unsaved = stored.len() < rows.len();
    if is_any_unsaved {
        keep_safe(alerting, &mut book, false).await;
    }
    drop(book);
    let Ok(ops) = alerting.store.ops() else {
        return;
    };
    let entries: Vec<_> = rows.iter().filter_map(entry).map(entry_row).collect();
    // Unwritten they are sent once more when the claim is over, with the same ids.
    if !stored.is_empty() && notices::settle(ops, stored).await.is_err() {
        return;
    }
    if !entries.is_empty() {
        _ = alerts::add_entries(ops, entries).await;
    }
}

fn entry(row: &NoticeRow) -> Option<Entry> {
    let kind = match row.state.as_str() {
        "sent" => EntryKind::NoticeSent,
        "failed" => EntryKind::NoticeFailed,
        _ => return None,
    };
    Some(Entry {
        incident_id: row.incident_id.clone(),
        at_ms: row.last_try_ms.unwrap_or(row.created_ms),
        kind,
        actor: None,
        detail: EntryDetail {
            channel: Some(row.channel.clone()),
            notice: Some(row.kind.clone()),
            text: row.last_error.clone(),
            ..EntryDetail::default()
        },
    })
}
