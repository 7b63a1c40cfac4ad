//! Signatures in the eyes of the reference implementation of Standard Webhooks.

use std::process::{Command, Stdio};

use ops::alerts::file::ChannelKind::Webhook;

use super::sink::{Sink, body, header};
use super::{Letter, channel, courier, letter, opened, python};
use ops::alerts::message::Timestamp;

const NEW: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

const VERIFY: &str = "
import sys
from standardwebhooks.webhooks import Webhook
secret, id, timestamp, signature, body = sys.argv[1:]
headers = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature}
print(Webhook(secret).verify(body, headers)['type'])
";

fn verify(request: &str, secret: &str, body: &str) -> Option<String> {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let output = Command::new(python())
        .args(["-c", VERIFY, secret])
        .args(names.map(|name| header(request, name).unwrap()))
        .arg(body)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("ModuleNotFoundError"), "{said}");
    let is_valid = output.status.success();
    is_valid.then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[tokio::test]
async fn the_reference_verifier_takes_what_is_signed_and_nothing_else() {
    let sink = Sink::answering("200 OK", "").await;
    // Two keys, while one is exchanged for the other.
    let webhook = channel(Webhook, &sink.url(), Some(&format!("{NEW} {OLD}")), &[]);
    let now = std::time::SystemTime::now();
    let letter = Letter {
        // It refuses what is older than five minutes.
        now: Timestamp(ops::clock::unix_millis(now)),
        ..letter(&[])
    };
    let messages = [opened()];
    let letter = Letter {
        messages: &messages,
        ..letter
    };
    courier().deliver(&webhook, letter).await;
    let requests = sink.requests();
    let request = &requests[0];
    let sent = body(request);
    for key in [NEW, OLD] {
        assert_eq!(
            verify(request, key, sent).as_deref(),
            Some("incident.opened")
        );
    }
    let stranger = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(verify(request, stranger, sent), None);
    assert_eq!(verify(request, NEW, &sent.replace("web-1", "web-2")), None);
}
