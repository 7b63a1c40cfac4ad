//! What a rule would have found: the same evaluation over what is stored.
//!
//! Minutes are kept for two days and hours for longer. Of the time before, windows of less than an hour
//! say nothing, and are counted as unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use app::dto;
use ops::alerts::expression::{Argument, Counter, Dimension, Signal, SignalKind};
use ops::alerts::file::{Known, load_rules};
use ops::alerts::rule::{Rule, Scope};
use ops::alerts::snapshot::{Reading, Reason, Sample, Snapshot, signals_of};
use ops::alerts::{Trial, duration, trial, unreplayable};
use ops::clock::{Minute, from_unix_millis, rfc3339_millis};
use ops::events::{Event, EventKind};
use ops::host::{Gauge, HOST, Levels};
use ops::series::{SeriesStore, StoreError};
use ops::traffic::{TRAFFIC, Tally};

use super::activity::{ACTIVITY, Activity};
use super::past_rows::{Buckets, MINUTES_KEPT, merged, read};
use crate::db::milliseconds;
use crate::desk::state::DeskState;

const LONGEST: Duration = Duration::from_secs(90 * 86_400);

/// Looks lie no closer: what is stored is by the minute.
const CLOSEST: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// # Errors
/// If the rule or the time can't be understood.
pub async fn preview(
    desk: &DeskState,
    text: &str,
    since: &str,
) -> Result<dto::RulePreview, dto::BadQuery> {
    let bad = |field: &str, message: String| dto::BadQuery {
        field: field.to_owned(),
        message,
    };
    let since = duration::parse(since.trim())
        .filter(|since| (CLOSEST..=LONGEST).contains(since))
        .ok_or_else(|| {
            bad(
                "since",
                "must be such as 24h or 7d, and 90d at most".to_owned(),
            )
        })?;
    let rule = one_rule(desk, text).map_err(|message| bad("rule", message))?;
    let lost = unreplayable(&rule);
    let is_burn = matches!(rule.trigger, ops::alerts::rule::Trigger::Burn(_));
    if !lost.is_empty() {
        let reason = format!("of {} no past is stored", lost.join(", "));
        return Ok(refused(reason));
    }
    let past = match Past::load(desk, &rule, since).await {
        Ok(past) => past,
        Err(_) => return Ok(refused("the monitoring store does not answer".to_owned())),
    };
    // It may be thousands of histograms.
    let found = tokio::task::spawn_blocking(move || past.try_out(&rule)).await;
    let Ok(found) = found else {
        return Ok(refused("the trial broke off".to_owned()));
    };
    let mut preview = shown(&found);
    if is_burn && found.evaluations == found.unknown {
        preview.reason = Some("too little is known of this time".to_owned());
    }
    Ok(preview)
}

fn one_rule(desk: &DeskState, text: &str) -> Result<Rule, String> {
    let setup = desk.alerting.setup();
    let channels: Vec<String> = setup.channels.iter().map(|it| it.name.clone()).collect();
    let known = Known {
        dependencies: &desk.alerting.dependencies,
        channels: &channels,
    };
    let mut rules = load_rules(text, known).map_err(|error| error.to_string())?;
    match (rules.pop(), rules.is_empty()) {
        (Some(rule), true) => Ok(rule),
        (None, _) => Err("has no [[rule]]".to_owned()),
        (Some(_), false) => Err("has more than one [[rule]]".to_owned()),
    }
}

fn refused(reason: String) -> dto::RulePreview {
    dto::RulePreview {
        evaluations: 0,
        unknown: 0,
        episodes: Vec::new(),
        replayable: false,
        reason: Some(reason),
    }
}

fn shown(trial: &Trial) -> dto::RulePreview {
    let time = |at_ms| rfc3339_millis(from_unix_millis(at_ms));
    let episodes = trial.episodes.iter().map(|episode| dto::PreviewEpisode {
        subject: episode.subject.to_string(),
        from: time(episode.from_ms),
        to: episode.to_ms.map(time),
        peak: episode.peak,
    });
    dto::RulePreview {
        evaluations: trial.evaluations,
        unknown: trial.unknown,
        episodes: episodes.collect(),
        replayable: true,
        reason: None,
    }
}

struct Past {
    instance: String,
    now: i64,
    from: i64,
    signals: BTreeSet<Signal>,
    traffic: Buckets<Tally>,
    activity: Buckets<Activity>,
    host: Buckets<Levels>,
    events: Vec<Event>,
    pool_max: f64,
    is_one_disk: bool,
    dependencies: Vec<String>,
}

