//! Mail, as data: subject, text, HTML and headers. Whoever sends it adds sender and recipients, and
//! encodes header words and long lines.

use std::fmt::Write as _;

use super::answer::Verdict;
use super::rate::Rate;
use super::secret::Endpoint;
use crate::alerts::message::{Blocks, Timestamp, Tone, cut, fit, one_line, without_secrets};
use crate::alerts::severity::Severity;

/// Much less than any server takes.
const MAX_HTML_BYTES: usize = 100_000;

/// No mailbox should get more.
pub const RATE: Rate = Rate::new(10, 6000);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub date: Timestamp,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// `Message-ID` among them; all in ASCII.
    pub headers: Vec<(&'static str, String)>,
}

/// Where a mail stands among the others of its incident.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Of the notice; it makes the `Message-ID`, so that a repetition is known as one.
    pub id: &'a str,
    /// When the notice was made.
    pub created: Timestamp,
    /// The first notice of the incident on this channel, unless this is it.
    pub first: Option<&'a str>,
    /// What comes behind the `@` of a `Message-ID`.
    pub domain: &'a str,
}

pub fn mail(blocks: &Blocks, place: Place<'_>) -> Mail {
    let write = |blocks: &Blocks| Mail {
        date: place.created,
        subject: blocks.first_line(),
        text: text(blocks),
        html: html(blocks),
        headers: headers(place),
    };
    fit(blocks, write, |mail| mail.html.len() <= MAX_HTML_BYTES)
}

/// Programs must not answer it: RFC 3834, and the header that Exchange looks for.
fn headers(place: Place<'_>) -> Vec<(&'static str, String)> {
    let id = |notice| format!("<{}@{}>", atom(notice), atom(place.domain));
    let mut headers = vec![("Message-ID", id(place.id))];
    if let Some(first) = place.first {
        headers.push(("In-Reply-To", id(first)));
        headers.push(("References", id(first)));
    }
    headers.push(("Auto-Submitted", "auto-generated".to_owned()));
    headers.push(("X-Auto-Response-Suppress", "All".to_owned()));
    headers
}

/// What may stand on either side of the `@` (RFC 5322, 3.6.4), whatever was given.
fn atom(text: &str) -> String {
    let is_fine = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let atom: String = text.chars().filter(is_fine).take(100).collect();
    let parts: Vec<&str> = atom.split('.').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return "localhost".to_owned();
    }
    parts.join(".")
}

fn text(blocks: &Blocks) -> String {
    let colon = blocks.language.colon();
    let mut out = blocks.first_line() + "\n\n";
    for fact in &blocks.facts {
        _ = writeln!(out, "{}{colon}{}", fact.label, fact.value);
    }
    for section in &blocks.sections {
        _ = writeln!(out, "\n{}", section.title);
        for line in &section.lines {
            _ = writeln!(out, "- {line}");
        }
    }
    if !blocks.links.is_empty() {
        out.push('\n');
    }
    for link in &blocks.links {
        _ = writeln!(out, "{}{colon}{}", link.text, link.address);
    }
    if let Some(note) = blocks.cut_note() {
        _ = writeln!(out, "\n{note}");
    }
    out
}

/// No image, no script, nothing from elsewhere.
fn html(blocks: &Blocks) -> String {
    let (language, colour) = (blocks.language.tag(), colour(blocks.tone));
    let first_line = escaped(&blocks.first_line());
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\">\
         <title>{first_line}</title></head>\n\
         <body style=\"font-family:sans-serif;font-size:15px;color:#222\">\n\
         <h1 style=\"font-size:18px;border-left:6px solid {colour};padding-left:10px\">{first_line}</h1>\n\
         <table style=\"border-collapse:collapse\">\n"
    );
    for fact in &blocks.facts {
        _ = writeln!(
            out,
            "<tr><th style=\"text-align:left;padding-right:16px\">{}</th><td>{}</td></tr>",
            escaped(fact.label),
            escaped(&fact.value)
        );
    }
    out.push_str("</table>\n");
    for section in &blocks.sections {
        let title = escaped(section.title);
        _ = writeln!(out, "<h2 style=\"font-size:15px\">{title}</h2>\n<ul>");
        for line in &section.lines {
            _ = writeln!(out, "<li>{}</li>", escaped(line));
        }
        out.push_str("</ul>\n");
    }
    for link in &blocks.links {
        let (address, text) = (escaped(&link.address), escaped(link.text));
        _ = writeln!(out, "<p><a href=\"{address}\">{text}</a></p>");
    }
    if let Some(note) = blocks.cut_note() {
        _ = writeln!(out, "<p>{}</p>", escaped(note));
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad(Severity::Critical) => "#b3261e",
        Tone::Bad(Severity::Warning) => "#b26a00",
        Tone::Bad(Severity::Info) => "#1f6feb",
        Tone::Good => "#1a7f37",
        Tone::Neutral => "#6e7781",
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// By the code of an SMTP answer (RFC 5321, 4.2.1) to one recipient or to the whole: 2yz is success,
/// 4yz may succeed later, 5yz will not.
pub fn judge(code: u16, text: &str, endpoint: &Endpoint) -> Verdict {
    let text = endpoint.hide(text);
    let reason = cut(&one_line(&without_secrets(&text)), 200);
    let reason = format!("SMTP {code}: {reason}");
    match code {
        200..=299 => Verdict::Delivered,
        500..=599 => Verdict::Refused { reason },
        _ => Verdict::Retry {
            after: None,
            reason,
        },
    }
}

#[cfg(test)]
#[path = "email_tests.rs"]
mod tests;
