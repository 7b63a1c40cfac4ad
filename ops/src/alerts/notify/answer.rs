//! What a peer answered, and what that means.

use std::time::Duration;

use serde_json::Value;

use super::secret::Endpoint;
use crate::alerts::message::{Timestamp, cut, one_line, without_secrets};
use crate::clock::from_unix_millis;

/// What came back. The sender reads no more than 4 KiB of a body.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub status: u16,
    /// How long the peer asks to be left alone, an hour at most.
    pub retry_after: Option<Duration>,
    pub body: &'a [u8],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// Another try may succeed, after this time if the peer named one.
    Retry {
        after: Option<Duration>,
        reason: String,
    },
    /// No try will.
    Refused {
        reason: String,
    },
}

const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Of an answer, in characters.
const MAX_TOLD: usize = 200;

impl<'a> Answer<'a> {
    /// `retry_after` is the header's value: seconds or an HTTP date (RFC 9110, 10.2.3), which is seen
    /// from `now`; anything else counts as none.
    pub fn new(status: u16, retry_after: Option<&str>, body: &'a [u8], now: Timestamp) -> Self {
        let seconds = |text: &str| text.parse().ok().map(Duration::from_secs);
        let date = |text: &str| {
            let at = httpdate::parse_http_date(text).ok()?;
            let now = from_unix_millis(now.0);
            Some(at.duration_since(now).unwrap_or_default())
        };
        let after = retry_after.map(str::trim);
        let after = after.and_then(|text| seconds(text).or_else(|| date(text)));
        Self {
            status,
            retry_after: after.map(|after| after.min(MAX_RETRY_AFTER)),
            body,
        }
    }

    /// Status and body for people, without anything secret.
    pub fn told(&self, endpoint: &Endpoint) -> String {
        let text = String::from_utf8_lossy(self.body);
        let text = endpoint.hide(&text);
        let text = cut(&one_line(&without_secrets(&text)), MAX_TOLD);
        let status = self.status;
        if text.is_empty() {
            return format!("HTTP {status}");
        }
        format!("HTTP {status}: {text}")
    }

    pub(super) fn retry(&self, endpoint: &Endpoint) -> Verdict {
        Verdict::Retry {
            after: self.retry_after,
            reason: self.told(endpoint),
        }
    }

    pub(super) fn refused(&self, endpoint: &Endpoint) -> Verdict {
        Verdict::Refused {
            reason: self.told(endpoint),
        }
    }

    /// Whether the peer is overloaded or broken, whatever was asked of it.
    pub(super) fn is_peers_trouble(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..)
    }

    /// The number under `name` of a JSON object.
    pub(super) fn code(&self, name: &str) -> Option<i64> {
        let body: Value = serde_json::from_slice(self.body).ok()?;
        body.get(name)?.as_i64()
    }
}
