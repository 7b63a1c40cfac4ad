//! Slack's incoming webhooks, in Block Kit (<https://docs.slack.dev/reference/block-kit/blocks>).
//!
//! Whatever others wrote stands in `plain_text`, where Slack reads no markup: there is nothing to
//! escape, and nobody can be called by it.

use serde_json::{Value, json};

use super::answer::{Answer, Verdict};
use super::rate::Rate;
use super::request::Request;
use super::secret::Endpoint;
use crate::alerts::message::{Blocks, Fact, Section, cut, fit};

// Slack's limits, in characters; counted here in UTF-16 units, of which there are never fewer.
const MAX_HEADER: usize = 150;
const MAX_BLOCK: usize = 3000;
const MAX_BLOCKS: usize = 50;
/// 13 000 are refused as `msg_blocks_too_long`.
const MAX_ALL: usize = 12_000;

/// A section takes ten fields; a fact is two.
const FACTS_IN_A_BLOCK: usize = 5;

/// One a second, and bursts are borne.
pub const RATE: Rate = Rate::new(5, 1000);

pub fn request(blocks: &Blocks, endpoint: &Endpoint) -> Request {
    let payload = fit(blocks, payload, fits);
    Request::json(endpoint.url.clone(), payload.to_string().into_bytes())
}

fn payload(blocks: &Blocks) -> Value {
    let first_line = blocks.first_line();
    let header = cut(&first_line, MAX_HEADER);
    let mut written = vec![json!({"type": "header", "text": plain(&header)})];
    if header != first_line {
        written.push(json!({"type": "section", "text": plain(&first_line)}));
    }
    written.extend(blocks.facts.chunks(FACTS_IN_A_BLOCK).map(facts));
    written.extend(blocks.sections.iter().flat_map(section));
    if !blocks.links.is_empty() {
        let links = blocks.links.iter();
        let links = links.map(|link| format!("<{}|{}>", escaped(&link.address), link.text));
        let links = links.collect::<Vec<_>>().join(" · ");
        written.push(json!({"type": "section", "text": markup(&links)}));
    }
    if let Some(note) = blocks.cut_note() {
        written.push(json!({"type": "context", "elements": [plain(note)]}));
    }
    json!({"text": escaped(&first_line), "unfurl_links": false, "blocks": written})
}

fn facts(facts: &[Fact]) -> Value {
    let fields: Vec<Value> = facts
        .iter()
        .flat_map(|fact| [markup(&format!("*{}*", fact.label)), plain(&fact.value)])
        .collect();
    json!({"type": "section", "fields": fields})
}

fn section(section: &Section) -> [Value; 2] {
    let title = format!("*{}*", section.title);
    [
        json!({"type": "section", "text": markup(&title)}),
        json!({"type": "section", "text": plain(&section.lines.join("\n"))}),
    ]
}

/// An empty text is refused.
fn plain(text: &str) -> Value {
    let text = if text.trim().is_empty() { "–" } else { text };
    json!({"type": "plain_text", "text": text, "emoji": false})
}

/// For words of ours alone.
fn markup(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// By what is written, which is more than what Slack counts.
fn fits(payload: &Value) -> bool {
    let blocks = payload.get("blocks").and_then(Value::as_array);
    let blocks = blocks.map(Vec::as_slice).unwrap_or_default();
    let sizes: Vec<usize> = blocks.iter().map(size).collect();
    blocks.len() <= MAX_BLOCKS
        && sizes.iter().all(|size| *size <= MAX_BLOCK)
        && sizes.iter().sum::<usize>() <= MAX_ALL
}

fn size(block: &Value) -> usize {
    block.to_string().encode_utf16().count()
}

/// Success is 200 with exactly `ok`. Any other 2xx comes from somebody else, a proxy perhaps.
pub fn judge(answer: &Answer<'_>, endpoint: &Endpoint) -> Verdict {
    match answer.status {
        200 if answer.body == b"ok" => Verdict::Delivered,
        _ if answer.is_peers_trouble() => answer.retry(endpoint),
        200..=399 => answer.retry(endpoint),
        _ => answer.refused(endpoint),
    }
}

#[cfg(test)]
#[path = "slack_tests.rs"]
mod tests;
