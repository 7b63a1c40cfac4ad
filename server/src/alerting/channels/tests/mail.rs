//! Mail, as a mail server sees it.

use std::time::Duration;

use ops::alerts::file::ChannelKind::Email;
use ops::alerts::message::Kind;
use ops::alerts::notify::Verdict;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::mail_server::{MailServer, headers};
use super::{
    Channel, Courier, Delivery, Letter, NOTICE, channel, courier, letter, message, opened,
};

const ALICE: &str = "alice@example.org";
const BOB: &str = "bob@example.org";

fn to(server: &MailServer) -> Channel {
    channel(Email, &server.url(), None, &[ALICE, BOB])
}

async fn deliver(courier: &Courier, channel: &Channel) -> Delivery {
    courier.deliver(channel, letter(&[opened()])).await
}

/// Who got each mail, in the order of their coming.
fn recipients(mails: &[Value]) -> Vec<&str> {
    let to = mails.iter().map(|mail| mail["to"].as_array().unwrap());
    to.map(|to| {
        assert_eq!(to.len(), 1, "{to:?}");
        to[0].as_str().unwrap()
    })
    .collect()
}

#[tokio::test]
async fn a_mail_is_whole_and_in_ascii_and_says_that_no_person_wrote_it() {
    let mut server = MailServer::start(&json!({}));
    let title = format!("数据库不可用 {}", "x".repeat(300));
    let messages = [message(Kind::Opened, &title)];
    let delivery = courier().deliver(&to(&server), letter(&messages)).await;
    assert_eq!(delivery.verdict, Verdict::Delivered, "{delivery:?}");
    assert_eq!(delivery.status, Some(250));
    let mails = server.taken();
    assert_eq!(recipients(&mails), [ALICE, BOB]);
    for mail in &mails {
        assert_eq!(mail["from"], "desk@example.org");
        for (name, value) in [
            ("From", "Desk <desk@example.org>"),
            ("To", "alice@example.org, bob@example.org"),
            (
                "Message-ID",
                "<019ac9f4-6000-7c00-8a57-000000000001@example.org>",
            ),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("Date", "Sat, 28 Nov 2026 12:01:10 +0000"),
        ] {
            assert_eq!(headers(mail, name), [value], "{name}");
        }
        assert_eq!(headers(mail, "References"), [""; 0]);
        let subject = headers(mail, "Subject")[0];
        assert!(subject.starts_with("[FIRING·critical] ") && subject.contains("数据库不可用"));
        let types = ["multipart/alternative", "text/plain", "text/html"];
        assert_eq!(mail["types"], json!(types));
        for part in ["text", "html"] {
            assert!(
                mail[part].as_str().unwrap().contains("数据库不可用"),
                "{mail}"
            );
        }
        assert!(mail["longest_line"].as_u64().unwrap() <= 998);
        assert_eq!(
            (&mail["is_ascii"], &mail["bare_line_breaks"]),
            (&json!(true), &json!(0))
        );
    }
}

#[tokio::test]
async fn the_mails_of_an_incident_are_one_thread() {
    let mut server = MailServer::start(&json!({}));
    let messages = [message(Kind::Resolved, "Database unavailable")];
    let letter = Letter {
        id: "019ac9f4-7000-7c00-8a57-000000000002",
        first: Some(NOTICE),
        ..letter(&messages)
    };
    courier().deliver(&to(&server), letter).await;
    let mails = server.taken();
    let first = "<019ac9f4-6000-7c00-8a57-000000000001@example.org>";
    assert_eq!(headers(&mails[0], "In-Reply-To"), [first]);
    assert_eq!(headers(&mails[0], "References"), [first]);
    assert_ne!(headers(&mails[0], "Message-ID"), [first]);
}

#[tokio::test]
async fn after_a_451_only_who_has_not_got_the_mail_gets_it() {
    let busy = "451 4.3.0 try again later";
    let mut server = MailServer::start(&json!({"recipients": {ALICE: [busy, busy]}}));
    let (courier, channel) = (courier(), to(&server));
    for expected in [vec![BOB], vec![]] {
        let delivery = deliver(&courier, &channel).await;
        let reason = "SMTP 451: 4.3.0 try again later".to_owned();
        assert_eq!(
            delivery.verdict,
            Verdict::Retry {
                after: None,
                reason
            }
        );
        assert_eq!(delivery.status, Some(451));
        assert_eq!(recipients(&server.taken()), expected);
    }
    let delivery = deliver(&courier, &channel).await;
    assert_eq!(delivery.verdict, Verdict::Delivered);
    assert_eq!(recipients(&server.taken()), [ALICE]);
}

