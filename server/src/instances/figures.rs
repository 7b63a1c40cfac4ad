//! What is known of the instances, as the desk shows it.

use std::collections::{BTreeMap, BTreeSet};

use app::dto;
use ops::clock::{Minute, from_unix_millis, rfc3339_millis};
use ops::instances::{Instance, Seen, State};
use ops::traffic::Traffic;

use super::heartbeat::Fleet;
use crate::traffic::{MONTH, code, period_of, share};

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
    list(fleet.own(), fleet.seen(), requests, period)
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
    names.extend(fleet.seen().instances.into_iter().map(|one| one.name));
    names.insert(fleet.name().to_owned());
    names
}

/// Those that run now besides this one; as they were known last while the store is away.
pub fn live_others(fleet: &Fleet) -> Vec<String> {
    let known = fleet.known().into_iter();
    let others = known.filter(|(one, state)| *state == State::Live && one.name != fleet.name());
    others.map(|(one, _)| one.name).collect()
}

fn list(
    own: Instance,
    seen: Seen,
    mut requests: BTreeMap<String, u64>,
    period: dto::Range,
) -> dto::Instances {
    let (own_name, now_ms) = (own.name.clone(), own.seen_ms);
    let error = seen.error.as_deref().map(code);
    let all: u64 = requests.values().sum();
    let time = |millis| Some(rfc3339_millis(from_unix_millis(millis)));
    let mut instances: Vec<dto::Instance> = Vec::new();
    for (one, state) in seen.known(own) {
        let of_one = requests.remove(&one.name).unwrap_or_default();
        let uptime_ms = u64::try_from(one.seen_ms - one.started_ms).unwrap_or(0);
        instances.push(dto::Instance {
            state: match state {
                State::Live => dto::InstanceState::Live,
                State::Silent => dto::InstanceState::Silent,
                State::Stopped => dto::InstanceState::Stopped,
            },
            is_this: one.name == own_name,
            version: Some(one.version),
            commit: Some(one.commit),
            started_at: time(one.started_ms),
            last_seen: time(one.seen_ms),
            uptime_seconds: Some(uptime_ms / 1000),
            requests: of_one,
            share: share(of_one, all),
            name: one.name,
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
    let hidden = instances.split_off(instances.len().min(MOST_SHOWN));
    dto::Instances {
        period,
        requests: all,
        instances,
        more_instances: hidden.len() as u64,
        error,
        generated_at: rfc3339_millis(from_unix_millis(now_ms)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ops::series::StoreError;

    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn instance(name: &str, seen_ms: i64) -> Instance {
        Instance {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            commit: "abc".to_owned(),
            started_ms: seen_ms - 61_000,
            seen_ms,
            stopped_ms: None,
        }
    }

    fn seen(names: &[&str], error: Option<Arc<StoreError>>) -> Seen {
        Seen {
            instances: names.iter().map(|name| instance(name, NOW - 100)).collect(),
            read_ms: Some(NOW),
            error,
        }
    }

    fn names(instances: &dto::Instances) -> Vec<&str> {
        let all = instances.instances.iter();
        all.map(|one| one.name.as_str()).collect()
    }

    #[test]
    fn those_of_whom_only_the_traffic_is_known_come_last_and_shares_add_up() {
        let of = |name: &str, requests| (name.to_owned(), requests);
        let requests = [of("own", 30), of("other", 50), of("old", 20), of("idle", 0)];
        let found = list(
            instance("own", NOW),
            seen(&["idle", "other"], None),
            requests.into(),
            dto::Range::default(),
        );
        assert_eq!(names(&found), ["own", "idle", "other", "old"]);
        let old = found.instances.last();
        assert_eq!(old.map(|old| old.state), Some(dto::InstanceState::Unknown));
        let shares: f64 = found.instances.iter().filter_map(|one| one.share).sum();
        assert!((shares - 1.0).abs() < 1e-9);
        assert_eq!(found.requests, 100);
        let own = found.instances.iter().find(|one| one.is_this);
        assert_eq!(own.and_then(|own| own.uptime_seconds), Some(61));
        assert_eq!(own.and_then(|own| own.share), Some(0.3));
    }

    #[test]
    fn without_traffic_nobody_has_a_share_and_a_store_that_is_away_is_told() {
        let away = seen(&["other"], Some(Arc::new(StoreError::Timeout)));
        let found = list(
            instance("own", NOW),
            away,
            BTreeMap::new(),
            dto::Range::default(),
        );
        assert_eq!(found.error, Some(dto::Code::Timeout));
        assert!(found.instances.iter().all(|one| one.share.is_none()));
    }

    #[test]
    fn many_are_cut_and_counted() {
        let many: Vec<String> = (0..80).map(|n| format!("n{n:02}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let found = list(
            instance("own", NOW),
            seen(&many, None),
            BTreeMap::new(),
            dto::Range::default(),
        );
        assert_eq!((found.instances.len(), found.more_instances), (50, 31));
    }
}
