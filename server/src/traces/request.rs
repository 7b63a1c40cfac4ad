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
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn tracer(sampler: &str) -> Tracer {
        Tracer::new(Sampler::of(sampler, None).unwrap(), Spans::default())
    }

    fn caller(is_sampled: bool) -> Caller {
        Caller {
            trace_id: TraceId::random(),
            span_id: SpanId::random(),
            is_sampled,
        }
    }

    fn answered(method: &str) -> Answered<'_> {
        Answered {
            method,
            route: Some("/api/agentcards/{id}/"),
            path: "/api/agentcards/7/",
            is_https: true,
            status: Some(200),
            took: Duration::from_millis(3),
            request_id: "0191",
        }
    }

    async fn only(tracer: &Tracer) -> Span {
        let mut receiver = tracer.spans().receiver().await;
        let span = receiver.try_recv().unwrap();
        assert!(receiver.try_recv().is_err());
        span
    }

    fn text(span: &Span, key: &str) -> Option<String> {
        let found = span.attributes.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| match value {
            Value::Text(text) => text.to_string(),
            Value::Whole(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
        })
    }

    #[tokio::test]
    async fn a_request_continues_its_callers_trace() {
        let (tracer, caller) = (tracer("parentbased_always_off"), caller(true));
        let trace = tracer.begin(Some(caller), false);
        trace.finish(&answered("GET"));
        let span = only(&tracer).await;
        assert_eq!(span.trace_id, caller.trace_id);
        assert_eq!(span.parent, Some(caller.span_id));
        assert_eq!(span.span_id, trace.span_id);
        assert_eq!(span.name, "GET /api/agentcards/{id}/");
        assert_eq!(span.kind, Kind::Server);
        for (key, expected) in [
            ("http.request.method", "GET"),
            ("http.route", "/api/agentcards/{id}/"),
            ("url.path", "/api/agentcards/7/"),
            ("url.scheme", "https"),
            ("http.response.status_code", "200"),
            ("request_id", "0191"),
        ] {
            assert_eq!(text(&span, key).as_deref(), Some(expected), "{key}");
        }
        assert!(!span.is_error);
    }

    #[tokio::test]
    async fn a_path_that_is_no_route_names_no_span() {
        for (method, name) in [("GET", "GET"), ("BREW", "HTTP")] {
            let tracer = tracer("always_on");
            tracer.begin(None, false).finish(&Answered {
                route: None,
                status: Some(404),
                ..answered(method)
            });
            let span = only(&tracer).await;
            assert_eq!(span.name, name);
            assert_eq!(text(&span, "http.route"), None);
            assert!(!span.is_error);
        }
    }

    #[tokio::test]
    async fn an_unknown_method_is_told_beside_its_class() {
        let tracer = tracer("always_on");
        tracer.begin(None, false).finish(&answered("BREW"));
        let span = only(&tracer).await;
        assert_eq!(
            text(&span, "http.request.method").as_deref(),
            Some("_OTHER")
        );
        let original = text(&span, "http.request.method_original");
        assert_eq!(original.as_deref(), Some("BREW"));
    }

    #[tokio::test]
    async fn what_a_client_chose_is_bounded_and_tells_no_secret() {
        let tracer = tracer("always_on");
        let path = format!("/{}", "a".repeat(60_000));
        let method = "X".repeat(5000);
        tracer.begin(None, false).finish(&Answered {
            path: &path,
            ..answered(&method)
        });
        let span = only(&tracer).await;
        for (key, most) in [("url.path", 2048), ("http.request.method_original", 64)] {
            assert!(text(&span, key).unwrap().len() <= most, "{key}");
        }
        let password = "/reset/?password=hunter2hunter2";
        tracer.begin(None, false).finish(&Answered {
            path: password,
            ..answered("GET")
        });
        let shown = text(&only(&tracer).await, "url.path").unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[tokio::test]
    async fn a_client_that_has_gone_got_no_status() {
        let tracer = tracer("always_on");
        tracer.begin(None, false).finish(&Answered {
            status: None,
            ..answered("GET")
        });
        let span = only(&tracer).await;
        assert_eq!(text(&span, "http.response.status_code"), None);
        assert!(!span.is_error);
    }

    #[tokio::test]
    async fn what_fails_here_is_an_error() {
        let tracer = tracer("always_on");
        tracer.begin(None, false).finish(&Answered {
            status: Some(503),
            ..answered("GET")
        });
        let span = only(&tracer).await;
        assert!(span.is_error);
        assert_eq!(text(&span, "error.type").as_deref(), Some("503"));
    }

    #[tokio::test]
    async fn what_is_not_recorded_has_ids_and_no_spans() {
        for (sampler, caller, is_routine) in [
            ("always_off", None, false),
            ("parentbased_always_on", Some(caller(false)), false),
            ("always_on", None, true),
            ("always_on", Some(caller(false)), true),
        ] {
            let tracer = tracer(sampler);
            let trace = tracer.begin(caller, is_routine);
            assert!(trace.parent().is_none(), "{sampler}");
            trace.finish(&answered("GET"));
            let mut receiver = tracer.spans().receiver().await;
            assert!(receiver.try_recv().is_err(), "{sampler}");
        }
    }

    #[test]
    fn a_probe_is_part_of_a_trace_that_is_recorded() {
        let trace = tracer("parentbased_always_off").begin(Some(caller(true)), true);
        assert!(trace.parent().is_some());
    }

    #[tokio::test]
    async fn an_operation_hangs_from_its_request() {
        let tracer = tracer("always_on");
        let trace = tracer.begin(None, false);
        trace.parent().unwrap().operation(Operation {
            name: "cards.list",
            system: "postgresql",
            sql: Some("SELECT 1 WHERE a = $1".to_owned()),
            waited: Duration::from_millis(500),
            took: Duration::from_secs(2),
            rows: 3,
            failure: None,
        });
        let span = only(&tracer).await;
        assert_eq!(
            (span.trace_id, span.parent),
            (trace.trace_id, Some(trace.span_id))
        );
        assert_eq!((span.kind, &*span.name), (Kind::Client, "cards.list"));
        for (key, expected) in [
            ("db.system.name", "postgresql"),
            ("db.query.summary", "cards.list"),
            ("db.query.text", "SELECT 1 WHERE a = $1"),
            ("connection_wait_seconds", "0.5"),
            ("rows", "3"),
        ] {
            assert_eq!(text(&span, key).as_deref(), Some(expected), "{key}");
        }
    }
}
