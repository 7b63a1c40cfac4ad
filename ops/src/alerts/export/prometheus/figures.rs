//! Steady figures under which a condition holds by a little, or fails by a little.

use std::collections::BTreeMap;

use super::metrics;
use super::promql::Needs;
use crate::alerts::expression::{Argument, Comparison, Condition, Measured, Signal, SignalKind};
use crate::alerts::rule::Rule;

/// How far a figure is from its threshold, as a part of it.
const MARGIN: f64 = 0.01;
/// Of the whole of a ratio.
const WHOLE: f64 = 1_000_000_000.0;
/// Events a minute, if nothing asks for more.
const LOAD: f64 = 60.0;

/// What is measured, whatever the window.
pub(super) type Figure = (SignalKind, Argument);

/// In the measure of the signal's unit; what grows, by how much in a minute.
#[derive(Clone, Default)]
pub(super) struct Figures {
    values: BTreeMap<Figure, Aimed>,
    /// Events a minute that are counted beside a share or a percentile.
    pub load: f64,
}

#[derive(Clone, Copy)]
struct Aimed {
    value: f64,
    /// A higher one would do as well.
    is_at_least: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    Holds,
    Fails,
}

impl Figures {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Figure, f64)> {
        self.values
            .iter()
            .map(|(figure, aimed)| (figure, aimed.value))
    }

    fn one(figure: Figure, value: f64, is_at_least: bool) -> Self {
        let aimed = Aimed { value, is_at_least };
        Self {
            values: BTreeMap::from([(figure, aimed)]),
            load: LOAD,
        }
    }

    /// With what serves both, where both say something.
    fn and(mut self, other: Self) -> Self {
        for (figure, aimed) in other.values {
            let known = self.values.entry(figure).or_insert(aimed);
            if known.is_at_least && aimed.is_at_least {
                known.value = known.value.max(aimed.value);
            } else if !known.is_at_least && !aimed.is_at_least {
                known.value = known.value.min(aimed.value);
            }
        }
        self
    }

    fn overruled_by(mut self, other: Self) -> Self {
        self.values.extend(other.values);
        self
    }

    fn value(&self, signal: &Signal) -> Option<f64> {
        let figure = (signal.kind, signal.argument.clone());
        let value = self.values.get(&figure)?.value;
        Some(
            value
                * if grows(signal.kind) {
                    minutes(signal)
                } else {
                    1.0
                },
        )
    }

    pub(super) fn holds(&self, condition: &Condition, rule: &Rule, needs: Needs) -> bool {
        let holds = |part| self.holds(part, rule, needs);
        match condition {
            Condition::Any(parts) => parts.iter().any(holds),
            Condition::All(parts) => parts.iter().all(holds),
            Condition::Flag(signal) => self.value(signal).is_some_and(|value| value > 0.0),
            Condition::Compare(comparison) => self.holds_there(comparison, rule, needs),
        }
    }

    fn holds_there(&self, comparison: &Comparison, rule: &Rule, needs: Needs) -> bool {
        let threshold = comparison.threshold.value(rule.every);
        let value = match &comparison.measured {
            Measured::Signal(signal) => self.value(signal),
            Measured::Ratio(part, whole) => self
                .value(part)
                .zip(self.value(whole))
                .map(|(part, whole)| part / whole),
        };
        let is_enough = match &comparison.measured {
            Measured::Signal(signal) => self.is_enough(signal, comparison, needs),
            Measured::Ratio(..) => true,
        };
        is_enough && value.is_some_and(|value| comparison.operator.holds(value, threshold))
    }

    fn is_enough(&self, signal: &Signal, comparison: &Comparison, needs: Needs) -> bool {
        let Some((_, bad)) = metrics::counted(signal.kind) else {
            return true;
        };
        let samples = self.load * minutes(signal);
        let bad = bad.filter(|_| comparison.operator.is_upwards());
        let bad = bad
            .and_then(|_| self.value(signal))
            .map(|share| share * samples);
        let is_over = |count: f64, least: u64| least <= 1 || count >= least as f64;
        is_over(samples, needs.samples) && bad.is_none_or(|bad| is_over(bad, needs.bad))
    }
}

/// Each part of an `or` by itself, just over its threshold while the others are just under theirs.
pub(super) fn holding(condition: &Condition, rule: &Rule, needs: Needs) -> Vec<Figures> {
    let cases = match condition {
        Condition::Any(parts) => (0..parts.len())
            .filter_map(|chosen| any(parts, chosen, rule))
            .collect(),
        other => aimed(other, Aim::Holds, rule).into_iter().collect(),
    };
    loaded(cases, condition, needs)
}

pub(super) fn failing(condition: &Condition, rule: &Rule, needs: Needs) -> Vec<Figures> {
    let case = aimed(condition, Aim::Fails, rule);
    loaded(case.into_iter().collect(), condition, needs)
}

