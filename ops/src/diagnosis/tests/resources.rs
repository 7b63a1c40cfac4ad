//! Databases, disks, memory, replicas, and monitoring itself.

use super::*;

#[test]
fn a_full_disk_is_named_once_where_two_directories_share_it() {
    let mut snapshot = calm();
    for disk in &mut snapshot.disks {
        (disk.used_bytes, disk.free_bytes) = (85, 15);
    }
    let mut memory = Memory::default();
    let one = (State::Warning, vec!["disk_used log,data".to_owned()]);
    assert_eq!(of(&snapshot, &mut memory), one);
    snapshot.disks[1].used_bytes = 10_000;
    let two = ["disk_used data", "disk_used log"].map(str::to_owned);
    assert_eq!(of(&snapshot, &mut memory), (State::Failing, two.to_vec()));
}

#[test]
fn a_disk_that_fills_up_is_told_in_time_and_only_after_an_hour() {
    let filling = |minutes: u64| {
        verdict(|it| {
            let at = |minute| it.now - Duration::from_secs((minutes - minute) * 60);
            let used = |minute| (60 << 30) + minute * (100 << 20);
            it.disks[0].history = (0..=minutes)
                .map(|minute| (at(minute), used(minute)))
                .collect();
            it.disks.truncate(1);
        })
    };
    assert_eq!(filling(59).state, State::Ok);
    let verdict = filling(60);
    assert_eq!(named(&verdict), ["disk_fills_up log"]);
    assert_eq!(verdict.findings[0].evidence["full_in_hours"], 6.8);
}

#[test]
fn memory_near_its_limit_is_told_before_liveness_fails() {
    let with = |used: u64| verdict(|it| it.memory.used_bytes = used << 20).state;
    assert_eq!(with(400), State::Ok);
    assert_eq!(with(450), State::Warning);
    assert_eq!(with(490), State::Failing);
    let unlimited = verdict(|it| {
        it.memory.used_bytes = u64::MAX;
        it.memory.limit_bytes = None;
    });
    assert_eq!(unlimited.state, State::Ok);
}

#[test]
fn an_exhausted_pool_is_told_once_it_lasts() {
    let mut snapshot = calm();
    let mut memory = Memory::default();
    snapshot.stores[0].pool.active = 20;
    assert_eq!(of(&snapshot, &mut memory).0, State::Ok);
    later(&mut snapshot, 5);
    let told = vec!["pool_exhausted registry".to_owned()];
    assert_eq!(of(&snapshot, &mut memory), (State::Failing, told));
    snapshot.stores[0].pool.active = 19;
    assert_eq!(of(&snapshot, &mut memory).0, State::Ok);
    snapshot.stores[0].pool.active = 20;
    assert_eq!(of(&snapshot, &mut memory).0, State::Ok, "it counts anew");
}

#[test]
fn a_lock_is_told_once_it_lasts() {
    let with = |seconds| {
        verdict(|it| {
            it.stores[0].inside = Inside::Postgres(Postgres {
                max_connections: 100,
                blocked: vec![seconds, 0.1],
                ..Postgres::default()
            });
        })
    };
    assert_eq!(with(0.4).state, State::Ok);
    let verdict = with(4.0);
    assert_eq!(verdict.state, State::Failing);
    assert_eq!(named(&verdict), ["statements_blocked registry"]);
}

#[test]
fn a_dead_replica_is_missed_until_another_one_runs_in_its_place() {
    let missed = |instances: &[Instance]| {
        let verdict = verdict(|it| it.instances = instances.to_vec());
        named(&verdict)
    };
    let this = instance("web-1:17", 7200, 0);
    let gone = instance("web-2:17", 7200, 60);
    let names = ["instance_silent web-2:17"];
    assert_eq!(missed(&[this.clone(), gone.clone()]), names);
    let restarted = instance("web-2:18", 30, 1);
    assert_eq!(missed(&[this.clone(), gone.clone(), restarted]).len(), 0);
    let elsewhere = instance("web-9:1", 30, 1);
    assert_eq!(
        missed(&[this.clone(), gone.clone(), elsewhere.clone()]).len(),
        0
    );
    // One that was restarted on its own host replaces nobody else.
    let other_gone = instance("web-9:0", 7200, 40);
    let all = [this.clone(), gone, other_gone, elsewhere];
    assert_eq!(missed(&all), names);
    let long_gone = instance("web-3:1", 999_999, 90_000);
    assert_eq!(missed(&[this, long_gone]).len(), 0);
}

