//! What rules look at, as this process and its store know it now.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ops::alerts::expression::{Argument, Counter, Dimension, Signal, SignalKind};
use ops::alerts::rule::Scope;
use ops::alerts::snapshot::{Reading, Reason, Sample, Snapshot};
use ops::clock::Period;
use ops::health::{CERTIFICATE_EXPIRY, Report, Status};
use ops::host::{Gauge, HostSummary};
use ops::series::InstanceFilter;
use tokio::time::timeout;

use super::activity::Activity;
use super::around::{PATIENCE, disks, starts};
use crate::db::milliseconds;
use crate::desk::state::DeskState;

/// Checks have their own limits, which are longer.
const CHECK_PATIENCE: Duration = Duration::from_millis(2600);

/// What has not started by then is in trouble.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Windows that are longer are made of hours.
const MOST_MINUTES: u32 = 47 * 60;

/// Reads what is wanted for rules of this scope.
pub async fn snapshot(
    desk: &DeskState,
    wanted: &BTreeSet<Signal>,
    scope: Scope,
    (leads, gone): (bool, Vec<String>),
) -> Snapshot {
    let own = desk.service.instance.clone();
    let filter = match scope {
        Scope::Service => InstanceFilter::All,
        Scope::Instance => InstanceFilter::Instance(own.clone()),
    };
    let mut reader = Reader {
        desk,
        filter,
        report: None,
        windows: BTreeMap::new(),
        snapshot: Snapshot {
            instance: own,
            leads,
            gone,
            uptime: desk.alerting.uptime(),
            ..Snapshot::default()
        },
    };
    reader.list_parts();
    for signal in wanted {
        reader.read(signal).await;
    }
    reader.snapshot
}

struct Reader<'d> {
    desk: &'d DeskState,
    filter: InstanceFilter,
    report: Option<Report>,
    windows: BTreeMap<u32, Window>,
    snapshot: Snapshot,
}

/// What is known of the last so many minutes, each part read when it is first asked for.
#[derive(Default)]
struct Window {
    traffic: Option<ops::traffic::Summary>,
    activity: Option<(Activity, f64)>,
    host: Option<HostSummary>,
}

fn period(minutes: u32) -> Period {
    if minutes > MOST_MINUTES {
        Period::of(minutes, 60)
    } else {
        Period::total(minutes)
    }
}

fn coverage(covered: u32, minutes: u32) -> f64 {
    (f64::from(covered) / f64::from(minutes.max(1))).min(1.0)
}

