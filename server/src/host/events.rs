//! What happened to instances, as the desk shows it.

use app::dto;
use ops::clock::{from_unix_millis, rfc3339_millis};
use ops::events::{Event, EventKind};

pub fn event(event: &Event) -> dto::InstanceEvent {
    let finding = (event.kind == EventKind::Finding)
        .then(|| serde_json::from_str::<dto::Finding>(&event.detail).ok())
        .flatten();
    dto::InstanceEvent {
        at: rfc3339_millis(from_unix_millis(event.at_ms)),
        kind: match event.kind {
            EventKind::Start => dto::EventKind::Start,
            EventKind::Stop => dto::EventKind::Stop,
            EventKind::Migration => dto::EventKind::Migration,
            EventKind::VersionChange => dto::EventKind::VersionChange,
            EventKind::Finding => dto::EventKind::Finding,
        },
        instance: event.run.instance.clone(),
        detail: match &finding {
            Some(finding) => finding.text.clone(),
            None => event.detail.clone(),
        },
        finding,
    }
}
