//! The system-status page, and the same as JSON.

use serde_json::{Value, json};

use crate::support::html::text_of;
use crate::support::json::{keys, milliseconds, utc};
use crate::support::logs::FILES;
use crate::support::wait::SOON;
use crate::support::{Answer, Database, Home, Http, eventually, menu_paths};

on_both_databases![
    the_page_shows_what_is_in_the_database,
    the_status_as_json_has_all_its_parts,
    a_broken_table_is_one_broken_card,
];

/// Two namespaces, one of them off; three schemas, two of them on; four cards, one of them on.
const ROWS: &str = "\
    INSERT INTO namespaces (name, is_active) VALUES ('a', TRUE), ('b', FALSE);
    INSERT INTO schemas (schema_uri, schema_type, version, is_active) VALUES
        ('u1', 't', '1', TRUE), ('u2', 't', '2', TRUE), ('u3', 't', '3', FALSE);
    INSERT INTO agent_cards (namespace_id, name, version, is_active)
        SELECT id, 'card', '1', TRUE FROM namespaces WHERE name = 'a';
    INSERT INTO agent_cards (namespace_id, name, version, is_active)
        SELECT id, 'card', '2', FALSE FROM namespaces;
    INSERT INTO agent_cards (namespace_id, name, version, is_active)
        SELECT id, 'card', '3', FALSE FROM namespaces WHERE name = 'b';";

async fn page(session: &Http) -> Answer {
    let answer = session.get("/admin/system-status/").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

fn shown(page: &Answer, hook: &str) -> String {
    text_of(&page.body, hook).unwrap_or_else(|| panic!("no {hook} in {}", page.body))
}

async fn the_page_shows_what_is_in_the_database(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let empty = page(&session).await;
    let hooks = [
        "stat-agentcards-total",
        "stat-agentcards-active",
        "stat-namespaces",
        "stat-schemas",
    ];
    assert_eq!(hooks.map(|hook| shown(&empty, hook)), ["0", "0", "0", "0"]);
    home.sql().execute(ROWS).await;
    let filled = page(&session).await;
    assert_eq!(hooks.map(|hook| shown(&filled, hook)), ["4", "1", "2", "3"]);
    assert_eq!(shown(&filled, "app-version"), env!("CARGO_PKG_VERSION"));
    let version = service.http.get("/health/db/").await.json()["database"]["version"].clone();
    assert_eq!(shown(&filled, "db-version"), version.as_str().unwrap());
    assert!(shown(&filled, "db-latency").ends_with("ms"));
    for hook in [
        "uptime",
        "db-status",
        "recent-errors",
        "last-updated",
        "refresh-interval",
        "language",
        "sign-out",
    ] {
        assert!(
            filled.body.contains(&format!("data-testid=\"{hook}\"")),
            "{hook}"
        );
    }
}

#[tokio::test]
async fn the_page_is_complete_and_guarded() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let first = page(&session).await;
    assert!(first.body.starts_with("<!DOCTYPE html>"), "{}", first.body);
    assert!(first.body.contains("</html>"), "{}", first.body);
    assert!(first.header("content-type").starts_with("text/html"));
    assert_eq!(first.header("cache-control"), "no-store");
    let policy = first.header("content-security-policy").to_owned();
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert!(!policy.contains("'unsafe-eval'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    // Every script of the page carries the nonce, which is new each time; a block of data is none.
    let nonce = nonce(&policy).expect("a nonce").to_owned();
    let tags = first.body.split("<script").skip(1);
    let tags = tags.filter_map(|script| script.split('>').next());
    let scripts: Vec<&str> = tags
        .filter(|tag| !tag.contains("application/json"))
        .collect();
    assert!(!scripts.is_empty());
    for tag in scripts {
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{tag}");
    }
    assert!(!first.body.contains("style=\""), "an inline style");
    let second = page(&session).await;
    assert_ne!(
        self::nonce(second.header("content-security-policy")),
        Some(nonce.as_str())
    );
}

#[tokio::test]
async fn the_sign_in_page_tells_the_zone_by_a_script_that_its_policy_names() {
    use base64::Engine as _;
    use sha2::Digest as _;

    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let page = service.http.get("/admin/login/").await;
    let (_, rest) = page.body.split_once("<script>").unwrap();
    let (script, _) = rest.split_once("</script>").unwrap();
    assert!(script.contains("timeZone"), "{script}");
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script));
    let policy = page.header("content-security-policy");
    assert!(
        policy.ends_with(&format!("; script-src 'sha256-{digest}'")),
        "{policy}"
    );
}

