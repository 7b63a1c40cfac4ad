//! A query of the logs as a reader writes it: names of files and levels, the form's fields as they
//! were filled in, and the query that these make.

use serde::{Deserialize, Serialize};

use crate::address::page::Page;
use crate::address::with_query;
#[cfg(feature = "ssr")]
use crate::dto::{BadQuery, LogQuery};
use crate::dto::{Level, LogName};
#[cfg(feature = "ssr")]
use crate::view::instant::Instant;
#[cfg(feature = "ssr")]
use crate::view::zone::Zone;

impl LogName {
    pub const ALL: [Self; 4] = [Self::App, Self::Access, Self::Error, Self::Db];

    /// As in an address: `access.log` is `access`.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Access => "access",
            Self::Error => "error",
            Self::Db => "db",
        }
    }
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warning, Self::Error];

    /// As lines name them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    /// Whatever the case of its letters.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(name))
    }
}

/// What the address says, field by field, right or wrong: a mistake is shown where it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogForm(Vec<(String, String)>);

/// What the log page is asked for; provided in context by the server, which understands queries.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct LogSearch {
    pub form: LogForm,
    /// What the form says.
    pub query: Result<LogQuery, BadQuery>,
}

/// Log directives that were sent and can't be understood, to be put right; provided in context by the
/// server where there are any.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadDirectives {
    pub given: String,
    pub why: BadQuery,
}

/// The parameter of the log page's address that holds them.
#[cfg(feature = "ssr")]
pub const DIRECTIVES: &str = "directives";

/// The id whose story is asked for, decoded; provided in context by the server.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct StoryId(pub String);

impl LogForm {
    /// In the order of the form; what is not among them is no part of a query.
    pub const FIELDS: [&str; 11] = [
        "file",
        "level",
        "since",
        "until",
        "text",
        "request_id",
        "route",
        "status",
        "field",
        "before",
        "limit",
    ];

    /// As submitted. A quick choice (`last`, such as `1h`, or `all`) stands for both ends of the
    /// time range, fields left empty for nothing, and a time without a zone for one in the reader's.
    #[cfg(feature = "ssr")]
    pub fn from_pairs(pairs: &[(String, String)], zone: Zone) -> Self {
        let last = pairs.iter().rev().find(|(name, _)| name == "last");
        let fields = Self::FIELDS.into_iter().filter_map(|name| {
            let given = pairs.iter().rev().find(|(given, _)| given == name);
            let given = given.map(|(_, value)| value.trim());
            let value = match (name, last) {
                ("since", Some((_, last))) => (last != "all").then_some(last.as_str()),
                ("until", Some(_)) => None,
                _ => given,
            };
            // Nothing asked for, or what is searched anyway.
            let is_default = |value: &&str| {
                value.is_empty() || (name == "file" && *value == LogName::default().name())
            };
            let value = value.filter(|value| !is_default(value))?;
            let value = match name {
                "since" => absolute(value, zone, |[first, _]| first),
                "until" => absolute(value, zone, |[_, last]| last),
                _ => value.to_owned(),
            };
            Some((name.to_owned(), value))
        });
        Self(fields.collect())
    }

    /// The pairs say it as an address does, and not as a form sends it.
    pub fn says_exactly(&self, pairs: &[(String, String)]) -> bool {
        self.0.len() == pairs.len() && pairs.iter().all(|pair| self.0.contains(pair))
    }

    pub fn get(&self, name: &str) -> &str {
        let pair = self.0.iter().find(|(field, _)| field == name);
        pair.map_or("", |(_, value)| value.as_str())
    }

