#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::*;
use crate::alerts::message::{Kind, Remark, Timestamp};
use crate::alerts::notify::{Verdict, dingtalk};

pub fn notice(number: u32, incident: &str, kind: Kind, created_ms: i64) -> Notice {
    Notice {
        id: format!("notice-{number:05}"),
        channel: "default".to_owned(),
        incident: (!incident.is_empty()).then(|| incident.to_owned()),
        kind,
        ordinal: number,
        created: Timestamp(created_ms),
        not_before: Timestamp(created_ms),
        attempts: 0,
        state: State::Queued,
        claimed_until: None,
        last_error: None,
        last_try: None,
        sent: None,
    }
}

fn to(readers: Readers) -> Channel<'static> {
    Channel {
        name: "default",
        readers,
        bucket: None,
    }
}

fn planned(notices: &[Notice], now: i64) -> Plan {
    plan(&mut to(Readers::People), notices, Timestamp(now))
}

fn ones(numbers: &[u32]) -> Vec<Batch> {
    let ids = numbers.iter().map(|number| format!("notice-{number:05}"));
    ids.map(Batch::One).collect()
}

#[test]
fn of_each_incident_the_first_is_sent_and_the_others_wait() {
    let mut notices = vec![
        notice(2, "a", Kind::Updated, 20),
        notice(3, "b", Kind::Opened, 15),
        notice(1, "a", Kind::Opened, 10),
    ];
    assert_eq!(planned(&notices, 100).batches, ones(&[1, 3]));
    // Being sent, and then waiting for another try.
    notices[2].claim(Timestamp(100));
    let plan = planned(&notices, 100);
    assert_eq!(
        (plan.batches, plan.wake_at),
        (ones(&[3]), Some(Timestamp(60_100)))
    );
    let reason = "timed out".to_owned();
    notices[2].settle(
        &Verdict::Retry {
            after: None,
            reason,
        },
        Timestamp(200),
        0.5,
    );
    let plan = planned(&notices, 1000);
    assert_eq!(
        (plan.batches, plan.wake_at),
        (ones(&[3]), Some(Timestamp(5200)))
    );
    notices[2].settle(&Verdict::Delivered, Timestamp(5200), 0.5);
    assert_eq!(planned(&notices, 5300).batches, ones(&[3, 2]));
}

#[test]
fn a_refused_notice_does_not_hold_the_next() {
    let mut notices = vec![
        notice(1, "a", Kind::Opened, 10),
        notice(2, "a", Kind::Updated, 20),
    ];
    let reason = "HTTP 400".to_owned();
    notices[0].settle(&Verdict::Refused { reason }, Timestamp(30), 0.5);
    assert_eq!(planned(&notices, 40).batches, ones(&[2]));
}

#[test]
fn a_dead_senders_claim_runs_out() {
    let mut notices = vec![notice(1, "a", Kind::Opened, 10)];
    notices[0].claim(Timestamp(10));
    assert_eq!(planned(&notices, 60_009).batches, ones(&[]));
    assert_eq!(planned(&notices, 60_010).batches, ones(&[1]));
    // Who looked a moment earlier, or has a clock that is a little behind, takes nothing from anybody.
    notices[0].claim(Timestamp(500));
    assert_eq!(planned(&notices, 10).batches, ones(&[]));
    // A clock that went back makes no claim of it that lasts for hours.
    notices[0].claim(Timestamp(100_000_000));
    assert_eq!(planned(&notices, 60_010).batches, ones(&[1]));
}

