//! `GET /metrics`: both formats, exact, cheap, and for those only who may see it.

use std::collections::BTreeMap;
use std::time::Duration;

use ops::alerts::export::{Source, prometheus};
use ops::alerts::file::{Known, load};
use reqwest::Method;

use crate::support::registry::problem;
use crate::support::{Database, Home, Http, eventually};

on_both_databases![what_is_counted_is_what_the_access_log_has];

/// By name and labels, as it is written.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let mut families = Vec::new();
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            let name = head.split(' ').next().unwrap().to_owned();
            assert!(!families.contains(&name), "{name} has one group");
            families.push(name);
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        let family = families.last().unwrap();
        assert!(
            series.starts_with(family.as_str()),
            "{line} is not of {family}"
        );
        assert!(
            found.insert(series.to_owned(), value).is_none(),
            "{series} comes once"
        );
    }
    found
}

fn families(text: &str) -> impl Iterator<Item = &str> {
    let heads = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    heads.map(|head| head.split(' ').next().unwrap())
}

async fn scraped(http: &Http) -> BTreeMap<String, f64> {
    let answer = http.get("/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    samples(&answer.body)
}

fn sum(samples: &BTreeMap<String, f64>, prefix: &str) -> f64 {
    let of_family = samples.iter().filter(|(name, _)| name.starts_with(prefix));
    of_family.map(|(_, value)| value).sum()
}

const REQUESTS: &str = "http_server_request_duration_seconds_count";

async fn what_is_counted_is_what_the_access_log_has(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    for path in [
        "/api/agentcards/",
        "/api/agentcards/7/",
        "/api/namespaces/",
        "/nothing/",
    ] {
        for _ in 0..3 {
            service.http.get(path).await;
        }
    }
    for method in [
        Method::HEAD,
        Method::OPTIONS,
        Method::from_bytes(b"BREW").unwrap(),
    ] {
        service.http.send(method, "/api/agentcards/").await;
    }
    // Of these none counts.
    for path in ["/health/", "/metrics", "/admin/login/"] {
        service.http.get(path).await;
    }
    let counted = eventually("all lines are there", Duration::from_secs(20), async || {
        let lines = service.logs.lines("access.log").into_iter();
        let counted = lines.filter(|line| {
            let path = line["path"].as_str().unwrap();
            line["level"] == "INFO" && (path.starts_with("/api/") || path == "/nothing/")
        });
        let counted = counted.count();
        (counted == 15).then_some(counted)
    })
    .await;
    let found = scraped(&service.http).await;
    assert_eq!(sum(&found, REQUESTS), counted as f64);
    let of = |labels: &str| found.get(&format!("{REQUESTS}{{{labels}}}")).copied();
    let card = "http_route=\"/api/agentcards/{id}/\",http_response_status_code=\"404\"";
    assert_eq!(
        of(&format!("http_request_method=\"GET\",{card}")),
        Some(3.0)
    );
    let nothing = "http_route=\"unmatched\",http_response_status_code=\"404\"";
    assert_eq!(
        of(&format!("http_request_method=\"GET\",{nothing}")),
        Some(3.0)
    );
    assert!(
        sum(
            &found,
            "http_server_request_duration_seconds_bucket{http_request_method=\"_OTHER\""
        ) > 0.0
    );
    // Buckets rise up to the count.
    let mut before = 0.0;
    for bound in [
        "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5",
        "5.0", "7.5", "10.0", "+Inf",
    ] {
        let bucket = format!(
            "http_server_request_duration_seconds_bucket{{http_request_method=\"GET\",{card},le=\"{bound}\"}}"
        );
        let count = found[&bucket];
        assert!(count >= before, "{bucket}");
        before = count;
    }
    assert_eq!(before, 3.0);
    for (name, expected) in [
        ("agent_source_db_ready", 1.0),
        ("agent_source_db_check_ok{check=\"database\"}", 1.0),
        ("db_client_connection_max{pool=\"registry\"}", 20.0),
        ("db_client_connection_pending_requests{pool=\"desk\"}", 0.0),
        (
            "agent_source_db_alerts{rule=\"database\",state=\"firing\"}",
            0.0,
        ),
        (
            "agent_source_db_log_lines_dropped_total{file=\"access\"}",
            0.0,
        ),
    ] {
        assert_eq!(found.get(name), Some(&expected), "{name}");
    }
    for name in [
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        "agent_source_db_disk_bytes{disk=\"log\",state=\"free\"}",
        "agent_source_db_log_lines_total{file=\"access\",level=\"INFO\"}",
    ] {
        assert!(found.get(name).is_some_and(|value| *value > 0.0), "{name}");
    }
    assert!(sum(&found, "db_client_operation_duration_seconds_count") > 0.0);
    eventually("cards are counted", Duration::from_secs(20), async || {
        let found = scraped(&service.http).await;
        found
            .get("agent_source_db_agentcards{active=\"true\"}")
            .copied()
    })
    .await;
}

#[tokio::test]
async fn each_gets_the_format_that_it_asks_for() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let text = service.http.get("/metrics").await;
    assert_eq!(
        text.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert_eq!(text.header("vary"), "Accept, Accept-Encoding");
    assert_eq!(text.header("cache-control"), "no-store");
    assert!(
        text.body
            .contains("\n# TYPE process_cpu_seconds_total counter\n")
    );
    let open = service
        .http
        .with("accept", "application/openmetrics-text;version=1.0.0");
    let open = open.get("/metrics").await;
    assert_eq!(
        open.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
    );
    assert!(open.body.contains("\n# TYPE process_cpu_seconds counter\n"));
    assert!(open.body.ends_with("\n# EOF\n"));
    for name in families(&text.body) {
        let name = name.trim_end_matches("_total").trim_end_matches("_info");
        assert!(families(&open.body).any(|other| other == name), "{name}");
    }
    let packed = service
        .http
        .with("accept-encoding", "gzip")
        .get("/metrics")
        .await;
    assert_eq!(packed.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn strangers_need_a_token_and_a_proxy_opens_nothing() {
    let home = Home::new(Database::Sqlite).await;
    let service = home
        .serve_with(&[("METRICS_ALLOW", "198.51.100.0/24")])
        .await;
    service.until_ready().await;
    problem(&service.http.get("/metrics").await, 401);
    let mut tokens = Vec::new();
    for scope in ["write", "ops"] {
        let secret = home.token(scope, scope).await;
        tokens.push(
            service
                .http
                .with("authorization", &format!("Bearer {secret}")),
        );
    }
    problem(&tokens[0].get("/metrics").await, 403);
    assert_eq!(tokens[1].get("/metrics").await.status, 200);
    problem(&service.http.send(Method::POST, "/metrics").await, 405);
    service.stop().await;

    let service = home.serve().await;
    assert_eq!(service.http.get("/metrics").await.status, 200);
    for header in [
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-host",
        "forwarded",
        "x-real-ip",
    ] {
        let forwarded = service.http.with(header, "127.0.0.1");
        problem(&forwarded.get("/metrics").await, 401);
    }
    service.stop().await;
    let service = home.serve_with(&[("METRICS_ALLOW", "none")]).await;
    service.until_ready().await;
    problem(&service.http.get("/metrics").await, 401);
    service.stop().await;

    // One that is trusted says who asks.
    let service = home.serve_with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    service.until_ready().await;
    let from = |address: &str| service.http.with("x-forwarded-for", address);
    assert_eq!(from("127.0.0.9").get("/metrics").await.status, 200);
    problem(&from("198.51.100.7").get("/metrics").await, 401);
    problem(&from("unknown").get("/metrics").await, 401);
    let nameless = service.http.with("x-forwarded-proto", "https");
    problem(&nameless.get("/metrics").await, 401);
}

#[tokio::test]
async fn invented_paths_and_methods_make_no_series() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let invent = async |from: u32, count: u32| {
        for number in from..from + count {
            let method = Method::from_bytes(format!("BREW{number}").as_bytes()).unwrap();
            service
                .http
                .send(method, &format!("/made/up/{number}/"))
                .await;
            service
                .http
                .get(&format!("/api/agentcards/{number}-{number}/"))
                .await;
        }
    };
    invent(0, 5).await;
    let of_requests = async || -> Vec<String> {
        let found = scraped(&service.http).await;
        assert!(found.len() < 3000, "{}", found.len());
        let names = found.into_keys();
        names.filter(|name| name.starts_with("http_")).collect()
    };
    let before = of_requests().await;
    for method in ["PUT", "PATCH", "DELETE", "POST", "TRACE", "BREW"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        service.http.send(method, "/").await;
    }
    let refused = of_requests().await.len() - before.len();
    assert_eq!(
        refused, 17,
        "methods that a route does not have are one series"
    );
    let before = of_requests().await;
    invent(1000, 500).await;
    assert_eq!(of_requests().await, before);
}

#[tokio::test]
async fn it_answers_with_every_database_down() {
    let mut home = Home::new(Database::Postgres).await;
    let ops = home.postgres.as_ref().unwrap().url("ops");
    let service = home.serve_with(&[("OPS_DATABASE_URL", &ops)]).await;
    service.until_ready().await;
    home.postgres().stop().await;
    eventually("readiness is told", Duration::from_secs(60), async || {
        let found = scraped(&service.http).await;
        let is_down = found["agent_source_db_ready"] == 0.0
            && found["agent_source_db_check_ok{check=\"database\"}"] == 0.0;
        is_down.then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_scrape_asks_no_database_and_leaves_no_line() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    eventually("cards are counted", Duration::from_secs(20), async || {
        let found = scraped(&service.http).await;
        found
            .contains_key("agent_source_db_counts_age_seconds")
            .then_some(())
    })
    .await;
    let counts = "db_client_operation_duration_seconds_count{db_system_name=\"sqlite\",\
                  db_query_summary=\"statistics.count\"}";
    let before = scraped(&service.http).await[counts];
    for _ in 0..50 {
        scraped(&service.http).await;
    }
    // Once a minute somebody else counts.
    let after = scraped(&service.http).await[counts];
    assert!(after <= before + 1.0, "{before} {after}");
    service.stop().await;
    let access = std::fs::read_to_string(home.path("logs/access.log")).unwrap();
    assert!(!access.contains("/metrics"), "{access}");
}

/// Nobody else asks for them: no rule looks at a check, and no count ever comes.
#[tokio::test]
async fn checks_are_asked_for_where_the_database_was_never_there() {
    let mut home = Home::new(Database::Postgres).await;
    let rules = [
        "database",
        "readiness",
        "dependency",
        "migrations",
        "certificate",
    ];
    let rules = rules.map(|name| format!("[[rule]]\nname = \"{name}\"\nenabled = false\n"));
    std::fs::write(
        home.path("alerts.toml"),
        format!("version = 1\n{}", rules.concat()),
    )
    .unwrap();
    home.postgres().stop().await;
    let service = home.serve_with(&[("ALERTS_FILE", "alerts.toml")]).await;
    eventually(
        "the check has failed",
        Duration::from_secs(30),
        async || {
            let found = scraped(&service.http).await;
            let ok = found.get("agent_source_db_check_ok{check=\"database\"}");
            (ok == Some(&0.0)).then_some(())
        },
    )
    .await;
}

/// Else an alert that watches it would never fire, and nobody would know.
#[tokio::test]
async fn every_metric_that_an_exported_rule_looks_at_is_there() {
    let built_in = load(None, Known::default()).unwrap();
    let rules = prometheus(&Source {
        rules: &built_in.rules,
        runbook_url: &|_| None,
    });
    let selectors = rules.split("{job=").collect::<Vec<_>>();
    let (_, before) = selectors.split_last().unwrap();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = before
        .iter()
        .map(|text| text.rsplit(|c| !is_name(c)).next().unwrap());
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let text = service.http.get("/metrics").await.body;
    let known: Vec<&str> = families(&text).collect();
    // What a target's state is called Prometheus itself knows; a limit of memory not every machine has.
    let elsewhere = ["up", "agent_source_db_memory_limit_bytes"];
    for name in names.filter(|name| !elsewhere.contains(name)) {
        let of_histogram = ["_bucket", "_count"].map(|suffix| name.strip_suffix(suffix));
        let mut candidates = of_histogram.into_iter().flatten().chain([name]);
        assert!(candidates.any(|name| known.contains(&name)), "{name}");
    }
}
