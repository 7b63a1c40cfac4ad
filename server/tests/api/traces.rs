//! Traces, as a collector sees them; and what the service does when that is away.

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::Value;

use crate::support::collector::{Answer, Collector, hex, text};
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, PASSWORD, Service, USERNAME, eventually};

on_both_databases![a_request_and_what_it_asks_of_the_database_are_one_trace];

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

async fn serve(home: &Home, collector: &Collector, more: &[(&str, &str)]) -> Service {
    let url = collector.url();
    let mut environment = vec![("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str())];
    environment.extend(more);
    let service = home.serve_with(&environment).await;
    service.until_ready().await;
    service
}

async fn signed_in(service: &Service) -> Http {
    let answer = service.http.sign_in(USERNAME, PASSWORD).await;
    let cookie = answer.session_cookie().unwrap();
    service.http.with("cookie", &cookie)
}

fn named(http: &Http, id: &str) -> Http {
    http.with("x-request-id", id)
}

fn caller(http: &Http, flags: &str) -> Http {
    http.with("traceparent", &format!("00-{TRACE}-{SPAN}-{flags}"))
}

/// How many spans were lost for this reason, as `/metrics` has it.
async fn lost(service: &Service, reason: &str) -> u64 {
    let name = format!("agent_source_db_spans_dropped_total{{reason=\"{reason}\"}} ");
    let metrics = service.http.get("/metrics").await.body;
    let mut lines = metrics.lines();
    let found = lines.find_map(|line| line.strip_prefix(&name));
    found.expect(&name).parse().unwrap()
}

async fn until_lost(service: &Service, reason: &str) -> u64 {
    eventually(&format!("spans are lost: {reason}"), SOON, async || {
        Some(lost(service, reason).await).filter(|count| *count > 0)
    })
    .await
}

async fn a_request_and_what_it_asks_of_the_database_are_one_trace(database: Database) {
    let system = match database {
        Database::Sqlite => "sqlite",
        _ => "postgresql",
    };
    let home = Home::new(database).await;
    let collector = Collector::start();
    let service = serve(&home, &collector, &[("SLOW_QUERY_MS", "0")]).await;
    let session = signed_in(&service).await;
    let http = caller(&named(&session, "traced"), "01");
    assert_eq!(http.get("/api/agentcards/?page=1").await.status, 200);

    let span = collector.request("traced").await;
    assert_eq!(span.name, "GET /api/agentcards/");
    assert_eq!(span.kind, SpanKind::Server as i32);
    assert_eq!(hex(&span.trace_id), TRACE);
    assert_eq!(hex(&span.parent_span_id), SPAN);
    assert!(span.end_time_unix_nano > span.start_time_unix_nano);
    assert_eq!(span.status, None);
    for (key, expected) in [
        ("http.request.method", "GET"),
        ("http.route", "/api/agentcards/"),
        ("url.path", "/api/agentcards/"),
        ("url.scheme", "http"),
        ("http.response.status_code", "200"),
    ] {
        assert_eq!(
            text(&span.attributes, key).as_deref(),
            Some(expected),
            "{key}"
        );
    }

    // From a bar of the histogram one gets to the trace.
    let open = session.with("accept", "application/openmetrics-text;version=1.0.0");
    let exemplar = format!(
        "# {{trace_id=\"{TRACE}\",span_id=\"{}\"}} ",
        hex(&span.span_id)
    );
    eventually("the request is an exemplar", SOON, async || {
        let metrics = open.get("/metrics").await.body;
        let mut lines = metrics.lines().filter(|line| line.contains(&exemplar));
        let line = lines.next()?.to_owned();
        assert!(
            line.starts_with("http_server_request_duration_seconds_bucket{"),
            "{line}"
        );
        assert!(line.contains("http_route=\"/api/agentcards/\""), "{line}");
        Some(())
    })
    .await;

    // Operations may come with the next request to the collector.
    let queries = eventually("its queries have come", SOON, async || {
        Some(collector.children(&span)).filter(|found| found.len() > 1)
    })
    .await;
    for query in &queries {
        assert_eq!(query.kind, SpanKind::Client as i32);
        assert_eq!(hex(&query.trace_id), TRACE);
        assert!(query.start_time_unix_nano >= span.start_time_unix_nano);
        let summary = text(&query.attributes, "db.query.summary").unwrap();
        assert_eq!(query.name, summary);
    }
    let list = queries.iter().find(|query| query.name.contains("list"));
    // Others may be of the desk's own store, which is another one.
    let listing = list.unwrap();
    assert_eq!(
        text(&listing.attributes, "db.system.name").as_deref(),
        Some(system)
    );
    let sql = text(&listing.attributes, "db.query.text").unwrap();
    assert!(
        sql.contains("agent_cards") && !sql.contains("binds"),
        "{sql}"
    );

    for (key, expected) in [
        ("service.name", "agent-source-db"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("deployment.environment.name", "development"),
    ] {
        assert_eq!(collector.resource(key).as_deref(), Some(expected), "{key}");
    }
    assert!(collector.resource("service.instance.id").is_some());

    // Lines name the trace, and the request's own span.
    service.logs.access("traced").await;
    let is_query = |line: &Value| line["request_id"] == "traced" && line["logger"] == "db";
    service.logs.line("db.log", is_query).await;
    for file in ["access.log", "db.log"] {
        let lines = service.logs.lines(file);
        let mut lines = lines.iter().filter(|line| line["request_id"] == "traced");
        let line = lines.next().unwrap();
        assert_eq!(line["trace_id"], TRACE, "{line}");
        assert_eq!(line["span_id"], *hex(&span.span_id), "{line}");
    }
}

#[tokio::test]
async fn without_a_caller_a_trace_begins_here() {
    let home = Home::new(Database::Sqlite).await;
    let collector = Collector::start();
    let more = [(
        "TRACE_URL_TEMPLATE",
        "https://traces.example/trace/{trace_id}",
    )];
    let service = serve(&home, &collector, &more).await;
    named(&service.http, "lost").get("/no/such/page/17").await;

    let span = collector.request("lost").await;
    assert_eq!(span.name, "GET");
    assert_eq!(text(&span.attributes, "http.route"), None);
    assert!(span.parent_span_id.is_empty());
    let line = service.logs.access("lost").await;
    assert_eq!(line["trace_id"], *hex(&span.trace_id));
    assert_eq!(line["span_id"], *hex(&span.span_id));

    // From the request's story one gets to the trace.
    let session = signed_in(&service).await;
    let story = session.get("/api/ops/requests/lost/").await.json();
    let trace_id = hex(&span.trace_id);
    assert_eq!(story["trace_id"], *trace_id);
    let url = format!("https://traces.example/trace/{trace_id}");
    assert_eq!(story["trace_url"], *url);
    let page = session.get("/admin/requests/lost/").await.body;
    assert!(page.contains(&format!("href=\"{url}\"")), "{page}");
}

#[tokio::test]
async fn what_is_not_recorded_has_ids_on_its_lines_and_no_span() {
    let home = Home::new(Database::Sqlite).await;
    let collector = Collector::start();
    let service = serve(&home, &collector, &[]).await;
    caller(&named(&service.http, "unwanted"), "00")
        .get("/nowhere/")
        .await;
    // By the second, and nobody asked for a trace of it.
    named(&service.http, "probe").get("/health/").await;
    caller(&named(&service.http, "traced-probe"), "01")
        .get("/health/")
        .await;
    named(&service.http, "last").get("/nowhere/").await;

    let line = service.logs.access("unwanted").await;
    assert_eq!(line["trace_id"], TRACE);
    assert_ne!(line["span_id"], SPAN);
    collector.request("last").await;
    let probe = collector.request("traced-probe").await;
    assert_eq!(hex(&probe.trace_id), TRACE);
    let ids: Vec<_> = collector.spans();
    let ids: Vec<_> = ids
        .iter()
        .filter_map(|it| text(&it.attributes, "request_id"))
        .collect();
    assert!(
        !ids.iter().any(|id| id == "unwanted" || id == "probe"),
        "{ids:?}"
    );
}

#[tokio::test]
async fn a_failure_of_ours_is_an_error_and_one_of_a_clients_is_not() {
    let home = Home::new(Database::Sqlite).await;
    let collector = Collector::start();
    let service = serve(&home, &collector, &[]).await;
    let session = signed_in(&service).await;
    home.sql()
        .execute("ALTER TABLE agent_cards RENAME TO gone")
        .await;
    assert_eq!(
        named(&session, "broken")
            .get("/api/agentcards/")
            .await
            .status,
        500
    );
    assert_eq!(
        named(&session, "wrong")
            .get("/api/agentcards/?page=x")
            .await
            .status,
        400
    );

    let broken = collector.request("broken").await;
    assert_eq!(
        broken.status.clone().unwrap().code,
        StatusCode::Error as i32
    );
    assert_eq!(
        text(&broken.attributes, "error.type").as_deref(),
        Some("500")
    );
    let failed = eventually("the query that failed has come", SOON, async || {
        let children = collector.children(&broken).into_iter();
        children.into_iter().find(|span| span.status.is_some())
    })
    .await;
    assert_eq!(
        text(&failed.attributes, "error.type").as_deref(),
        Some("query")
    );
    assert_eq!(collector.request("wrong").await.status, None);
}

#[tokio::test]
async fn what_the_collector_takes_later_comes_once() {
    let home = Home::new(Database::Sqlite).await;
    let collector = Collector::start();
    collector.answer(Answer::Later(1));
    let service = serve(&home, &collector, &[]).await;
    named(&service.http, "patient").get("/nowhere/").await;
    eventually("it was asked", SOON, async || {
        (collector.requests() > 0).then_some(())
    })
    .await;
    collector.answer(Answer::Taken);
    let span = collector.request("patient").await;
    let spans = collector.spans();
    let same = spans.iter().filter(|it| it.span_id == span.span_id);
    assert_eq!(same.count(), 1);
    for reason in ["queue_full", "unreachable", "refused", "rejected"] {
        assert_eq!(lost(&service, reason).await, 0, "{reason}");
    }
    let is_told = |line: &Value| {
        let message = line["message"].as_str().unwrap();
        message.starts_with("spans can't be brought to the collector: it answered 503")
    };
    service.logs.line("app.log", is_told).await;
}

#[tokio::test]
async fn what_the_collector_does_not_take_is_counted() {
    let home = Home::new(Database::Sqlite).await;
    let collector = Collector::start();
    let headers = (
        "OTEL_EXPORTER_OTLP_HEADERS",
        "authorization=Bearer%20sEcReT",
    );
    let service = serve(&home, &collector, &[headers]).await;
    collector.answer(Answer::Status(400));
    named(&service.http, "refused").get("/nowhere/").await;
    until_lost(&service, "refused").await;
    collector.answer(Answer::Partly(1));
    named(&service.http, "rejected").get("/nowhere/").await;
    assert_eq!(until_lost(&service, "rejected").await, 1);

    assert_eq!(collector.authorization().as_deref(), Some("Bearer sEcReT"));
    for file in ["app.log", "error.log"] {
        let lines = service.logs.lines(file);
        assert!(
            lines
                .iter()
                .all(|line| !line.to_string().contains("sEcReT"))
        );
    }
    let config = home.run(&["config"], &[headers]).await.stdout.join("\n");
    assert!(
        config.contains("OTEL_EXPORTER_OTLP_HEADERS=***"),
        "{config}"
    );
}

#[tokio::test]
async fn a_collector_that_hangs_holds_up_no_request_and_no_end() {
    let home = Home::new(Database::Sqlite).await;
    let collector = Collector::start();
    collector.answer(Answer::Hang);
    let service = serve(&home, &collector, &[]).await;
    named(&service.http, "held").get("/nowhere/").await;
    eventually("it was asked", SOON, async || {
        (collector.requests() > 0).then_some(())
    })
    .await;
    // Far below the minute that the collector takes.
    for _ in 0..50 {
        assert_eq!(service.http.get("/nowhere/").await.status, 404);
    }
    service.stop().await;
}

#[tokio::test]
async fn the_last_spans_are_sent_before_the_end() {
    let home = Home::new(Database::Sqlite).await;
    let collector = Collector::start();
    let service = serve(&home, &collector, &[]).await;
    named(&service.http, "goodbye").get("/nowhere/").await;
    service.stop().await;
    let spans = collector.spans();
    let mut ids = spans
        .iter()
        .filter_map(|it| text(&it.attributes, "request_id"));
    assert!(ids.any(|id| id == "goodbye"));
}

#[tokio::test]
async fn a_collector_that_is_away_is_told_once_and_counted() {
    let home = Home::new(Database::Sqlite).await;
    let away = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")];
    let service = home.serve_with(&away).await;
    service.until_ready().await;
    service.http.get("/nowhere/").await;
    until_lost(&service, "unreachable").await;
    let lines = service.logs.lines("app.log");
    let told = lines.iter().filter(|line| {
        let message = line["message"].as_str().unwrap();
        message.starts_with("spans can't be brought to the collector")
    });
    assert_eq!(told.count(), 1);
}
