//! Parts out of the desk's own store, for when the service does not answer: the same figures, made by the
//! same functions, over what it has written. Nothing is written.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use app::dto;
use app::view::viewer::Language;
use ops::clock::{Clock, Minute, SystemClock, unix_millis};
use ops::errors::{Errors, GroupStore};
use ops::events::{EventLog, EventStore};
use ops::host::Host;
use ops::series::{InstanceFilter, Run, SeriesStore};
use ops::traffic::Traffic;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::Part;
use crate::config::Config;
use crate::db::queries::{events, instances};
use crate::db::{Db, chain};
use crate::desk::incidents::find::stored_open;
use crate::ops_store::OpsStore;
use crate::{error_groups, host, traffic};

/// For one part.
const LIMIT: Duration = Duration::from_secs(8);

const TIMELINE_MS: i64 = 7 * 24 * 3_600_000;

/// Who looks: nothing of that name is stored.
const RUN: &str = "support-bundle";

const NAMES: [&str; 5] = [
    "incidents.json",
    "timeline.json",
    "instances.json",
    "host.json",
    "errors.json",
];

pub async fn parts(config: &Config) -> Vec<Part> {
    if config.ops_database.url.is_missing_file() {
        let why = "there is no file of OPS_DATABASE_URL";
        return NAMES.map(|name| Part::missing(name, why)).into();
    }
    let url = config.ops_database.url.clone();
    let db = Db::new(url, 2, Duration::MAX, Handle::current());
    // The first question says whether others are worth their time.
    let seen = match timeout(LIMIT, instances::seen_since(&db, 0)).await {
        Ok(Ok(seen)) => seen,
        Ok(Err(error)) => {
            let why = format!("OPS_DATABASE_URL: {}", chain(&error));
            return NAMES.map(|name| Part::missing(name, &why)).into();
        }
        Err(_) => {
            let why = "OPS_DATABASE_URL: no answer in time";
            return NAMES.map(|name| Part::missing(name, why)).into();
        }
    };
    let mut parts = incidents(&db, config).await;
    parts.push(timeline(&db).await);
    let seen = seen.iter().map(Instance::from);
    parts.push(written("instances.json", &seen.collect::<Vec<_>>()));
    let engines = Engines::over(&db, config);
    parts.push(in_time("host.json", engines.host()).await);
    parts.push(in_time("errors.json", engines.errors()).await);
    parts
}

#[derive(Serialize)]
struct Instance {
    name: String,
    version: String,
    commit: String,
    started_at: String,
    seen_at: String,
    stopped_at: Option<String>,
}

impl From<&ops::instances::Instance> for Instance {
    fn from(seen: &ops::instances::Instance) -> Self {
        let time = |ms| ops::clock::rfc3339_millis(ops::clock::from_unix_millis(ms));
        Self {
            name: seen.name.clone(),
            version: seen.version.clone(),
            commit: seen.commit.clone(),
            started_at: time(seen.started_ms),
            seen_at: time(seen.seen_ms),
            stopped_at: seen.stopped_ms.map(time),
        }
    }
}

async fn incidents(db: &Db, config: &Config) -> Vec<Part> {
    let now_ms = unix_millis(SystemTime::now());
    match timeout(LIMIT, stored_open(db, &config.alerts, now_ms)).await {
        Ok(Ok(found)) => {
            let list: Vec<_> = found.iter().map(|(incident, _)| incident).collect();
            let list = written("incidents.json", &list);
            let reports = found.iter();
            let reports = reports.map(|(it, report)| {
                Part::lines(&format!("incidents/{}.md", it.id), report.clone())
            });
            std::iter::once(list).chain(reports).collect()
        }
        Ok(Err(error)) => vec![Part::missing("incidents.json", &chain(&error))],
        Err(_) => vec![Part::missing("incidents.json", "no answer in time")],
    }
}

async fn timeline(db: &Db) -> Part {
    const NAME: &str = "timeline.json";
    let from_ms = unix_millis(SystemTime::now()) - TIMELINE_MS;
    match timeout(LIMIT, events::since(db, from_ms)).await {
        Ok(Ok(found)) => {
            let entries = found
                .iter()
                .map(|event| host::entry(event, Language::English));
            written(NAME, &entries.collect::<Vec<_>>())
        }
        Ok(Err(error)) => Part::missing(NAME, &chain(&error)),
        Err(_) => Part::missing(NAME, "no answer in time"),
    }
}

async fn in_time<T: Serialize>(name: &str, asked: impl Future<Output = T>) -> Part {
    match timeout(LIMIT, asked).await {
        Ok(found) => written(name, &found),
        Err(_) => Part::missing(name, "no answer in time"),
    }
}

fn written(name: &str, value: &impl Serialize) -> Part {
    match serde_json::to_string_pretty(value) {
        Ok(text) => Part::json(name, text),
        Err(error) => Part::missing(name, &error.to_string()),
    }
}

/// The engines over the store alone: they record nothing, and are asked once.
struct Engines {
    host: Host,
    traffic: Traffic,
    errors: Errors,
}

impl Engines {
    fn over(db: &Db, config: &Config) -> Self {
        let store = OpsStore::new(db.clone());
        store.prepared();
        let store = Arc::new(store);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let now = clock.now();
        let (run, retention) = (Run::new(RUN.to_owned(), now), config.traffic);
        let series = Arc::clone(&store) as Arc<dyn SeriesStore>;
        let events = EventLog::new(
            run.clone(),
            now,
            crate::VERSION.to_owned(),
            Arc::clone(&clock),
            Arc::clone(&store) as Arc<dyn EventStore>,
            retention,
        );
        Self {
            host: Host::new(
                run.clone(),
                Vec::new(),
                Arc::clone(&clock),
                Arc::clone(&series),
                events,
                retention,
            ),
            traffic: Traffic::new(run, Arc::clone(&clock), Arc::clone(&series), retention),
            errors: Errors::new(
                (RUN.to_owned(), String::new()),
                clock,
                series,
                store as Arc<dyn GroupStore>,
                retention.hours,
            ),
        }
    }

    async fn host(&self) -> dto::HostHistory {
        let now = Minute::of(SystemTime::now());
        let (day, all) = (dto::Range::default(), InstanceFilter::All);
        let mut history = host::history(&self.host, day, &all, now).await;
        // That this one looks is no event of the service's.
        history.events.retain(|event| event.instance != RUN);
        history
    }

    async fn errors(&self) -> dto::ErrorGroups {
        let now = SystemTime::now();
        let (day, all) = (dto::Range::default(), InstanceFilter::All);
        let steps = traffic::period_of(day, Minute::of(now));
        let summary = self.traffic.summary(steps, &all).await;
        error_groups::groups(&self.errors, &summary, day, &all, now).await
    }
}
