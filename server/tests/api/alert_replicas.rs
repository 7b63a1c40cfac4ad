//! Two instances on one store: whoever is frozen, cut off or killed, each notice comes once.

use std::collections::BTreeMap;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::alerting::{
    self, Dependency, TOLD, get, kinds, open_incident, rounds_later, rule, until_good, until_sent,
    until_state,
};
use crate::support::forwarder::Forwarder;
use crate::support::sink::Sink;
use crate::support::{Database, Home, Http, Service, eventually};

/// One rule that whoever leads evaluates for all, and one that each evaluates for itself.
const RULES: &str = r#"version = 1

[notify]
group_by = ["rule"]
group_wait = "0s"
flap = { changes = 100, within = "30m" }

[[rule]]
name = "of-all"
expr = "check_failed('dependency/billing')"
every = "1s"

[[rule]]
name = "of-each"
expr = "check_failed('dependency/billing')"
scope = "instance"
every = "1s"

[[rule]]
name = "dependency"
enabled = false

[[rule]]
name = "readiness"
enabled = false

[[rule]]
name = "disk"
enabled = false
"#;

const OPENED: &str = "incident.opened";
const RESOLVED: &str = "incident.resolved";

/// The rules without one of them.
fn without(name: &str) -> String {
    let header = format!("name = \"{name}\"");
    RULES.replace(&header, &format!("{header}\nenabled = false"))
}

struct Replica {
    service: Service,
    session: Http,
    name: String,
}

impl Replica {
    /// `store`: the port at which it finds the desk's own store.
    async fn start(home: &Home, rules: &str, place: Place<'_>) -> Self {
        let ops = home.postgres.as_ref().unwrap().url("ops");
        let port = home.postgres.as_ref().unwrap().port();
        let ops = ops.replace(&format!(":{port}/"), &format!(":{}/", place.store));
        let (url, billing) = (place.sink.url(), place.billing.variable());
        let environment = [
            ("LOG_DIR", place.logs),
            ("OPS_DATABASE_URL", &ops),
            ("READY_DEPENDENCIES", &billing),
            ("ALERT_WEBHOOK_URL", &url),
        ];
        let (service, session) = alerting::serve(home, rules, &environment).await;
        let status = get(&session, "/api/ops/status/").await;
        let name = status["service"]["instance"].as_str().unwrap().to_owned();
        Self {
            service,
            session,
            name,
        }
    }
}

/// What differs between two instances.
struct Place<'p> {
    logs: &'p str,
    store: u16,
    billing: &'p Dependency,
    sink: &'p Sink,
}

async fn until_led_by(home: &Home, replica: &Replica) {
    let sql = home.postgres.as_ref().unwrap().sql("ops");
    eventually(&format!("{} leads", replica.name), TOLD, async || {
        let holder = sql.lines("SELECT holder AS line FROM alert_engine").await;
        (holder == [replica.name.as_str()]).then_some(())
    })
    .await;
}

async fn until_told(sink: &Sink, count: usize) {
    eventually(&format!("{count} messages"), TOLD, async || {
        (kinds(sink).len() >= count).then_some(())
    })
    .await;
}

