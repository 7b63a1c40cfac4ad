//! What people complain of where other tools tell them of trouble, and what must not happen here: those
//! complaints that no other test of the engine stands for. Restarts, vanished data, changed rules and
//! flapping are in `lifecycle`, silences, windows and reminders in `incident` and `suppress`, words in
//! `message`, and what a peer must really answer in `notify`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;

use super::evaluate::{Verdict, evaluate};
use super::file::{AlertsFile, Known, load};
use super::fixtures::{Set, missing, percentile, share, value};
use super::incident::{Intent, IntentKind, Recipient};
use super::lifecycle::Tick;
use super::rule::{EventKind, Rule};
use super::severity::Severity;
use super::snapshot::{Event, Reason, Snapshot};
use super::subject::Subject;
use super::suppress::{MaintenanceWindow, Matchers, Quiet, Silence, Until};
use super::{Setup, State, turn};

fn file(text: &str) -> AlertsFile {
    let channels = ["hook".to_owned()];
    let known = Known {
        channels: &channels,
        ..Known::default()
    };
    load(Some(text), known).unwrap()
}

/// "One failed request of three called us at night", and "nine of ten requests failed for eight days and
/// nobody was called, since there were so few".
#[test]
fn one_of_three_calls_nobody_and_nine_of_ten_over_hours_do() {
    let rules = file("version = 1").rules;
    let fires = |snapshot: &Snapshot| -> Vec<&str> {
        let bad = rules.iter().filter(|rule| {
            let outcome = evaluate(rule, snapshot, &Subject::default());
            rule.enabled && matches!(outcome.verdict, Verdict::Bad(_))
        });
        bad.map(|rule| rule.name.as_str()).collect()
    };
    let seen = |short: (u64, u64), hour: (u64, u64), long: (u64, u64)| {
        Snapshot::default()
            .with("error_share(5m)", share(short.0, short.1))
            .with("error_share(1h)", share(hour.0, hour.1))
            .with("error_share(6h)", share(long.0, long.1))
            .with("requests(5m)", value(short.1 as f64))
    };
    assert_eq!(fires(&seen((1, 3), (1, 3), (1, 3))), [""; 0]);
    assert_eq!(fires(&seen((2, 2), (2, 2), (2, 2))), [""; 0]);
    assert_eq!(
        fires(&seen((3, 3), (3, 3), (3, 3))),
        ["http-errors-low-traffic"]
    );
    let hours = seen((2, 3), (27, 30), (162, 180));
    assert_eq!(fires(&hours), ["http-errors-low-traffic"]);
    let busy = seen((90, 100), (900, 1000), (900, 6000));
    assert_eq!(fires(&busy), ["http-errors"]);
}

const KINDS_OF_RULES: &str = r#"
version = 1
[notify]
flap = { changes = 4, within = "10m" }
[defaults]
every = "10s"
[[rule]]
name = "check"
expr = "check_failed('database')"
[[rule]]
name = "levels"
expr = "requests(1m) > 1"
levels = [{ expr = "requests(1m) > 9", severity = "critical" }]
[[rule]]
name = "percentile"
expr = "latency(0.95, 1m) > 1s"
[[rule]]
name = "parts"
expr = "disk_used_ratio > 80%"
[[rule]]
name = "burn"
slo = { signal = "error_share", objective = "99%", window = "30d" }
burn = [{ long = "1h", short = "5m", rate = 2.0 }]
[[rule]]
name = "events"
on = ["error_group.new"]
severity = "warning"
"#;

const TURN_S: i64 = 10;
const START_MS: i64 = 1_000_000_000_000;

/// Good, bad, worse, lost, back and forth, bad for hours, and good: all that there is to tell.
fn history() -> String {
    let hours = "B".repeat(5 * 360);
    let back_and_forth = "GGGBBB".repeat(6);
    let quiet = "G".repeat(400);
    format!(
        "GGGBBBBBBCCC{}{back_and_forth}{hours}{quiet}",
        "U".repeat(30)
    )
}