#[test]
fn the_end_replaces_what_it_tells_and_says_if_the_beginning_was_never_told() {
    let mut notices = vec![
        notice(1, "a", Kind::Opened, 10),
        notice(2, "a", Kind::Updated, 20),
        notice(3, "a", Kind::Resolved, 30),
        notice(4, "a", Kind::Opened, 40),
    ];
    let by = |id: &str, remark| Superseded {
        id: id.to_owned(),
        by: "notice-00003".to_owned(),
        remark,
    };
    let plan = planned(&notices, 100);
    let untold = Some(Remark::BeginningUntold);
    assert_eq!(
        plan.superseded,
        [by("notice-00001", untold), by("notice-00002", None)]
    );
    assert_eq!(plan.batches, ones(&[3]), "and then what began again");

    // Told already, or just now: then only what came between is replaced.
    notices[0].state = State::Sent;
    assert_eq!(
        planned(&notices, 100).superseded,
        [by("notice-00002", None)]
    );
    notices[0].state = State::Queued;
    notices[0].claim(Timestamp(90));
    let plan = planned(&notices, 100);
    assert_eq!(
        (plan.superseded, plan.batches),
        (vec![by("notice-00002", None)], ones(&[]))
    );
}

#[test]
fn a_reminder_is_replaced_by_the_next_and_an_update_is_not() {
    let notices = [
        notice(1, "a", Kind::Updated, 10),
        notice(2, "a", Kind::Reminder, 20),
        notice(3, "a", Kind::Reminder, 30),
    ];
    let plan = planned(&notices, 100);
    let ids: Vec<_> = plan
        .superseded
        .iter()
        .map(|one| (one.id.as_str(), one.by.as_str()))
        .collect();
    assert_eq!(ids, [("notice-00002", "notice-00003")]);
    assert_eq!(plan.batches, ones(&[1]));
}

#[test]
fn more_than_ten_become_one_message_for_people_and_stay_apart_for_programs() {
    let about = |number| {
        notice(
            number,
            &format!("incident-{number}"),
            Kind::Opened,
            i64::from(number),
        )
    };
    let mut notices: Vec<Notice> = (0..11).map(about).collect();
    notices.push(notice(99, "", Kind::ChannelTest, 99));
    let all: Vec<String> = (0..11)
        .map(|number| format!("notice-{number:05}"))
        .collect();
    let digest = vec![
        Batch::One("notice-00099".to_owned()),
        Batch::Digest(all.clone()),
    ];
    assert_eq!(planned(&notices, 100).batches, digest);

    let programs = plan(&mut to(Readers::Programs), &notices, Timestamp(100));
    assert_eq!(programs.batches.len(), 12);
    assert_eq!(
        planned(&notices[1..], 100).batches.len(),
        11,
        "ten are not too many"
    );

    // One that waits for another try is not in it, nor is what follows it.
    notices[3].not_before = Timestamp(5000);
    notices.push(notice(100, "incident-3", Kind::Updated, 50));
    let plan = planned(&notices, 100);
    let Some(Batch::Digest(ids)) = plan.batches.last() else {
        panic!("{plan:?}")
    };
    assert_eq!((ids.len(), ids.contains(&all[3])), (10, false));
    assert_eq!(plan.wake_at, Some(Timestamp(5000)));

    assert_eq!(digest_id(&all), digest_id(&all));
    assert_ne!(digest_id(&all), digest_id(&all[1..]));
}

#[test]
fn a_channels_rate_is_kept_and_the_rest_comes_later() {
    let about = |number| {
        notice(
            number,
            &format!("incident-{number}"),
            Kind::Opened,
            i64::from(number),
        )
    };
    let notices: Vec<Notice> = (0..8).map(about).collect();
    let mut channel = to(Readers::People);
    channel.bucket = Some(Bucket::full(dingtalk::RATE, Timestamp(0)));
    let plan = plan(&mut channel, &notices, Timestamp(100));
    assert_eq!(plan.batches, ones(&[0, 1, 2, 3, 4]));
    assert_eq!(plan.wake_at, Some(Timestamp(100 + 4300)));
}

#[test]
fn other_channels_do_not_matter() {
    let mut notices = vec![
        notice(1, "a", Kind::Opened, 10),
        notice(2, "a", Kind::Resolved, 20),
    ];
    notices[0].channel = "other".to_owned();
    let plan = planned(&notices, 100);
    assert_eq!((plan.superseded.len(), plan.batches), (0, ones(&[2])));
}
