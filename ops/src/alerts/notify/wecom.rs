//! Group bots of WeCom, in its Markdown
//! (<https://developer.work.weixin.qq.com/document/path/91770>). Nothing is signed: the address is
//! the secret.

use std::fmt::Write as _;

use serde_json::json;

use super::answer::{Answer, Verdict};
use super::markdown::inert;
use super::rate::Rate;
use super::request::Request;
use super::secret::Endpoint;
use crate::alerts::message::{Blocks, Tone, fit};
use crate::alerts::severity::Severity;

/// Of the content, in UTF-8.
const MAX_CONTENT_BYTES: usize = 4096;

/// Too many messages.
const TOO_FAST: i64 = 45_009;

/// WeCom itself is busy.
const BUSY: i64 = -1;

/// Below twenty a minute.
pub const RATE: Rate = Rate::new(5, 4300);

pub fn request(blocks: &Blocks, endpoint: &Endpoint) -> Request {
    let content = fit(blocks, content, |text| text.len() <= MAX_CONTENT_BYTES);
    let payload = json!({"msgtype": "markdown", "markdown": {"content": content}});
    Request::json(endpoint.url.clone(), payload.to_string().into_bytes())
}

fn content(blocks: &Blocks) -> String {
    let colon = blocks.language.colon();
    let (colour, state) = (colour(blocks.tone), &blocks.state);
    let title = inert(&blocks.title);
    let mut out = format!("**<font color=\"{colour}\">{state}</font> {title}**\n");
    for fact in &blocks.facts {
        _ = writeln!(out, "**{}**{colon}{}", fact.label, inert(&fact.value));
    }
    for section in &blocks.sections {
        _ = writeln!(out, "**{}**", section.title);
        for line in &section.lines {
            _ = writeln!(out, "· {}", inert(line));
        }
    }
    for link in &blocks.links {
        _ = writeln!(out, "[{}]({})", link.text, link.address);
    }
    out.push_str(blocks.cut_note().unwrap_or_default());
    out.truncate(out.trim_end().len());
    out
}

/// Three are all that there are: green, grey and orange.
fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "info",
        Tone::Bad(Severity::Critical | Severity::Warning) => "warning",
        Tone::Bad(Severity::Info) | Tone::Neutral => "comment",
    }
}

/// Success is `"errcode": 0`, whatever the status.
pub fn judge(answer: &Answer<'_>, endpoint: &Endpoint) -> Verdict {
    match answer.code("errcode") {
        Some(0) if answer.status == 200 => Verdict::Delivered,
        Some(TOO_FAST | BUSY) => answer.retry(endpoint),
        _ if answer.is_peers_trouble() => answer.retry(endpoint),
        None | Some(0) if answer.status < 400 => answer.retry(endpoint),
        _ => answer.refused(endpoint),
    }
}

#[cfg(test)]
#[path = "wecom_tests.rs"]
mod tests;
