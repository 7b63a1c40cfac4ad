//! Custom bots of Feishu and Lark, as message cards
//! (<https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot>).
//!
//! Whatever others wrote stands in `plain_text`, where no markup is read: `<at id=all></at>` calls
//! nobody.

use serde_json::{Value, json};

use super::answer::{Answer, Verdict};
use super::delivery::Delivery;
use super::rate::Rate;
use super::request::Request;
use super::secret::Endpoint;
use super::signature::hmac_sha256;
use crate::alerts::message::{Blocks, Timestamp, Tone, fit};
use crate::alerts::severity::Severity;

/// 20 KB are the limit.
const MAX_BODY_BYTES: usize = 19_500;

/// Too many messages.
const TOO_FAST: i64 = 11_232;

/// Below five a second and a hundred a minute.
pub const RATE: Rate = Rate::new(4, 650);

pub fn request(blocks: &Blocks, delivery: Delivery<'_>, endpoint: &Endpoint) -> Request {
    let body = fit(
        blocks,
        |blocks| payload(blocks, delivery, endpoint).to_string().into_bytes(),
        |body| body.len() <= MAX_BODY_BYTES,
    );
    Request::json(endpoint.url.clone(), body)
}

/// Feishu has too much to do at full and half hours, and asks to stay away from them: what is due within
/// ten seconds of one is sent up to twenty seconds later. `share`, from 0 to 1, is by chance.
pub fn away_from_half_hours(at: Timestamp, share: f64) -> Timestamp {
    const HALF_HOUR_MS: i64 = 30 * 60 * 1000;
    const BUSY_MS: i64 = 10_000;
    if at.0.rem_euclid(HALF_HOUR_MS) >= BUSY_MS {
        return at;
    }
    #[expect(clippy::cast_possible_truncation, reason = "20 seconds at most")]
    let later = (share.clamp(0.0, 1.0) * 20_000.0) as i64;
    at.plus_millis(later)
}

fn payload(blocks: &Blocks, delivery: Delivery<'_>, endpoint: &Endpoint) -> Value {
    let mut payload = json!({"msg_type": "interactive", "card": card(blocks)});
    if let (Some(secret), Some(object)) = (&endpoint.secret, payload.as_object_mut()) {
        let seconds = delivery.at.unix_seconds().to_string();
        let sign = signature(&seconds, secret.expose());
        object.insert("timestamp".to_owned(), seconds.into());
        object.insert("sign".to_owned(), sign.into());
    }
    payload
}

/// Unlike elsewhere time and secret are the key, and nothing is signed with it.
fn signature(seconds: &str, secret: &str) -> String {
    hmac_sha256(format!("{seconds}\n{secret}").as_bytes(), b"")
}

fn card(blocks: &Blocks) -> Value {
    let colon = blocks.language.colon();
    let facts = blocks.facts.iter();
    let facts = facts.map(|fact| text(&format!("{}{colon}{}", fact.label, fact.value)));
    let mut elements: Vec<Value> = facts.collect();
    for section in &blocks.sections {
        elements.push(json!({"tag": "hr"}));
        let title = format!("**{}**", section.title);
        elements.push(json!({"tag": "div", "text": {"tag": "lark_md", "content": title}}));
        elements.push(text(&section.lines.join("\n")));
    }
    if !blocks.links.is_empty() {
        let buttons = blocks.links.iter().map(|link| {
            let text = plain(link.text);
            json!({"tag": "button", "type": "default", "text": text, "url": link.address})
        });
        elements.push(json!({"tag": "action", "actions": buttons.collect::<Vec<_>>()}));
    }
    if let Some(note) = blocks.cut_note() {
        elements.push(json!({"tag": "note", "elements": [plain(note)]}));
    }
    json!({
        "config": {"wide_screen_mode": true},
        "header": {"template": colour(blocks.tone), "title": plain(&blocks.first_line())},
        "elements": elements,
    })
}

fn text(content: &str) -> Value {
    json!({"tag": "div", "text": plain(content)})
}

fn plain(content: &str) -> Value {
    json!({"tag": "plain_text", "content": content})
}

fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad(Severity::Critical) => "red",
        Tone::Bad(Severity::Warning) => "orange",
        Tone::Bad(Severity::Info) => "blue",
        Tone::Good => "green",
        Tone::Neutral => "grey",
    }
}

/// Success is `"code": 0`, whatever the status.
pub fn judge(answer: &Answer<'_>, endpoint: &Endpoint) -> Verdict {
    match answer.code("code").or(answer.code("StatusCode")) {
        Some(0) if answer.status == 200 => Verdict::Delivered,
        Some(TOO_FAST) => answer.retry(endpoint),
        _ if answer.is_peers_trouble() => answer.retry(endpoint),
        None | Some(0) if answer.status < 400 => answer.retry(endpoint),
        _ => answer.refused(endpoint),
    }
}

#[cfg(test)]
#[path = "feishu_tests.rs"]
mod tests;
