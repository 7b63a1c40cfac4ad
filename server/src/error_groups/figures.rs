//! The engine's groups as the desk shows them.

use std::time::SystemTime;

use app::{address, dto};
use ops::clock::{from_unix_millis, rfc3339_millis, unix_millis};
use ops::errors::{
    Activity, Care, Entry, EntryKind, Errors, Example, Group, Novelty, Said, Window, Word,
};
use ops::series::InstanceFilter;
use ops::traffic::Summary;

use crate::traffic::code;

/// In the same steps as the traffic of the period, so that both stand below each other; a step during
/// which no instance was up is a gap, not a time without errors.
pub async fn groups(
    errors: &Errors,
    traffic: &Summary,
    asked: dto::Range,
    filter: &InstanceFilter,
    now: SystemTime,
) -> dto::ErrorGroups {
    let found = errors.groups(window(traffic), filter).await;
    let groups = found.groups.iter();
    let groups = groups.map(|one| group(one, traffic, now)).collect();
    dto::ErrorGroups {
        period: asked,
        instance: named(filter),
        errors: found.total,
        step_minutes: traffic.step_minutes,
        start: rfc3339_millis(traffic.start.start()),
        groups,
        more_groups: found.more_groups,
        dropped: errors.dropped(),
        error: found.store_error.as_deref().map(code),
        generated_at: rfc3339_millis(now),
    }
}

/// The traffic's own steps.
pub fn window(traffic: &Summary) -> Window {
    let end = traffic.end.number();
    Window {
        from: end - i64::from(traffic.minutes),
        end,
        start: traffic.start.number(),
        step_minutes: traffic.step_minutes,
        steps: traffic.steps,
    }
}

/// The one whose errors are asked for; `None`: all.
pub fn named(filter: &InstanceFilter) -> Option<String> {
    match filter {
        InstanceFilter::All => None,
        InstanceFilter::Instance(name) => Some(name.clone()),
    }
}

/// Whether anybody was up, step by step.
fn gaps(traffic: &Summary) -> Vec<bool> {
    let mut points = traffic.points.iter().peekable();
    (0..traffic.steps)
        .map(|step| {
            let start = traffic.start.plus(step * traffic.step_minutes);
            points.next_if(|point| point.start == start).is_none()
        })
        .collect()
}

/// As it stands now.
pub fn group(group: &Group, traffic: &Summary, now: SystemTime) -> dto::ErrorGroup {
    let gaps = gaps(traffic);
    let steps = group.steps.iter().zip(gaps);
    let state = &group.state;
    let standing = state.standing(group.first_ms, group.last_ms, unix_millis(now));
    let back = state.came_back().and_then(|back| back.version.clone());
    dto::ErrorGroup {
        id: group.fingerprint.clone(),
        activity: match standing.activity {
            Activity::Ongoing => dto::ErrorActivity::Ongoing,
            Activity::Ended => dto::ErrorActivity::Ended,
        },
        novelty: match standing.novelty {
            Novelty::New => Some(dto::ErrorNovelty::New),
            Novelty::Back => Some(dto::ErrorNovelty::Back),
            Novelty::Known => None,
        },
        care: match standing.care {
            Care::Open => dto::ErrorCare::Open,
            Care::Resolved => dto::ErrorCare::Resolved,
            Care::Muted => dto::ErrorCare::Muted,
        },
        said: state.said.as_ref().map(said),
        back_since: state.back_ms(group.last_ms).map(time),
        back_version: back,
        first_version: group.first_version.clone(),
        last_version: group.last_version.clone(),
        url: address::error_group(&group.fingerprint),
        kind: group.key.kind.clone(),
        message: group.key.message.clone(),
        place: group.key.place.clone(),
        places: group
            .places
            .iter()
            .map(|(place, errors)| dto::ErrorPlace {
                place: place.clone(),
                errors: *errors,
            })
            .collect(),
        errors: group.count,
        first_seen: time(group.first_ms),
        last_seen: time(group.last_ms),
        // What was counted was there, whatever else is known of that time.
        steps: steps
            .map(|(count, is_gap)| (*count > 0 || !is_gap).then_some(*count))
            .collect(),
        example: group.example.as_ref().map(example),
    }
}

fn time(millis: i64) -> String {
    rfc3339_millis(from_unix_millis(millis))
}

fn said(said: &Said) -> dto::ErrorSaid {
    let (word, until_ms) = match said.word {
        Word::Resolved => (dto::ErrorWord::Resolved, None),
        Word::Muted { until_ms } => (dto::ErrorWord::Muted, until_ms),
    };
    dto::ErrorSaid {
        word,
        by: said.by.clone(),
        at: time(said.at_ms),
        reason: said.reason.clone(),
        until: until_ms.map(time),
    }
}

pub fn entry(entry: &Entry) -> dto::ErrorEntry {
    dto::ErrorEntry {
        at: time(entry.at_ms),
        kind: match entry.kind {
            EntryKind::Note => dto::ErrorEntryKind::Note,
            EntryKind::Resolved => dto::ErrorEntryKind::Resolved,
            EntryKind::Reopened => dto::ErrorEntryKind::Reopened,
            EntryKind::Muted => dto::ErrorEntryKind::Muted,
            EntryKind::Unmuted => dto::ErrorEntryKind::Unmuted,
            EntryKind::Back => dto::ErrorEntryKind::Back,
        },
        by: entry.by.clone(),
        text: entry.text.clone(),
    }
}

fn example(example: &Example) -> dto::ErrorExample {
    dto::ErrorExample {
        at: time(example.at_ms),
        text: example.text.clone(),
        request_id: example.request_id.clone(),
        error_id: example.error_id.clone(),
        instance: example.instance.clone(),
    }
}
