//! [`blocks`]: a message in words.

use super::blocks::{Blocks, Fact, Link, Tone};
use super::language::Language;
use super::outgoing::Outgoing;
use super::sections::{figure, sections};
use super::shape::{Data, EndedBy, Incident, Kind};
use super::text::{one_line, web_address};
use super::words::state;

/// The message in its own language.
pub fn blocks(message: &Outgoing) -> Blocks {
    let data = &message.data;
    let language = data.language;
    let incident = data.incident.as_ref();
    Blocks {
        language,
        tone: tone(message.kind, incident),
        state: state(message.kind, incident, language),
        title: title(data),
        facts: facts(message),
        sections: sections(data),
        links: links(data),
        was_cut: data.truncated,
    }
}

fn tone(kind: Kind, incident: Option<&Incident>) -> Tone {
    let Some(incident) = incident else {
        return Tone::Neutral;
    };
    match (kind, incident.ended_by) {
        (Kind::Resolved, None | Some(EndedBy::Resolved)) => Tone::Good,
        (Kind::Resolved | Kind::ChannelTest, _) => Tone::Neutral,
        (Kind::Opened | Kind::Updated | Kind::Reminder, _) => Tone::Bad(incident.severity),
    }
}

/// The same for all notices of an incident, so that mail programs keep them together.
fn title(data: &Data) -> String {
    let language = data.language;
    let service = one_line(&data.service);
    let instance = language.in_brackets(&one_line(&data.instance));
    let colon = language.colon();
    let title = match &data.incident {
        Some(incident) => one_line(&incident.title),
        None => language
            .pick(
                "this channel delivers; nothing is wrong",
                "通道可用，仅为测试",
            )
            .to_owned(),
    };
    format!("{service}{colon}{title}{instance}")
}

fn facts(message: &Outgoing) -> Vec<Fact> {
    let data = &message.data;
    let language = data.language;
    let mut facts = Vec::new();
    if let Some(incident) = &data.incident {
        facts.push(time(incident, language));
        // More than one have their figures in their own lines.
        if let [alert] = data.alerts.as_slice() {
            let value = figure(alert, language);
            facts.extend(value.map(|text| fact(language.pick("Value", "当前值"), text)));
        }
        if let Some(acknowledged) = &incident.acknowledged {
            let by = one_line(&acknowledged.by);
            let reason = language.in_brackets(&one_line(&acknowledged.reason));
            let label = language.pick("Acknowledged by", "确认人");
            facts.push(fact(label, format!("{by}{reason}")));
        }
        if let Some(count) = incident.notices.filter(|count| *count > 0) {
            let label = language.pick("Notices before", "此前通知次数");
            facts.push(fact(label, count.to_string()));
        }
    }
    let teller = format!("{} {} {}", data.service, data.version, data.instance);
    facts.push(fact(language.pick("Told by", "来源"), one_line(&teller)));
    if let Some(delay) = data.delayed_seconds {
        let at = message.timestamp.readable();
        let at = language.pick(format!("of {at}"), format!("事发 {at}"));
        let value = language.duration(delay) + &language.in_brackets(&at);
        facts.push(fact(language.pick("Delayed by", "通知延迟"), value));
    }
    // A path can't be followed from elsewhere, but it can be found.
    let path = data.incident.as_ref().map(|incident| &incident.url);
    if let Some(path) = path.filter(|path| web_address(path).is_none()) {
        facts.push(fact(
            language.pick("In the desk", "运维台路径"),
            one_line(path),
        ));
    }
    facts
}

fn fact(label: &'static str, value: String) -> Fact {
    Fact { label, value }
}

/// Since when it lasts, or from when to when it lasted.
fn time(incident: &Incident, language: Language) -> Fact {
    let opened = incident.opened_at.readable();
    let duration = language.duration(incident.duration_seconds);
    match incident.closed_at {
        Some(closed) => {
            let span = language.in_brackets(&format!("{opened} – {}", closed.readable()));
            fact(language.pick("Duration", "持续时间"), duration + &span)
        }
        None => {
            let lasting = (incident.duration_seconds > 0).then(|| language.in_brackets(&duration));
            let since = opened + &lasting.unwrap_or_default();
            fact(language.pick("Since", "开始时间"), since)
        }
    }
}

fn links(data: &Data) -> Vec<Link> {
    let language = data.language;
    let incident = data.incident.iter().map(|incident| {
        (
            language.pick("Open the incident", "查看事件"),
            &incident.url,
        )
    });
    let runbooks = data.alerts.iter().filter_map(|alert| {
        let text = language.pick("Runbook", "处理手册");
        Some((text, alert.runbook_url.as_ref()?))
    });
    // The cause's is the one that helps.
    incident
        .chain(runbooks.take(1))
        .filter_map(|(text, address)| {
            let address = web_address(address)?;
            Some(Link { text, address })
        })
        .collect()
}