/// Of each incident what was told of it, in order, and by whom.
fn by_incident(sink: &Sink) -> BTreeMap<String, Vec<(String, String)>> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for message in sink.received() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let data = &message.body["data"];
        let told = found.entry(text(&data["incident"]["id"])).or_default();
        told.push((text(&message.body["type"]), text(&data["instance"])));
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_stands_still_is_replaced_and_tells_nothing_when_it_goes_on() {
    let home = Home::new(Database::Postgres).await;
    let port = home.postgres.as_ref().unwrap().port();
    let (billing, sink) = (Dependency::start(), Sink::start().await);
    let place = |logs| Place {
        logs,
        store: port,
        billing: &billing,
        sink: &sink,
    };
    let rules = without("of-each").replace(
        "name = \"disk\"",
        "name = \"memory\"\nevery = \"1s\"\n\n[[rule]]\nname = \"disk\"",
    );
    let one = Replica::start(&home, &rules, place("logs-one")).await;
    until_led_by(&home, &one).await;
    let other = Replica::start(&home, &rules, place("logs-other")).await;
    until_good(&one.session, "of-all").await;

    one.service.signal(Signal::STOP);
    until_led_by(&home, &other).await;
    rounds_later(&other.session, "of-all").await;
    billing.go_away();
    until_told(&sink, 1).await;
    one.service.signal(Signal::CONT);
    rounds_later(&one.session, "memory").await;
    let mut seen = Vec::new();
    for replica in [&one, &other] {
        until_state(&replica.session, "of-all", "firing").await;
        let rule = rule(&replica.session, "of-all").await;
        seen.push(rule["alerts"][0]["incident_id"].clone());
    }
    assert_eq!(seen[0], seen[1]);

    billing.come_up();
    until_told(&sink, 2).await;
    for replica in [&one, &other] {
        rounds_later(&replica.session, "memory").await;
        until_good(&replica.session, "of-all").await;
    }
    let told = by_incident(&sink);
    let by_other = |kind: &str| (kind.to_owned(), other.name.clone());
    assert_eq!(
        told[seen[0].as_str().unwrap()],
        [by_other(OPENED), by_other(RESOLVED)]
    );
    assert_eq!(told.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_from_the_store_each_tells_what_it_sees_and_each_end_is_told_once() {
    let home = Home::new(Database::Postgres).await;
    let port = home.postgres.as_ref().unwrap().port();
    let (billing, sink) = (Dependency::start(), Sink::start().await);
    let ways = [Forwarder::to(port).await, Forwarder::to(port).await];
    let rules = without("of-all");
    let place = |logs, way: &Forwarder| Place {
        logs,
        store: way.port,
        billing: &billing,
        sink: &sink,
    };
    let one = Replica::start(&home, &rules, place("logs-one", &ways[0])).await;
    let other = Replica::start(&home, &rules, place("logs-other", &ways[1])).await;
    let replicas = [&one, &other];
    for replica in replicas {
        rounds_later(&replica.session, "of-each").await;
        until_good(&replica.session, "of-each").await;
    }

    let mut told = 0;
    for cut_off in [&ways[..], &ways[..1]] {
        cut_off.iter().for_each(Forwarder::cut);
        billing.go_away();
        until_told(&sink, told + 2).await;
        for way in cut_off {
            way.lead_to(port);
        }
        // Until both know of both.
        for replica in replicas {
            eventually("the states agree", TOLD, async || {
                let rule = rule(&replica.session, "of-each").await;
                let mut alerts = rule["alerts"].as_array().unwrap().iter();
                let agree =
                    alerts.all(|it| it["state"] == "firing" && it["incident_id"].is_string());
                (agree && rule["alerts"].as_array().unwrap().len() == 2).then_some(())
            })
            .await;
            rounds_later(&replica.session, "of-each").await;
        }
        assert_eq!(kinds(&sink).len(), told + 2, "{:?}", by_incident(&sink));
        billing.come_up();
        for replica in replicas {
            until_good(&replica.session, "of-each").await;
        }
        eventually("nothing is open", TOLD, async || {
            let open = get(&one.session, "/api/ops/incidents/?state=open").await;
            let none = open["results"].as_array().unwrap().is_empty();
            (none && sink.received().last()?.body["type"] == RESOLVED).then_some(())
        })
        .await;
        told = kinds(&sink).len();
    }
    for (id, told) in by_incident(&sink) {
        let (mut open, mut openers) = (0, Vec::new());
        for (kind, instance) in told {
            match kind.as_str() {
                OPENED => {
                    assert!(
                        !openers.contains(&instance),
                        "{id} told twice by {instance}"
                    );
                    openers.push(instance);
                    open = 1;
                }
                RESOLVED => {
                    assert_eq!(open, 1, "{id} has ended once");
                    (open, openers) = (0, Vec::new());
                }
                other => panic!("{other} of {id}"),
            }
        }
        assert_eq!(open, 0, "{id} has ended");
    }
}

/// "The machine was gone, and its alert was called resolved."
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_alert_of_an_instance_that_is_killed_stays_until_it_is_seen_good() {
    let home = Home::new(Database::Postgres).await;
    let port = home.postgres.as_ref().unwrap().port();
    let sink = Sink::start().await;
    let (first, second) = (Dependency::start(), Dependency::start());
    // That says it in its own way, and then there is nothing more to be said.
    let silent = "\n[[rule]]\nname = \"instance-silent\"\nenabled = false\n";
    let rules = without("of-all") + silent;
    let rules = rules.replace("[notify]", "[notify]\ngroup_interval = \"1s\"");
    let place = |logs, billing| Place {
        logs,
        store: port,
        billing,
        sink: &sink,
    };
    let one = Replica::start(&home, &rules, place("logs-one", &first)).await;
    let other = Replica::start(&home, &rules, place("logs-other", &second)).await;
    for replica in [&one, &other] {
        until_good(&replica.session, "of-each").await;
    }
    first.go_away();
    until_told(&sink, 1).await;
    until_sent(&one.session).await;
    one.service.kill().await;

    let rule = rounds_later(&other.session, "of-each").await;
    let mut alerts = rule["alerts"].as_array().unwrap().iter();
    let left = alerts.find(|it| it["subject"].as_str().unwrap().contains(&one.name));
    assert_eq!(left.unwrap()["state"], "firing", "{rule}");
    assert_eq!(kinds(&sink), [OPENED]);

    // That nobody sees it any more is told once, and is no end.
    let lost = sink.message("incident.updated", 4 * TOLD).await;
    let remark = &lost.body["data"]["remarks"][0];
    assert_eq!(
        (remark["kind"].as_str(), remark["rule"].as_str()),
        (Some("no_data"), Some("of-each"))
    );
    assert_eq!(open_incident(&other.session).await["state"], "open");

    first.come_up();
    let back = Replica::start(&home, &rules, place("logs-one", &first)).await;
    assert_eq!(back.name, one.name);
    until_told(&sink, 3).await;
    rounds_later(&back.session, "of-each").await;
    rounds_later(&other.session, "of-each").await;
    assert_eq!(kinds(&sink), [OPENED, "incident.updated", RESOLVED]);
}
