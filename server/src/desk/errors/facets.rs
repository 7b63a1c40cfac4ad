//! One or everybody? What the lines of a group, and the access lines of their requests, have in common.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use app::address::{logs, narrowed};
use app::dto::{
    ErrorFacet, ErrorFacetName, ErrorFacetOf, ErrorFacetValue, LogLine, LogName, LogQuery, Range,
};
use serde_json::Value;

use crate::http::place::namespace_of;

/// More are told together.
const MOST_VALUES: usize = 5;

/// How often each value came; `None`: it was there to be said, and was not.
pub type Counts = BTreeMap<Option<String>, u64>;

/// In `error.log` the period's lines, in `access.log` the period's failed requests.
fn searched(file: LogName, period: Range) -> LogQuery {
    let (since, until) = match period {
        Range::Last(period) => (period.text().to_owned(), None),
        Range::Between(from, to) => (from.to_rfc3339(), Some(to.to_rfc3339())),
    };
    LogQuery {
        file,
        since: Some(since),
        until,
        status: (file == LogName::Access).then(|| "5xx".to_owned()),
        ..LogQuery::default()
    }
}

/// Where the lines with this value are.
pub fn url(name: ErrorFacetName, value: &str, period: Range) -> Option<String> {
    let (file, field) = match name {
        ErrorFacetName::Route => (LogName::Error, "route"),
        ErrorFacetName::Status => (LogName::Error, "status"),
        ErrorFacetName::User => (LogName::Error, "user"),
        ErrorFacetName::Address => (LogName::Access, "ip"),
        ErrorFacetName::UserAgent => (LogName::Access, "user_agent"),
        ErrorFacetName::Namespace | ErrorFacetName::Instance | ErrorFacetName::Version => {
            return None;
        }
    };
    narrowed(&searched(file, period), field, value).map(|query| logs(&query))
}

/// `None` if nothing was counted.
pub fn facet(
    name: ErrorFacetName,
    of: ErrorFacetOf,
    counts: Counts,
    url: impl Fn(&str) -> Option<String>,
) -> Option<ErrorFacet> {
    let total: u64 = counts.values().sum();
    if total == 0 {
        return None;
    }
    let mut counts: Vec<(Option<String>, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, errors)| Reverse(*errors));
    let more = counts.split_off(counts.len().min(MOST_VALUES));
    let values = counts.into_iter().map(|(value, errors)| ErrorFacetValue {
        url: value.as_deref().and_then(&url),
        value,
        errors,
        share: errors as f64 / total as f64,
    });
    Some(ErrorFacet {
        name,
        values: values.collect(),
        more_values: more.len() as u64,
        more_errors: more.iter().map(|(_, errors)| errors).sum(),
        of,
    })
}

/// Of lines of `error.log`, with those of `access.log` by their request's id.
pub fn of_lines(
    lines: &[LogLine],
    requests: &HashMap<String, LogLine>,
) -> BTreeMap<ErrorFacetName, Counts> {
    let mut facets: BTreeMap<ErrorFacetName, Counts> = BTreeMap::new();
    let mut count = |name, value: Option<String>| {
        *facets.entry(name).or_default().entry(value).or_default() += 1;
    };
    for line in lines {
        let request = text(line, "request_id").and_then(|id| requests.get(&id));
        // What belongs to no request has no status and nobody who asked.
        let Some(route) = text(line, "route") else {
            continue;
        };
        let either = |name: &str| {
            let own = text(line, name);
            own.or_else(|| request.and_then(|request| text(request, name)))
        };
        count(ErrorFacetName::Route, Some(route));
        if let Some(status) = either("status") {
            count(ErrorFacetName::Status, Some(status));
        }
        count(ErrorFacetName::User, either("user"));
        let namespace = either("path").and_then(|path| namespace_of(&path).map(str::to_owned));
        count(ErrorFacetName::Namespace, namespace);
        if let Some(request) = request {
            count(ErrorFacetName::Address, text(request, "ip"));
            count(ErrorFacetName::UserAgent, text(request, "user_agent"));
        }
    }
    facets
}

/// A field as a person reads it.
pub fn text(line: &LogLine, name: &str) -> Option<String> {
    match line.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn line(value: Value) -> LogLine {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn lines_are_told_apart_by_what_they_and_their_requests_say() {
        let failed = |id: &str, user: Option<&str>| {
            line(json!({"request_id": id, "route": "/api/namespaces/{id}/",
                "path": "/api/namespaces/team-a/", "status": 500, "user": user}))
        };
        let lines = [
            failed("1", Some("ada")),
            failed("2", Some("ada")),
            failed("3", None),
            line(json!({"message": "of no request"})),
        ];
        let request = line(json!({"ip": "192.0.2.7", "user_agent": "curl/8"}));
        let requests = HashMap::from([("1".to_owned(), request)]);
        let facets = of_lines(&lines, &requests);
        let counted = |name| facets.get(&name).cloned().unwrap_or_default();
        let some = |value: &str| Some(value.to_owned());
        assert_eq!(
            counted(ErrorFacetName::User),
            Counts::from([(None, 1), (some("ada"), 2)])
        );
        assert_eq!(
            counted(ErrorFacetName::Status),
            Counts::from([(some("500"), 3)])
        );
        assert_eq!(
            counted(ErrorFacetName::Namespace),
            Counts::from([(some("team-a"), 3)])
        );
        // Of one alone the request's line was found.
        assert_eq!(
            counted(ErrorFacetName::Address),
            Counts::from([(some("192.0.2.7"), 1)])
        );
        assert_eq!(
            counted(ErrorFacetName::UserAgent),
            Counts::from([(some("curl/8"), 1)])
        );
    }

    #[test]
    fn the_most_frequent_stand_first_and_the_rest_together() {
        let counts = (1..=7).map(|n| (Some(format!("u{n}")), n)).collect();
        let of = ErrorFacetOf::Lines;
        let facet = facet(ErrorFacetName::User, of, counts, |value| {
            url(ErrorFacetName::User, value, Range::default())
        });
        let facet = facet.unwrap();
        let first = facet.values.first().unwrap();
        assert_eq!((first.value.as_deref(), first.errors), (Some("u7"), 7));
        assert!((first.share - 0.25).abs() < 1e-9, "{}", first.share);
        assert_eq!(
            first.url.as_deref(),
            Some("/admin/logs/?file=error&since=24h&field=user:u7")
        );
        assert_eq!((facet.more_values, facet.more_errors), (2, 3));
    }
}
