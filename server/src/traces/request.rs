//! [`Tracer`] and [`RequestTrace`]: a request's span from its first moment to its last byte, and the
//! spans of what it asks of databases.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use ops::log::{MAX_PATH_BYTES, clean};
use ops::traffic::TraceIds;

use super::id::{Caller, SpanId, TraceId};
use super::queue::Spans;
use super::sampler::Sampler;
use super::span::{Kind, Span, Value};

#[derive(Clone, Debug)]
pub struct Tracer {
    sampler: Sampler,
    spans: Spans,
}

/// The trace that a request belongs to, whether or not it is recorded.
#[derive(Clone, Debug)]
pub struct RequestTrace {
    pub trace_id: TraceId,
    /// Of the request's own span.
    pub span_id: SpanId,
    caller: Option<SpanId>,
    started: SystemTime,
    /// `None` if it is not recorded.
    spans: Option<Spans>,
}

/// What is known of a request when it is over.
#[derive(Debug)]
pub struct Answered<'a> {
    pub method: &'a str,
    /// `None` if no route matched.
    pub route: Option<&'a str>,
    pub path: &'a str,
    pub is_https: bool,
    /// `None` if the client had gone before it was answered.
    pub status: Option<u16>,
    pub took: Duration,
    pub request_id: &'a str,
}

impl Tracer {
    pub fn new(sampler: Sampler, spans: Spans) -> Self {
        Self { sampler, spans }
    }

    pub fn spans(&self) -> &Spans {
        &self.spans
    }

    /// `is_routine`: probes and scrapes come by the second and say nothing. They are recorded only as
    /// part of a trace that their caller records.
    pub fn begin(&self, caller: Option<Caller>, is_routine: bool) -> RequestTrace {
        let trace_id = caller.map_or_else(TraceId::random, |caller| caller.trace_id);
        let is_wanted = !is_routine || caller.is_some_and(|caller| caller.is_sampled);
        let is_recorded = is_wanted && self.sampler.takes(trace_id, caller.as_ref());
        RequestTrace {
            trace_id,
            span_id: SpanId::random(),
            caller: caller.map(|caller| caller.span_id),
            started: SystemTime::now(),
            spans: is_recorded.then(|| self.spans.clone()),
        }
    }
}

impl RequestTrace {
    /// What spans within the request hang from; `None` if it is not recorded.
    pub fn parent(&self) -> Option<Parent> {
        Some(Parent {
            trace_id: self.trace_id,
            span_id: self.span_id,
            spans: self.spans.clone()?,
        })
    }

    /// Its ids, if it is recorded.
    pub fn recorded(&self) -> Option<TraceIds> {
        self.spans.as_ref().map(|_| TraceIds {
            trace_id: u128::from_be_bytes(self.trace_id.to_bytes()),
            span_id: u64::from_be_bytes(self.span_id.to_bytes()),
        })
    }

    /// Its last byte is out.
    pub fn finish(&self, answered: &Answered<'_>) {
        let Some(spans) = &self.spans else { return };
        let (method, original) = known_method(answered.method);
        let named = if method == OTHER { "HTTP" } else { method };
        let name = match answered.route {
            Some(route) => format!("{named} {route}").into(),
            None => named.into(),
        };
        let scheme = if answered.is_https { "https" } else { "http" };
        let mut attributes: Vec<(&'static str, Value)> = vec![
            ("http.request.method", method.into()),
            ("url.scheme", scheme.into()),
            ("url.path", shown(answered.path, MAX_PATH_BYTES)),
            ("request_id", answered.request_id.to_owned().into()),
        ];
        if let Some(route) = answered.route {
            attributes.push(("http.route", route.to_owned().into()));
        }
        if let Some(original) = original {
            attributes.push((
                "http.request.method_original",
                shown(original, MAX_METHOD_BYTES),
            ));
        }
        if let Some(status) = answered.status {
            attributes.push(("http.response.status_code", Value::Whole(status.into())));
        }
        let failed = answered.status.filter(|status| *status >= 500);
        if let Some(status) = failed {
            attributes.push(("error.type", status.to_string().into()));
        }
        spans.push(Span {
            trace_id: self.trace_id,
            span_id: self.span_id,
            parent: self.caller,
            kind: Kind::Server,
            name,
            started: self.started,
            took: answered.took,
            attributes,
            is_error: failed.is_some(),
        });
    }
}

const OTHER: &str = "_OTHER";

/// Of one that is unknown.
const MAX_METHOD_BYTES: usize = 64;

/// What a client chose: as the log has it, without secrets, and bounded.
fn shown(text: &str, max_bytes: usize) -> Value {
    clean(text, max_bytes).into_owned().into()
}

/// A method that is known, or `_OTHER` and what it was.
fn known_method(method: &str) -> (&'static str, Option<&str>) {
    const KNOWN: [&str; 10] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "QUERY",
    ];
    match KNOWN.into_iter().find(|known| *known == method) {
        Some(known) => (known, None),
        None => (OTHER, Some(method)),
    }
}

/// A span that others hang from.
#[derive(Clone, Debug)]
pub struct Parent {
    trace_id: TraceId,
    span_id: SpanId,
    spans: Spans,
}

/// What is known of an operation on a database when it is over.
#[derive(Debug)]
pub struct Operation {
    pub name: &'static str,
    pub system: &'static str,
    /// The statement that ran last, with placeholders.
    pub sql: Option<String>,
    /// How long it waited for a connection.
    pub waited: Duration,
    /// With that wait.
    pub took: Duration,
    /// Returned or changed, by all its statements.
    pub rows: u64,
    /// The code of what went wrong.
    pub failure: Option<&'static str>,
}

impl Parent {
    /// Ends now.
    pub fn operation(&self, operation: Operation) {
        let mut attributes: Vec<(&'static str, Value)> = vec![
            ("db.system.name", operation.system.into()),
            ("db.query.summary", operation.name.into()),
            (
                "connection_wait_seconds",
                Value::Real(operation.waited.as_secs_f64()),
            ),
        ];
        if let Some(sql) = operation.sql {
            attributes.push(("db.query.text", sql.into()));
        }
        match operation.failure {
            Some(code) => attributes.push(("error.type", code.into())),
            None => attributes.push((
                "rows",
                Value::Whole(i64::try_from(operation.rows).unwrap_or(i64::MAX)),
            )),
        }
        let now = SystemTime::now();
        self.spans.push(Span {
            trace_id: self.trace_id,
            span_id: SpanId::random(),
            parent: Some(self.span_id),
            kind: Kind::Client,
            name: Cow::Borrowed(operation.name),
            started: now.checked_sub(operation.took).unwrap_or(now),
            took: operation.took,
            attributes,
            is_error: operation.failure.is_some(),
        });
    }
}

#[cfg(test)]
pub(super) mod fixture {
    use super::*;

    pub fn span() -> Span {
        Span {
            trace_id: TraceId::random(),
            span_id: SpanId::random(),
            parent: None,
            kind: Kind::Server,
            name: "GET /api/agentcards/".into(),
            started: SystemTime::UNIX_EPOCH + Duration::from_millis(1500),
            took: Duration::from_micros(250),
            attributes: vec![
                ("url.scheme", "http".into()),
                ("http.response.status_code", Value::Whole(503)),
                ("connection_wait_seconds", Value::Real(0.5)),
            ],
            is_error: true,
        }
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
