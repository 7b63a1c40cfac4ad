//! "The window was an hour off since the clocks had changed, and the page showed another one than the
//! one that was kept": maintenance by the calendar of the place, at the times at which it matters.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::alerting::{
    self, BILLING, Dependency, NOT_OF_OURSELVES, OPENED, RESOLVED, borrowed, get, kinds,
    rounds_later, until_good, until_state, until_told,
};
use crate::support::clock::starting_at;
use crate::support::json::utc;
use crate::support::sink::Sink;
use crate::support::{Database, Home, Http, Service};

const WINDOWS: &str = r#"
[[maintenance]]
name = "berlin"
from = "02:30"
lasts = "30m"
time_zone = "Europe/Berlin"
rules = ["billing"]

[[maintenance]]
name = "shanghai"
from = "02:30"
lasts = "30m"
time_zone = "Asia/Shanghai"
rules = ["billing"]
"#;

/// When a window is open: in UTC, and the beginning by the clock of its place.
struct Night {
    window: &'static str,
    zone: &'static str,
    opens: &'static str,
    ends: &'static str,
    shown: &'static str,
    next: &'static str,
}

struct Desk {
    home: Home,
    billing: Dependency,
    sink: Sink,
    told: Vec<&'static str>,
}

fn moment(text: &str) -> DateTime<Utc> {
    utc(&json!(text))
}

/// The window as JSON has it, which the page repeats in the zone of who looks.
async fn window(session: &Http, night: &Night) -> Value {
    let known = get(session, "/api/ops/maintenance/").await;
    let mut windows = known["results"].as_array().unwrap().clone().into_iter();
    let window = windows.find(|it| it["name"] == night.window).unwrap();

    let cookies = format!("{}; zone={}", session.cookie(), night.zone);
    let page = session.with("cookie", &cookies).get("/admin/alerts/").await;
    let mut rows = page.body.split("data-testid=\"maintenance-row\"").skip(1);
    let row = rows.find(|row| row.contains(&format!(">{}<", night.window)));
    let row = row.unwrap_or_else(|| panic!("{} is on the page", night.window));
    let row = row.split("</tr>").next().unwrap();
    for key in ["open_until", "next_from"] {
        let Some(at) = window[key].as_str() else {
            continue;
        };
        assert!(row.contains(&format!("datetime=\"{at}\"")), "{at}: {row}");
    }
    assert_eq!(
        row.matches("<time").count(),
        1 + usize::from(window["open_until"].is_string()),
        "{row}"
    );
    if window["next_from"] == night.opens {
        assert!(row.contains(night.shown), "{row}");
    }
    window
}

impl Desk {
    async fn new() -> Self {
        Self {
            home: Home::new(Database::Sqlite).await,
            billing: Dependency::start(),
            sink: Sink::start().await,
            told: Vec::new(),
        }
    }

    async fn serve_at(&self, at: DateTime<Utc>) -> (Service, Http) {
        let mut environment = starting_at(at);
        environment.push(("READY_DEPENDENCIES", self.billing.variable()));
        environment.push(("ALERT_WEBHOOK_URL", self.sink.url()));
        let rules = format!("{BILLING}{NOT_OF_OURSELVES}{WINDOWS}");
        alerting::serve(&self.home, &rules, &borrowed(&environment)).await
    }

    /// The body of the one message that comes.
    async fn until_more(&mut self, kind: &'static str) -> Value {
        self.told.push(kind);
        until_told(&self.sink, &self.told).await;
        self.sink.received().pop().unwrap().body
    }

    async fn mend(&mut self, session: &Http) {
        self.billing.come_up();
        self.until_more(RESOLVED).await;
        until_good(session, "billing").await;
    }

