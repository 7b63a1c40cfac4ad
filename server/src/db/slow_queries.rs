//! Which queries are slow: a threshold for all, and others for some by name.

use std::collections::BTreeMap;
use std::time::Duration;

const HOUR_MS: u64 = 60 * 60 * 1000;

/// From which duration on a query is reported in `db.log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowQueries {
    default: Duration,
    by_name: BTreeMap<String, Duration>,
}

/// One threshold for all.
impl From<Duration> for SlowQueries {
    fn from(default: Duration) -> Self {
        Self {
            default,
            by_name: BTreeMap::new(),
        }
    }
}

impl SlowQueries {
    pub fn threshold(&self, name: &str) -> Duration {
        self.by_name.get(name).copied().unwrap_or(self.default)
    }

    /// `100`, or `100,statistics.count=500`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "milliseconds between 0 and {HOUR_MS}, and after them name=milliseconds for single \
                 queries, separated by commas"
            )
        };
        let millis = |text: &str| {
            let number = text.trim().parse().ok();
            number
                .filter(|number| (0..=HOUR_MS).contains(number))
                .map(Duration::from_millis)
                .ok_or_else(expected)
        };
        let mut parts = text.split(',');
        let default = millis(parts.next().unwrap_or_default())?;
        let mut by_name = BTreeMap::new();
        for part in parts {
            let (name, threshold) = part.split_once('=').ok_or_else(expected)?;
            let name = name.trim();
            if !is_query_name(name) || by_name.contains_key(name) {
                return Err(expected());
            }
            by_name.insert(name.to_owned(), millis(threshold)?);
        }
        Ok(Self { default, by_name })
    }
}

/// `noun.verb`, as queries are called in `db.log`.
fn is_query_name(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    name.contains('.') && name.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_query_has_its_own_threshold_or_that_of_all() {
        let slow = SlowQueries::parse("100, statistics.count=500,users.find=0").unwrap();
        for (name, millis) in [
            ("statistics.count", 500),
            ("users.find", 0),
            ("sessions.find", 100),
        ] {
            assert_eq!(slow.threshold(name), Duration::from_millis(millis));
        }
        assert_eq!(
            SlowQueries::parse("7").unwrap(),
            Duration::from_millis(7).into()
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "soon",
            "0.5",
            "100,",
            "100,500",
            "statistics.count=500",
            "100,statistics=500",
            "100,statistics.count",
            "100,statistics.count=soon",
            "100,Statistics.count=1",
            "100,a.b=1,a.b=2",
            "3600001",
        ] {
            assert!(SlowQueries::parse(text).is_err(), "{text:?}");
        }
    }
}
