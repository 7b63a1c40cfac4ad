//! The shape in which a line of the log becomes an event: what one searches for as tags, and panics
//! as exceptions, so that Sentry tells one from another.

use sentry::protocol::{Context, Event, Exception, Map, Mechanism, Value};

/// Where Sentry's tracing layer puts a line's fields.
const FIELDS: &str = "Rust Tracing Fields";

/// Fields that both the client and the log know.
const IDS: [&str; 2] = ["error_id", "request_id"];

pub fn shape(mut event: Event<'static>) -> Event<'static> {
    let Some(Context::Other(fields)) = event.contexts.get_mut(FIELDS) else {
        return event;
    };
    for id in IDS {
        if let Some(Value::String(id_text)) = fields.remove(id) {
            event.tags.insert(id.to_owned(), id_text);
        }
    }
    event.exception.values.extend(panic(fields));
    event
}

/// A panic is logged with its text and its place, not with an error value.
fn panic(fields: &mut Map<String, Value>) -> Option<Exception> {
    let Value::String(place) = fields.get("location")? else {
        return None;
    };
    let place = place.clone();
    let Value::String(said) = fields.remove("error")? else {
        return None;
    };
    Some(Exception {
        ty: "panic".to_owned(),
        value: Some(said),
        module: Some(place),
        mechanism: Some(Mechanism {
            ty: "panic".to_owned(),
            handled: Some(false),
            ..Mechanism::default()
        }),
        ..Exception::default()
    })
}
