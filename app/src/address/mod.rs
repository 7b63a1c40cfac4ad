//! Addresses, of the page that is asked for and of those that it leads to: everything that a reader
//! has chosen stands in them, so that a colleague can open the very same view by its link.

pub mod log_query;
pub mod page;
pub mod route_name;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::address::page::Page;
#[cfg(feature = "ssr")]
use crate::dto::{BadQuery, RangeQuery, Scope};
use crate::dto::{Level, LogName, LogQuery};
use crate::view::instant::Instant;
#[cfg(feature = "ssr")]
use crate::view::zone::Zone;

/// The lines around one are those of a minute before it and a minute after.
const AROUND_SECONDS: i64 = 60;
/// A value longer than this would make an address that some proxy refuses.
const MAX_VALUE_BYTES: usize = 300;

/// The page that answers this query.
pub fn logs(query: &LogQuery) -> String {
    with_query(Page::Logs.path(), pairs(query))
}

/// What the page shows, as a file with a JSON object a line.
pub fn download(query: &LogQuery) -> String {
    with_query("/api/ops/logs/download/", pairs(query))
}

/// New lines as they come in, from the one after `newest` on.
pub fn follow(query: &LogQuery, newest: Option<&str>) -> String {
    let mut pairs = pairs(query);
    pairs.extend(newest.map(|newest| ("after", newest.to_owned())));
    with_query("/api/ops/logs/follow/", pairs)
}

/// Everything about one request, by its id or by that of an error.
pub fn story(id: &str) -> String {
    // A browser takes these two for directories and goes up, however they are encoded.
    if id == "." || id == ".." {
        return logs(&LogQuery {
            request_id: Some(id.to_owned()),
            ..LogQuery::default()
        });
    }
    format!("/admin/requests/{}/", percent_encode(id))
}

/// The page of one incident.
pub fn incident(id: &str) -> String {
    format!("{}{}/", Page::Incidents.path(), percent_encode(id))
}

/// The inverse of [`incident`]; `None` for any other path.
pub fn incident_id(path: &str) -> Option<String> {
    let rest = path.strip_prefix(Page::Incidents.path())?;
    percent_decode(rest.split('/').next().unwrap_or_default())
}

/// The page of one error group.
pub fn error_group(id: &str) -> String {
    format!("{}{}/", Page::Errors.path(), percent_encode(id))
}

/// The inverse of [`error_group`], and of what is sent to that page's forms; `None` for any other path.
pub fn error_group_id(path: &str) -> Option<String> {
    let rest = path.strip_prefix(Page::Errors.path())?;
    percent_decode(rest.split('/').next().unwrap_or_default())
}

/// The same query with one more condition: that the line's field has this value. `None` where no
/// query says so.
pub fn narrowed(query: &LogQuery, name: &str, value: &str) -> Option<LogQuery> {
    if value.is_empty() || value.len() > MAX_VALUE_BYTES {
        return None;
    }
    let mut query = first_page(query);
    let value = value.to_owned();
    match name {
        "timestamp" => {
            let instant = Instant::parse(&value)?;
            query.since = Some(instant.plus_seconds(-AROUND_SECONDS).to_rfc3339());
            query.until = Some(instant.plus_seconds(AROUND_SECONDS).to_rfc3339());
        }
        "level" => query.level = Some(Level::from_name(&value)?),
        "message" => query.text = Some(value),
        "request_id" => query.request_id = Some(value),
        "route" => query.route = Some(value),
        "status" => query.status = Some(value),
        _ if name.is_empty() || name.contains(':') => return None,
        _ => query.field = Some(format!("{name}:{value}")),
    }
    Some(query)
}

/// From its newest line on.
pub fn first_page(query: &LogQuery) -> LogQuery {
    LogQuery {
        before: None,
        ..query.clone()
    }
}

/// A path with what is given of a query string.
pub fn with_query<N: AsRef<str>>(
    path: &str,
    pairs: impl IntoIterator<Item = (N, String)>,
) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (name, value) in pairs {
        address.push(separator);
        address.push_str(name.as_ref());
        address.push('=');
        address.push_str(&percent_encode(&value));
        separator = '&';
    }
    address
}

