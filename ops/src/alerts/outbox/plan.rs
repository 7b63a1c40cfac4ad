//! [`plan`]: what is to be sent on a channel now.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::bucket::Bucket;
use super::notice::{Notice, State};
use crate::alerts::message::{Kind, Remark, Timestamp};

/// When more wait than that, people get one message for all of them.
const MAX_WAITING: usize = 10;

#[derive(Clone, Debug)]
pub struct Channel<'a> {
    pub name: &'a str,
    pub readers: Readers,
    /// None for a peer that takes whatever comes.
    pub bucket: Option<Bucket>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    People,
    /// Each message matters, and a digest could not be read.
    Programs,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be written down before anything is sent.
    pub superseded: Vec<Superseded>,
    /// To be claimed and sent, each for itself.
    pub batches: Vec<Batch>,
    /// When there will be something to do that is known now; what is being sent or comes in is not.
    pub wake_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Superseded {
    pub id: String,
    /// The notice that tells it, too.
    pub by: String,
    /// Goes into the message of `by`, in the same transaction.
    pub remark: Option<Remark>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Batch {
    One(String),
    /// All in one message, in this order. Its own id is [`digest_id`].
    Digest(Vec<String>),
}

/// The id of a digest of these notices: the same for the same notices, however often it is sent.
pub fn digest_id(ids: &[String]) -> String {
    let digest = Sha256::digest(ids.join("\n").as_bytes());
    let digest = digest.iter().take(16);
    digest.map(|byte| format!("{byte:02x}")).collect()
}

/// What to do for `channel`, whose bucket gives for each batch. Notices of other channels, and those
/// that are done, do not matter.
///
/// Within an incident a notice waits for the one before it, also while that waits for another try.
pub fn plan(channel: &mut Channel<'_>, notices: &[Notice], now: Timestamp) -> Plan {
    let mut queued: Vec<&Notice> = notices
        .iter()
        .filter(|notice| notice.channel == channel.name && notice.state == State::Queued)
        .collect();
    queued.sort_by_key(|notice| notice.order());
    let superseded: Vec<Superseded> = by_incident(&queued)
        .iter()
        .flat_map(|line| superseded(line, now))
        .collect();
    let gone: HashSet<&str> = superseded.iter().map(|one| one.id.as_str()).collect();
    queued.retain(|notice| !gone.contains(notice.id.as_str()));

    let lines = by_incident(&queued);
    let mut wake_at = wake_at(&lines, now);
    let mut batches = Vec::new();
    for batch in batches_of(&lines, channel.readers, now) {
        match channel
            .bucket
            .as_mut()
            .map_or(Ok(()), |bucket| bucket.take(now))
        {
            Ok(()) => batches.push(batch),
            Err(later) => {
                wake_at = Some(wake_at.map_or(later, |at| at.min(later)));
                break;
            }
        }
    }
    Plan {
        superseded,
        batches,
        wake_at,
    }
}

/// Notices that must keep their order, in the order of their first. A test of the channel stands alone.
fn by_incident<'a>(queued: &[&'a Notice]) -> Vec<Vec<&'a Notice>> {
    let mut lines: Vec<Vec<&Notice>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for notice in queued {
        let known = notice.incident.as_deref().and_then(|id| places.get(id));
        if let Some(line) = known.and_then(|place| lines.get_mut(*place)) {
            line.push(notice);
            continue;
        }
        if let Some(id) = &notice.incident {
            places.insert(id, lines.len());
        }
        lines.push(vec![notice]);
    }
    lines
}

/// The end tells everything since the beginning; a reminder is told by what comes after it. What is
/// being sent stays.
fn superseded(line: &[&Notice], now: Timestamp) -> Vec<Superseded> {
    let mut found = Vec::new();
    let mut later = line;
    while let Some((notice, rest)) = later.split_first() {
        later = rest;
        let mut rest = rest.iter();
        let by = match notice.kind {
            Kind::Opened | Kind::Updated => rest.find(|next| next.kind == Kind::Resolved),
            Kind::Reminder => {
                let tells = |kind| matches!(kind, Kind::Resolved | Kind::Updated | Kind::Reminder);
                let end = rest.clone().find(|next| next.kind == Kind::Resolved);
                end.or_else(|| rest.find(|next| tells(next.kind)))
            }
            Kind::Resolved | Kind::ChannelTest => None,
        };
        if let Some(by) = by.filter(|_| !notice.is_claimed(now)) {
            found.push(Superseded {
                id: notice.id.clone(),
                by: by.id.clone(),
                remark: (notice.kind == Kind::Opened).then_some(Remark::BeginningUntold),
            });
        }
    }
    found
}

/// Those at the beginning of a line that can be sent now.
fn due<'a>(line: &[&'a Notice], now: Timestamp) -> Vec<&'a Notice> {
    if line.iter().any(|notice| notice.is_claimed(now)) {
        return Vec::new();
    }
    let due = line.iter().take_while(|notice| notice.not_before <= now);
    due.copied().collect()
}

fn batches_of(lines: &[Vec<&Notice>], readers: Readers, now: Timestamp) -> Vec<Batch> {
    let is_about_an_incident =
        |line: &&Vec<&Notice>| line.iter().all(|notice| notice.incident.is_some());
    let (lines, tests): (Vec<_>, Vec<_>) = lines.iter().partition(is_about_an_incident);
    let first = |line: &Vec<&Notice>| due(line, now).first().map(|notice| notice.id.clone());
    // Somebody waits for the answer to a test.
    let tests = tests.into_iter().filter_map(first).map(Batch::One);

    let waiting: usize = lines.iter().map(|line| line.len()).sum();
    if readers == Readers::People && waiting > MAX_WAITING {
        let mut all: Vec<&Notice> = lines.iter().flat_map(|line| due(line, now)).collect();
        all.sort_by_key(|notice| notice.order());
        if all.len() > 1 {
            let ids = all.iter().map(|notice| notice.id.clone());
            return tests.chain([Batch::Digest(ids.collect())]).collect();
        }
    }
    tests
        .chain(lines.into_iter().filter_map(first).map(Batch::One))
        .collect()
}

/// When the first notice of a line may be tried that can't be now.
fn wake_at(lines: &[Vec<&Notice>], now: Timestamp) -> Option<Timestamp> {
    let claims = lines
        .iter()
        .flatten()
        .filter(|notice| notice.is_claimed(now));
    let claims = claims.filter_map(|notice| notice.claimed_until);
    let firsts = lines.iter().filter_map(|line| line.first());
    let pauses = firsts
        .map(|notice| notice.not_before)
        .filter(|at| *at > now);
    claims.chain(pauses).min()
}
