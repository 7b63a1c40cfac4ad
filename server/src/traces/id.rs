//! The ids of traces and spans, as W3C Trace Context has them:
//! <https://www.w3.org/TR/trace-context/#traceparent-header-field-values>.

use std::fmt;

/// Never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceId(u128);

/// Never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanId(u64);

/// What a request says of the trace that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    /// Whether the caller records it.
    pub is_sampled: bool,
}

impl TraceId {
    /// Out of 32 hexadecimal digits; `None` if they are zero, or none.
    pub fn from_hex(text: &str) -> Option<Self> {
        let id = u128::from_str_radix(text, 16).ok()?;
        (id != 0).then_some(Self(id))
    }

    pub fn random() -> Self {
        Self(u128::from_be_bytes(random()).max(1))
    }

    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The part that is random by the rules, by which a share of all traces is chosen.
    pub fn lower(self) -> u64 {
        let [.., a, b, c, d, e, f, g, h] = self.to_bytes();
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl SpanId {
    /// Out of 16 hexadecimal digits; `None` if they are zero, or none.
    pub fn from_hex(text: &str) -> Option<Self> {
        let id = u64::from_str_radix(text, 16).ok()?;
        (id != 0).then_some(Self(id))
    }

    pub fn random() -> Self {
        Self(u64::from_be_bytes(random()).max(1))
    }

    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Zeroes if the system has no random numbers to give, which become an id of one.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    _ = getrandom::fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_they_are_read() {
        let trace = TraceId::from_hex("0bf92f3577b34da6a3ce929d0e0e4736");
        let span = SpanId::from_hex("00f067aa0ba902b7");
        assert_eq!(
            trace.map(|id| id.to_string()).as_deref(),
            Some("0bf92f3577b34da6a3ce929d0e0e4736")
        );
        assert_eq!(
            span.map(|id| id.to_string()).as_deref(),
            Some("00f067aa0ba902b7")
        );
        assert_eq!(trace.map(TraceId::lower), Some(0xa3ce_929d_0e0e_4736),);
    }

    #[test]
    fn nothing_is_no_id() {
        assert_eq!(TraceId::from_hex(&"0".repeat(32)), None);
        assert_eq!(SpanId::from_hex(&"0".repeat(16)), None);
        assert_ne!(TraceId::random(), TraceId::random());
        assert_ne!(SpanId::random(), SpanId::random());
    }
}
