//! The sender: takes notices out of the outbox to their channels, at least once and in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ops::alerts::file::ChannelKind;
use ops::alerts::message::Timestamp;
use ops::alerts::notify::alertmanager;
use ops::alerts::outbox::{Batch, Bucket, CLAIM_MS, Channel as Planned, Notice, plan};
use ops::clock::DAY_MS;
use ops::series::StoreError;
use ops::task::Pulse;

use super::alerting::Alerting;
use super::channels::Channel;
use super::delivery::{claim, deliver, note_outcome, resend_one, supersede, write};
use super::outbox::notice;
use crate::db::queries::notices::{self, NoticeRow};
use crate::ops_store::failed;

/// From one look to the next, if nobody says that something is due.
const EVERY: Duration = Duration::from_secs(1);

/// A channel that nobody knows any more gets nothing: its notices are given up after so long.
const UNKNOWN_AFTER_MS: i64 = 3_600_000;

/// So many of a channel at once: one that hangs holds up no other incident for long.
const MOST_AT_ONCE: usize = 4;

/// Sends for as long as it is polled.
pub async fn keep(alerting: &Arc<Alerting>, pulse: &Pulse) {
    let mut sender = Sender::new(alerting);
    let mut has_begun = false;
    loop {
        pulse.beat();
        has_begun = has_begun || sender.begin().await.is_ok();
        sender.round().await;
        tokio::select! {
            () = alerting.to_send.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

pub(super) struct Sender {
    alerting: Arc<Alerting>,
    buckets: BTreeMap<String, Bucket>,
    /// Notices that are being sent, by channel.
    busy: Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>,
    /// When Alertmanager was last told what it forgets otherwise, since the start.
    resent_at: Option<Duration>,
}

impl Sender {
    pub(super) fn new(alerting: &Arc<Alerting>) -> Self {
        Self {
            alerting: Arc::clone(alerting),
            buckets: BTreeMap::new(),
            busy: Arc::default(),
            resent_at: None,
        }
    }

    #[cfg(test)]
    pub(super) fn is_idle(&self) -> bool {
        lock(&self.busy).values().all(BTreeSet::is_empty)
    }

    fn now(&self) -> Timestamp {
        Timestamp(self.alerting.now_ms())
    }

    /// What there is to do once the store can be reached: learns how channels did before this process
    /// started, and frees what its predecessor, which was killed, had claimed. Where others share the
    /// store a claim may be theirs, and ends by itself.
    async fn begin(&self) -> Result<(), StoreError> {
        let ops = self.alerting.store.ops()?;
        let since_ms = self.alerting.now_ms() - DAY_MS;
        for row in notices::tried_since(ops, since_ms).await.map_err(failed)? {
            note_outcome(&self.alerting, &row, false);
        }
        if self.alerting.is_alone {
            let before_ms = self.alerting.run + CLAIM_MS;
            notices::release(ops, before_ms).await.map_err(failed)?;
        }
        Ok(())
    }

    pub(super) async fn round(&mut self) {
        let rows = self.queued().await;
        self.count(&rows);
        let setup = self.alerting.setup();
        for channel in &setup.channels {
            self.send(channel, &rows).await;
        }
        let known = |row: &NoticeRow| {
            let mut channels = setup.channels.iter();
            channels.any(|channel| channel.name == row.channel)
        };
        let now = self.now();
        let orphans = rows
            .iter()
            .filter(|row| !known(row) && now.0.saturating_sub(row.created_ms) >= UNKNOWN_AFTER_MS);
        let orphans: Vec<NoticeRow> = orphans
            .map(|row| NoticeRow {
                state: "failed".to_owned(),
                last_error: Some("there is no such channel any more".to_owned()),
                last_try_ms: Some(now.0),
                ..row.clone()
            })
            .collect();
        if !orphans.is_empty() {
            write(&self.alerting, orphans).await;
        }
        self.resend().await;
    }

    /// What the store has, and what only this process has.
    async fn queued(&self) -> Vec<NoticeRow> {
        let mut rows = match self.alerting.store.ops() {
            Ok(ops) => notices::queued(ops).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let mut book = self.alerting.book().await;
        let unsaved = book.unsaved_notices().iter();
        let unsaved = unsaved.filter(|row| row.state == "queued");
        for row in unsaved {
            if rows.iter().all(|known| known.id != row.id) {
                rows.push(row.clone());
            }
        }
        rows
    }

    fn count(&self, rows: &[NoticeRow]) {
        let mut channels = self.alerting.channels();
        for channel in channels.values_mut() {
            channel.queued = 0;
            channel.oldest_queued_ms = None;
        }
        for row in rows {
            let channel = channels.entry(row.channel.clone()).or_default();
            channel.queued += 1;
            let oldest = channel.oldest_queued_ms.unwrap_or(row.created_ms);
            channel.oldest_queued_ms = Some(oldest.min(row.created_ms));
        }
    }

    async fn send(&mut self, channel: &Arc<Channel>, rows: &[NoticeRow]) {
        let now = self.now();
        let busy = lock(&self.busy)
            .get(&channel.name)
            .cloned()
            .unwrap_or_default();
        if busy.len() >= MOST_AT_ONCE {
            return;
        }
        let notices: Vec<Notice> = rows
            .iter()
            .filter(|row| row.channel == channel.name)
            .filter_map(notice)
            .map(|mut notice| {
                if busy.contains(&notice.id) && notice.claimed_until.is_none() {
                    notice.claim(now);
                }
                notice
            })
            .collect();
        if notices.is_empty() {
            return;
        }
        let bucket = channel.rate().map(|rate| {
            let known = self.buckets.get(&channel.name).copied();
            known.unwrap_or_else(|| Bucket::full(rate, now))
        });
        let mut planned = Planned {
            name: &channel.name,
            readers: channel.readers(),
            bucket,
        };
        let found = plan(&mut planned, &notices, now);
        if let Some(bucket) = planned.bucket {
            self.buckets.insert(channel.name.clone(), bucket);
        }
        let mut rows: Vec<NoticeRow> = rows.to_vec();
        let superseded = supersede(&mut rows, &found.superseded, now);
        if !superseded.is_empty() {
            write(&self.alerting, superseded).await;
        }
        for batch in found.batches.into_iter().take(MOST_AT_ONCE) {
            self.start(channel, batch, &rows, now).await;
        }
    }

    async fn start(
        &self,
        channel: &Arc<Channel>,
        batch: Batch,
        rows: &[NoticeRow],
        now: Timestamp,
    ) {
        let ids = match batch {
            Batch::One(id) => vec![id],
            Batch::Digest(ids) => ids,
        };
        let ids = claim(&self.alerting, ids, now).await;
        if ids.is_empty() {
            return;
        }
        let of = |id: &String| rows.iter().find(|row| row.id == *id).cloned();
        let rows: Vec<NoticeRow> = ids.iter().filter_map(of).collect();
        let name = channel.name.clone();
        lock(&self.busy)
            .entry(name.clone())
            .or_default()
            .extend(ids.iter().cloned());
        let (alerting, channel, busy) = (
            Arc::clone(&self.alerting),
            Arc::clone(channel),
            Arc::clone(&self.busy),
        );
        tokio::spawn(async move {
            let rows = deliver(&alerting, &channel, rows).await;
            for row in &rows {
                note_outcome(&alerting, row, true);
            }
            write(&alerting, rows).await;
            if let Some(busy) = lock(&busy).get_mut(&name) {
                busy.retain(|id| !ids.contains(id));
            }
            // The next one of the incident has waited for it.
            alerting.to_send.notify_one();
        });
    }

    /// Alertmanager takes an alert for resolved that is not sent again.
    async fn resend(&mut self) {
        let uptime = self.alerting.uptime();
        let is_due = self
            .resent_at
            .is_none_or(|at| uptime.saturating_sub(at) >= alertmanager::RESEND_EVERY);
        if !is_due {
            return;
        }
        self.resent_at = Some(uptime);
        let seen = self.alerting.seen();
        let setup = self.alerting.setup();
        let channels = setup.channels.iter();
        let channels: Vec<Arc<Channel>> = channels
            .filter(|channel| channel.kind() == ChannelKind::Alertmanager)
            .cloned()
            .collect();
        if channels.is_empty() || !seen.leads {
            return;
        }
        let ended_for = i64::try_from(alertmanager::RESEND_ENDED_FOR.as_millis()).unwrap_or(0);
        let now_ms = self.alerting.now_ms();
        for channel in channels {
            for incident in &seen.state.incidents {
                let Some(told) = incident.told.get(&channel.name) else {
                    continue;
                };
                let is_fresh = now_ms.saturating_sub(told.last_ms) < ended_for;
                if told.count > 0 && (told.is_open || is_fresh) {
                    let (alerting, id) = (Arc::clone(&self.alerting), incident.id.clone());
                    let channel = Arc::clone(&channel);
                    tokio::spawn(async move { resend_one(&alerting, &channel, id).await });
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