#[test]
fn lost_lines_are_told_with_their_reason_and_only_while_they_are_lost() {
    let mut snapshot = calm();
    let mut memory = Memory::default();
    snapshot.log_files.push(LogFile {
        name: "access.log".to_owned(),
        lost: 34,
        reason: "No space left on device (os error 28)".to_owned(),
        since: snapshot.now - Duration::from_secs(9),
    });
    let verdict = diagnose(&snapshot, &mut memory);
    assert_eq!(named(&verdict), ["log_lines_lost access.log"]);
    let since = verdict.findings[0].since;
    assert_eq!(since, Some(snapshot.now - Duration::from_secs(9)));
    snapshot.log_files.clear();
    assert_eq!(of(&snapshot, &mut memory).0, State::Ok);
}

#[test]
fn the_desks_own_store_is_a_finding_once_it_had_time_to_start() {
    let mut snapshot = calm();
    snapshot.monitor.store_error = Some("timeout".to_owned());
    let mut memory = Memory::default();
    let away = vec!["monitoring_store_away ops".to_owned()];
    assert_eq!(of(&snapshot, &mut memory), (State::Warning, away));
    snapshot.uptime = Duration::from_secs(3);
    assert_eq!(of(&snapshot, &mut Memory::default()).0, State::Ok);
}

#[test]
fn lost_minutes_are_told_while_they_are_news() {
    let mut snapshot = calm();
    let mut memory = Memory::default();
    snapshot.monitor.minutes_lost = 7;
    assert_eq!(of(&snapshot, &mut memory).1, ["minutes_lost monitoring"]);
    later(&mut snapshot, 299);
    assert_eq!(of(&snapshot, &mut memory).0, State::Warning);
    later(&mut snapshot, 1);
    assert_eq!(of(&snapshot, &mut memory).0, State::Ok);
}

#[test]
fn a_jump_of_the_clock_is_told_for_ten_minutes() {
    let mut snapshot = calm();
    let mut memory = Memory::default();
    assert_eq!(of(&snapshot, &mut memory).0, State::Ok);
    later(&mut snapshot, 10);
    snapshot.now -= Duration::from_secs(7200);
    let verdict = diagnose(&snapshot, &mut memory);
    assert_eq!(named(&verdict), ["clock_jumped clock"]);
    assert_eq!(verdict.findings[0].evidence["seconds"], -7200.0);
    later(&mut snapshot, 599);
    assert_eq!(of(&snapshot, &mut memory).0, State::Warning);
    later(&mut snapshot, 1);
    assert_eq!(of(&snapshot, &mut memory).0, State::Ok);
}

#[test]
fn the_worst_comes_first_and_advice_is_none_of_the_verdict() {
    let mut registry = store(StoreRole::Registry);
    registry.pool.active = 20;
    registry.wait_p95_ms = Some(1900.0);
    registry.queries = [("agent_cards.list", 31, 1811.9), ("sessions.find", 2, 0.9)]
        .map(|(name, failures, p95_ms)| Query {
            name: name.to_owned(),
            count: 12_004,
            failures,
            p95_ms: Some(p95_ms),
        })
        .to_vec();
    let statement = |is_active, seconds| Statement {
        pid: 4711,
        is_active,
        seconds,
    };
    registry.inside = Inside::Postgres(Postgres {
        connections: 92,
        max_connections: 100,
        blocks: 800_000,
        cache_hit_ratio: Some(0.75),
        statements: vec![statement(true, 312.4), statement(false, 41.0)],
        blocked: vec![38.9],
    });
    let found = of_store(&registry, &Memory::default());
    let ids: Vec<&str> = found.iter().map(|finding| finding.id).collect();
    assert_eq!(
        ids,
        [
            "pool_exhausted",
            "statements_blocked",
            "statement_long",
            "transaction_idle",
            "server_crowded",
            "cache_poor",
            "pool_waits_long",
            "query_fails",
            "query_slow"
        ]
    );
    let verdict = verdict(|it| it.stores[0] = registry);
    let expected = [
        "statements_blocked registry",
        "statement_long registry",
        "transaction_idle registry",
        "server_crowded registry",
    ];
    assert_eq!(named(&verdict), expected);
}

#[test]
fn a_file_full_of_nothing_and_a_log_that_grows_are_advice() {
    let mut ops = store(StoreRole::Ops);
    ops.inside = Inside::Sqlite(Sqlite {
        file_bytes: 200 << 20,
        wal_bytes: 70 << 20,
        free_bytes: 150 << 20,
    });
    let found = of_store(&ops, &Memory::default());
    let ids: Vec<&str> = found.iter().map(|finding| finding.id).collect();
    assert_eq!(ids, ["wal_large", "space_reclaimable"]);
    ops.queries.push(Query {
        name: "traffic.write".to_owned(),
        count: 19,
        failures: 0,
        p95_ms: Some(900.0),
    });
    ops.inside = Inside::Unreachable(Some("timeout".to_owned()));
    let found = of_store(&ops, &Memory::default());
    assert_eq!(found.len(), 1, "few slow queries prove nothing: {found:?}");
    assert_eq!(found[0].id, "store_unreachable");
}
