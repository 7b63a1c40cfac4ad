//! A request's trace, and what its spans say.

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
