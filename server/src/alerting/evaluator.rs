//! The evaluator: looks at what rules ask for, moves the engine by one turn, and writes what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use app::dto;
use ops::alerts::incident::{Entry, EntryKind, Incident, Intent, entries};
use ops::alerts::lifecycle::is_due;
use ops::alerts::message::Evidence;
use ops::alerts::rule::{Rule, Scope, Trigger};
use ops::alerts::snapshot::{Snapshot, signals_of};
use ops::alerts::suppress::Silence;
use ops::alerts::{State, forget_instance, turn};
use ops::clock::{DAY_MS, JumpGuard};
use ops::instances::Absent;
use ops::task::Pulse;

use super::alerting::{Alerting, engine_setup, entry_row, new_id, recipients};
use super::around;
use super::book::{Kept, Made};
use super::changes::{self, Changes};
use super::compose::{self, Teller};
use super::gap::{Attendance, Gap};
use super::setup::Setup;
use super::{evidence, queue, signals};
use crate::db::queries::alerts::{self, Vacancy};
use crate::desk::state::DeskState;

/// From one turn to the next: rules may be evaluated each second.
const EVERY: Duration = Duration::from_secs(1);

const TRIM_EVERY: Duration = Duration::from_secs(3600);

/// Settled incidents are kept for so long, as events are.
const KEPT_MS: i64 = 400 * DAY_MS;

/// Evaluates for as long as it is polled.
pub async fn keep(desk: &DeskState, pulse: &Pulse) {
    queue::recover(&desk.alerting).await;
    let mut evaluator = Evaluator {
        guard: JumpGuard::new(&*desk.clock),
        trimmed: None,
        evaluated: BTreeMap::new(),
        changes: Changes::new(desk.alerting.now_ms()),
        attendance: Attendance::default(),
        gap: None,
    };
    loop {
        pulse.beat();
        tokio::time::sleep(EVERY).await;
        evaluator.round(desk).await;
    }
}

struct Evaluator {
    guard: JumpGuard,
    /// When old incidents were last deleted, since the start.
    trimmed: Option<Duration>,
    /// When each rule was last evaluated, since the start.
    evaluated: BTreeMap<String, Duration>,
    changes: Changes,
    attendance: Attendance,
    /// The last one that was found.
    gap: Option<Gap>,
}

/// What one turn looks at.
#[derive(Clone, Default)]
pub(super) struct Looks {
    /// Of rules that each instance evaluates for itself, and of those for all together.
    pub of_instance: Snapshot,
    pub of_service: Snapshot,
    pub due: BTreeSet<String>,
    pub has_jumped: bool,
    pub absent: Absent,
}

impl Evaluator {
    async fn round(&mut self, desk: &DeskState) {
        let alerting = &desk.alerting;
        let began = desk.clock.monotonic();
        let setup = alerting.setup();
        self.changes.of_checks(desk);
        let mut book = alerting.book().await;
        let now = desk.clock.monotonic();
        let vacancy = book
            .exchange(&alerting.store, &alerting.instance, now)
            .await;
        self.attend(desk, vacancy);
        let leads = book.leads(alerting.is_alone, now);
        let state = book.state.clone();
        // Looking takes longer than anybody who wants to change something should wait.
        drop(book);
        let looks = self.look(desk, &setup, leads, &state).await;
        let evidence = if opens_incident(state, alerting, &setup, &looks) {
            Some(evidence::gather(desk).await)
        } else {
            None
        };
        match make_turn(alerting, &setup, &looks, evidence, &self.evaluated).await {
            Some(done) => {
                changes::of_incidents(desk, &done.entries);
                changes::of_silences(desk, &done.silences_over);
            }
            // What is not known now is looked at again.
            None => self.evaluated.retain(|name, _| !looks.due.contains(name)),
        }
        if !looks.due.is_empty() {
            alerting.note_round(desk.clock.monotonic().saturating_duration_since(began));
        }
        if leads {
            self.trim(desk).await;
        }
    }

