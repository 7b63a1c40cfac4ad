//! [`digest`]: many messages in one, for a channel where they have piled up.

use super::blocks::{Blocks, Fact, Section, Tone};
use super::language::Language;
use super::outgoing::Outgoing;
use super::shape::{Kind, Message};
use super::text::one_line;
use super::words::state;

/// All of `messages`, one line each, the oldest first; None for none at all. The language, the service
/// and the teller are those of the newest.
pub fn digest(messages: &[Outgoing]) -> Option<Blocks> {
    let mut messages: Vec<&Outgoing> = messages.iter().collect();
    messages.sort_by_key(|message| message.timestamp);
    let (oldest, newest) = (messages.first()?, messages.last()?);
    let data = &newest.data;
    let language = data.language;
    let count = messages.len();
    let service = one_line(&data.service);
    let instance = language.in_brackets(&one_line(&data.instance));
    let title = language.pick(
        format!("{service}: {count} messages that had to wait{instance}"),
        format!("{service}：积压的 {count} 条通知{instance}"),
    );
    let worst = messages
        .iter()
        .filter(|message| message.kind != Kind::Resolved);
    let worst = worst.filter_map(|message| message.data.incident.as_ref());
    let worst = worst.map(|incident| incident.severity).max();
    Some(Blocks {
        language,
        tone: worst.map_or(Tone::Neutral, Tone::Bad),
        state: language.pick("[DIGEST]", "[汇总]").to_owned(),
        title,
        facts: vec![Fact {
            label: language.pick("From – to", "时间范围"),
            value: format!(
                "{} – {}",
                oldest.timestamp.readable(),
                newest.timestamp.readable()
            ),
        }],
        sections: vec![Section {
            title: language.pick("Messages, the oldest first", "通知，按时间先后"),
            lines: messages
                .iter()
                .map(|message| line(message, language))
                .collect(),
        }],
        links: Vec::new(),
        was_cut: false,
    })
}

fn line(message: &Message, language: Language) -> String {
    let incident = message.data.incident.as_ref();
    let at = message.timestamp.readable();
    let state = state(message.kind, incident, language);
    let title = incident.map(|incident| one_line(&incident.title));
    format!("{at} {state} {}", title.unwrap_or_default())
        .trim_end()
        .to_owned()
}
