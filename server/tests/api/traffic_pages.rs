//! The same figures on the pages, and how they are asked for.

use std::time::SystemTime;

use ops::clock::unix_millis;
use serde_json::Value;

use crate::support::html::text_of;
use crate::support::{Answer, Database, Home, Http, Service};

on_both_databases![
    the_page_shows_the_figures_of_the_json,
    a_period_is_chosen_by_the_address,
    any_stretch_of_time_can_be_asked_for,
    routes_are_told_apart_and_lead_to_their_pages,
];

async fn get(service: &Service, path: &str, times: u64) {
    for _ in 0..times {
        service.http.get(path).await;
    }
}

async fn json(session: &Http, path: &str) -> Value {
    let answer = session.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn page(session: &Http, path: &str) -> Answer {
    let answer = session.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

fn shown(page: &Answer, hook: &str) -> String {
    text_of(&page.body, hook).unwrap_or_else(|| panic!("no {hook} in {}", page.body))
}

async fn the_page_shows_the_figures_of_the_json(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let empty = page(&session, "/admin/system-status/").await;
    let hooks = [
        "requests-24h",
        "errors-24h",
        "error-rate-24h",
        "avg-response-24h",
        "p95-24h",
    ];
    assert_eq!(
        hooks.map(|hook| shown(&empty, hook)),
        ["0", "0", "–", "–", "–"]
    );

    get(&service, "/", 1203).await;
    get(&service, "/nothing/", 7).await;
    let day = json(&session, "/api/ops/status/").await["traffic_24h"].clone();
    let full = page(&session, "/admin/system-status/").await;
    assert_eq!(day["requests"], 1210);
    let expected = [
        "1210".to_owned(),
        "0".to_owned(),
        "0 %".to_owned(),
        format!("{} ms", day["avg_ms"]),
        format!("{} ms", day["p95_ms"]),
    ];
    assert_eq!(hooks.map(|hook| shown(&full, hook)), expected);
    assert!(full.body.contains("data-testid=\"traffic-chart\""));
    assert!(shown(&full, "traffic-coverage").contains("of 24 h"));
}

async fn a_period_is_chosen_by_the_address(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    get(&service, "/", 3).await;
    get(&service, "/nothing/", 2).await;
    for (period, step_minutes) in [("1h", 1), ("6h", 5), ("24h", 10), ("7d", 60), ("30d", 360)] {
        let history = json(&session, &format!("/api/ops/traffic/?period={period}")).await;
        assert_eq!(history["period"], period);
        assert_eq!(history["step_minutes"], step_minutes);
        assert_eq!([&history["requests"], &history["client_errors"]], [5, 2]);
        let steps = history["steps"].as_object().unwrap();
        let sum = |column: &str| {
            let values = steps[column].as_array().unwrap().iter();
            values.filter_map(Value::as_u64).sum::<u64>()
        };
        assert_eq!(
            [sum("good"), sum("client_errors"), sum("errors")],
            [3, 2, 0]
        );
        let lengths: Vec<_> = steps
            .values()
            .map(|column| column.as_array().unwrap().len())
            .collect();
        assert!(
            lengths.iter().all(|length| *length == lengths[0]),
            "{lengths:?}"
        );

        let address = format!("/admin/system-status/?period={period}");
        let page = page(&session, &address).await;
        let here = if period == "24h" {
            "/admin/system-status/"
        } else {
            &address
        };
        let current = format!("href=\"{here}\" aria-current=\"true\"");
        assert!(page.body.contains(&current), "{current}");
    }
    let refused = session.get("/api/ops/traffic/?period=2h").await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.body.contains("Must be one of 1h, 6h"),
        "{}",
        refused.body
    );
}

async fn any_stretch_of_time_can_be_asked_for(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    get(&service, "/", 3).await;
    let now = unix_millis(SystemTime::now()) / 1000;
    let range = |from: i64, to: i64| format!("from={}&to={}", now + from, now + to);
    for (range, requests, step_minutes) in [
        (format!("from={}", now - 600), 3, 1),
        (range(-600, 600), 3, 1),
        (range(-7200, -3600), 0, 1),
        (range(-5 * 86_400, 60), 3, 60),
        (range(-80 * 86_400, 60), 3, 1440),
    ] {
        for path in ["/api/ops/traffic/", "/api/ops/routes/"] {
            let found = json(&session, &format!("{path}?{range}")).await;
            assert_eq!(found["requests"], requests, "{path} {range}");
            assert!(found["period"].as_str().unwrap().contains('/'));
        }
        let history = json(&session, &format!("/api/ops/traffic/?{range}")).await;
        assert_eq!(history["step_minutes"], step_minutes, "{range}");
        for path in ["/api/ops/errors/", "/api/ops/host/", "/api/ops/instances/"] {
            json(&session, &format!("{path}?{range}")).await;
        }
    }

    let hour = "from=2026-11-24T03:00:00Z&to=2026-11-24T04:00:00Z";
    let of_hour = page(&session, &format!("/admin/system-status/?{hour}")).await;
    assert!(of_hour.body.contains("2026-11-24 03:00 – 04:00 UTC"));
    for link in ["/admin/routes/", "/admin/database/", "/admin/logs/"] {
        let link = format!("href=\"{link}?{}\"", hour.replace('&', "&amp;"));
        assert!(of_hour.body.contains(&link), "{link}: {}", of_hour.body);
    }

    let pages = ["system-status/", "routes/", "routes/GET/api/", "database/"];
    for (query, value) in [
        (
            "from=2026-11-24T04:00:00Z&to=2026-11-24T03:00:00Z",
            "2026-11-24T04:00:00Z",
        ),
        ("from=yesterday%3F", "yesterday?"),
        ("period=2h", "2h"),
    ] {
        for path in pages {
            let said = page(&session, &format!("/admin/{path}?{query}")).await;
            let why = shown(&said, "refused-range");
            assert!(why.contains(value), "{path} {query}: {why}");
            assert!(!said.body.contains("class=\"cards\""), "{path}");
        }
        let refused = session.get(&format!("/api/ops/traffic/?{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
    }
}

async fn routes_are_told_apart_and_lead_to_their_pages(database: Database) {
    let home = Home::new(database).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    get(&service, "/", 3).await;
    let asked = service.http.with("x-request-id", "the-one-to-find");
    asked.get("/nothing/").await;
    get(&service, "/api/nothing/", 1).await;

    let found = json(&session, "/api/ops/routes/?period=1h&sort=calls").await;
    let routes: Vec<_> = found["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["method"].as_str().unwrap(),
                row["route"].as_str().unwrap(),
                row["requests"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(routes, [("GET", "/", 3), ("GET", "unmatched", 2)]);
    assert_eq!(found["requests"], 5);
    let refused = session.get("/api/ops/routes/?sort=colour").await;
    assert_eq!(refused.status, 400);

    let list = page(&session, "/admin/routes/?period=1h&sort=calls").await;
    let link = "/admin/routes/GET/-unmatched?period=1h";
    assert!(
        list.body.contains(&format!("href=\"{link}\"")),
        "{}",
        list.body
    );
    let one = page(&session, link).await;
    assert!(
        one.body
            .contains("href=\"/admin/requests/the-one-to-find/\""),
        "{}",
        one.body
    );
    let idle = page(&session, "/admin/routes/GET/api/schemas/").await;
    assert!(idle.body.contains("No requests in this period."));

    let stranger = service.http.get("/admin/routes/").await;
    assert_eq!(stranger.status, 302);
    assert_eq!(service.http.get("/api/ops/routes/").await.status, 401);
}
