//! The engine's groups as the desk shows them.

use std::time::SystemTime;

use app::dto;
use ops::clock::Minute;
use ops::clock::{from_unix_millis, rfc3339_millis};
use ops::errors::{Errors, Example, Group, Window};
use ops::series::InstanceFilter;
use ops::traffic::Summary;

use crate::traffic::{code, period_of};

/// In the same steps as the traffic of the period, so that both stand below each other; a step during
/// which no instance was up is a gap, not a time without errors.
pub async fn groups(
    errors: &Errors,
    traffic: &Summary,
    asked: dto::Range,
    filter: &InstanceFilter,
    now: SystemTime,
) -> dto::ErrorGroups {
    let minute = Minute::of(now);
    let end = minute.minus(period_of(asked, minute).ago).number() + 1;
    let window = Window {
        from: end - i64::from(traffic.minutes),
        end,
        start: traffic.start.number(),
        step_minutes: traffic.step_minutes,
        steps: traffic.steps,
    };
    let found = errors.groups(window, filter).await;
    let gaps = gaps(traffic);
    dto::ErrorGroups {
        period: asked,
        instance: match filter {
            InstanceFilter::All => None,
            InstanceFilter::Instance(name) => Some(name.clone()),
        },
        errors: found.total,
        step_minutes: traffic.step_minutes,
        start: rfc3339_millis(traffic.start.start()),
        groups: found.groups.iter().map(|one| group(one, &gaps)).collect(),
        more_groups: found.more_groups,
        dropped: errors.dropped(),
        error: found.store_error.as_deref().map(code),
        generated_at: rfc3339_millis(now),
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

fn group(group: &Group, gaps: &[bool]) -> dto::ErrorGroup {
    let time = |millis| rfc3339_millis(from_unix_millis(millis));
    let steps = group.steps.iter().zip(gaps);
    dto::ErrorGroup {
        id: group.fingerprint.clone(),
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

fn example(example: &Example) -> dto::ErrorExample {
    dto::ErrorExample {
        at: rfc3339_millis(from_unix_millis(example.at_ms)),
        text: example.text.clone(),
        request_id: example.request_id.clone(),
        error_id: example.error_id.clone(),
        instance: example.instance.clone(),
    }
}
