//! Conditions as PromQL, over what `/metrics` gives.
//!
//! Each vector keeps the labels that its rule has an alert for each of: `instance`, and that of the
//! part. So `and` and `or` find what belongs together.

use std::time::Duration;

use super::metrics::{self, Metric};
use crate::alerts::duration;
use crate::alerts::expression::{
    Argument, Comparison, Condition, Dimension, Measured, Operator, Signal, SignalKind, Threshold,
    Unit,
};
use crate::alerts::rule::Scope;

/// Why something can't be said.
pub(super) type Result<T> = std::result::Result<T, String>;

/// How many there must be before a figure means something; one is no condition.
#[derive(Clone, Copy)]
pub(super) struct Needs {
    pub samples: u64,
    pub bad: u64,
}

impl Needs {
    pub(super) const NONE: Self = Self { samples: 1, bad: 1 };
}

#[derive(Clone, Copy)]
pub(super) struct Translator {
    pub scope: Scope,
    pub every: Duration,
    pub needs: Needs,
}

impl Translator {
    /// A line for each comparison.
    pub(super) fn condition(&self, condition: &Condition) -> Result<String> {
        match condition {
            Condition::Any(parts) => self.any(parts),
            Condition::All(parts) => self.all(parts),
            Condition::Compare(comparison) => self.comparison(comparison),
            Condition::Flag(signal) => self.flag(signal),
        }
    }

    fn any(&self, parts: &[Condition]) -> Result<String> {
        let wanted = parts.first().and_then(Condition::dimension);
        if parts.iter().any(|part| part.dimension() != wanted) {
            return Err("`or` joins what has parts with what has none".to_owned());
        }
        let parts: Result<Vec<String>> = parts.iter().map(|part| self.condition(part)).collect();
        Ok(parts?.join("\nor "))
    }

    /// What has parts comes first, since the first one's labels are the alert's.
    fn all(&self, parts: &[Condition]) -> Result<String> {
        let (with, without): (Vec<_>, Vec<_>) =
            parts.iter().partition(|part| part.dimension().is_some());
        let is_mixed = !with.is_empty() && !without.is_empty();
        let mut out = String::new();
        for (number, part) in with.iter().chain(&without).enumerate() {
            let text = self.condition(part)?;
            let is_wrapped = is_mixed || matches!(part, Condition::Any(_));
            let text = if is_wrapped {
                format!("({text})")
            } else {
                text
            };
            let joined = match number {
                0 => String::new(),
                _ if is_mixed && part.dimension().is_none() => {
                    format!("\nand on ({}) ", self.labels(None).join(", "))
                }
                _ => "\nand ".to_owned(),
            };
            out.extend([joined, text]);
        }
        Ok(out)
    }

    fn flag(&self, signal: &Signal) -> Result<String> {
        let metric = match &signal.argument {
            Argument::Check(name) if name == "ready" => metrics::READY.clone(),
            Argument::Check(name) => {
                metrics::check(name.strip_prefix("dependency/").unwrap_or(name))
            }
            Argument::EachDependency => metrics::each_dependency(),
            _ => return Err(unknown(signal)),
        };
        let by = self.labels(signal.dimension());
        Ok(format!("{} == 0", folded("min", &by, &metric.selector())))
    }

    fn comparison(&self, comparison: &Comparison) -> Result<String> {
        let Comparison {
            measured,
            operator,
            threshold,
        } = comparison;
        if let Measured::Signal(signal) = measured
            && let Some(said) = self.otherwise(signal, *operator, *threshold)
        {
            return said;
        }
        if let Measured::Signal(signal) = measured
            && matches!(signal.kind, SignalKind::Latency | SignalKind::QueryLatency)
            && threshold.value(self.every) >= metrics::LAST_BOUND_MS
        {
            return Err("the metric's buckets end at 10 s".to_owned());
        }
        let value = self.measured(measured, *operator)?;
        let threshold = number(native(measured.unit(), threshold.value(self.every)));
        let mut out = format!("{value} {} {threshold}", operator.name());
        if let Measured::Signal(signal) = measured {
            for (metric, least) in self.least(signal, *operator) {
                let count = self.increase(&metric, signal, None);
                out.push_str(&format!("\nand {count} >= {least}"));
            }
        }
        Ok(out)
    }

    /// Those whose figure no metric has, but one that is beyond the threshold at the same time.
    fn otherwise(
        &self,
        signal: &Signal,
        operator: Operator,
        threshold: Threshold,
    ) -> Option<Result<String>> {
        let threshold = threshold.value(self.every);
        let by = self.labels(signal.dimension());
        match signal.kind {
            SignalKind::UnappliedMigrations => {
                let is_any = matches!(operator, Operator::Above) && threshold == 0.0
                    || matches!(operator, Operator::AtLeast) && threshold == 1.0;
                let metric = metrics::check("migrations").selector();
                Some(if is_any {
                    Ok(format!("{} == 0", folded("min", &by, &metric)))
                } else {
                    Err(
                        "the metric tells whether migrations are unapplied, not how many"
                            .to_owned(),
                    )
                })
            }
            SignalKind::NoticesOldestQueued if operator.is_upwards() && threshold > 0.0 => {
                let window = duration::shown(Duration::from_millis(threshold as u64));
                let queued = metrics::QUEUED.selector();
                // Not by one sample of an instance that has just come.
                let queued =
                    format!("min_over_time({queued}[{window}]) and {queued} offset {window}");
                Some(Ok(format!("{} > 0", folded("max", &by, &queued))))
            }
            _ => None,
        }
    }

