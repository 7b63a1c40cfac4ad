//! Custom bots of DingTalk, in Markdown
//! (<https://open.dingtalk.com/document/robots/custom-robot-access>).

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::answer::{Answer, Verdict};
use super::delivery::Delivery;
use super::markdown::inert;
use super::rate::Rate;
use super::request::Request;
use super::secret::{Endpoint, Secret};
use super::signature::hmac_sha256;
use crate::alerts::message::{Blocks, cut, fit};

/// 20 000 are the limit.
const MAX_BODY_BYTES: usize = 19_500;

/// Of the title, which a phone's notification shows.
const MAX_TITLE: usize = 100;

/// Too many messages: the bot is silent for minutes then.
const TOO_FAST: i64 = 130_101;
const MIN_PAUSE: Duration = Duration::from_secs(60);

/// DingTalk itself is busy.
const BUSY: i64 = -1;

/// Below twenty a minute: one too many, and the bot is silent for minutes.
pub const RATE: Rate = Rate::new(5, 4300);

pub fn request(blocks: &Blocks, delivery: Delivery<'_>, endpoint: &Endpoint) -> Request {
    let write = |blocks: &Blocks| {
        let title = format!("{} {}", blocks.state, inert(&blocks.title));
        let title = cut(&title, MAX_TITLE);
        let payload = json!({
            "msgtype": "markdown",
            "markdown": {"title": title, "text": text(blocks)},
            "at": {"isAtAll": false},
        });
        payload.to_string().into_bytes()
    };
    let body = fit(blocks, write, |body| body.len() <= MAX_BODY_BYTES);
    Request::json(signed(delivery, endpoint), body)
}

/// The address with the signature of this try behind it.
fn signed(delivery: Delivery<'_>, endpoint: &Endpoint) -> Secret {
    let url = endpoint.url.expose();
    let Some(secret) = &endpoint.secret else {
        return endpoint.url.clone();
    };
    let millis = delivery.at.0;
    let sign = signature(millis, secret.expose());
    let joint = if url.contains('?') { '&' } else { '?' };
    Secret::new(format!("{url}{joint}timestamp={millis}&sign={sign}"))
}

/// Percent-encoded.
fn signature(millis: i64, secret: &str) -> String {
    let content = format!("{millis}\n{secret}");
    let sign = hmac_sha256(secret.as_bytes(), content.as_bytes());
    // Base64 has no other signs.
    sign.replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D")
}

/// Only an empty line breaks a line.
fn text(blocks: &Blocks) -> String {
    let colon = blocks.language.colon();
    let mut out = format!("### {} {}\n\n", blocks.state, inert(&blocks.title));
    for fact in &blocks.facts {
        _ = write!(out, "**{}**{colon}{}\n\n", fact.label, inert(&fact.value));
    }
    for section in &blocks.sections {
        _ = write!(out, "**{}**\n\n", section.title);
        for line in &section.lines {
            _ = writeln!(out, "- {}", inert(line));
        }
        out.push('\n');
    }
    for link in &blocks.links {
        _ = write!(out, "[{}]({})\n\n", link.text, link.address);
    }
    out.push_str(blocks.cut_note().unwrap_or_default());
    out.truncate(out.trim_end().len());
    out
}

/// Success is `"errcode": 0`, whatever the status.
pub fn judge(answer: &Answer<'_>, endpoint: &Endpoint) -> Verdict {
    match answer.code("errcode") {
        Some(0) if answer.status == 200 => Verdict::Delivered,
        Some(TOO_FAST) => Verdict::Retry {
            after: Some(answer.retry_after.unwrap_or_default().max(MIN_PAUSE)),
            reason: answer.told(endpoint),
        },
        Some(BUSY) => answer.retry(endpoint),
        _ if answer.is_peers_trouble() => answer.retry(endpoint),
        None | Some(0) if answer.status < 400 => answer.retry(endpoint),
        _ => answer.refused(endpoint),
    }
}

#[cfg(test)]
#[path = "dingtalk_tests.rs"]
mod tests;
