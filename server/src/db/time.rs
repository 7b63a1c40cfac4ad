//! Moments as the databases keep them, and as they are written.

use std::time::SystemTime;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

/// As the databases keep it: in UTC, without saying so.
pub fn naive(time: SystemTime) -> NaiveDateTime {
    DateTime::<Utc>::from(time).naive_utc()
}

/// RFC 3339 in UTC, with milliseconds.
pub fn rfc3339(at: NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}