    fn measured(&self, measured: &Measured, operator: Operator) -> Result<String> {
        match measured {
            Measured::Signal(signal) => self.signal(signal, operator),
            Measured::Ratio(part, whole) => Ok(format!(
                "{} / {}",
                self.signal(part, operator)?,
                self.signal(whole, operator)?
            )),
        }
    }

    /// In base units.
    fn signal(&self, signal: &Signal, operator: Operator) -> Result<String> {
        // The worst of the instances.
        let worst = if operator.is_upwards() { "max" } else { "min" };
        let by = self.labels(signal.dimension());
        let gauge = |text: &str| folded(worst, &by, text);
        Ok(match signal.kind {
            SignalKind::ErrorShare | SignalKind::LogErrorShare => {
                let (all, bad) = metrics::counted(signal.kind).ok_or_else(|| unknown(signal))?;
                let bad = bad.ok_or_else(|| unknown(signal))?;
                let (bad, all) = (
                    self.increase(&bad, signal, None),
                    self.increase(&all, signal, None),
                );
                // There is no series of errors before the first one.
                format!("({bad} or {all} * 0) / {all}")
            }
            SignalKind::Latency | SignalKind::QueryLatency => {
                let bucket = metrics::bucket(signal.kind).ok_or_else(|| unknown(signal))?;
                let Argument::Quantile(thousandths) = signal.argument else {
                    return Err(unknown(signal));
                };
                let quantile = number(f64::from(thousandths) / 1000.0);
                let buckets = self.increase(&bucket, signal, Some("le"));
                format!("histogram_quantile({quantile}, {buckets})")
            }
            SignalKind::Requests | SignalKind::Increase | SignalKind::NoticesDead => {
                let counter = metrics::counter(signal).ok_or_else(|| unknown(signal))?;
                self.increase(&counter, signal, None)
            }
            SignalKind::PoolWaiting => gauge(&most(&metrics::POOL_WAITING, signal)),
            SignalKind::PoolUsedRatio => format!(
                "{} / {}",
                gauge(&most(&metrics::POOL_USED, signal)),
                gauge(&metrics::POOL_MAX.selector())
            ),
            SignalKind::DiskUsedRatio => {
                let (used, all) = (metrics::DISK_USED.selector(), metrics::DISK.selector());
                gauge(&format!(
                    "{used} / ignoring (state) sum without (state) ({all})"
                ))
            }
            SignalKind::MemoryWorkingSet => gauge(&metrics::MEMORY.selector()),
            SignalKind::MemoryLimit => gauge(&metrics::MEMORY_LIMIT.selector()),
            SignalKind::EvaluationAge => {
                let evaluated = metrics::EVALUATED.selector();
                gauge(&format!("timestamp({evaluated}) - {evaluated}"))
            }
            _ => return Err(unknown(signal)),
        })
    }

    /// What is counted in the signal's window, and how many of them a comparison needs.
    fn least(&self, signal: &Signal, operator: Operator) -> Vec<(Metric, u64)> {
        let Some((all, bad)) = metrics::counted(signal.kind) else {
            return Vec::new();
        };
        let bad = bad.filter(|_| operator.is_upwards());
        let all = Some((all, self.needs.samples));
        let bad = bad.map(|bad| (bad, self.needs.bad));
        let both = all.into_iter().chain(bad);
        both.filter(|(_, least)| *least > 1).collect()
    }

    fn increase(&self, metric: &Metric, signal: &Signal, further: Option<&'static str>) -> String {
        let mut by = self.labels(signal.dimension());
        by.extend(further);
        let grown = format!("increase({}[{}])", metric.selector(), window(signal));
        folded("sum", &by, &grown)
    }

    fn labels(&self, dimension: Option<Dimension>) -> Vec<&'static str> {
        let instance = match self.scope {
            Scope::Instance => Some("instance"),
            Scope::Service => None,
        };
        instance
            .into_iter()
            .chain(dimension.map(metrics::label_of))
            .collect()
    }
}

/// `max by (instance) (…)`.
fn folded(operation: &str, by: &[&str], inner: &str) -> String {
    match by {
        [] => format!("{operation}({inner})"),
        by => format!("{operation} by ({}) ({inner})", by.join(", ")),
    }
}

/// Of a gauge, in the signal's window.
fn most(metric: &Metric, signal: &Signal) -> String {
    format!("max_over_time({}[{}])", metric.selector(), window(signal))
}

fn window(signal: &Signal) -> String {
    duration::shown(metrics::window(signal))
}

fn unknown(signal: &Signal) -> String {
    let advice = match signal.kind {
        SignalKind::InstanceSilent => "; InstanceDown says it",
        _ => "",
    };
    format!("no metric has `{signal}`{advice}")
}

/// In Prometheus' base units.
pub(super) fn native(unit: Unit, value: f64) -> f64 {
    match unit {
        Unit::Time => value / 1000.0,
        Unit::Share | Unit::Bytes | Unit::Count | Unit::Flag => value,
    }
}

/// Without what binary fractions add to decimal ones: 7 % is 0.07.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.9}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}