    /// From an hour before the window to its end, with trouble that began in it.
    async fn through(&mut self, night: &Night) {
        let (opens, ends) = (moment(night.opens), moment(night.ends));
        let (service, session) = self.serve_at(opens - TimeDelta::hours(1)).await;
        let seen = window(&session, night).await;
        assert_eq!(seen["open_until"], Value::Null, "{seen}");
        assert_eq!(seen["next_from"], night.opens);
        until_good(&session, "billing").await;
        service.stop().await;

        let (service, session) = self.serve_at(opens).await;
        let seen = window(&session, night).await;
        assert_eq!(seen["open_until"], night.ends);
        assert_eq!(seen["next_from"], night.next);
        until_good(&session, "billing").await;
        self.billing.go_away();
        until_state(&session, "billing", "firing").await;
        let firing = rounds_later(&session, "billing").await;
        let held = format!("maintenance: {}", night.window);
        assert_eq!(firing["alerts"][0]["suppressed_by"], held, "{firing}");
        assert_eq!(kinds(&self.sink), self.told, "nobody is told meanwhile");
        service.stop().await;

        // It ends by the clock.
        let (service, session) = self.serve_at(ends - TimeDelta::seconds(5)).await;
        let opened = self.until_more(OPENED).await;
        let after = (utc(&opened["timestamp"]) - ends).num_milliseconds();
        assert!((0..60_000).contains(&after), "{after} ms: {opened}");
        let remarks = json!([{"kind": "maintenance", "name": night.window}]);
        assert_eq!(opened["data"]["remarks"], remarks, "{opened}");
        let since = utc(&opened["data"]["alerts"][0]["since"]);
        assert!(opens <= since && since < ends, "{opened}");
        let seen = window(&session, night).await;
        assert_eq!(seen["open_until"], Value::Null, "{seen}");
        assert_eq!(seen["next_from"], night.next);
        self.mend(&session).await;
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_spring_a_time_that_is_skipped_begins_after_the_gap_and_shanghai_knows_of_nothing() {
    let mut desk = Desk::new().await;
    desk.through(&Night {
        window: "shanghai",
        zone: "Asia/Shanghai",
        opens: "2026-03-28T18:30:00.000Z",
        ends: "2026-03-28T19:00:00.000Z",
        shown: "2026-03-29 02:30",
        next: "2026-03-29T18:30:00.000Z",
    })
    .await;
    // From 02:00 the clocks go to 03:00 at once.
    desk.through(&Night {
        window: "berlin",
        zone: "Europe/Berlin",
        opens: "2026-03-29T01:00:00.000Z",
        ends: "2026-03-29T01:30:00.000Z",
        shown: "2026-03-29 03:00",
        next: "2026-03-30T00:30:00.000Z",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_autumn_an_hour_that_comes_twice_is_maintained_once_and_shanghai_knows_of_nothing() {
    let mut desk = Desk::new().await;
    desk.through(&Night {
        window: "shanghai",
        zone: "Asia/Shanghai",
        opens: "2026-10-24T18:30:00.000Z",
        ends: "2026-10-24T19:00:00.000Z",
        shown: "2026-10-25 02:30",
        next: "2026-10-25T18:30:00.000Z",
    })
    .await;
    let berlin = Night {
        window: "berlin",
        zone: "Europe/Berlin",
        opens: "2026-10-25T00:30:00.000Z",
        ends: "2026-10-25T01:00:00.000Z",
        shown: "2026-10-25 02:30",
        next: "2026-10-26T01:30:00.000Z",
    };
    desk.through(&berlin).await;

    // 02:35 for the second time.
    let again = "2026-10-25T01:35:00.000Z";
    let (_service, session) = desk.serve_at(moment(again)).await;
    let seen = window(&session, &berlin).await;
    assert_eq!(seen["open_until"], Value::Null, "{seen}");
    assert_eq!(seen["next_from"], berlin.next);
    until_good(&session, "billing").await;
    desk.billing.go_away();
    let opened = desk.until_more(OPENED).await;
    assert_eq!(opened["data"]["remarks"], Value::Null, "{opened}");
    desk.mend(&session).await;
}
