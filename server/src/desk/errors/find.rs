//! One group with all that is known of it: out of the store, and out of this instance's log files.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use app::address::{error_group, with_query};
use app::dto::{
    self, ErrorFacet, ErrorFacetName, ErrorFacetOf, ErrorGroupReport, ErrorLinesLookedAt, LogLine,
    Range, Scope, TrafficHistory,
};
use ops::clock::{Minute, from_unix_millis, parse_rfc3339_millis, rfc3339_millis};
use ops::errors::{GroupKey, Occurrence, Told};
use ops::events::EventKind;
use ops::log::LogFile;
use ops::log::search::{Query, Severity, StatusFilter};
use ops::series::{InstanceFilter, Run};

use super::facets::{self, Counts, facet, of_lines, text};
use crate::desk::state::{DeskState, Recorded};
use crate::error_groups::{entry, group, groups, named, window};
use crate::{host, instances, traffic};

/// The page of one, in Actix's syntax.
pub const PAGE: &str = "/admin/errors/{id}/";

/// How many lines are looked at, and how long each log is searched for them: the page opens within a
/// second.
const MOST_LINES: usize = 300;
const SEARCH_LIMIT: Duration = Duration::from_millis(300);

const MOST_EXAMPLES: usize = 20;

/// Access lines come when the answer has been sent.
const SENT_LATER_MS: i64 = 120_000;

/// The group, and the traffic around it; `None`: there is no such group.
///
/// # Errors
/// If nobody can say whether there is one.
pub async fn report(
    desk: &DeskState,
    id: &str,
    period: Range,
    filter: &InstanceFilter,
) -> Result<Option<(ErrorGroupReport, TrafficHistory)>, dto::Code> {
    let Recorded {
        traffic,
        host,
        errors,
        ..
    } = &desk.recorded;
    let now = desk.clock.now();
    let steps = traffic::period_of(period, Minute::of(now));
    let summary = traffic.summary(steps, filter).await;
    let window = window(&summary);
    let told = errors.told(id, window, filter).await;
    let Some(told) = told.map_err(|error| traffic::code(&error))? else {
        return Ok(None);
    };
    let since_ms = window.from.saturating_mul(60_000);
    let found = lines(desk, &told.group.key, since_ms, filter).await;
    let history = traffic::history(&summary, host, period, filter);
    let mut facets: Vec<ErrorFacet> = counted(desk, &told, period);
    facets.extend(found.facets(&told.group.key, period));
    facets.sort_by_key(|facet| facet.name);
    let report = ErrorGroupReport {
        looked_at: found.looked_at(desk, told.group.count),
        group: group(&told.group, &summary, now),
        period,
        instance: named(filter),
        step_minutes: summary.step_minutes,
        start: rfc3339_millis(summary.start.start()),
        facets,
        examples: found.lines.into_iter().take(MOST_EXAMPLES).collect(),
        entries: told.entries.iter().map(entry).collect(),
        error: told.store_error.as_deref().map(traffic::code),
        generated_at: rfc3339_millis(now),
    };
    Ok(Some((report, history)))
}

/// All groups of the period.
pub async fn list(desk: &DeskState, period: Range, filter: &InstanceFilter) -> dto::ErrorGroups {
    let Recorded {
        traffic, errors, ..
    } = &desk.recorded;
    let now = desk.clock.now();
    let steps = traffic::period_of(period, Minute::of(now));
    let summary = traffic.summary(steps, filter).await;
    groups(errors, &summary, period, filter, now).await
}

/// What the page of all groups shows.
pub async fn list_page(desk: &DeskState, scope: Scope) -> dto::ErrorGroupsPage {
    let (choice, instances) = choice(desk, &scope).await;
    dto::ErrorGroupsPage {
        groups: list(desk, scope.range, &traffic::engine(&choice)).await,
        choice,
        instances,
    }
}

/// What the page of one shows; as [`report`].
///
/// # Errors
/// As [`report`].
pub async fn page(
    desk: &DeskState,
    id: &str,
    scope: Scope,
) -> Result<Option<dto::ErrorGroupPage>, dto::Code> {
    let (choice, instances) = choice(desk, &scope).await;
    let found = report(desk, id, scope.range, &traffic::engine(&choice)).await?;
    Ok(found.map(|(report, history)| dto::ErrorGroupPage {
        report,
        history,
        choice,
        instances,
    }))
}

/// Whose figures, and whose there are.
async fn choice(desk: &DeskState, scope: &Scope) -> (dto::InstanceChoice, Vec<String>) {
    let Recorded { fleet, traffic, .. } = &desk.recorded;
    let names = instances::known_names(fleet, traffic).await;
    let choice = instances::chosen(fleet, traffic, scope.instance.clone()).await;
    (choice, names.into_iter().collect())
}

