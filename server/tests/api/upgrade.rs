//! A store that the version before filled for 90 days says the same after it was upgraded.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::support::sql::Sql;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, eventually};

on_both_databases![ninety_days_say_the_same_after_the_upgrade_to_one_table];

const MIGRATION: &str = "2026-11-28-020010_series";
const INSTANCES: i64 = 2;
const DAYS: i64 = 90;
const DAY: i64 = 24 * 60;
const PERIODS: [&str; 5] = ["1h", "6h", "24h", "7d", "30d"];

/// What an instance served in a minute, of `/a`; it failed once more, of `/b`.
fn served(minute: i64) -> i64 {
    1 + minute % 7
}

fn threads(minute: i64) -> i64 {
    20 + minute % 11
}

fn errors(minute: i64) -> i64 {
    match minute % 60 {
        7 => 1,
        30 => 2,
        _ => 0,
    }
}

fn varint(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// So many requests of ten microseconds.
fn durations(requests: i64) -> Vec<u8> {
    if requests == 0 {
        return vec![0];
    }
    [varint(10 * requests), varint(10), varint(requests)].concat()
}

/// Of one gauge, the threads.
fn levels(minutes: impl Iterator<Item = i64> + Clone, start: i64) -> Vec<u8> {
    let values = || minutes.clone().map(threads);
    let (min, max) = (values().min().unwrap(), values().max().unwrap());
    let last = minutes.clone().last().unwrap();
    let count = values().count() as i64;
    let above = [
        max - min,
        threads(last) - min,
        values().sum::<i64>() - min * count,
    ];
    let numbers = [[8, count, min].as_slice(), &above, &[(last - start) * 60]].concat();
    numbers.into_iter().flat_map(varint).collect()
}

/// Rows as the version before wrote them, up to the minute `last`.
struct OldStore<'a> {
    sql: &'a Sql,
    statements: String,
}

impl OldStore<'_> {
    fn bytes(&self, bytes: &[u8]) -> String {
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        match self.sql {
            Sql::Sqlite(_) => format!("x'{hex}'"),
            Sql::Postgres(_) => format!("'\\x{hex}'"),
        }
    }

    fn row(&mut self, table: &str, values: &str) {
        writeln!(self.statements, "INSERT INTO {table} VALUES ({values});").unwrap();
    }

    /// A minute, hour or day of an instance.
    fn span(&mut self, span: i64, start: i64, instance: i64) {
        let minutes = start..start + span;
        let good: i64 = minutes.clone().map(served).sum();
        let who = format!("{span}, {start}, 'web-{instance}', 1");
        let covered = match span {
            1 => 1,
            60 => (1_i64 << 60) - 1,
            _ => (1 << 24) - 1,
        };
        let all = self.bytes(&durations(good + span));
        let requests = good + span;
        let of_a = self.bytes(&durations(good));
        let of_b = self.bytes(&durations(span));
        let gauges = self.bytes(&levels(minutes, start));
        self.row(
            "traffic_totals",
            &format!("{who}, {covered}, 0, {good}, 0, 0, {span}, {requests}, 900, 50, {all}"),
        );
        self.row(
            "traffic_series",
            &format!("{who}, 'GET', '/a/{{id}}', 2, {good}, 900, 50, {of_a}"),
        );
        self.row(
            "traffic_series",
            &format!("{who}, 'POST', '/b', 5, {span}, 0, 0, {of_b}"),
        );
        self.row(
            "host_samples",
            &format!("{who}, {covered}, {span}, {gauges}"),
        );
    }

    fn error_hour(&mut self, hour: i64, instance: i64, last: i64) {
        let minutes = (hour * 60..hour * 60 + 60).filter(|minute| *minute <= last);
        let pairs: Vec<(i64, i64)> = minutes
            .filter(|minute| errors(*minute) > 0)
            .map(|minute| (minute % 60, errors(minute)))
            .collect();
        let count: i64 = pairs.iter().map(|(_, count)| count).sum();
        let pairs = pairs
            .iter()
            .map(|(minute, count)| format!("{minute}:{count}"));
        let text = pairs.collect::<Vec<_>>().join(",");
        if count > 0 {
            let values = format!("{hour}, 'web-{instance}', 1, 'f00d', {count}, '{text}'");
            self.row("error_hours", &values);
        }
    }

    async fn fill(mut self, last: i64) {
        for instance in 0..INSTANCES {
            for (span, kept) in [(1, 2 * DAY), (60, DAYS * DAY), (DAY, DAYS * DAY)] {
                let first = (last - kept).div_euclid(span) + 1;
                let end = (last + 1).div_euclid(span);
                (first..end).for_each(|number| self.span(span, number * span, instance));
            }
            let hour = last.div_euclid(60);
            (hour - DAYS * 24..=hour).for_each(|hour| self.error_hour(hour, instance, last));
        }
        self.row(
            "error_groups",
            "'f00d', 'a::b', 'broken', '/b', 60000, 120000, NULL, NULL, NULL, NULL, 'web-0'",
        );
        let at_ms = (last - 5) * 60_000;
        self.row(
            "instance_events",
            &format!("'web-0', 1, 0, {at_ms}, 'start', '0.0.9'"),
        );
        let statements = format!("BEGIN; {} COMMIT;", self.statements);
        self.sql.execute(&statements).await;
    }
}

