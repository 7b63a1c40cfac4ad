//! W3C Trace Context: which trace a request belongs to, as its caller says in `traceparent`.
//!
//! <https://www.w3.org/TR/trace-context/#traceparent-header>

use actix_web::http::header::{HeaderMap, HeaderName};

pub const HEADER: HeaderName = HeaderName::from_static("traceparent");

/// The caller's trace and span, in lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext<'a> {
    pub trace_id: &'a str,
    pub span_id: &'a str,
}

impl<'a> TraceContext<'a> {
    /// None if there is no such header, or more than one, or one that breaks the rules.
    pub fn from_headers(headers: &'a HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(HEADER);
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then(|| Self::parse(value))?
    }

    /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. Later versions may go on behind
    /// the flags.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut hex = |length: usize| {
            let part = parts.next()?;
            let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            (part.len() == length && part.bytes().all(is_hex)).then_some(part)
        };
        let (version, trace_id, span_id, _flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        let goes_on = parts.next().is_some();
        let is_zero = |id: &str| id.bytes().all(|byte| byte == b'0');
        let is_broken = version == "ff"
            || (version == "00" && goes_on)
            || is_zero(trace_id)
            || is_zero(span_id);
        (!is_broken).then_some(Self { trace_id, span_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn the_callers_ids_are_taken_over() {
        let expected = TraceContext {
            trace_id: TRACE,
            span_id: SPAN,
        };
        for text in [
            format!("00-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-00"),
            format!("cc-{TRACE}-{SPAN}-01-what-the-future-brings"),
        ] {
            assert_eq!(TraceContext::parse(&text), Some(expected), "{text}");
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
            assert_eq!(TraceContext::parse(&text), None, "{text}");
        }
    }
}
