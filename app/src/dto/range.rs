//! [`Range`]: the stretch of time that figures are of.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

#[cfg(feature = "ssr")]
use super::bad_query::BadQuery;
use crate::view::instant::Instant;
#[cfg(feature = "ssr")]
use crate::view::zone::Zone;

#[cfg(feature = "ssr")]
const MINUTE_MS: i64 = 60_000;

/// How far back the charts go: the query string's `period`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum Period {
    #[serde(rename = "1h")]
    Hour,
    #[serde(rename = "6h")]
    SixHours,
    #[default]
    #[serde(rename = "24h")]
    Day,
    #[serde(rename = "7d")]
    Week,
    #[serde(rename = "30d")]
    Month,
}

impl Period {
    pub const ALL: [Self; 5] = [
        Self::Hour,
        Self::SixHours,
        Self::Day,
        Self::Week,
        Self::Month,
    ];

    /// As in the query string.
    pub fn text(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.text() == text)
    }
}

/// The query string's `period`, or `from` and `to`. As text it is `24h`, or the two with a slash between
/// them, after ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// It ends now.
    Last(Period),
    /// Whole minutes; the later one does not belong to it.
    Between(Instant, Instant),
}

impl Default for Range {
    fn default() -> Self {
        Self::Last(Period::default())
    }
}

/// What the query string has of a range.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeQuery {
    pub period: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
}

#[cfg(feature = "ssr")]
impl RangeQuery {
    /// Moments are RFC 3339, epoch seconds or an age such as `90m`, or, without a zone, what clocks in
    /// `zone` show. Without `to` the range ends now, and never later.
    ///
    /// # Errors
    /// If it is none: which field, and what would be right.
    pub fn read(&self, zone: Zone, now: Instant) -> Result<Range, BadQuery> {
        let from = self.from.as_deref().map(|it| moment("from", it, zone, now));
        let to = self.to.as_deref().map(|it| moment("to", it, zone, now));
        let (from, to) = match (from.transpose()?, to.transpose()?) {
            (Some(from), to) => (from, to.map_or(now, |to| to.min(now))),
            (None, Some(_)) => return Err(bad("from", "Is needed beside `to`.")),
            (None, None) => return self.period(),
        };
        if from >= now {
            return Err(bad("from", "Must lie in the past."));
        }
        if from >= to {
            return Err(bad("from", "Must be earlier than `to`."));
        }
        let minute = |ms: i64| ms.div_euclid(MINUTE_MS) * MINUTE_MS;
        let [start, end] = [from.epoch_ms(), to.epoch_ms() + MINUTE_MS - 1].map(minute);
        let [start, end] = [start, end].map(Instant::from_epoch_ms);
        Ok(Range::Between(start, end))
    }

    fn period(&self) -> Result<Range, BadQuery> {
        let Some(text) = self.period.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(Range::default());
        };
        let period = Period::from_text(text).ok_or_else(|| {
            let periods = Period::ALL.map(Period::text).join(", ");
            bad("period", &format!("Must be one of {periods}."))
        })?;
        Ok(Range::Last(period))
    }
}

#[cfg(feature = "ssr")]
fn moment(field: &str, text: &str, zone: Zone, now: Instant) -> Result<Instant, BadQuery> {
    let text = text.trim();
    let seconds = text.parse::<i64>().ok();
    let known = seconds
        .and_then(|seconds| Some(Instant::from_epoch_ms(seconds.checked_mul(1000)?)))
        .or_else(|| Instant::parse(text))
        .or_else(|| zone.moments(text).map(|[first, _]| first))
        .or_else(|| back_from(now, text));
    known.ok_or_else(|| {
        bad(
            field,
            "Must be a time such as 2026-11-24T03:22:00Z, or seconds since 1970.",
        )
    })
}

/// An age, such as `90m`.
#[cfg(feature = "ssr")]
fn back_from(now: Instant, text: &str) -> Option<Instant> {
    let (unit, seconds) = [("m", 60), ("h", 3600), ("d", 86_400)]
        .into_iter()
        .find(|(unit, _)| text.ends_with(unit))?;
    let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
    Some(now.plus_seconds(-i64::from(count).saturating_mul(seconds)))
}

