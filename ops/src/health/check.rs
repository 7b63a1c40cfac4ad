//! The neutral result of one check: no wire format, nothing of any provider.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

/// A check's name, as clients see it.
pub type CheckName = Cow<'static, str>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Ok,
    Warning,
    Error,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a check failed, as coarse as a stranger may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Timeout,
    Unreachable,
    Refused,
    Auth,
    PoolExhausted,
    /// The question was put and failed; also a check that is itself broken.
    Query,
    /// Reading goes on.
    ReadOnly,
    /// The database keeps text otherwise than in UTF-8.
    Encoding,
    UnexpectedStatus,
    Draining,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Auth => "auth",
            Self::PoolExhausted => "pool_exhausted",
            Self::Query => "query",
            Self::ReadOnly => "read_only",
            Self::Encoding => "encoding",
            Self::UnexpectedStatus => "unexpected_status",
            Self::Draining => "draining",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckResult {
    pub status: Status,
    pub error: Option<Code>,
    pub latency: Option<Duration>,
    /// Whether the service may take traffic as far as this check is concerned.
    pub ready: bool,
    /// What else the check learnt (`version`, `unapplied`, …); clients may see it.
    pub details: Map<String, Value>,
    /// The failure in the driver's own words. For the log only, never for a client.
    pub cause: Option<String>,
}

impl CheckResult {
    pub fn ok() -> Self {
        Self::new(Status::Ok)
    }

    /// Something to look at that does not stop traffic; [`Self::not_ready`] makes it do so.
    pub fn warning() -> Self {
        Self::new(Status::Warning)
    }

    pub fn failed(code: Code) -> Self {
        Self {
            error: Some(code),
            ready: false,
            ..Self::new(Status::Error)
        }
    }

    fn new(status: Status) -> Self {
        Self {
            status,
            error: None,
            latency: None,
            ready: true,
            details: Map::new(),
            cause: None,
        }
    }

    /// What the warning is about.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.error = Some(code);
        self
    }

    #[must_use]
    pub fn not_ready(mut self) -> Self {
        self.ready = false;
        self
    }

    #[must_use]
    pub fn with_latency(mut self, latency: Duration) -> Self {
        self.latency = Some(latency);
        self
    }

    #[must_use]
    pub fn with_detail(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.details.insert(key.into(), value.into());
        self
    }

    /// Why it failed, for the log. Takes anything printable; an error's chain is the caller's to
    /// write out.
    #[must_use]
    pub fn with_cause(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// The latency in milliseconds with two decimals.
    pub fn latency_ms(&self) -> Option<f64> {
        self.latency
            .map(|latency| (latency.as_secs_f64() * 100_000.0).round() / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_is_shown_in_milliseconds_with_two_decimals() {
        let check = CheckResult::ok().with_latency(Duration::from_nanos(3_804_999));
        assert_eq!(check.latency_ms(), Some(3.8));
        assert_eq!(CheckResult::failed(Code::Timeout).latency_ms(), None);
    }

    #[test]
    fn codes_and_states_are_serialised_as_they_are_displayed() {
        for code in [
            Code::PoolExhausted,
            Code::ReadOnly,
            Code::Encoding,
            Code::UnexpectedStatus,
            Code::Draining,
        ] {
            assert_eq!(
                serde_json::to_value(code).ok(),
                Some(Value::from(code.as_str()))
            );
        }
        assert_eq!(
            serde_json::to_value(Status::Warning).ok(),
            Some(Value::from(Status::Warning.as_str()))
        );
    }

    #[test]
    fn only_failures_and_what_says_so_are_not_ready() {
        assert!(CheckResult::ok().ready);
        assert!(CheckResult::warning().ready);
        assert!(!CheckResult::warning().not_ready().ready);
        assert!(!CheckResult::failed(Code::Auth).ready);
    }
}
