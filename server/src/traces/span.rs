//! [`Span`]: a piece of work that is over.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::id::{SpanId, TraceId};

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub parent: Option<SpanId>,
    pub kind: Kind,
    pub name: Cow<'static, str>,
    pub started: SystemTime,
    pub took: Duration,
    pub attributes: Vec<(&'static str, Value)>,
    pub is_error: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request that is served.
    Server,
    /// One that is made of somebody else.
    Client,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(Cow<'static, str>),
    Whole(i64),
    Real(f64),
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}