#[cfg(feature = "ssr")]
fn bad(field: &str, message: &str) -> BadQuery {
    BadQuery {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

impl Range {
    /// For the query string of an address.
    pub fn pairs(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Last(period) => vec![("period", period.text().to_owned())],
            Self::Between(from, to) => vec![("from", from.to_rfc3339()), ("to", to.to_rfc3339())],
        }
    }

    pub fn text(self) -> String {
        match self {
            Self::Last(period) => period.text().to_owned(),
            Self::Between(from, to) => format!("{}/{}", from.to_rfc3339(), to.to_rfc3339()),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        match text.split_once('/') {
            Some((from, to)) => Some(Self::Between(Instant::parse(from)?, Instant::parse(to)?)),
            None => Period::from_text(text).map(Self::Last),
        }
    }
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| de::Error::custom("neither a period nor two moments"))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2026-11-24T12:00:00.500Z";

    fn read(query: &str) -> Result<String, String> {
        let mut asked = RangeQuery::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap();
            let field = match name {
                "period" => &mut asked.period,
                "from" => &mut asked.from,
                _ => &mut asked.to,
            };
            *field = Some(value.to_owned());
        }
        let shanghai = Zone::from_cookie("Asia/Shanghai").unwrap();
        let found = asked.read(shanghai, Instant::parse(NOW).unwrap());
        found
            .map(Range::text)
            .map_err(|bad| format!("{}: {}", bad.field, bad.message))
    }

    #[test]
    fn a_range_is_a_period_or_lies_between_two_moments() {
        let morning = Ok("2026-11-24T03:00:00Z/2026-11-24T04:00:00Z".to_owned());
        for (query, expected) in [
            ("", Ok("24h".to_owned())),
            ("period=7d", Ok("7d".to_owned())),
            (
                "from=2026-11-24T03:00:00Z&to=2026-11-24T04:00:00Z",
                morning.clone(),
            ),
            ("from=1795489200&to=1795492800", morning.clone()),
            ("from=2026-11-24 11:00&to=2026-11-24 12:00", morning.clone()),
            (
                "from=2026-11-24 11:00:30&to=2026-11-24 11:59:01&period=7d",
                morning,
            ),
            (
                "from=2026-11-24T11:00:00Z",
                Ok("2026-11-24T11:00:00Z/2026-11-24T12:01:00Z".to_owned()),
            ),
            (
                "from=9h&to=480m",
                Ok("2026-11-24T03:00:00Z/2026-11-24T04:01:00Z".to_owned()),
            ),
            ("period=2h", Err("period: Must be one of".to_owned())),
            (
                "from=soon&to=2026-11-24T04:00:00Z",
                Err("from: Must be a time".to_owned()),
            ),
            (
                "from=2026-11-24T03:00:00Z&to=later",
                Err("to: Must be a time".to_owned()),
            ),
            (
                "from=2026-11-24T05:00:00Z&to=2026-11-24T04:00:00Z",
                Err("from: Must be earlier".to_owned()),
            ),
            (
                "from=2026-11-25T05:00:00Z",
                Err("from: Must lie in the past".to_owned()),
            ),
            ("to=2026-11-24T04:00:00Z", Err("from: Is needed".to_owned())),
        ] {
            match (read(query), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{query}"),
                (Err(found), Err(expected)) => {
                    assert!(found.starts_with(&expected), "{query}: {found}");
                }
                (found, expected) => panic!("{query}: {found:?}, not {expected:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn it_comes_back_from_its_text_and_from_its_address(from in 0_i64..29_000_000, minutes in 1_i64..100_000) {
            let at = |minute: i64| Instant::from_epoch_ms(minute * MINUTE_MS);
            let range = Range::Between(at(from), at(from + minutes));
            let json = serde_json::to_string(&range).unwrap();
            prop_assert_eq!(serde_json::from_str::<Range>(&json).unwrap(), range);
            let pairs = range.pairs();
            let of = |name| pairs.iter().find(|(found, _)| *found == name).map(|(_, it)| it.clone());
            let asked = RangeQuery { period: of("period"), from: of("from"), to: of("to") };
            prop_assert_eq!(asked.read(Zone::Utc, at(i64::from(i32::MAX))).unwrap(), range);
        }
    }
}