impl Past {
    async fn load(desk: &DeskState, rule: &Rule, since: Duration) -> Result<Self, StoreError> {
        let alerting = &desk.alerting;
        let now = Minute::of(desk.clock.now()).number();
        let from = now - i64::try_from(since.as_secs() / 60).unwrap_or(i64::MAX);
        let signals = signals_of([rule]);
        let window = signals.iter().filter_map(|signal| signal.window).max();
        let from_window = from - i64::from(window.unwrap_or(1));
        let store: &dyn SeriesStore = &*alerting.store;
        let own = (rule.scope == Scope::Instance).then_some(alerting.instance.as_str());
        let range = from_window..now;
        let needs = |kinds: &[SignalKind]| signals.iter().any(|it| kinds.contains(&it.kind));
        let traffic = [
            SignalKind::ErrorShare,
            SignalKind::Latency,
            SignalKind::Requests,
        ];
        let activity = [
            SignalKind::LogErrorShare,
            SignalKind::QueryLatency,
            SignalKind::Increase,
        ];
        let host = [
            SignalKind::DiskUsedRatio,
            SignalKind::MemoryWorkingSet,
            SignalKind::MemoryLimit,
            SignalKind::PoolWaiting,
            SignalKind::PoolUsedRatio,
        ];
        Ok(Self {
            traffic: read(store, TRAFFIC, needs(&traffic), &range, own).await?,
            activity: read(store, ACTIVITY, needs(&activity), &range, own).await?,
            host: read(store, HOST, needs(&host), &range, own).await?,
            events: desk
                .recorded
                .host
                .events_since(Minute::from_number(from_window)),
            instance: alerting.instance.clone(),
            now,
            from,
            signals,
            pool_max: f64::from(desk.db.pool_state().max.max(1)),
            is_one_disk: alerting.is_one_disk,
            dependencies: alerting.dependencies.clone(),
        })
    }

    fn try_out(&self, rule: &Rule) -> Trial {
        let kept_from = (self.now - MINUTES_KEPT).max(self.from);
        let mut found = Trial::default();
        for (range, step) in [
            (self.from..kept_from, rule.every.max(HOUR)),
            (kept_from..self.now, rule.every.max(CLOSEST)),
        ] {
            let minutes = usize::try_from(step.as_secs() / 60).unwrap_or(1).max(1);
            let looks = range.step_by(minutes).map(|minute| {
                let end_ms = (minute + 1).saturating_mul(60_000);
                (end_ms, self.snapshot(minute))
            });
            let mut rule = rule.clone();
            rule.every = step;
            let part = trial(&rule, looks);
            found.evaluations += part.evaluations;
            found.unknown += part.unknown;
            found.episodes.extend(part.episodes);
        }
        found
    }

    fn snapshot(&self, minute: i64) -> Snapshot {
        let disks = if self.is_one_disk {
            vec!["log,data".to_owned()]
        } else {
            vec!["log".to_owned(), "data".to_owned()]
        };
        let mut snapshot = Snapshot {
            instance: self.instance.clone(),
            // No start in the past is a start of this process.
            uptime: LONGEST,
            parts: BTreeMap::from([
                (Dimension::Disk, disks),
                (Dimension::Dependency, self.dependencies.clone()),
            ]),
            ..Snapshot::default()
        };
        for signal in &self.signals {
            match signal.dimension() {
                Some(dimension) => {
                    for part in snapshot.parts(dimension).to_vec() {
                        let reading = self.of_part(signal, &part, minute);
                        snapshot.set(signal.clone(), Some(part), reading);
                    }
                }
                None => {
                    let reading = self.whole(signal, minute);
                    snapshot.set(signal.clone(), None, reading);
                }
            }
        }
        snapshot
    }

    fn of_part(&self, signal: &Signal, part: &str, minute: i64) -> Reading {
        match signal.kind {
            SignalKind::DiskUsedRatio => {
                let gauges = if part == "data" {
                    (Gauge::DataDiskUsed, Gauge::DataDiskFree)
                } else {
                    (Gauge::LogDiskUsed, Gauge::LogDiskFree)
                };
                let used = self.last(gauges.0, minute);
                let free = self.last(gauges.1, minute);
                match (used, free) {
                    (Some(used), Some(free)) => fresh(used / (used + free).max(1.0)),
                    _ => Reading::Missing(Reason::NoData),
                }
            }
            SignalKind::CheckFailed => self.check(part, minute),
            _ => Reading::Missing(Reason::NoData),
        }
    }