#[tokio::test]
async fn times_are_in_the_zone_that_the_browser_named() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let named = |zone: &str| session.with("cookie", &format!("{}; zone={zone}", session.cookie()));
    for (zone, note) in [
        (
            "Asia/Shanghai",
            "Times are in Asia/Shanghai (UTC+8); hover or tap a time for UTC.",
        ),
        ("Mars/Olympus", "Times are in UTC."),
    ] {
        // Tokens and the audit are of no moment, so how far the zone is from UTC is left open.
        let timed = |path: &&str| !["/admin/tokens/", "/admin/audit/"].contains(path);
        for path in menu_paths().filter(timed) {
            let page = named(zone).get(path).await;
            assert_eq!(text_of(&page.body, "zone").as_deref(), Some(note), "{path}");
        }
    }
}

fn nonce(policy: &str) -> Option<&str> {
    let (_, after) = policy.split_once("'nonce-")?;
    after.split_once('\'').map(|(nonce, _)| nonce)
}

#[tokio::test]
async fn every_page_has_the_security_headers() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let others = ["/admin/login/", "/nowhere/", "/api/ops/status/", "/"];
    for path in menu_paths().chain(others) {
        for http in [&session, &service.http] {
            let answer = http.get(path).await;
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert!(!answer.header("referrer-policy").is_empty(), "{path}");
            let policy = answer.header("content-security-policy");
            assert!(
                policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
            assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        }
    }
}

#[tokio::test]
async fn the_page_speaks_the_readers_language_and_remembers_the_choice() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let language = |answer: &Answer| {
        let (_, after) = answer.body.split_once("lang=\"").unwrap();
        after.split_once('"').unwrap().0.to_owned()
    };
    let asking = |accepted: &str| session.with("accept-language", accepted);
    let chinese = asking("zh-CN,zh;q=0.9,en;q=0.8");
    assert_eq!(language(&page(&session).await), "en");
    assert_eq!(language(&page(&chinese).await), "zh-CN");
    assert_eq!(language(&page(&asking("fr, en;q=0.5")).await), "en");
    let login = service
        .http
        .with("accept-language", "zh")
        .get("/admin/login/")
        .await;
    assert_eq!(language(&login), "zh-CN");

    let form = [("language", "en"), ("next", "/admin/system-status/")];
    let answer = chinese
        .same_origin()
        .post("/admin/preferences/", &form)
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.location(), "/admin/system-status/");
    let remembered = answer.header("set-cookie").split(';').next().unwrap();
    let cookies = format!("{}; {remembered}", session.cookie());
    assert_eq!(
        language(&page(&chinese.with("cookie", &cookies)).await),
        "en"
    );
}