async fn ninety_days_say_the_same_after_the_upgrade_to_one_table(database: Database) {
    let home = Home::new(database).await;
    let url = home.postgres.as_ref().map(|postgres| postgres.url("ops"));
    let environment: Vec<(&str, &str)> =
        url.iter().map(|url| ("OPS_DATABASE_URL", &**url)).collect();
    let (sql, dialect) = match &home.postgres {
        None => (home.ops_sql(), "sqlite"),
        Some(postgres) => (postgres.sql("ops"), "postgres"),
    };
    assert_eq!(home.run(&["migrate"], &environment).await.code(), 0);
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/ops");
    let known = fs::read_dir(migrations.join(dialect)).unwrap();
    let known = known.map(|entry| entry.unwrap().path());
    let since = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap() >= MIGRATION;
    let mut later: Vec<PathBuf> = known.filter(since).collect();
    later.sort();
    for migration in later.iter().rev() {
        let down = fs::read_to_string(migration.join("down.sql")).unwrap();
        sql.execute(&down).await;
    }
    let version = MIGRATION.split('_').next().unwrap().replace('-', "");
    let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version >= '{version}'");
    sql.execute(&forget).await;

    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let last = i64::try_from(now.as_secs() / 60).unwrap() - 2;
    let store = OldStore {
        sql: &sql,
        statements: String::new(),
    };
    store.fill(last).await;
    let rows = "SELECT CAST(SUM(requests) AS TEXT) AS line FROM traffic_totals";
    let before = sql.lines(rows).await;
    assert_eq!(home.run(&["migrate"], &environment).await.code(), 0);
    let rows = "SELECT CAST(SUM(count) AS TEXT) AS line FROM series WHERE kind = 'traffic'";
    assert_eq!(sql.lines(rows).await, before);

    let service = home.serve_with(&environment).await;
    service.until_ready().await;
    let session = service.signed_in().await;
    eventually("the history is known", SOON, async || {
        let traffic = figures(&session, "traffic", "30d").await;
        (traffic["requests"].as_i64()? > 0).then_some(())
    })
    .await;
    for period in PERIODS {
        let traffic = figures(&session, "traffic", period).await;
        for (step, minutes) in inner_steps(&traffic, last) {
            let all: i64 = minutes.clone().map(served).sum();
            let count = |column: &str| traffic["steps"][column][step].as_i64();
            assert_eq!(count("good"), Some(INSTANCES * all), "{period} {step}");
            let failed = INSTANCES * minutes.count() as i64;
            assert_eq!(count("errors"), Some(failed), "{period} {step}");
            let average = &traffic["steps"]["avg_ms"][step];
            assert_eq!(average.as_f64(), Some(0.01), "{period}");
        }
        let host = figures(&session, "host", period).await;
        let gauge = &host["steps"]["gauges"]["threads"];
        for (step, minutes) in inner_steps(&host, last) {
            let all = minutes.clone().map(threads);
            let average = all.clone().sum::<i64>() as f64 / minutes.clone().count() as f64;
            let told = gauge["avg"][step].as_f64().unwrap();
            assert!((told - average).abs() < 0.01, "{period}: {told} {average}");
            assert_eq!(
                gauge["min"][step].as_f64(),
                all.clone().min().map(|n| n as f64)
            );
            assert_eq!(gauge["max"][step].as_f64(), all.max().map(|n| n as f64));
            let end = minutes.last().map(|minute| threads(minute) as f64);
            assert_eq!(gauge["last"][step].as_f64(), end, "{period}");
        }
        assert_eq!(host["events"][0]["detail"], "0.0.9", "{period}");
        let groups = figures(&session, "errors", period).await;
        let group = &groups["groups"][0];
        assert_eq!(group["message"], "broken");
        for (step, minutes) in inner_steps(&groups, last) {
            let all: i64 = minutes.map(errors).sum();
            assert_eq!(
                group["steps"][step].as_i64(),
                Some(INSTANCES * all),
                "{period}"
            );
        }
        let routes = figures(&session, "routes", period).await;
        let names = routes["routes"].as_array().unwrap().iter();
        let names: Vec<_> = names
            .map(|route| (&route["method"], &route["route"]))
            .collect();
        assert_eq!(names.len(), 2, "{names:?}");
        let of = |name: &str| {
            let mut all = routes["routes"].as_array().unwrap().iter();
            let route = all.find(|route| route["route"] == name).unwrap();
            route["requests"].as_i64().unwrap()
        };
        // Two instances, and a request a minute.
        let minutes = of("/b") / INSTANCES;
        let asked = routes["minutes"].as_i64().unwrap();
        assert!(
            (asked - 3..=asked).contains(&minutes),
            "{period}: {minutes} of {asked}"
        );
        let all: i64 = (last - minutes + 1..=last).map(served).sum();
        assert_eq!(of("/a/{id}"), INSTANCES * all, "{period}");
    }
}

async fn figures(session: &Http, what: &str, period: &str) -> Value {
    let path = format!("/api/ops/{what}/?period={period}");
    let answer = session.get(&path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

/// The steps that lie within the period, and were over when the old version wrote last; and their
/// minutes.
fn inner_steps(
    found: &Value,
    last: i64,
) -> Vec<(usize, impl Iterator<Item = i64> + Clone + use<>)> {
    let start = found["start"].as_str().unwrap();
    let start = chrono::DateTime::parse_from_rfc3339(start)
        .unwrap()
        .timestamp()
        / 60;
    let length = found["step_minutes"].as_i64().unwrap();
    let starts = (1..).map(|step| (step, start + step * length));
    let inner = starts.take_while(|(_, start)| start + length <= last + 1);
    let inner: Vec<_> = inner
        .map(|(step, start)| (usize::try_from(step).unwrap(), start..start + length))
        .collect();
    assert!(inner.len() > 20, "{}", inner.len());
    inner
}
