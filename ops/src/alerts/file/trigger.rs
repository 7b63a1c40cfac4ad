//! The keys by which a rule says what it looks for: `expr`, or `on`, or `slo`, and what belongs to
//! each.

use std::time::Duration;

use super::document::{Table, Text};
use super::error::{FileError, Place};
use super::names::Names;
use super::section::Section;
use crate::alerts::duration;
use crate::alerts::expression::{self, Condition, SignalKind};
use crate::alerts::rule::{Burn, BurnRate, Check, EventKind, EventTrigger, Level, Trigger};
use crate::alerts::severity::Severity;

/// The keys of each kind of trigger, the one that chooses it first.
pub(super) const TRIGGERS: [&[&str]; 3] = [
    &["expr", "recover", "only_if", "levels"],
    &["on", "max_per_hour", "quiet_for"],
    &["slo", "burn"],
];

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

type Result<T> = std::result::Result<T, FileError>;

pub(super) fn read(section: &Section<'_>, names: &Names, severity: Severity) -> Result<Trigger> {
    let chosen = require_one(section)?;
    match chosen {
        "expr" => check(section, names, severity).map(|check| Trigger::Check(Box::new(check))),
        "on" => events(section).map(Trigger::Events),
        _ => burn(section, names).map(Trigger::Burn),
    }
}

