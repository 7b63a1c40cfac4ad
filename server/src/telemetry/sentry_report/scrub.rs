//! Takes secrets and personal data out of what goes to Sentry, by the log's own rules.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ops::log::{is_secret_key, redact};
use sentry::protocol::{Context, Event, Request, Transaction};
use serde_json::Value;

const HIDDEN: &str = "***";

/// Fields that say who somebody is: left out altogether.
const PERSONAL: [&str; 5] = ["user", "username", "email", "ip", "user_agent"];

pub fn event(event: &mut Event<'_>) {
    event.user = None;
    event.server_name = None;
    optional(&mut event.message);
    optional(&mut event.transaction);
    optional(&mut event.culprit);
    if let Some(entry) = &mut event.logentry {
        text(&mut entry.message);
        entry.params.iter_mut().for_each(value);
    }
    for exception in &mut event.exception.values {
        optional(&mut exception.value);
    }
    for breadcrumb in &mut event.breadcrumbs.values {
        optional(&mut breadcrumb.message);
        values(&mut breadcrumb.data);
    }
    texts(&mut event.tags);
    values(&mut event.extra);
    contexts(&mut event.contexts);
    let route = event.transaction.as_deref();
    event
        .request
        .iter_mut()
        .for_each(|sent| request(sent, route));
}

pub fn transaction(transaction: &mut Transaction<'_>) {
    transaction.user = None;
    transaction.server_name = None;
    optional(&mut transaction.name);
    texts(&mut transaction.tags);
    values(&mut transaction.extra);
    contexts(&mut transaction.contexts);
    let route = transaction.name.as_deref();
    transaction
        .request
        .iter_mut()
        .for_each(|sent| request(sent, route));
    for span in &mut transaction.spans {
        optional(&mut span.description);
        texts(&mut span.tags);
        values(&mut span.data);
    }
}

/// What was asked for is told by its route: a path may hold anything, and a host's name is nobody's
/// business. `transaction` is `GET /api/agentcards/{id}/`.
fn request(request: &mut Request, transaction: Option<&str>) {
    let route = transaction.and_then(|name| name.split_once(' '));
    request.url = route
        .filter(|(_, route)| route.starts_with('/'))
        .and_then(|(_, route)| {
            format!("http://{}{route}", crate::SERVICE_NAME)
                .parse()
                .ok()
        });
    request.query_string = None;
    request.cookies = None;
    request.data = None;
    request.env.clear();
    request.headers.clear();
}

fn contexts(contexts: &mut BTreeMap<String, Context>) {
    for context in contexts.values_mut() {
        match context {
            Context::Other(fields) => values(fields),
            Context::Trace(trace) => {
                optional(&mut trace.description);
                values(&mut trace.data);
            }
            // About the machine and the program.
            _ => {}
        }
    }
}

fn values(fields: &mut BTreeMap<String, Value>) {
    fields.retain(|name, _| !is_personal(name));
    for (name, field) in fields {
        if is_secret_key(name) {
            *field = HIDDEN.into();
        } else {
            value(field);
        }
    }
}

