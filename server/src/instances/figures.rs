//! What is known of the instances, as the desk shows it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use app::dto;
use ops::clock::{Minute, from_unix_millis, rfc3339_millis};
use ops::traffic::Traffic;

use super::heartbeat::{Fleet, Seen};
use crate::db::queries::instances::InstanceRow;
use crate::traffic::{MONTH, period_of};

/// Four heartbeats that did not come.
const SILENT_AFTER_MS: i64 = 20_000;

/// More names say nothing to anybody.
const MOST_SHOWN: usize = 50;

/// Who shares the store, with its share of the traffic of the period.
pub async fn instances(
    fleet: &Fleet,
    traffic: &Traffic,
    period: dto::Range,
    now: Minute,
) -> dto::Instances {
    let requests = traffic.requests_by_instance(period_of(period, now)).await;
    list(fleet.own_row(), fleet.seen(), requests, period)
}

/// Whose figures are asked for: of an instance that was seen, or whose traffic is kept.
pub async fn chosen(
    fleet: &Fleet,
    traffic: &Traffic,
    asked: Option<String>,
) -> dto::InstanceChoice {
    match asked.filter(|name| !name.is_empty()) {
        None => dto::InstanceChoice::All,
        Some(name) if known_names(fleet, traffic).await.contains(&name) => {
            dto::InstanceChoice::Instance(name)
        }
        Some(name) => dto::InstanceChoice::Unknown(name),
    }
}

pub async fn known_names(fleet: &Fleet, traffic: &Traffic) -> BTreeSet<String> {
    let by_traffic = traffic.requests_by_instance(MONTH).await;
    let mut names: BTreeSet<String> = by_traffic.into_keys().collect();
    names.extend(fleet.seen().rows.into_iter().map(|row| row.instance));
    names.insert(fleet.name().to_owned());
    names
}

/// Those that run now besides this one; as they were known last while the store is away.
pub fn live_others(fleet: &Fleet) -> Vec<String> {
    let known = list(
        fleet.own_row(),
        fleet.seen(),
        BTreeMap::new(),
        dto::Range::default(),
    );
    let others = known.instances.into_iter();
    let others = others.filter(|one| one.state == dto::InstanceState::Live && !one.is_this);
    others.map(|one| one.name).collect()
}

