//! What peers do over HTTP.

use std::time::Duration;

use ops::alerts::file::ChannelKind::{
    self, Alertmanager, DingTalk, Feishu, PagerDuty, Slack, WeCom, Webhook,
};
use ops::alerts::message::Kind;
use ops::alerts::notify::{Secret, Verdict};
use tokio::net::TcpListener;

use super::sink::{Does, Sink, body, header};
use super::{NOTICE, TOKEN, channel, courier, deliver, letter, message, opened};

fn to(kind: ChannelKind, sink: &Sink) -> super::Channel {
    let url = match kind {
        Alertmanager => format!("http://{}/{TOKEN}", sink.address),
        _ => sink.url(),
    };
    let secret = (kind == PagerDuty).then_some("R0UT1NG-KEY");
    channel(kind, &url, secret, &[])
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Delivered,
    Retry,
    Refused,
}
use Outcome::{Delivered, Refused, Retry};

fn outcome(verdict: &Verdict) -> Outcome {
    match verdict {
        Verdict::Delivered => Delivered,
        Verdict::Retry { .. } => Retry,
        Verdict::Refused { .. } => Refused,
    }
}

#[tokio::test]
async fn success_is_what_each_service_calls_so() {
    for (kind, head, answer, expected) in [
        (Webhook, "204 No Content", "", Delivered),
        (Webhook, "200 OK", "whatever", Delivered),
        (Webhook, "401 Unauthorized", "", Retry),
        (Webhook, "410 Gone", "", Refused),
        (Webhook, "503 Service Unavailable", "later", Retry),
        (Slack, "200 OK", "ok", Delivered),
        (Slack, "200 OK", "<html>proxy</html>", Retry),
        (Slack, "404 Not Found", "no_service", Refused),
        (Feishu, "200 OK", r#"{"code":0,"msg":"success"}"#, Delivered),
        (Feishu, "200 OK", r#"{"code":19021,"msg":"sign"}"#, Refused),
        (Feishu, "200 OK", r#"{"code":11232}"#, Retry),
        (DingTalk, "200 OK", r#"{"errcode":0}"#, Delivered),
        (DingTalk, "200 OK", r#"{"errcode":310000}"#, Refused),
        (WeCom, "200 OK", r#"{"errcode":0}"#, Delivered),
        (WeCom, "200 OK", r#"{"errcode":93000}"#, Refused),
        (WeCom, "200 OK", r#"{"errcode":45009}"#, Retry),
        (PagerDuty, "202 Accepted", "{}", Delivered),
        (PagerDuty, "200 OK", "{}", Retry),
        (PagerDuty, "400 Bad Request", "invalid event", Refused),
        (Alertmanager, "200 OK", "", Delivered),
        (Alertmanager, "422 Unprocessable Entity", "", Refused),
    ] {
        let sink = Sink::answering(head, answer).await;
        let delivery = deliver(&to(kind, &sink)).await;
        let told = format!("{kind:?} {head} {answer}: {delivery:?}");
        assert_eq!(outcome(&delivery.verdict), expected, "{told}");
        assert_eq!(delivery.status.unwrap().to_string(), head[..3], "{told}");
        assert!(delivery.answer.contains(answer), "{told}");
        assert_eq!(sink.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_peer_may_say_how_long_it_wants_to_be_left_alone() {
    let sink = Sink::answering("429 Too Many Requests\r\nretry-after: 30", "slow down").await;
    for kind in [Webhook, Slack, PagerDuty] {
        let delivery = deliver(&to(kind, &sink)).await;
        let Verdict::Retry { after, .. } = delivery.verdict else {
            panic!("{delivery:?}");
        };
        assert_eq!(after, Some(Duration::from_secs(30)));
    }
    // DingTalk names no time, and is silent for minutes if it is asked again at once.
    let sink = Sink::answering("200 OK", r#"{"errcode":130101}"#).await;
    let delivery = deliver(&to(DingTalk, &sink)).await;
    let minute = Duration::from_secs(60);
    assert!(
        matches!(delivery.verdict, Verdict::Retry { after: Some(after), .. } if after >= minute)
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Sink::answering("200 OK", "ok").await;
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let head = format!("{status}\r\nlocation: {}", elsewhere.url());
        let sink = Sink::answering(&head, "").await;
        for kind in [Webhook, Slack] {
            let delivery = deliver(&to(kind, &sink)).await;
            assert_eq!(outcome(&delivery.verdict), Retry, "{delivery:?}");
        }
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

/// Without an answer it is to be tried again, for a reason in our own words.
async fn retries_because(url: &str, reason: &str) {
    let delivery = deliver(&channel(Webhook, url, None, &[])).await;
    assert_eq!(outcome(&delivery.verdict), Retry, "{delivery:?}");
    assert_eq!((delivery.status, delivery.answer.as_str()), (None, reason));
}

#[tokio::test]
async fn what_happens_to_a_connection_is_told_in_our_own_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    retries_because(&format!("http://{free}/{TOKEN}"), "connection refused").await;
    // No name has so long a part.
    let nowhere = format!("http://{}.example/{TOKEN}", "x".repeat(64));
    retries_because(&nowhere, "the host's name leads nowhere").await;
    for (does, reason) in [
        (Does::Resets, "the connection broke off"),
        (Does::Says(String::new()), "no complete answer"),
        (
            Does::Says("HTTP/1.1 200 O".to_owned()),
            "no complete answer",
        ),
        (
            Does::Says("SSH-2.0-OpenSSH\r\n\r\n".to_owned()),
            "no complete answer",
        ),
        (
            Does::Says("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned()),
            "the connection broke off",
        ),
    ] {
        let sink = Sink::that(does).await;
        retries_because(&sink.url(), reason).await;
    }
}

#[tokio::test]
async fn a_peer_that_hangs_is_left_after_15_seconds() {
    let sink = Sink::that(Does::Hangs).await;
    let hanging = async {
        sink.request_came().await;
        tokio::time::pause();
        tokio::time::advance(Duration::from_millis(15_100)).await;
        tokio::time::resume();
    };
    let url = sink.url();
    tokio::join!(retries_because(&url, "no answer within 15 s"), hanging);
}

#[tokio::test]
async fn of_a_long_answer_only_the_beginning_is_read() {
    let sink = Sink::answering("500 Oops", &"long ".repeat(200_000)).await;
    let delivery = deliver(&to(Webhook, &sink)).await;
    assert_eq!(delivery.status, Some(500));
    assert!(
        delivery.answer.chars().count() <= 220,
        "{}",
        delivery.answer
    );
    // What would take for ever to come is not waited for, either.
    let endless = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n{}",
        "x".repeat(4096)
    );
    let sink = Sink::that(Does::Says(endless)).await;
    assert_eq!(
        deliver(&to(Webhook, &sink)).await.verdict,
        Verdict::Delivered
    );
}

#[tokio::test]
async fn a_notice_has_the_same_id_on_each_try() {
    let sink = Sink::answering("503 Busy", "").await;
    let (courier, webhook) = (courier(), to(Webhook, &sink));
    for _ in 0..2 {
        courier.deliver(&webhook, letter(&[opened()])).await;
    }
    for request in sink.requests() {
        assert!(request.starts_with(&format!("POST /hook/{TOKEN}?key=k-{TOKEN} HTTP/1.1\r\n")));
        assert_eq!(header(&request, "webhook-id"), Some(NOTICE));
        assert_eq!(header(&request, "content-type"), Some("application/json"));
        assert!(
            header(&request, "user-agent")
                .unwrap()
                .starts_with("agent-source-db/")
        );
        let json: serde_json::Value = serde_json::from_str(body(&request)).unwrap();
        assert_eq!(json["type"], "incident.opened");
        assert_eq!(json["data"]["incident"]["title"], "Database unavailable");
    }
}

#[tokio::test]
async fn many_messages_are_a_digest_for_people_and_nothing_for_programs() {
    let sink = Sink::answering("200 OK", "ok").await;
    let messages = ["One", "Two", "Three"].map(|title| message(Kind::Opened, title));
    let slack = to(Slack, &sink);
    let delivery = courier().deliver(&slack, letter(&messages)).await;
    assert_eq!(delivery.verdict, Verdict::Delivered);
    let requests = sink.requests();
    assert_eq!(requests.len(), 1);
    for text in ["[DIGEST]", "One", "Two", "Three"] {
        assert!(requests[0].contains(text), "{text} in {}", requests[0]);
    }
    let webhook = to(Webhook, &sink);
    for messages in [&messages[..], &[]] {
        let delivery = courier().deliver(&webhook, letter(messages)).await;
        assert_eq!(outcome(&delivery.verdict), Refused);
    }
    assert_eq!(sink.requests().len(), 1);
}

#[tokio::test]
async fn a_heartbeat_is_asked_for_or_told_what_failed() {
    let sink = Sink::answering("200 OK", "OK").await;
    let url = Secret::new(format!("http://{}/{TOKEN}?rid=1", sink.address));
    courier().ping(&url, None).await.unwrap();
    courier()
        .ping(&url, Some("the store takes no writes"))
        .await
        .unwrap();
    let requests = sink.requests();
    assert!(requests[0].starts_with(&format!("GET /{TOKEN}?rid=1 HTTP/1.1\r\n")));
    assert!(requests[1].starts_with(&format!("POST /{TOKEN}/fail?rid=1 HTTP/1.1\r\n")));
    assert_eq!(body(&requests[1]), "the store takes no writes");
    let unknown = Sink::answering("404 Not Found", "").await;
    let error = courier().ping(&Secret::new(unknown.url()), None).await;
    assert_eq!(error.unwrap_err(), "HTTP 404");
}