    fn whole(&self, signal: &Signal, minute: i64) -> Reading {
        let window = i64::from(signal.window.unwrap_or(1));
        match signal.kind {
            SignalKind::ErrorShare | SignalKind::Requests | SignalKind::Latency => {
                let (tally, coverage) = merged(&self.traffic, minute, window);
                let sample = match (signal.kind, &signal.argument) {
                    (SignalKind::ErrorShare, _) => {
                        Sample::share(tally.by_class.errors, tally.requests())
                    }
                    (SignalKind::Latency, Argument::Quantile(thousandths)) => {
                        match quantile(&tally, *thousandths) {
                            Some(sample) => sample,
                            None => return Reading::Missing(Reason::TooFew),
                        }
                    }
                    _ => Sample::fresh(tally.requests() as f64),
                };
                Reading::Known(Sample { coverage, ..sample })
            }
            SignalKind::LogErrorShare | SignalKind::QueryLatency | SignalKind::Increase => {
                let (activity, coverage) = merged(&self.activity, minute, window);
                let sample = match (signal.kind, &signal.argument) {
                    (SignalKind::LogErrorShare, _) => {
                        Sample::share(activity.error_lines, activity.lines)
                    }
                    (SignalKind::QueryLatency, Argument::Quantile(thousandths)) => {
                        match quantile(&activity.queries, *thousandths) {
                            Some(sample) => sample,
                            None => return Reading::Missing(Reason::TooFew),
                        }
                    }
                    (_, Argument::Counter(Counter::LogLinesDropped)) => {
                        Sample::fresh(activity.lost_lines as f64)
                    }
                    _ => Sample::fresh(activity.lost_minutes as f64),
                };
                Reading::Known(Sample { coverage, ..sample })
            }
            SignalKind::PoolWaiting => self.most(Gauge::RegistryPoolWaiting, minute, window, 1.0),
            SignalKind::PoolUsedRatio => {
                self.most(Gauge::RegistryPoolInUse, minute, window, self.pool_max)
            }
            SignalKind::MemoryWorkingSet => self.gauge(Gauge::MemoryWorkingSet, minute),
            SignalKind::MemoryLimit => self.gauge(Gauge::MemoryLimit, minute),
            SignalKind::Starts => fresh(self.starts(minute, window).0),
            SignalKind::UncleanStarts => fresh(self.starts(minute, window).1),
            SignalKind::CheckFailed => match &signal.argument {
                Argument::Check(name) => {
                    self.check(name.strip_prefix("dependency/").unwrap_or(name), minute)
                }
                _ => Reading::Missing(Reason::NoData),
            },
            _ => Reading::Missing(Reason::NoData),
        }
    }

    fn gauge(&self, gauge: Gauge, minute: i64) -> Reading {
        let last = self.last(gauge, minute);
        last.map_or(Reading::Missing(Reason::NoData), fresh)
    }

    /// Within the five minutes up to this one: samples come every ten seconds.
    fn last(&self, gauge: Gauge, minute: i64) -> Option<f64> {
        let mut buckets = self.host.range(minute - 60..=minute).rev();
        buckets.find_map(|(start, bucket)| {
            let is_near = start + bucket.length > minute - 5;
            let level = bucket.payload.get(gauge).filter(|_| is_near)?;
            Some(level.last as f64)
        })
    }

    fn most(&self, gauge: Gauge, minute: i64, window: i64, of: f64) -> Reading {
        let buckets = self.host.range(minute - window..=minute);
        let levels = buckets.filter_map(|(_, bucket)| Some(bucket.payload.get(gauge)?.max));
        let most = levels.max();
        most.map_or(Reading::Missing(Reason::NoData), |most| {
            fresh(most as f64 / of)
        })
    }

    /// As the timeline has it: a check that never changed has passed.
    fn check(&self, name: &str, minute: i64) -> Reading {
        let end_ms = (minute + 1).saturating_mul(60_000);
        let mut failing = BTreeSet::new();
        let changes = self.events.iter().filter(|event| {
            event.kind == EventKind::Check
                && event.at_ms < end_ms
                && event.run.instance == self.instance
        });
        for event in changes {
            let Ok(detail) = serde_json::from_str::<dto::EventDetail>(&event.detail) else {
                continue;
            };
            let Some(check) = detail.title else { continue };
            if detail.status.as_deref() == Some("error") {
                failing.insert(check);
            } else {
                failing.remove(&check);
            }
        }
        let is_failing = match name {
            "ready" => !failing.is_empty(),
            name => failing.contains(name),
        };
        fresh(f64::from(u8::from(is_failing)))
    }

    fn starts(&self, minute: i64, window: i64) -> (f64, f64) {
        let (from_ms, end_ms) = ((minute - window + 1) * 60_000, (minute + 1) * 60_000);
        let own = self.events.iter().filter(|event| {
            event.run.instance == self.instance
                && event.at_ms < end_ms
                && matches!(event.kind, EventKind::Start | EventKind::Stop)
        });
        let (mut starts, mut unclean, mut before) = (0.0, 0.0, None);
        for event in own {
            if event.kind == EventKind::Start && event.at_ms >= from_ms {
                starts += 1.0;
                unclean += f64::from(u8::from(before == Some(EventKind::Start)));
            }
            before = Some(event.kind);
        }
        (starts, unclean)
    }
}

fn fresh(value: f64) -> Reading {
    Reading::Known(Sample::fresh(value))
}

fn quantile(tally: &Tally, thousandths: u16) -> Option<Sample> {
    let duration = tally
        .durations
        .percentile(f64::from(thousandths) / 1000.0)?;
    Some(Sample {
        samples: Some(tally.durations.count()),
        ..Sample::fresh(milliseconds(duration))
    })
}