fn list(
    own: InstanceRow,
    seen: Seen,
    mut requests: BTreeMap<String, u64>,
    period: dto::Range,
) -> dto::Instances {
    let now_ms = own.seen_ms;
    // Nobody was seen since the store is away: that says nothing about them.
    let looked_ms = seen.read_ms.unwrap_or(now_ms);
    let all: u64 = requests.values().sum();
    let own_name = own.instance.clone();
    let others = seen.rows.into_iter().filter(|row| row.instance != own_name);
    let mut instances: Vec<dto::Instance> = Vec::new();
    for row in others.chain([own]) {
        let is_this = row.instance == own_name;
        let of_row = requests.remove(&row.instance).unwrap_or_default();
        let is_silent = !is_this && looked_ms - row.seen_ms > SILENT_AFTER_MS;
        let state = match row.stopped_ms {
            Some(_) => dto::InstanceState::Stopped,
            None if is_silent => dto::InstanceState::Silent,
            None => dto::InstanceState::Live,
        };
        let uptime_ms = u64::try_from(row.seen_ms - row.started_ms).unwrap_or(0);
        let time = |millis| Some(rfc3339_millis(from_unix_millis(millis)));
        instances.push(dto::Instance {
            state,
            is_this,
            version: Some(row.version),
            commit: Some(row.commit_id),
            started_at: time(row.started_ms),
            last_seen: time(row.seen_ms),
            uptime_seconds: Some(uptime_ms / 1000),
            requests: of_row,
            share: share(of_row, all),
            name: row.instance,
        });
    }
    // Such as those of an earlier version.
    let rest = requests.into_iter().filter(|(_, requests)| *requests > 0);
    instances.extend(rest.map(|(name, requests)| dto::Instance {
        name,
        state: dto::InstanceState::Unknown,
        is_this: false,
        version: None,
        commit: None,
        started_at: None,
        last_seen: None,
        uptime_seconds: None,
        requests,
        share: share(requests, all),
    }));
    // The state's order is that of the list; RFC 3339 sorts as time goes.
    instances.sort_by_key(|one| {
        let is_gone = one.state != dto::InstanceState::Live;
        (is_gone, Reverse(one.last_seen.clone()), one.name.clone())
    });
    let hidden = instances.split_off(instances.len().min(MOST_SHOWN));
    dto::Instances {
        period,
        requests: all,
        instances,
        more_instances: hidden.len() as u64,
        error: seen.error,
        generated_at: rfc3339_millis(from_unix_millis(now_ms)),
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use app::dto::InstanceState::{Live, Silent, Stopped, Unknown};

    const NOW: i64 = 1_800_000_000_000;

    fn row(name: &str, seen_ms: i64, stopped_ms: Option<i64>) -> InstanceRow {
        InstanceRow {
            instance: name.to_owned(),
            version: "1.0.0".to_owned(),
            commit_id: "abc".to_owned(),
            started_ms: seen_ms - 61_000,
            seen_ms,
            stopped_ms,
        }
    }

    fn states(instances: &dto::Instances) -> Vec<(&str, dto::InstanceState)> {
        let all = instances.instances.iter();
        all.map(|one| (one.name.as_str(), one.state)).collect()
    }

    fn requests() -> BTreeMap<String, u64> {
        let of = |name: &str, requests| (name.to_owned(), requests);
        BTreeMap::from([
            of("own", 30),
            of("silent", 50),
            of("old", 20),
            of("idle", 0),
        ])
    }

    fn seen(read_ms: Option<i64>, error: Option<dto::Code>) -> Seen {
        Seen {
            rows: vec![
                row("idle", NOW - 19_000, None),
                // The store's word of this one is old: it knows itself better.
                row("own", NOW - 900_000, None),
                row("silent", NOW - 21_000, None),
                row("stopped", NOW - 5000, Some(NOW - 5000)),
            ],
            read_ms,
            error,
        }
    }

    #[test]
    fn those_that_run_come_first_and_shares_add_up() {
        let own = row("own", NOW, None);
        let found = list(
            own,
            seen(Some(NOW), None),
            requests(),
            dto::Range::default(),
        );
        assert_eq!(
            states(&found),
            [
                ("own", Live),
                ("idle", Live),
                ("stopped", Stopped),
                ("silent", Silent),
                ("old", Unknown)
            ]
        );
        let shares: f64 = found.instances.iter().filter_map(|one| one.share).sum();
        assert!((shares - 1.0).abs() < 1e-9);
        assert_eq!(found.requests, 100);
        let own = found.instances.iter().find(|one| one.is_this);
        assert_eq!(own.and_then(|own| own.uptime_seconds), Some(61));
        assert_eq!(own.and_then(|own| own.share), Some(0.3));
    }

    #[test]
    fn who_can_not_be_seen_for_the_store_is_not_called_silent() {
        let own = row("own", NOW + 600_000, None);
        let away = seen(Some(NOW - 1500), Some(dto::Code::Unreachable));
        let found = list(own, away, BTreeMap::new(), dto::Range::default());
        assert_eq!(states(&found)[1], ("idle", Live));
        assert_eq!(found.error, Some(dto::Code::Unreachable));
        assert!(found.instances.iter().all(|one| one.share.is_none()));
    }

    #[test]
    fn an_instance_alone_knows_itself_without_a_store() {
        let own = row("own", NOW, None);
        let found = list(own, Seen::default(), BTreeMap::new(), dto::Range::default());
        assert_eq!(states(&found), [("own", Live)]);
    }

    #[test]
    fn many_are_cut_and_counted() {
        let rows = (0..80).map(|n| row(&format!("n{n:02}"), NOW - 100_000 - n, None));
        let many = Seen {
            rows: rows.collect(),
            read_ms: Some(NOW),
            error: None,
        };
        let found = list(
            row("own", NOW, None),
            many,
            BTreeMap::new(),
            dto::Range::default(),
        );
        assert_eq!((found.instances.len(), found.more_instances), (50, 31));
        assert_eq!(states(&found)[..2], [("own", Live), ("n00", Silent)]);
    }
}