async fn the_status_as_json_has_all_its_parts(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    home.sql().execute(ROWS).await;
    let session = service.signed_in().await;
    let answer = session.get("/api/ops/status/").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    for key in [
        "service",
        "database",
        "checks",
        "data",
        "recent_errors",
        "logging",
        "generated_at",
    ] {
        assert!(!body[key].is_null(), "{key}: {body}");
    }
    let described = &body["service"];
    assert_eq!(
        keys(described),
        [
            "commit",
            "instance",
            "name",
            "started_at",
            "uptime_seconds",
            "version"
        ]
    );
    assert_eq!(described["name"], "agent-source-db");
    assert_eq!(described["version"], env!("CARGO_PKG_VERSION"));
    let age = utc(&body["generated_at"]) - utc(&described["started_at"]);
    let uptime = described["uptime_seconds"].as_i64().unwrap();
    assert!(
        (age.num_seconds() - uptime).abs() <= 1,
        "{age} is not {uptime} s"
    );
    let health = service.http.get("/health/db/").await.json();
    assert_eq!(keys(&body["database"]), keys(&health["database"]));
    assert_eq!(body["database"]["connection"], "ok");
    milliseconds(&body["database"]["latency_ms"]);
    assert_eq!(keys(&body["checks"]), ["database", "migrations", "startup"]);
    assert_eq!(
        body["data"],
        json!({
            "agentcards": {"total": 4, "active": 1},
            "namespaces": {"total": 2, "active": 1},
            "schemas": {"total": 3, "active": 2},
        })
    );
    assert_eq!(
        keys(&body["logging"]),
        ["dropped_lines", "files", "held_back_lines", "losses"]
    );
    assert_eq!(body["logging"]["dropped_lines"], 0);
    let files = body["logging"]["files"].as_array().unwrap();
    let mut names: Vec<&str> = files
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    let mut expected = FILES;
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for file in files {
        assert_eq!(
            keys(file),
            [
                "bytes",
                "dropped_lines",
                "generations",
                "held_back_lines",
                "name"
            ]
        );
    }
}

#[tokio::test]
async fn strangers_are_told_so_in_json() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for http in [
        &service.http,
        &service.http.with("authorization", "Bearer no-such-token"),
    ] {
        let answer = http.get("/api/ops/status/").await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(!answer.header("www-authenticate").is_empty());
        assert_eq!(answer.json()["status"], 401);
    }
}

async fn a_broken_table_is_one_broken_card(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    home.sql().execute("DROP TABLE agent_cards").await;
    let body = session.get("/api/ops/status/").await.json();
    assert_eq!(body["data"], Value::Null);
    assert_eq!(body["data_error"], "query");
    assert_eq!(body["database"]["connection"], "ok");
    page(&session).await;
}

#[tokio::test]
async fn recent_errors_are_newest_first_at_most_fifty_and_those_of_earlier_runs_too() {
    let home = Home::new(Database::Sqlite).await;
    std::fs::create_dir_all(home.path("logs")).unwrap();
    let line = |number: usize| {
        json!({
            "timestamp": "2026-01-02T03:04:05.678Z", "level": "ERROR", "logger": "test",
            "message": format!("</script><script>alert({number})</script>"), "number": number,
        })
        .to_string()
    };
    let lines: Vec<String> = (0..60).map(line).collect();
    std::fs::write(home.path("logs/error.log"), lines.join("\n") + "\n").unwrap();
    let service = home.serve().await;
    let session = service.signed_in().await;
    let errors = eventually("the errors", SOON, async || {
        let body = session.get("/api/ops/status/").await.json();
        body["recent_errors"]
            .as_array()
            .filter(|errors| !errors.is_empty())
            .cloned()
    })
    .await;
    assert_eq!(errors.len(), 50);
    // The newest may be of this run.
    let old: Vec<u64> = errors
        .iter()
        .filter_map(|error| error["number"].as_u64())
        .collect();
    assert_eq!(old[0], 59);
    assert!(old.is_sorted_by(|newer, older| newer > older), "{old:?}");
    let page = page(&session).await;
    assert!(!page.body.contains("<script>alert("), "a message is markup");
    let tags = ["<script", "</script"].map(|tag| page.body.matches(tag).count());
    assert_eq!(tags[0], tags[1], "a message ends a script");
    assert!(page.body.contains("alert(59)"));
    assert_eq!(page.body.matches("data-testid=\"error-row\"").count(), 50);
}