    /// Says when nobody evaluated, if that was so.
    fn attend(&mut self, desk: &DeskState, vacancy: Option<Vacancy>) {
        // Now, and not before the store was asked: the process may have stood still meanwhile.
        let now = desk.clock.monotonic();
        self.attendance.round(now);
        if let Some(vacancy) = vacancy {
            self.attendance.took(vacancy, now);
        }
        let is_alone = desk.alerting.is_alone;
        if let Some(gap) = self
            .attendance
            .confirmed(&around::others(desk), is_alone, now)
        {
            changes::of_gap(desk, gap);
            self.gap = Some(gap);
        }
    }

    /// A few of the oldest incidents each hour, by a clock that is trusted.
    async fn trim(&mut self, desk: &DeskState) {
        let (uptime, monotonic) = (desk.alerting.uptime(), desk.clock.monotonic());
        let is_due = self
            .trimmed
            .is_none_or(|at| uptime.saturating_sub(at) >= TRIM_EVERY);
        if !is_due || !self.guard.is_trusted(monotonic) {
            return;
        }
        self.trimmed = Some(uptime);
        if let Ok(ops) = desk.alerting.store.ops() {
            // Comes again in an hour.
            _ = alerts::trim(ops, desk.alerting.now_ms() - KEPT_MS).await;
        }
    }

    async fn look(&mut self, desk: &DeskState, setup: &Setup, leads: bool, state: &State) -> Looks {
        let uptime = desk.alerting.uptime();
        let has_jumped = self
            .guard
            .has_jumped(desk.clock.now(), desk.clock.monotonic());
        let is_due = |rule: &&Rule| {
            let last = self.evaluated.get(&rule.name).copied();
            let is_ours = rule.scope == Scope::Instance || leads;
            rule.enabled && is_ours && is_due(&rule.name, rule.every, last, uptime)
        };
        let due: Vec<&Rule> = setup.rules.iter().filter(is_due).collect();
        let of = |scope: Scope| {
            let rules = due.iter().filter(move |rule| rule.scope == scope);
            signals_of(rules.copied())
        };
        let absent = if leads {
            let seen = desk.recorded.fleet.seen();
            seen.absent(&desk.service.instance, &instances_of(state))
        } else {
            Absent::default()
        };
        let seat = || (leads, absent.gone.clone());
        let (instance, service) = (of(Scope::Instance), of(Scope::Service));
        let of_instance = signals::snapshot(desk, &instance, Scope::Instance, seat()).await;
        let mut of_service = signals::snapshot(desk, &service, Scope::Service, seat()).await;
        let mut waiting = due.iter();
        if waiting.any(|rule| matches!(rule.trigger, Trigger::Events(_))) {
            let arrivals = around::arrivals(desk).await;
            self.changes.of_errors(desk, &arrivals);
            let gap = self.gap.and_then(around::event_of_gap);
            of_service.events = arrivals.iter().map(around::event).chain(gap).collect();
        }
        let due: BTreeSet<String> = due.iter().map(|rule| rule.name.clone()).collect();
        for name in &due {
            self.evaluated.insert(name.clone(), uptime);
        }
        Looks {
            of_instance,
            of_service,
            due,
            has_jumped,
            absent,
        }
    }
}

/// Moves the engine by one turn and writes what came of it; `None` if that counts for nothing, since
/// another process has taken over meanwhile.
pub(super) async fn make_turn(
    alerting: &Alerting,
    setup: &Setup,
    looks: &Looks,
    evidence: Option<dto::Evidence>,
    evaluated: &BTreeMap<String, Duration>,
) -> Option<Done> {
    let now = alerting.clock.monotonic();
    let mut book = alerting.book().await;
    let holder = looks.of_instance.leads && book.away(now).is_none();
    let teller = Teller {
        instance: &alerting.instance,
        setup,
        is_blind: book.is_blind(alerting.is_alone, now),
    };
    let known = Known {
        kept: book.evidence().clone(),
        now: evidence,
    };
    let holder = holder.then_some(alerting.instance.as_str());
    let ((done, has_notices), kept) = book
        .change(&alerting.store, holder, now, |state| {
            let (done, made) = one_turn(state, alerting, &teller, looks, &known);
            let has_notices = !made.notices.is_empty();
            ((done, has_notices), made)
        })
        .await;
    queue::keep_safe(alerting, &mut book, kept == Kept::Stored).await;
    alerting.publish(&mut book, |seen| {
        seen.last_round = Some((alerting.clock.now(), alerting.clock.monotonic()));
        seen.evaluated.clone_from(evaluated);
    });
    drop(book);
    if kept == Kept::Nowhere {
        return None;
    }
    if has_notices {
        alerting.to_send.notify_one();
    }
    Some(done)
}