fn seen(letter: char, at_ms: i64) -> Snapshot {
    let number = match letter {
        'C' => 10.0,
        'B' => 5.0,
        _ => 0.0,
    };
    let of = |reading| {
        if letter == 'U' {
            missing(Reason::NoData)
        } else {
            reading
        }
    };
    let bad = u64::from(number > 0.0) * 50;
    let mut snapshot = Snapshot::default()
        .with("check_failed('database')", of(value(number)))
        .with("requests(1m)", of(value(number)))
        .with("latency(0.95, 1m)", of(percentile(number * 1000.0, 100)))
        .with_part("disk_used_ratio", "data", of(value(number / 5.0)))
        .with("error_share(1h)", of(share(bad, 100)))
        .with("error_share(5m)", of(share(bad, 100)));
    if letter == 'C' {
        snapshot.events.push(Event {
            kind: EventKind::ErrorGroupNew,
            part: format!("group {at_ms}"),
            at_ms,
        });
    }
    snapshot.leads = true;
    snapshot
}

/// What one channel is told of one rule.
fn told(
    rule: &Rule,
    file: &AlertsFile,
    mut state: State,
    maintenance: &[MaintenanceWindow],
) -> Vec<Intent> {
    let recipients = [Recipient {
        channel: "hook".into(),
        min_severity: Severity::Info,
    }];
    let rules = [rule.clone()];
    let setup = Setup {
        rules: &rules,
        notify: &file.notify,
        maintenance,
        recipients: &recipients,
    };
    let mut tick = Tick {
        at_ms: START_MS,
        uptime_ms: 3_600_000,
        run: 1,
        has_jumped: false,
    };
    let mut ids = 0;
    let mut next_id = || {
        ids += 1;
        format!("id{ids:06}")
    };
    let mut found = Vec::new();
    for letter in history().chars() {
        tick.at_ms += TURN_S * 1000;
        tick.uptime_ms += 10_000;
        let snapshot = seen(letter, tick.at_ms);
        let turn = turn(&mut state, setup, |_| true, &snapshot, &tick, &mut next_id);
        found.extend(turn.intents);
    }
    found
}

/// "The first message was held back during the deployment, the reminders and the messages of another kind
/// of rule were not."
#[test]
fn what_is_muted_sends_nothing_of_any_kind_for_any_kind_of_rule() {
    let week_ms = START_MS + 7 * 86_400_000;
    let quiet = State {
        quiet: Some(Quiet {
            by: "ci".into(),
            reason: "deploy".into(),
            from_ms: START_MS,
            until_ms: week_ms,
        }),
        ..State::default()
    };
    let maintained = file(
        r#"version = 1
[[maintenance]]
name = "always"
from = "00:00"
lasts = "24h"
time_zone = "UTC"
"#,
    );
    let file = file(KINDS_OF_RULES);
    let mut kinds = BTreeSet::new();
    let own = file
        .rules
        .iter()
        .filter(|rule| KINDS_OF_RULES.contains(&format!("\"{}\"", rule.name)));
    for rule in own {
        let all = told(rule, &file, State::default(), &[]);
        assert!(!all.is_empty(), "{} is told if nothing is muted", rule.name);
        kinds.extend(all.iter().map(|intent| intent.kind.name()));
        let matchers = Matchers {
            rule: Some(rule.name.clone()),
            ..Matchers::default()
        };
        let (by, reason) = ("ada".to_owned(), "known".to_owned());
        let silence = Silence::new(
            "s".into(),
            matchers,
            by,
            reason,
            START_MS,
            Until::At(week_ms),
        );
        let silenced = State {
            silences: vec![silence.unwrap()],
            ..State::default()
        };
        for (how, state, windows) in [
            ("quiet", quiet.clone(), &[][..]),
            ("silence", silenced, &[]),
            ("maintenance", State::default(), &maintained.maintenance),
        ] {
            assert_eq!(
                told(rule, &file, state, windows),
                [],
                "{how}, {}",
                rule.name
            );
        }
    }
    let every = [
        IntentKind::Opened { reopened: false },
        IntentKind::Updated,
        IntentKind::Reminder,
        IntentKind::Resolved {
            ended_by: super::lifecycle::EndKind::Resolved,
        },
    ];
    assert_eq!(kinds, every.iter().map(|kind| kind.name()).collect());
}
