//! From a query string to a [`LogQuery`], for programs: what is misspelt is named, not passed over.

use app::dto::{BadQuery, Level, LogName, LogQuery};

use super::from_wire::bad;

/// What a request for lines asks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub query: LogQuery,
    /// Where following goes on; of no meaning elsewhere.
    pub after: Option<String>,
}

/// Names and values as they were sent; an empty value is none. Of several the last one counts.
///
/// # Errors
/// The first name that is unknown, or value that can't be.
pub fn asked(pairs: &[(String, String)]) -> Result<Asked, BadQuery> {
    let mut asked = Asked::default();
    let query = &mut asked.query;
    for (name, value) in pairs {
        let value = value.trim();
        let text = || (!value.is_empty()).then(|| value.to_owned());
        match name.as_str() {
            "file" => {
                query.file = if value.is_empty() {
                    LogName::App
                } else {
                    file(value)?
                }
            }
            "level" => query.level = text().map(|_| level(value)).transpose()?,
            "since" => query.since = text(),
            "until" => query.until = text(),
            "text" => query.text = text(),
            "request_id" => query.request_id = text(),
            "route" => query.route = text(),
            "status" => query.status = text(),
            "field" => query.field = text(),
            "before" => query.before = text(),
            "limit" => query.limit = text().map(|_| limit(value)).transpose()?,
            "after" => asked.after = text(),
            name => {
                return Err(bad(
                    name,
                    "There is no such parameter. There are file, level, since, until, text, \
                     request_id, route, status, field, before and limit.",
                ));
            }
        }
    }
    Ok(asked)
}

fn file(value: &str) -> Result<LogName, BadQuery> {
    match value.strip_suffix(".log").unwrap_or(value) {
        "app" => Ok(LogName::App),
        "access" => Ok(LogName::Access),
        "error" => Ok(LogName::Error),
        "db" => Ok(LogName::Db),
        _ => Err(bad("file", "Must be app, access, error or db.")),
    }
}

fn level(value: &str) -> Result<Level, BadQuery> {
    match value.to_ascii_uppercase().as_str() {
        "DEBUG" => Ok(Level::Debug),
        "INFO" => Ok(Level::Info),
        "WARNING" | "WARN" => Ok(Level::Warning),
        "ERROR" => Ok(Level::Error),
        _ => Err(bad("level", "Must be DEBUG, INFO, WARNING or ERROR.")),
    }
}

fn limit(value: &str) -> Result<u32, BadQuery> {
    value
        .parse()
        .map_err(|_| bad("limit", "Must be a whole number from 1 to 500."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn ask(pairs: &[(&str, &str)]) -> Result<Asked, BadQuery> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        asked(&pairs.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_form_with_empty_fields_asks_for_what_is_filled_in() {
        let asked = ask(&[
            ("file", "access"),
            ("level", "warn"),
            ("text", " a b "),
            ("route", ""),
            ("limit", ""),
        ]);
        let expected = LogQuery {
            file: LogName::Access,
            level: Some(Level::Warning),
            text: Some("a b".to_owned()),
            ..LogQuery::default()
        };
        assert_eq!(asked.unwrap().query, expected);
        assert_eq!(ask(&[("file", "")]).unwrap(), Asked::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value) in [
            ("file", "nginx"),
            ("level", "loud"),
            ("limit", "many"),
            ("limit", "-1"),
            ("levle", "error"),
        ] {
            assert_eq!(ask(&[(name, value)]).unwrap_err().field, name);
        }
    }
}
