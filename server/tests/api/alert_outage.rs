//! Minutes in which a channel's peer fails in one way after the other, and we are killed in between. The
//! clock is set forward instead of waiting for it: to the service that is the time that it was gone.

use std::time::Instant;

use chrono::{TimeDelta, Utc};
use serde_json::Value;

use crate::support::alerting::{
    self, BILLING, Dependency, NOT_OF_OURSELVES, OPENED, RESOLVED, TOLD, borrowed, channels_of,
    kinds, open_incident, rounds_later, until_good, until_sent, until_told,
};
use crate::support::clock::starting_at;
use crate::support::json::utc;
use crate::support::port::Port;
use crate::support::sink::{self, Received, Reply, Sink};
use crate::support::{Database, Home, Http, Service, eventually};

struct Desk {
    home: Home,
    billing: Dependency,
    port: Port,
}

impl Desk {
    /// Its clock is so many seconds ahead.
    async fn serve(&self, ahead: i64) -> (Service, Http) {
        let mut environment = starting_at(Utc::now() + TimeDelta::seconds(ahead));
        environment.push(("READY_DEPENDENCIES", self.billing.variable()));
        environment.push(("ALERT_WEBHOOK_URL", sink::url(self.port.number)));
        let rules = format!("{BILLING}{NOT_OF_OURSELVES}");
        alerting::serve(&self.home, &rules, &borrowed(&environment)).await
    }

    /// Killed once the channel has failed for this reason.
    async fn until_failed(&self, (service, session): (Service, Http), reason: &str) {
        eventually(&format!("the channel fails: {reason}"), TOLD, async || {
            let channel = channels_of(&session).await.swap_remove(0);
            let error = channel["last_error"].as_str()?;
            (error.contains(reason) && channel["queued"] == 1).then_some(())
        })
        .await;
        service.kill().await;
    }
}

/// "The channel was away for seconds at the wrong moment: the message was lost", or came twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_minutes_of_every_fault_exactly_one_message_is_taken_and_says_how_late_it_is() {
    let desk = Desk {
        home: Home::new(Database::Sqlite).await,
        billing: Dependency::start(),
        port: Port::reserve(),
    };
    let (service, session) = desk.serve(0).await;
    until_good(&session, "billing").await;
    let began = Instant::now();
    desk.billing.go_away();
    let incident = open_incident(&session).await;
    desk.until_failed((service, session), "connection refused")
        .await;

    let sink = Sink::on(desk.port.number).await;
    sink.answer(503);
    desk.until_failed(desk.serve(120).await, "HTTP 503").await;
    sink.reply(Reply::Busy(30));
    desk.until_failed(desk.serve(240).await, "HTTP 429").await;

    // Half a minute is not over yet.
    let before = sink.refused().len();
    let (service, session) = desk.serve(240).await;
    rounds_later(&session, "billing").await;
    assert_eq!(sink.refused().len(), before, "it wants to be left alone");
    service.kill().await;

    // Killed while nobody knows whether it has been taken.
    sink.reply(Reply::Hang);
    let (service, session) = desk.serve(300).await;
    eventually("the sink hangs", TOLD, async || {
        (sink.refused().len() > before).then_some(())
    })
    .await;
    drop(session);
    service.kill().await;
    sink.reply(Reply::Half);
    desk.until_failed(desk.serve(420).await, "no complete answer")
        .await;
    assert_eq!(kinds(&sink), [""; 0]);

    sink.answer(200);
    let (_service, session) = desk.serve(540).await;
    until_told(&sink, &[OPENED]).await;
    let taken = sink.received().swap_remove(0);
    let late = taken.body["data"]["delayed_seconds"].as_u64().unwrap();
    let took = began.elapsed().as_secs() + 1;
    assert!((540..=540 + took).contains(&late), "{late}");
    assert_is_about(&taken, &incident);
    for refused in sink.refused() {
        assert_eq!(refused.id, taken.id, "a receiver knows it again");
        assert_eq!(refused.body["timestamp"], taken.body["timestamp"]);
    }

    until_sent(&session).await;
    desk.billing.come_up();
    until_told(&sink, &[OPENED, RESOLVED]).await;
    rounds_later(&session, "billing").await;
    assert_eq!(kinds(&sink), [OPENED, RESOLVED]);
    let resolved = sink.received().swap_remove(1);
    let late = &resolved.body["data"]["delayed_seconds"];
    assert_eq!(*late, Value::Null, "{resolved:?}");
}

/// It names the incident, and says when that was, however late it is.
fn assert_is_about(message: &Received, incident: &Value) {
    let told = &message.body["data"]["incident"];
    assert_eq!(told["id"], incident["id"]);
    assert_eq!(told["opened_at"], incident["opened_at"]);
    let after = utc(&message.body["timestamp"]) - utc(&incident["opened_at"]);
    assert!((0..10).contains(&after.num_seconds()), "{message:?}");
}