/// RFC 3986's unreserved characters, and the slash and the colon, which a query's value and a part of
/// a path both allow.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':');

/// For a query's value, or a part of a path.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// The inverse of [`percent_encode`]; `None` of what it never makes.
pub fn percent_decode(text: &str) -> Option<String> {
    let is_byte = |after: &str| {
        let digits = after.get(..2);
        digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    };
    if !text.split('%').skip(1).all(is_byte) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// What differs from the default.
fn pairs(query: &LogQuery) -> Vec<(&'static str, String)> {
    let LogQuery {
        file,
        level,
        since,
        until,
        text,
        request_id,
        route,
        status,
        field,
        before,
        limit,
    } = query;
    let file = (*file != LogName::default()).then(|| file.name().to_owned());
    [
        ("file", file),
        ("level", level.map(|level| level.name().to_owned())),
        ("since", since.clone()),
        ("until", until.clone()),
        ("text", text.clone()),
        ("request_id", request_id.clone()),
        ("route", route.clone()),
        ("status", status.clone()),
        ("field", field.clone()),
        ("before", before.clone()),
        ("limit", limit.map(|limit| limit.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// Provided in context by the server, as it came: percent-encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub path: String,
    /// Without the question mark.
    pub query: String,
}

impl Address {
    /// The first value of that name in the query, as it stands: the desk's own values need no escapes.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(found, value)| (found == name).then_some(value))
    }

    /// The same as somebody typed it into a form; `None` too of what is no UTF-8.
    pub fn decoded(&self, name: &str) -> Option<String> {
        percent_decode(&self.get(name)?.replace('+', " "))
    }

    /// All values of that name, decoded: of what may be chosen more than once.
    pub fn all(&self, name: &str) -> Vec<String> {
        let pairs = self.query.split('&');
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(found, _)| *found == name)
            .filter_map(|(_, value)| percent_decode(&value.replace('+', " ")))
            .collect()
    }

    /// What is given of a range.
    #[cfg(feature = "ssr")]
    pub fn range(&self) -> RangeQuery {
        let given = |name| self.decoded(name).filter(|value| !value.trim().is_empty());
        RangeQuery {
            period: given("period"),
            from: given("from"),
            to: given("to"),
        }
    }

    /// What the pages of the menu are asked for, too: the range and the instance, as they are here.
    #[cfg(feature = "ssr")]
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let names = ["period", "from", "to", "instance"].into_iter();
        let kept = names.filter_map(|name| Some((name, self.decoded(name)?)));
        kept.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Of one instance, by name.
    pub fn instance(&self) -> Option<String> {
        self.decoded("instance").filter(|name| !name.is_empty())
    }

    /// What the figures are to be of.
    ///
    /// # Errors
    /// If the range is none.
    #[cfg(feature = "ssr")]
    pub fn scope(&self, zone: Zone, now: Instant) -> Result<Scope, BadQuery> {
        Ok(Scope {
            range: self.range().read(zone, now)?,
            instance: self.instance(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn errors() -> LogQuery {
        LogQuery {
            file: LogName::Error,
            text: Some("a&b=c d".to_owned()),
            before: Some("p9".to_owned()),
            ..LogQuery::default()
        }
    }

    #[test]
    fn what_is_not_given_is_not_in_the_address() {
        assert_eq!(logs(&LogQuery::default()), "/admin/logs/");
        assert_eq!(
            logs(&errors()),
            "/admin/logs/?file=error&text=a%26b%3Dc%20d&before=p9"
        );
        assert_eq!(
            follow(&first_page(&errors()), Some("p1")),
            "/api/ops/logs/follow/?file=error&text=a%26b%3Dc%20d&after=p1"
        );
    }

    #[test]
    fn a_click_on_a_value_narrows_and_begins_anew() {
        let narrow = |name, value| narrowed(&errors(), name, value).map(|query| logs(&query));
        let address =
            |rest: &str| Some(format!("/admin/logs/?file=error{rest}&text=a%26b%3Dc%20d"));
        assert_eq!(narrow("level", "WARNING"), address("&level=WARNING"));
        assert_eq!(
            narrow("timestamp", "2026-11-24T03:00:30.500Z"),
            address("&since=2026-11-24T02:59:30.500Z&until=2026-11-24T03:01:30.500Z")
        );
        assert_eq!(
            narrow("logger", "db::pool"),
            Some("/admin/logs/?file=error&text=a%26b%3Dc%20d&field=logger:db::pool".to_owned())
        );
        assert_eq!(
            narrow("message", "gone"),
            Some("/admin/logs/?file=error&text=gone".to_owned())
        );
    }

    #[test]
    fn a_value_that_no_query_can_name_leads_nowhere() {
        let long = "x".repeat(MAX_VALUE_BYTES + 1);
        for (name, value) in [
            ("a:b", "1"),
            ("", "1"),
            ("user", ""),
            ("user", long.as_str()),
            ("level", "LOUD"),
            ("timestamp", "yesterday"),
        ] {
            assert_eq!(narrowed(&errors(), name, value), None, "{name}");
        }
    }

    #[test]
    fn an_incident_comes_back_from_its_address() {
        let path = incident("0193 8f5e");
        assert_eq!(path, "/admin/incidents/0193%208f5e/");
        assert_eq!(incident_id(&path), Some("0193 8f5e".to_owned()));
        assert_eq!(incident_id("/admin/alerts/"), None);
    }

    #[test]
    fn an_error_group_comes_back_from_its_address_and_from_its_forms() {
        let path = error_group("5b1c7a90e2d34f18");
        assert_eq!(path, "/admin/errors/5b1c7a90e2d34f18/");
        for path in [path.clone(), format!("{path}mute/")] {
            assert_eq!(error_group_id(&path).as_deref(), Some("5b1c7a90e2d34f18"));
        }
        assert_eq!(error_group_id("/admin/alerts/"), None);
    }

    #[test]
    fn what_is_chosen_more_than_once_is_found_as_often() {
        let address = Address {
            query: "kind=start&since=7d&kind=a+b".to_owned(),
            ..Address::default()
        };
        assert_eq!(address.all("kind"), ["start", "a b"]);
        assert_eq!(address.all("since"), ["7d"]);
        assert_eq!(address.all("until"), [""; 0]);
    }

    #[test]
    fn an_id_that_looks_like_a_directory_still_has_an_address() {
        assert_eq!(story("9F3A61C0"), "/admin/requests/9F3A61C0/");
        assert_eq!(story(".."), "/admin/logs/?request_id=..");
        assert_eq!(story("..."), "/admin/requests/.../");
    }

    proptest! {
        #[test]
        fn an_address_is_plain_ascii_without_quotes(text in any::<String>()) {
            let query = LogQuery { text: Some(text), ..LogQuery::default() };
            let address = logs(&query);
            prop_assert!(address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>#\\".contains(&byte)));
            prop_assert_eq!(address.matches('&').count(), 0);
        }
    }

    proptest! {
        #[test]
        fn a_value_comes_back_from_an_address_and_from_a_form(name in any::<String>()) {
            let query = format!("instance={}", percent_encode(&name).replace("%20", "+"));
            let address = Address { query, ..Address::default() };
            prop_assert_eq!(address.decoded("instance"), Some(name.clone()));
            prop_assert_eq!(address.instance(), Some(name).filter(|name| !name.is_empty()));
        }
    }

    #[test]
    fn a_value_is_found_by_its_name() {
        let address = Address {
            query: "period=7d&sort=p95&period=1h&empty=".to_owned(),
            ..Address::default()
        };
        assert_eq!(address.get("period"), Some("7d"));
        assert_eq!(address.get("empty"), Some(""));
        assert_eq!(address.get("eriod"), None);
        assert_eq!(Address::default().get("period"), None);
    }
}