fn value(field: &mut Value) {
    match field {
        Value::String(string) => text(string),
        Value::Array(items) => items.iter_mut().for_each(value),
        Value::Object(members) => {
            members.retain(|name, _| !is_personal(name));
            for (name, member) in members {
                if is_secret_key(name) {
                    *member = HIDDEN.into();
                } else {
                    value(member);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn texts(tags: &mut BTreeMap<String, String>) {
    tags.retain(|name, _| !is_personal(name));
    for (name, tag) in tags {
        if is_secret_key(name) {
            *tag = HIDDEN.to_owned();
        } else {
            text(tag);
        }
    }
}

fn is_personal(name: &str) -> bool {
    PERSONAL.contains(&name)
}

fn optional(string: &mut Option<String>) {
    string.iter_mut().for_each(text);
}

fn text(string: &mut String) {
    if let Cow::Owned(redacted) = redact(string) {
        *string = redacted;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sentry::protocol::{Breadcrumb, Exception, LogEntry, Span, User};
    use serde_json::json;

    use super::*;

    const SECRET: &str = "hunter2";

    fn fields() -> BTreeMap<String, Value> {
        let fields = json!({
            "password": SECRET,
            "user": "hunter2",
            "detail": "GET /x?token=hunter2",
            "nested": {"api_key": SECRET, "ip": SECRET, "list": ["Bearer hunter2"]},
            "kept": "plain",
        });
        serde_json::from_value(fields).unwrap()
    }

    fn tags() -> BTreeMap<String, String> {
        let pairs = [("session", SECRET), ("username", SECRET), ("kept", "plain")];
        pairs
            .map(|(name, tag)| (name.to_owned(), tag.to_owned()))
            .into()
    }

    fn request() -> Request {
        Request {
            url: Some(
                "http://hunter2/path-of-hunter2/x?token=hunter2#hunter2"
                    .parse()
                    .unwrap(),
            ),
            method: Some("GET".to_owned()),
            data: Some(SECRET.to_owned()),
            query_string: Some("a=hunter2".to_owned()),
            cookies: Some(SECRET.to_owned()),
            headers: [
                ("X-Forwarded-For", SECRET),
                ("Referer", SECRET),
                ("Accept", "text/html"),
            ]
            .map(|(name, header)| (name.to_owned(), header.to_owned()))
            .into(),
            env: tags(),
        }
    }

    fn user() -> Option<User> {
        Some(User {
            username: Some(SECRET.to_owned()),
            ..User::default()
        })
    }

    fn said() -> Option<String> {
        Some("password=hunter2 plain".to_owned())
    }

    fn assert_clean(sent: &impl serde::Serialize) {
        let sent = serde_json::to_string(sent).unwrap();
        assert!(!sent.contains(SECRET), "{sent}");
        assert!(sent.contains("plain"), "{sent}");
        assert!(
            sent.contains("\"GET\"") && !sent.contains("text/html"),
            "{sent}"
        );
    }

    #[test]
    fn no_part_of_an_event_keeps_a_secret() {
        let mut sent = Event {
            message: said(),
            transaction: said(),
            culprit: said(),
            logentry: Some(LogEntry {
                message: said().unwrap(),
                params: vec![json!(fields())],
            }),
            user: user(),
            request: Some(request()),
            contexts: [("fields".to_owned(), Context::Other(fields()))].into(),
            breadcrumbs: vec![Breadcrumb {
                message: said(),
                data: fields(),
                ..Breadcrumb::default()
            }]
            .into(),
            exception: vec![Exception {
                value: said(),
                ..Exception::default()
            }]
            .into(),
            tags: tags(),
            extra: fields(),
            ..Event::default()
        };
        event(&mut sent);
        assert_clean(&sent);
    }

    #[test]
    fn an_address_is_told_by_its_route() {
        let mut sent = Transaction {
            name: Some("GET /api/agentcards/{id}/".to_owned()),
            server_name: Some("host".into()),
            request: Some(request()),
            ..Transaction::default()
        };
        transaction(&mut sent);
        let url = sent.request.unwrap().url.unwrap();
        assert_eq!(url.path(), "/api/agentcards/%7Bid%7D/");
        assert_eq!(sent.server_name, None);

        let mut unmatched = Transaction {
            name: Some("GET <none>".to_owned()),
            request: Some(request()),
            ..Transaction::default()
        };
        transaction(&mut unmatched);
        assert_eq!(unmatched.request.unwrap().url, None);
    }

    #[test]
    fn no_part_of_a_transaction_keeps_a_secret() {
        let mut sent = Transaction {
            name: said(),
            user: user(),
            tags: tags(),
            extra: fields(),
            contexts: [("fields".to_owned(), Context::Other(fields()))].into(),
            request: Some(request()),
            spans: vec![Span {
                description: said(),
                tags: tags(),
                data: fields(),
                ..Span::default()
            }],
            ..Transaction::default()
        };
        transaction(&mut sent);
        assert_clean(&sent);
    }
}