/// Exactly one kind, and no key of another.
fn require_one(section: &Section<'_>) -> Result<&'static str> {
    let mut chosen = TRIGGERS.into_iter().filter_map(|keys| {
        let key = *keys.first()?;
        section.has(key).then_some((key, keys))
    });
    let Some((key, own)) = chosen.next() else {
        return Err(section.error(
            "expr",
            "`expr` is missing, such as expr = \"disk_used_ratio > 80%\"; or `on`, or `slo`",
        ));
    };
    let all = TRIGGERS.into_iter().flatten();
    let mut foreign = all.filter(|other| section.has(other) && !own.contains(other));
    match foreign.next() {
        None => Ok(key),
        Some(other) => {
            let message = format!("`{other}` does not go with `{key}`: take one of them out");
            Err(section.error(other, message))
        }
    }
}

fn condition(section: &Section<'_>, key: &str, names: &Names) -> Result<Option<Condition>> {
    let Some(text) = section.full_text(key)? else {
        return Ok(None);
    };
    let parsed = expression::parse(&text.text, &names.dependencies);
    parsed.map(Some).map_err(|error| {
        let around = section.item(key).map(|item| item.place).unwrap_or_default();
        let place = place_within(text, around, error.line, error.column);
        section.error_in(place, format!("`{key}`: {}", error.message))
    })
}

fn place_within(text: &Text, around: Place, line: usize, column: usize) -> Place {
    match text.inside {
        None => around,
        Some(start) if line == 1 => Place {
            line: start.line,
            column: start.column + column - 1,
        },
        Some(start) => Place {
            line: start.line + line - 1,
            column,
        },
    }
}

fn check(section: &Section<'_>, names: &Names, severity: Severity) -> Result<Check> {
    let bad = condition(section, "expr", names)?;
    let bad = section.require(bad, "expr", "such as expr = \"disk_used_ratio > 80%\"")?;
    let levels = section.tables("levels")?;
    let levels = levels.into_iter();
    let mut levels: Vec<Level> = levels
        .map(|table| level(section, table, names, severity))
        .collect::<Result<_>>()?;
    levels.sort_by_key(|level| level.severity);
    let check = Check {
        recover: condition(section, "recover", names)?,
        only_if: condition(section, "only_if", names)?,
        levels,
        bad,
    };
    require_same_parts(section, &check)?;
    Ok(check)
}

fn level(rule: &Section<'_>, table: &Table, names: &Names, base: Severity) -> Result<Level> {
    let section = Section::new(table, format!("{}, `levels`", rule.name));
    section.require_known(&["expr", "severity"])?;
    let example = "such as { expr = \"disk_used_ratio > 90%\", severity = \"critical\" }";
    let bad = section.require(condition(&section, "expr", names)?, "expr", example)?;
    let severity = section.require(section.severity("severity")?, "severity", example)?;
    if severity <= base {
        let message = format!(
            "a level is more severe than its rule, which is {}",
            base.name()
        );
        return Err(section.error("severity", message));
    }
    Ok(Level { bad, severity })
}

/// What an expression measures for each disk, the others must not measure for each channel.
fn require_same_parts(section: &Section<'_>, check: &Check) -> Result<()> {
    let wanted = check.bad.dimension();
    let others = [
        ("recover", check.recover.as_ref()),
        ("only_if", check.only_if.as_ref()),
    ];
    let levels = check
        .levels
        .iter()
        .map(|level| ("levels", Some(&level.bad)));
    for (key, condition) in others.into_iter().chain(levels) {
        let found = condition.and_then(Condition::dimension);
        if found.is_some() && found != wanted {
            let message = format!("`{key}` measures other things than `expr` does");
            return Err(section.error(key, message));
        }
    }
    Ok(())
}

fn events(section: &Section<'_>) -> Result<EventTrigger> {
    let texts = section.texts("on")?.unwrap_or_default();
    let kinds = texts
        .into_iter()
        .map(|(item, text)| section.chosen(Some(item), text, &EventKind::ALL, EventKind::name));
    let kinds: Vec<EventKind> = kinds.collect::<Result<_>>()?;
    if kinds.is_empty() {
        return Err(section.error("on", "`on` names one event at least"));
    }
    Ok(EventTrigger {
        kinds,
        max_per_hour: section.count("max_per_hour", 1, 1000)?.unwrap_or(5),
        quiet_for: section
            .duration("quiet_for", MINUTE, MONTH)?
            .unwrap_or(HOUR),
    })
}

fn burn(section: &Section<'_>, names: &Names) -> Result<Burn> {
    let table = section.table("slo")?;
    let example =
        "such as slo = { signal = \"error_share\", objective = \"99.9%\", window = \"30d\" }";
    let slo = Section::new(
        section.require(table, "slo", example)?,
        format!("{}, `slo`", section.name),
    );
    slo.require_known(&["signal", "objective", "window"])?;
    let signals = SignalKind::ALL.into_iter().filter(|kind| kind.counts_bad());
    let signals: Vec<SignalKind> = signals.collect();
    let signal = slo.choice("signal", &signals, SignalKind::name)?;
    let signal = slo.require(signal, "signal", example)?;
    let objective = objective(&slo, example)?;
    let window = slo.duration("window", Duration::from_secs(86_400), MONTH)?;
    let rates = section.tables("burn")?;
    if rates.is_empty() {
        let message =
            "`burn` is missing, such as burn = [{ long = \"1h\", short = \"5m\", rate = 14.4 }]";
        return Err(section.error("burn", message));
    }
    let rates = rates.into_iter().map(|table| {
        let section = Section::new(table, format!("{}, `burn`", section.name));
        burn_rate(&section, signal, objective, names)
    });
    Ok(Burn {
        objective,
        window: window.unwrap_or(MONTH),
        rates: rates.collect::<Result<_>>()?,
    })
}

fn objective(slo: &Section<'_>, example: &str) -> Result<f64> {
    let text = slo.require(slo.text("objective")?, "objective", example)?;
    let percent: Option<f64> = text.strip_suffix('%').and_then(|it| it.parse().ok());
    match percent {
        Some(percent) if percent > 0.0 && percent < 100.0 => Ok(percent / 100.0),
        _ => Err(slo.error(
            "objective",
            "an objective is a percentage below 100%, such as \"99.9%\"",
        )),
    }
}

fn burn_rate(
    section: &Section<'_>,
    signal: SignalKind,
    objective: f64,
    names: &Names,
) -> Result<BurnRate> {
    section.require_known(&["long", "short", "rate"])?;
    let example = "such as { long = \"1h\", short = \"5m\", rate = 14.4 }";
    let window = |key| {
        let window = section.duration(key, MINUTE, MONTH)?;
        section.require(window, key, example)
    };
    let (long, short) = (window("long")?, window("short")?);
    if short >= long {
        return Err(section.error("short", "`short` is shorter than `long`, best a twelfth"));
    }
    let rate = section.require(section.number("rate")?, "rate", example)?;
    if !rate.is_finite() || rate <= 0.0 {
        return Err(section.error("rate", "`rate` is a number above 0, such as 14.4"));
    }
    let share = rate * (1.0 - objective);
    if share >= 1.0 {
        let most = 1.0 / (1.0 - objective);
        let message = format!(
            "it can never fire: of this objective no rate reaches {most:.1}, where all requests fail"
        );
        return Err(section.error("rate", message));
    }
    let condition = |window| over(section, signal, window, share, names);
    Ok(BurnRate {
        rate,
        long: condition(long)?,
        short: condition(short)?,
    })
}

/// `error_share(1h) > 1.44%`.
fn over(
    section: &Section<'_>,
    signal: SignalKind,
    window: Duration,
    share: f64,
    names: &Names,
) -> Result<Condition> {
    // Rounded, so that 14.4 × 0.1 % is shown as 1.44%.
    let percent = (share * 1e8).round() / 1e6;
    let text = format!(
        "{}({}) > {percent}%",
        signal.name(),
        duration::shown(window)
    );
    expression::parse(&text, &names.dependencies)
        .map_err(|error| section.error("long", error.message))
}
