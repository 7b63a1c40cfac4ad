//! [`Timestamp`]: an instant as messages carry it.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::{from_unix_millis, parse_rfc3339_millis, rfc3339_millis};

/// Milliseconds since the Unix epoch; as JSON RFC 3339 in UTC with milliseconds and `Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// `2026-01-02T03:04:05.678Z`
    pub fn rfc3339(self) -> String {
        rfc3339_millis(from_unix_millis(self.0))
    }

    /// For people: `2026-01-02 03:04:05 UTC`.
    pub fn readable(self) -> String {
        let text = self.rfc3339();
        let date = text.get(..10).unwrap_or_default();
        format!("{date} {} UTC", self.time_of_day())
    }

    /// `03:04:05`
    fn time_of_day(self) -> String {
        self.rfc3339().get(11..19).unwrap_or_default().to_owned()
    }

    /// Whole seconds from `earlier` to here, 0 if that is later.
    pub fn seconds_since(self, earlier: Self) -> u64 {
        let millis = self.0.saturating_sub(earlier.0);
        u64::try_from(millis / 1000).unwrap_or(0)
    }

    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Whole seconds since the Unix epoch.
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_rfc3339_millis(text.as_bytes())
            .map(Self)
            .ok_or_else(|| D::Error::custom("not an RFC 3339 time with milliseconds and Z"))
    }
}
