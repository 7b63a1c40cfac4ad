//! W3C Trace Context: which trace a request belongs to, as its caller says in `traceparent`.
//!
//! <https://www.w3.org/TR/trace-context/#traceparent-header>

use actix_web::http::header::{HeaderMap, HeaderName};

use crate::traces::{Caller, SpanId, TraceId};

pub const HEADER: HeaderName = HeaderName::from_static("traceparent");

/// `None` if there is no such header, or more than one, or one that breaks the rules.
pub fn caller(headers: &HeaderMap) -> Option<Caller> {
    let mut values = headers.get_all(HEADER);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then(|| parse(value))?
}

/// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. Later versions may go on behind the
/// flags.
fn parse(text: &str) -> Option<Caller> {
    const SAMPLED: u8 = 1;
    let mut parts = text.split('-');
    let mut hex = |length: usize| {
        let part = parts.next()?;
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (part.len() == length && part.bytes().all(is_hex)).then_some(part)
    };
    let (version, trace_id, span_id, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
    let goes_on = parts.next().is_some();
    if version == "ff" || (version == "00" && goes_on) {
        return None;
    }
    Some(Caller {
        trace_id: TraceId::from_hex(trace_id)?,
        span_id: SpanId::from_hex(span_id)?,
        is_sampled: u8::from_str_radix(flags, 16).ok()? & SAMPLED != 0,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn the_callers_ids_are_taken_over() {
        for (text, is_sampled) in [
            (format!("00-{TRACE}-{SPAN}-01"), true),
            (format!("00-{TRACE}-{SPAN}-00"), false),
            (format!("00-{TRACE}-{SPAN}-02"), false),
            (format!("cc-{TRACE}-{SPAN}-03-what-the-future-brings"), true),
        ] {
            let caller = parse(&text).unwrap();
            assert_eq!(caller.trace_id.to_string(), TRACE, "{text}");
            assert_eq!(caller.span_id.to_string(), SPAN, "{text}");
            assert_eq!(caller.is_sampled, is_sampled, "{text}");
        }
    }

    #[test]
    fn what_breaks_the_rules_is_passed_over() {
        for text in [
            String::new(),
            "00".to_owned(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{SPAN}-01", TRACE.to_ascii_uppercase()),
            format!("00-{TRACE}x-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-0g"),
        ] {
            assert_eq!(parse(&text), None, "{text}");
        }
    }
}