/// What holds, but for that there are too few.
pub(super) fn too_few(over: &Figures, condition: &Condition, needs: Needs) -> Vec<Figures> {
    let counted = counted(condition);
    let longest = counted
        .iter()
        .map(|signal| minutes(signal))
        .fold(1.0, f64::max);
    let share = counted.iter().find(|signal| signal.kind.counts_bad());
    let share = share.and_then(|signal| over.value(signal));
    let of_all = (needs.samples > 1 && !counted.is_empty()).then_some(needs.samples as f64);
    let of_bad = share
        .filter(|_| needs.bad > 1)
        .map(|share| needs.bad as f64 / share);
    let counts = of_all.into_iter().chain(of_bad);
    counts
        .map(|count| Figures {
            load: count * 0.9 / longest,
            ..over.clone()
        })
        .collect()
}

fn aimed(condition: &Condition, aim: Aim, rule: &Rule) -> Option<Figures> {
    match condition {
        Condition::Any(parts) if aim == Aim::Holds => any(parts, 0, rule),
        Condition::Any(parts) => all(parts, aim, rule),
        Condition::All(parts) if aim == Aim::Holds => all(parts, aim, rule),
        Condition::All(parts) => {
            let (first, rest) = parts.split_first()?;
            let rest = all(rest, Aim::Holds, rule)?;
            Some(rest.overruled_by(aimed(first, aim, rule)?))
        }
        Condition::Flag(signal) => {
            let figure = (signal.kind, signal.argument.clone());
            let value = f64::from(u8::from(aim == Aim::Holds));
            Some(Figures::one(figure, value, aim == Aim::Holds))
        }
        Condition::Compare(comparison) => near(comparison, aim, rule),
    }
}

fn all(parts: &[Condition], aim: Aim, rule: &Rule) -> Option<Figures> {
    let parts = parts.iter().map(|part| aimed(part, aim, rule));
    parts.reduce(|one, other| Some(one?.and(other?)))?
}

fn any(parts: &[Condition], chosen: usize, rule: &Rule) -> Option<Figures> {
    let one = aimed(parts.get(chosen)?, Aim::Holds, rule)?;
    let others: Vec<Condition> = parts
        .iter()
        .enumerate()
        .filter(|(number, _)| *number != chosen)
        .map(|(_, part)| part.clone())
        .collect();
    match all(&others, Aim::Fails, rule) {
        Some(others) => Some(others.overruled_by(one)),
        None => Some(one),
    }
}

fn near(comparison: &Comparison, aim: Aim, rule: &Rule) -> Option<Figures> {
    let threshold = comparison.threshold.value(rule.every);
    let is_at_least = (aim == Aim::Holds) == comparison.operator.is_upwards();
    let margin = margin(&comparison.measured);
    let value = match is_at_least {
        true if threshold > 0.0 => threshold * (1.0 + margin),
        true => 1.0,
        false => threshold * (1.0 - margin),
    };
    let figure = |signal: &Signal| (signal.kind, signal.argument.clone());
    match &comparison.measured {
        Measured::Signal(signal) => {
            let by = if grows(signal.kind) {
                minutes(signal)
            } else {
                1.0
            };
            Some(Figures::one(figure(signal), value / by, is_at_least))
        }
        Measured::Ratio(part, whole) => {
            let part = Figures::one(figure(part), value * WHOLE, is_at_least);
            Some(part.and(Figures::one(figure(whole), WHOLE, true)))
        }
    }
}

fn margin(measured: &Measured) -> f64 {
    match measured {
        // Seen from scrape to scrape.
        Measured::Signal(signal) if signal.kind == SignalKind::NoticesOldestQueued => 0.1,
        _ => MARGIN,
    }
}

/// With as many events as it takes, or as `requests` says.
fn loaded(cases: Vec<Figures>, condition: &Condition, needs: Needs) -> Vec<Figures> {
    let counted = counted(condition);
    let load = |figures: &Figures| {
        let requests = (SignalKind::Requests, Argument::None);
        if let Some(requests) = figures.values.get(&requests) {
            return requests.value;
        }
        let needed = counted.iter().flat_map(|signal| {
            let share = figures.value(signal).filter(|_| signal.kind.counts_bad());
            let of_bad = share.filter(|share| *share > 0.0);
            let of_bad = of_bad.map_or(0.0, |share| needs.bad as f64 / share);
            [needs.samples as f64, of_bad].map(|count| 2.0 * count / minutes(signal))
        });
        needed.fold(LOAD, f64::max)
    };
    let loaded = cases.into_iter().map(|figures| Figures {
        load: load(&figures),
        ..figures
    });
    loaded.collect()
}

fn counted(condition: &Condition) -> Vec<&Signal> {
    let signals = condition.signals().into_iter();
    signals
        .filter(|signal| metrics::counted(signal.kind).is_some())
        .collect()
}

/// Whether the figure is by how much a counter has grown in the window.
fn grows(kind: SignalKind) -> bool {
    matches!(
        kind,
        SignalKind::Requests | SignalKind::Increase | SignalKind::NoticesDead
    )
}

fn minutes(signal: &Signal) -> f64 {
    metrics::window(signal).as_secs_f64() / 60.0
}