/// What a turn changed that people look for on the timeline.
pub(super) struct Done {
    entries: Vec<Entry>,
    silences_over: Vec<Silence>,
}

/// What is known of incidents: of those that are open, and, of those that this turn opens, what is now.
#[derive(Default)]
struct Known {
    kept: BTreeMap<String, String>,
    now: Option<dto::Evidence>,
}

/// Those that evaluate for themselves, and when each did last, in milliseconds since the Unix epoch.
fn instances_of(state: &State) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for alert in state.engine.alerts.values() {
        let Some(instance) = &alert.subject.instance else {
            continue;
        };
        let last = found.entry(instance.clone()).or_insert(i64::MIN);
        let at_ms = alert
            .evaluated
            .map_or(alert.since_ms, |evaluated| evaluated.at_ms);
        *last = at_ms.max(*last);
    }
    found
}

/// Whether the turn will open one: then more is looked at before it is made.
fn opens_incident(mut state: State, alerting: &Alerting, setup: &Setup, looks: &Looks) -> bool {
    let teller = Teller {
        instance: &alerting.instance,
        setup,
        is_blind: false,
    };
    let (done, _) = one_turn(&mut state, alerting, &teller, looks, &Known::default());
    let mut entries = done.entries.iter();
    entries.any(|entry| entry.kind == EntryKind::IncidentOpened)
}

/// By incident.
fn evidence_of_opened(entries: &[Entry], known: &Known) -> BTreeMap<String, String> {
    let now = known.now.as_ref();
    let Some(evidence) = now.and_then(|it| serde_json::to_string(it).ok()) else {
        return BTreeMap::new();
    };
    let entries = entries.iter();
    let opened = entries.filter(|entry| entry.kind == EntryKind::IncidentOpened);
    opened
        .map(|entry| (entry.incident_id.clone(), evidence.clone()))
        .collect()
}

fn one_turn(
    state: &mut State,
    alerting: &Alerting,
    teller: &Teller<'_>,
    looks: &Looks,
    known: &Known,
) -> (Done, Made) {
    let setup = teller.setup;
    let recipients = recipients(setup);
    let engine = engine_setup(setup, &recipients);
    let tick = alerting.tick(looks.has_jumped);
    let before = state.incidents.clone();
    let mut transitions = Vec::new();
    for instance in &looks.absent.forgotten {
        transitions.extend(forget_instance(state, engine, instance, &tick));
    }
    let (mut intents, mut settled) = (Vec::new(), Vec::new());
    let mut silences_over = Vec::new();
    for (snapshot, scope) in [
        (&looks.of_instance, Scope::Instance),
        (&looks.of_service, Scope::Service),
    ] {
        let due = |rule: &Rule| rule.scope == scope && looks.due.contains(&rule.name);
        let found = turn(state, engine, due, snapshot, &tick, &mut new_id);
        transitions.extend(found.transitions);
        intents.extend(found.intents);
        settled.extend(found.settled);
        silences_over.extend(found.silences_over);
    }
    let after: Vec<&Incident> = state.incidents.iter().chain(&settled).collect();
    let entries = entries(&before, &after, &transitions);
    let evidence = evidence_of_opened(&entries, known);
    let of = |id: &str| -> Evidence {
        let text = evidence.get(id).or_else(|| known.kept.get(id));
        evidence::kept(alerting, text.map(String::as_str))
    };
    let notices = intents.iter().filter_map(|intent: &Intent| {
        let incident = after.iter().find(|it| it.id == intent.incident_id)?;
        let message = compose::message(teller, intent, incident, of(&intent.incident_id));
        queue::row(alerting, teller, intent, &message)
    });
    let notices = notices.collect();
    let made = Made {
        entries: entries.iter().cloned().map(entry_row).collect(),
        notices,
        evidence,
        settled,
    };
    let done = Done {
        entries,
        silences_over,
    };
    (done, made)
}