impl Reader<'_> {
    fn list_parts(&mut self) {
        let disks = disks(self.desk).into_iter().map(|(name, _)| name).collect();
        let dependencies = self.desk.alerting.dependencies.clone();
        let channels = self.desk.alerting.setup();
        let channels = channels.channels.iter();
        let channels = channels.map(|channel| channel.name.clone()).collect();
        let seen = self.desk.recorded.fleet.seen();
        let instances = seen.expected().map(|one| one.name.clone()).collect();
        self.snapshot.parts = BTreeMap::from([
            (Dimension::Disk, disks),
            (Dimension::Dependency, dependencies),
            (Dimension::Channel, channels),
            (Dimension::Instance, instances),
        ]);
    }

    async fn read(&mut self, signal: &Signal) {
        if let Some(dimension) = signal.dimension() {
            for part in self.snapshot.parts(dimension).to_vec() {
                let reading = self.of_part(signal, &part).await;
                self.snapshot.set(signal.clone(), Some(part), reading);
            }
        } else {
            let reading = self.whole(signal).await;
            self.snapshot.set(signal.clone(), None, reading);
        }
    }

    async fn of_part(&mut self, signal: &Signal, part: &str) -> Reading {
        let desk = self.desk;
        match signal.kind {
            SignalKind::DiskUsedRatio => {
                let mut disks = disks(desk).into_iter();
                let disk = disks.find_map(|(name, sample)| (name == part).then_some(sample));
                disk.map_or(Reading::Missing(Reason::NoData), Reading::Known)
            }
            SignalKind::CheckFailed => self.check(part).await,
            SignalKind::InstanceSilent => {
                let seen = desk.recorded.fleet.seen();
                if part == desk.service.instance {
                    return fresh(0.0);
                }
                match (seen.of(part), seen.current_ms()) {
                    (Some(one), Some(now_ms)) => {
                        fresh(now_ms.saturating_sub(one.seen_ms).max(0) as f64)
                    }
                    _ => Reading::Missing(Reason::NoData),
                }
            }
            SignalKind::NoticesOldestQueued => {
                let oldest = desk
                    .alerting
                    .channels()
                    .get(part)
                    .map(|it| it.oldest_queued_ms);
                let now_ms = desk.alerting.now_ms();
                let waited = oldest
                    .flatten()
                    .map_or(0, |at| now_ms.saturating_sub(at).max(0));
                fresh(waited as f64)
            }
            SignalKind::NoticesDead => {
                let minutes = signal.window.unwrap_or(60);
                let since_ms = desk.alerting.now_ms() - i64::from(minutes) * 60_000;
                let channels = desk.alerting.channels();
                let failed = channels.get(part).map(|it| it.failed_since(since_ms));
                fresh(failed.unwrap_or(0) as f64)
            }
            SignalKind::CertificateDaysLeft => self.days_left(part).await,
            _ => Reading::Missing(Reason::NoData),
        }
    }

    async fn whole(&mut self, signal: &Signal) -> Reading {
        let desk = self.desk;
        let minutes = signal.window.unwrap_or(1);
        match signal.kind {
            SignalKind::CheckFailed => match &signal.argument {
                Argument::Check(name) => {
                    let name = name.strip_prefix("dependency/").unwrap_or(name).to_owned();
                    self.check(&name).await
                }
                _ => Reading::Missing(Reason::NoData),
            },
            SignalKind::ErrorShare | SignalKind::Requests | SignalKind::Latency => {
                self.of_traffic(signal, minutes).await
            }
            SignalKind::LogErrorShare | SignalKind::QueryLatency | SignalKind::Increase => {
                self.of_activity(signal, minutes).await
            }
            SignalKind::PoolWaiting => self.gauge(Gauge::RegistryPoolWaiting, minutes).await,
            SignalKind::PoolUsedRatio => {
                let max = f64::from(desk.db.pool_state().max.max(1));
                match self.gauge(Gauge::RegistryPoolInUse, minutes).await {
                    Reading::Known(sample) => Reading::Known(Sample {
                        value: sample.value / max,
                        ..sample
                    }),
                    missing => missing,
                }
            }
            SignalKind::MemoryWorkingSet => fresh(desk.memory.used_bytes() as f64),
            SignalKind::MemoryLimit => {
                let limit = desk.memory.limit_bytes();
                limit.map_or(Reading::Missing(Reason::NoData), |it| fresh(it as f64))
            }
            SignalKind::Starts => fresh(starts(desk, minutes).0 as f64),
            SignalKind::UncleanStarts => fresh(starts(desk, minutes).1 as f64),
            SignalKind::UnappliedMigrations => self.unapplied().await,
            SignalKind::StoreUnreachable => {
                let away = desk.alerting.seen().away;
                fresh(away.map_or(0.0, |(away, _)| away.as_secs_f64() * 1000.0))
            }
            SignalKind::EvaluationAge => {
                let last = desk.alerting.seen().last_round;
                let age = last.map(|(_, at)| desk.clock.monotonic().saturating_duration_since(at));
                fresh(age.unwrap_or_default().as_secs_f64() * 1000.0)
            }
            SignalKind::DiskUsedRatio
            | SignalKind::InstanceSilent
            | SignalKind::CertificateDaysLeft
            | SignalKind::NoticesOldestQueued
            | SignalKind::NoticesDead => Reading::Missing(Reason::NoData),
        }
    }

    async fn report(&mut self) -> Report {
        if let Some(report) = &self.report {
            return report.clone();
        }
        let report = self.desk.health.report_within(CHECK_PATIENCE).await;
        self.report = Some(report.clone());
        report
    }

    /// A service that is only starting, for a while, or about to end.
    fn is_no_time_to_judge(&self) -> bool {
        let phase = &self.desk.phase;
        let is_starting = !phase.check().ready && self.desk.alerting.uptime() < START_LIMIT;
        is_starting || phase.is_draining()
    }

    async fn check(&mut self, name: &str) -> Reading {
        if self.is_no_time_to_judge() {
            return Reading::Missing(Reason::WarmingUp);
        }
        let report = self.report().await;
        if name == "ready" {
            return fresh(f64::from(u8::from(!report.is_ready())));
        }
        match report.check(name) {
            Some(check) => fresh(f64::from(u8::from(check.status == Status::Error))),
            None => Reading::Missing(Reason::NoData),
        }
    }

    /// Of one that is reached without TLS, or not at all, nothing is known.
    async fn days_left(&mut self, dependency: &str) -> Reading {
        let report = self.report().await;
        let expiry = report
            .check(dependency)
            .and_then(|check| check.details.get(CERTIFICATE_EXPIRY)?.as_i64());
        let Some(expiry) = expiry else {
            return Reading::Missing(Reason::NoData);
        };
        let left_ms = expiry * 1000 - self.desk.alerting.now_ms();
        fresh(left_ms as f64 / 86_400_000.0)
    }

    async fn unapplied(&mut self) -> Reading {
        if self.is_no_time_to_judge() {
            return Reading::Missing(Reason::WarmingUp);
        }
        let report = self.report().await;
        let migrations = report.check("migrations");
        let count = migrations.and_then(|check| check.details.get("unapplied")?.as_u64());
        count.map_or(Reading::Missing(Reason::NoData), |it| fresh(it as f64))
    }

    async fn of_traffic(&mut self, signal: &Signal, minutes: u32) -> Reading {
        let window = self.windows.entry(minutes).or_default();
        if window.traffic.is_none() {
            let asked = self
                .desk
                .recorded
                .traffic
                .summary(period(minutes), &self.filter);
            window.traffic = timeout(PATIENCE, asked).await.ok();
        }
        let Some(summary) = &window.traffic else {
            return Reading::Missing(Reason::Error);
        };
        let tally = &summary.tally;
        let coverage = coverage(summary.covered_minutes, minutes);
        let sample = match (signal.kind, &signal.argument) {
            (SignalKind::ErrorShare, _) => Sample::share(tally.by_class.errors, tally.requests()),
            (SignalKind::Latency, Argument::Quantile(thousandths)) => {
                let share = f64::from(*thousandths) / 1000.0;
                match tally.durations.percentile(share) {
                    Some(duration) => Sample {
                        samples: Some(tally.durations.count()),
                        ..Sample::fresh(milliseconds(duration))
                    },
                    None => return Reading::Missing(Reason::TooFew),
                }
            }
            _ => Sample::fresh(tally.requests() as f64),
        };
        Reading::Known(Sample { coverage, ..sample })
    }

    async fn of_activity(&mut self, signal: &Signal, minutes: u32) -> Reading {
        let window = self.windows.entry(minutes).or_default();
        if window.activity.is_none() {
            let recorder = &self.desk.recorded.activity;
            let asked = recorder.summary(period(minutes), &self.filter);
            let found = timeout(PATIENCE, asked).await.ok();
            window.activity = found.map(|summary| {
                let coverage = coverage(summary.covered_minutes, minutes);
                (summary.total, coverage)
            });
        }
        let Some((activity, coverage)) = &window.activity else {
            return Reading::Missing(Reason::Error);
        };
        let sample = match (signal.kind, &signal.argument) {
            (SignalKind::LogErrorShare, _) => Sample::share(activity.error_lines, activity.lines),
            (SignalKind::QueryLatency, Argument::Quantile(thousandths)) => {
                let share = f64::from(*thousandths) / 1000.0;
                let durations = &activity.queries.durations;
                match durations.percentile(share) {
                    Some(duration) => Sample {
                        samples: Some(durations.count()),
                        ..Sample::fresh(milliseconds(duration))
                    },
                    None => return Reading::Missing(Reason::TooFew),
                }
            }
            // What was lost in minutes that are not known of counts when they are.
            (_, Argument::Counter(Counter::LogLinesDropped)) => {
                return fresh(activity.lost_lines as f64);
            }
            (_, Argument::Counter(Counter::MinutesLost)) => {
                return fresh(activity.lost_minutes as f64);
            }
            _ => return Reading::Missing(Reason::NoData),
        };
        Reading::Known(Sample {
            coverage: *coverage,
            ..sample
        })
    }

    /// The most within the window.
    async fn gauge(&mut self, gauge: Gauge, minutes: u32) -> Reading {
        let window = self.windows.entry(minutes).or_default();
        if window.host.is_none() {
            let asked = self
                .desk
                .recorded
                .host
                .summary(period(minutes + 1), &self.filter);
            window.host = timeout(PATIENCE, asked).await.ok();
        }
        let Some(host) = &window.host else {
            return Reading::Missing(Reason::Error);
        };
        let levels = host.levels.points.iter();
        let most = levels
            .filter_map(|point| Some(point.value.get(gauge)?.max))
            .max();
        most.map_or(Reading::Missing(Reason::NoData), |most| fresh(most as f64))
    }
}

fn fresh(value: f64) -> Reading {
    Reading::Known(Sample::fresh(value))
}