    /// As it stands in the form: a moment as the reader's clock shows it.
    #[cfg(feature = "ssr")]
    pub fn typed(&self, name: &str, zone: Zone) -> String {
        let value = self.get(name);
        match (name, Instant::parse(value)) {
            ("since" | "until", Some(instant)) => zone.typed(instant),
            _ => value.to_owned(),
        }
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    pub fn given(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The page that shows it.
    pub fn address(&self) -> String {
        with_query(Page::Logs.path(), self.0.iter().cloned())
    }

    /// Without one of its conditions, and from the newest line on.
    pub fn without(&self, field: &str) -> Self {
        let kept = |(name, _): &&(String, String)| name != field && name != "before";
        Self(self.0.iter().filter(kept).cloned().collect())
    }
}

/// A time without a zone becomes one in UTC, so that the address means the same to everybody; where
/// the reader's clock shows it twice, `choose` takes the one that leaves nothing out. What is no such
/// time stays as it was written.
#[cfg(feature = "ssr")]
fn absolute(text: &str, zone: Zone, choose: fn([Instant; 2]) -> Instant) -> String {
    let moments = zone.moments(text);
    moments.map_or_else(|| text.to_owned(), |moments| choose(moments).to_rfc3339())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn zone() -> Zone {
        Zone::from_cookie("Asia/Shanghai").unwrap_or_default()
    }

    fn form(pairs: &[(&str, &str)]) -> LogForm {
        let owned: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        LogForm::from_pairs(&owned, zone())
    }

    #[test]
    fn a_form_sent_with_most_of_its_fields_empty_has_a_short_address() {
        let sent = form(&[
            ("file", "error"),
            ("level", ""),
            ("text", "  disk full "),
            ("since", ""),
            ("utm", "x"),
        ]);
        assert_eq!(sent.address(), "/admin/logs/?file=error&text=disk%20full");
    }

    #[test]
    fn a_quick_choice_takes_the_place_of_both_ends() {
        let at = [("since", "3d"), ("until", "2d"), ("status", "5xx")];
        let choose = |last| form(&[&at[..], &[("last", last)]].concat()).address();
        assert_eq!(choose("15m"), "/admin/logs/?since=15m&status=5xx");
        assert_eq!(choose("all"), "/admin/logs/?status=5xx");
    }

    #[test]
    fn a_time_without_a_zone_is_in_the_readers() {
        for (written, read) in [
            ("2026-11-24 11:22", "2026-11-24T03:22:00Z"),
            ("2026-11-24T11:22:37", "2026-11-24T03:22:37Z"),
            ("2026-11-24", "2026-11-23T16:00:00Z"),
            ("2026-11-31 11:22", "2026-11-31 11:22"),
            ("2026-11-24T11:22:37+08:00", "2026-11-24T11:22:37+08:00"),
            ("2026-11-24T03:22:37.5Z", "2026-11-24T03:22:37.5Z"),
            ("15m", "15m"),
            ("at noon", "at noon"),
        ] {
            assert_eq!(form(&[("since", written)]).get("since"), read);
        }
    }

    #[test]
    fn a_time_comes_back_into_its_field_as_it_was_typed() {
        for written in ["2026-11-24 11:22", "2026-11-24 11:22:37", "15m", "at noon"] {
            assert_eq!(form(&[("until", written)]).typed("until", zone()), written);
        }
        let sent = form(&[("since", "2026-11-24T03:22:00Z")]);
        assert_eq!(sent.typed("since", zone()), "2026-11-24 11:22");
    }

    #[test]
    fn a_time_that_the_clock_showed_twice_leaves_nothing_out() {
        let pair = |name: &str| (name.to_owned(), "2026-10-25 02:30".to_owned());
        let berlin = Zone::from_cookie("Europe/Berlin").unwrap_or_default();
        let form = LogForm::from_pairs(&[pair("since"), pair("until")], berlin);
        assert_eq!(form.get("since"), "2026-10-25T00:30:00Z");
        assert_eq!(form.get("until"), "2026-10-25T01:30:00Z");
    }

    #[test]
    fn a_short_address_says_exactly_what_the_form_says() {
        let pairs = |text: &[(&str, &str)]| -> Vec<(String, String)> {
            text.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let is_exact = |text: &[(&str, &str)]| {
            let pairs = pairs(text);
            LogForm::from_pairs(&pairs, zone()).says_exactly(&pairs)
        };
        assert!(is_exact(&[]));
        assert!(is_exact(&[("text", "a"), ("file", "db"), ("since", "1h")]));
        assert!(!is_exact(&[("text", "")]));
        assert!(!is_exact(&[("file", "app")]));
        assert!(!is_exact(&[("last", "1h")]));
        assert!(!is_exact(&[("since", "2026-11-24 03:22")]));
        assert!(!is_exact(&[("text", "a"), ("text", "a")]));
    }

    #[test]
    fn a_condition_can_be_taken_back() {
        let sent = form(&[("status", "500"), ("before", "p7"), ("text", "a")]);
        assert_eq!(sent.without("status").address(), "/admin/logs/?text=a");
    }
}