/// What all errors of the period have in common, of all instances that are asked for.
fn counted(desk: &DeskState, told: &Told, period: Range) -> Vec<ErrorFacet> {
    let of = ErrorFacetOf::Counted;
    let group = &told.group;
    let mut instances = Counts::new();
    let mut versions = Counts::new();
    let starts = starts(desk);
    for (run, errors) in &told.runs {
        *instances.entry(Some(run.instance.clone())).or_default() += errors;
        let version = version(&starts, run).or_else(|| {
            let is_own = run.instance == desk.service.instance;
            let started = from_unix_millis(run.number);
            (is_own && started >= desk.service.started_at).then(host::version)
        });
        *versions.entry(version).or_default() += errors;
    }
    let of_instance = |name: &str| {
        let pairs = Scope::of(period, Some(name)).pairs();
        Some(with_query(&error_group(&group.fingerprint), pairs))
    };
    let routes: Counts = group
        .places
        .iter()
        .filter(|(place, errors)| *errors > 0 && is_route(place))
        .map(|(place, errors)| (Some(place.clone()), *errors))
        .collect();
    let name = ErrorFacetName::Route;
    [
        facet(name, of, routes, |route| facets::url(name, route, period)),
        facet(ErrorFacetName::Instance, of, instances, of_instance),
        facet(ErrorFacetName::Version, of, versions, |_| None),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether a place is a route, and neither a panic's file nor a logger.
fn is_route(place: &str) -> bool {
    place.starts_with('/') || place == "unmatched"
}

/// When which version started, by instance.
fn starts(desk: &DeskState) -> HashMap<String, BTreeMap<i64, String>> {
    let events = desk
        .recorded
        .host
        .events_since(ops::clock::Minute::EARLIEST);
    let mut starts: HashMap<String, BTreeMap<i64, String>> = HashMap::new();
    for event in events.iter().filter(|event| event.kind == EventKind::Start) {
        let of_instance = starts.entry(event.run.instance.clone()).or_default();
        of_instance.insert(event.run.number, event.detail.clone());
    }
    starts
}

/// Of the last start before: a run is counted under a moment that is a little later.
fn version(starts: &HashMap<String, BTreeMap<i64, String>>, run: &Run) -> Option<String> {
    let (_, version) = starts
        .get(&run.instance)?
        .range(..=run.number)
        .next_back()?;
    Some(version.clone())
}

/// What this instance's files have of a group.
#[derive(Default)]
struct Lines {
    /// Newest first.
    lines: Vec<LogLine>,
    /// Of `access.log`, by the request's id.
    requests: HashMap<String, LogLine>,
    stopped_early: bool,
    error: Option<dto::Code>,
}

async fn lines(desk: &DeskState, key: &GroupKey, since_ms: i64, filter: &InstanceFilter) -> Lines {
    if !filter.matches(&desk.service.instance) || key.is_other() {
        return Lines::default();
    }
    let cause = key.cause().fingerprint();
    let query = Query {
        // A request that was answered with 503 is a warning.
        severity: Some(Severity::Warning),
        since: Some(since_ms),
        text: key.needle().map(str::to_owned),
        ..Query::default()
    };
    let is_of_it = move |line: &[u8]| {
        let occurrence = Occurrence::of_line(line, "");
        occurrence.is_some_and(|found| found.key.cause().fingerprint() == cause)
    };
    let found = desk.log.reader.newest(
        (LogFile::Error, query),
        (MOST_LINES, SEARCH_LIMIT),
        is_of_it,
    );
    match found.await {
        Ok((lines, stopped_early)) => {
            let requests = requests(desk, &lines).await;
            let (requests, was_cut) = requests.unwrap_or_default();
            Lines {
                lines,
                requests,
                stopped_early: stopped_early || was_cut,
                error: None,
            }
        }
        Err(code) => Lines {
            error: Some(code),
            ..Lines::default()
        },
    }
}

/// Whose requests they were; and whether the time was over before all were found.
async fn requests(desk: &DeskState, lines: &[LogLine]) -> Option<(HashMap<String, LogLine>, bool)> {
    let ids: HashSet<String> = lines
        .iter()
        .filter_map(|line| text(line, "request_id"))
        .collect();
    if ids.is_empty() {
        return None;
    }
    let at = |line: &LogLine| parse_rfc3339_millis(text(line, "timestamp")?.as_bytes());
    let query = Query {
        since: lines.last().and_then(at),
        until: lines.first().and_then(at).map(|at| at + SENT_LATER_MS),
        status: Some(StatusFilter::Class(5)),
        ..Query::default()
    };
    let most = ids.len();
    let is_one = move |line: &[u8]| {
        let line = ops::log::search::parse_line(line);
        text(&line, "request_id").is_some_and(|id| ids.contains(&id))
    };
    let reader = &desk.log.reader;
    let found = reader.newest((LogFile::Access, query), (most, SEARCH_LIMIT), is_one);
    let (lines, is_cut) = found.await.ok()?;
    let lines = lines.into_iter();
    let by_id = lines.filter_map(|line| Some((text(&line, "request_id")?, line)));
    Some((by_id.collect(), is_cut))
}

impl Lines {
    fn facets(&self, key: &GroupKey, period: Range) -> Vec<ErrorFacet> {
        let mut counts = of_lines(&self.lines, &self.requests);
        if is_route(&key.place) {
            // All of them are counted.
            counts.remove(&ErrorFacetName::Route);
        }
        let facets = counts.into_iter().filter_map(|(name, counts)| {
            facet(name, ErrorFacetOf::Lines, counts, |value| {
                facets::url(name, value, period)
            })
        });
        facets.collect()
    }

    fn looked_at(&self, desk: &DeskState, of: u64) -> ErrorLinesLookedAt {
        ErrorLinesLookedAt {
            lines: self.lines.len() as u64,
            of,
            since: self.lines.last().and_then(|line| text(line, "timestamp")),
            requests: self.requests.len() as u64,
            stopped_early: self.stopped_early,
            instance: desk.service.instance.clone(),
            error: self.error,
        }
    }
}