#[tokio::test]
async fn one_dead_address_holds_nobody_up_and_is_told_by_its_number() {
    let unknown = format!("550 5.1.1 <{ALICE}> is unknown, says {BOB}");
    let mut server = MailServer::start(&json!({"recipients": {ALICE: [unknown]}}));
    let delivery = deliver(&courier(), &to(&server)).await;
    assert_eq!(delivery.verdict, Verdict::Delivered);
    assert_eq!(
        delivery.answer,
        "taken for 1 of 2; refused for number 1 of `to`: SMTP 550: 5.1.1 <***> is unknown, says ***"
    );
    assert_eq!(recipients(&server.taken()), [BOB]);
}

#[tokio::test]
async fn a_dead_address_is_not_asked_again_while_another_one_is_busy() {
    let orders = json!({"recipients": {ALICE: ["550 unknown", null], BOB: ["450 busy"]}});
    let mut server = MailServer::start(&orders);
    let (courier, channel) = (courier(), to(&server));
    let delivery = deliver(&courier, &channel).await;
    assert!(
        matches!(delivery.verdict, Verdict::Retry { .. }),
        "{delivery:?}"
    );
    let delivery = deliver(&courier, &channel).await;
    assert_eq!(delivery.verdict, Verdict::Delivered);
    assert!(delivery.answer.contains("taken for 1 of 2"), "{delivery:?}");
    assert_eq!(recipients(&server.taken()), [BOB]);
}

#[tokio::test]
async fn a_mail_that_nobody_may_have_is_refused_for_good() {
    let orders = json!({"recipients": {ALICE: ["550 no"]}, "data": ["554 5.7.1 spam"]});
    let mut server = MailServer::start(&orders);
    let delivery = deliver(&courier(), &to(&server)).await;
    assert!(
        matches!(delivery.verdict, Verdict::Refused { .. }),
        "{delivery:?}"
    );
    assert_eq!(
        (delivery.status, delivery.answer.as_str()),
        (Some(550), "SMTP 550: no")
    );
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn a_refusal_of_one_mail_leaves_the_connection_good_for_the_next() {
    let mut server = MailServer::start(&json!({"data": ["554 5.7.1 spam"]}));
    let delivery = deliver(&courier(), &to(&server)).await;
    assert_eq!(delivery.verdict, Verdict::Delivered);
    assert!(
        delivery
            .answer
            .ends_with("number 1 of `to`: SMTP 554: 5.7.1 spam")
    );
    assert_eq!(recipients(&server.taken()), [BOB]);
}

#[tokio::test]
async fn a_connection_that_is_lost_after_the_mail_costs_a_second_copy_of_the_same_id() {
    let mut server = MailServer::start(&json!({"data": [null, "lost"]}));
    let (courier, channel) = (courier(), to(&server));
    let delivery = deliver(&courier, &channel).await;
    let reason = "the connection broke off".to_owned();
    assert_eq!(
        delivery.verdict,
        Verdict::Retry {
            after: None,
            reason
        }
    );
    assert_eq!(delivery.status, None);
    let delivery = deliver(&courier, &channel).await;
    assert_eq!(delivery.verdict, Verdict::Delivered);
    let mails = server.taken();
    assert_eq!(recipients(&mails), [ALICE, BOB, BOB]);
    let ids: Vec<_> = mails
        .iter()
        .map(|mail| headers(mail, "Message-ID"))
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test]
async fn without_starttls_nothing_is_sent_unless_the_address_allows_it() {
    let mut server = MailServer::start(&json!({}));
    let url = format!("smtp://desk:secret@127.0.0.1:{}", server.port);
    let channel = channel(Email, &url, None, &[ALICE]);
    let delivery = deliver(&courier(), &channel).await;
    assert_eq!(delivery.answer, "the server offers no STARTTLS");
    assert!(matches!(delivery.verdict, Verdict::Retry { .. }));
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn a_server_that_can_not_be_reached_is_tried_again() {
    let server = MailServer::start(&json!({}));
    let channel = to(&server);
    drop(server);
    let delivery = deliver(&courier(), &channel).await;
    assert_eq!(delivery, Delivery::without_answer("connection refused"));
}

#[tokio::test]
async fn a_server_that_never_greets_is_left_after_10_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("smtp://127.0.0.1:{port}?tls=none");
    let channel = channel(Email, &url, None, &[ALICE]);
    let silent = async {
        let accepted = listener.accept().await.unwrap();
        tokio::time::pause();
        tokio::time::advance(Duration::from_millis(10_100)).await;
        tokio::time::resume();
        accepted
    };
    let courier = courier();
    let (delivery, _accepted) = tokio::join!(deliver(&courier, &channel), silent);
    assert_eq!(delivery, Delivery::without_answer("no answer within 10 s"));
}
