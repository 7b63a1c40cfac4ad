//! A [`LogQuery`] in the engine's terms, or which of its fields can't be understood.

use app::dto::{BadQuery, Level, LogName, LogQuery};
use ops::log::LogFile;
use ops::log::search::{Page, Position, Query, Severity, StatusFilter};

use super::time_argument;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 500;
/// Nobody looks for more, and every byte is compared often.
const MAX_TEXT_BYTES: usize = 1000;

/// What the engine is to look for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub query: Query,
    pub page: Page,
}

impl Terms {
    /// `now_millis`: ages are counted from here.
    ///
    /// # Errors
    /// The first field that can't be understood.
    pub fn of(asked: &LogQuery, now_millis: i64) -> Result<Self, BadQuery> {
        let (since, until) = time_range(asked, now_millis)?;
        let limit = match asked.limit {
            Some(0) => return Err(bad("limit", "Must be a whole number from 1 to 500.")),
            limit => limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT),
        };
        let before = asked.before.as_deref().map(|text| position("before", text));
        let before = before.transpose()?;
        Ok(Self {
            query: Query {
                severity: asked.level.map(severity),
                since,
                until,
                text: asked.text.as_deref().map(text).transpose()?,
                fields: fields(asked)?,
                status: asked.status.as_deref().map(status).transpose()?,
            },
            page: Page {
                file: log_file(asked.file),
                // Whoever goes on has seen the histogram.
                histogram: before.is_none(),
                before,
                limit: usize::try_from(limit).unwrap_or(usize::MAX),
            },
        })
    }
}

pub(super) fn bad(field: &str, message: impl Into<String>) -> BadQuery {
    BadQuery {
        field: field.to_owned(),
        message: message.into(),
    }
}

/// A position that an earlier answer gave.
///
/// # Errors
/// If it gave none such; `field` is named then.
pub fn position(field: &str, text: &str) -> Result<Position, BadQuery> {
    let unknown = "Must be a position that an earlier answer gave.";
    text.parse().map_err(|_| bad(field, unknown))
}

pub fn log_file(name: LogName) -> LogFile {
    match name {
        LogName::App => LogFile::App,
        LogName::Access => LogFile::Access,
        LogName::Error => LogFile::Error,
        LogName::Db => LogFile::Db,
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Debug => Severity::Debug,
        Level::Info => Severity::Info,
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    }
}

fn time_range(asked: &LogQuery, now_millis: i64) -> Result<(Option<i64>, Option<i64>), BadQuery> {
    let moment = |field: &str, text: &str| {
        time_argument::parse(text, now_millis)
            .ok_or_else(|| bad(field, format!("Must be {}.", time_argument::EXPECTED)))
    };
    let since = asked.since.as_deref().map(|text| moment("since", text));
    let until = asked.until.as_deref().map(|text| moment("until", text));
    let (since, until) = (since.transpose()?, until.transpose()?);
    match (since, until) {
        (Some(since), Some(until)) if until <= since => {
            Err(bad("until", "Must be later than `since`."))
        }
        range => Ok(range),
    }
}

fn text(text: &str) -> Result<String, BadQuery> {
    if text.len() > MAX_TEXT_BYTES {
        let message = format!("Must be at most {MAX_TEXT_BYTES} bytes long.");
        return Err(bad("text", message));
    }
    Ok(text.to_owned())
}

fn fields(asked: &LogQuery) -> Result<Vec<(String, String)>, BadQuery> {
    let mut fields = Vec::new();
    for (name, value) in [("request_id", &asked.request_id), ("route", &asked.route)] {
        fields.extend(value.iter().map(|value| (name.to_owned(), value.clone())));
    }
    if let Some(field) = &asked.field {
        let (name, value) = field
            .split_once(':')
            .filter(|(name, _)| !name.trim().is_empty())
            .ok_or_else(|| bad("field", "Must be name:value, such as user:admin."))?;
        fields.push((name.trim().to_owned(), value.to_owned()));
    }
    Ok(fields)
}

fn status(text: &str) -> Result<StatusFilter, BadQuery> {
    let wrong = || {
        bad(
            "status",
            "Must be a status such as 404, or a class such as 5xx.",
        )
    };
    if let Some(class) = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) {
        let class = class.parse().ok().filter(|class| (1..=5).contains(class));
        return class.map(StatusFilter::Class).ok_or_else(wrong);
    }
    let status = text.parse().ok().filter(|it| (100..=599).contains(it));
    status.map(StatusFilter::Exactly).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const NOW: i64 = 1_767_323_045_000;

    fn terms(change: impl FnOnce(&mut LogQuery)) -> Result<Terms, BadQuery> {
        let mut asked = LogQuery::default();
        change(&mut asked);
        Terms::of(&asked, NOW)
    }

    #[test]
    fn nothing_asked_is_the_newest_hundred_lines_and_their_histogram() {
        let terms = terms(|_| {}).unwrap();
        assert_eq!(terms.query, Query::default());
        assert_eq!((terms.page.limit, terms.page.histogram), (100, true));
    }

    #[test]
    fn every_filter_arrives() {
        let terms = terms(|asked| {
            asked.file = LogName::Access;
            asked.level = Some(Level::Warning);
            asked.since = Some("1h".to_owned());
            asked.request_id = Some("r-1".to_owned());
            asked.field = Some("user:a:b".to_owned());
            asked.status = Some("5xx".to_owned());
            asked.before = Some("1-2-3-4".to_owned());
            asked.limit = Some(9000);
        })
        .unwrap();
        assert_eq!(terms.query.since, Some(NOW - 3_600_000));
        assert_eq!(terms.query.severity, Some(Severity::Warning));
        let fields = [("request_id", "r-1"), ("user", "a:b")];
        assert_eq!(
            terms.query.fields,
            fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(terms.query.status, Some(StatusFilter::Class(5)));
        assert_eq!((terms.page.limit, terms.page.histogram), (500, false));
    }

    #[test]
    fn what_can_not_be_understood_is_named() {
        type Mistake = (&'static str, fn(&mut LogQuery));
        let mistakes: [Mistake; 10] = [
            ("since", |q| q.since = Some("soon".to_owned())),
            ("until", |q| q.until = Some("2026-99-01".to_owned())),
            ("until", |q| {
                q.since = Some("1h".to_owned());
                q.until = Some("2h".to_owned());
            }),
            ("limit", |q| q.limit = Some(0)),
            ("status", |q| q.status = Some("7xx".to_owned())),
            ("status", |q| q.status = Some("99".to_owned())),
            ("status", |q| q.status = Some("ok".to_owned())),
            ("field", |q| q.field = Some("user".to_owned())),
            ("field", |q| q.field = Some(":x".to_owned())),
            ("before", |q| q.before = Some("line 7".to_owned())),
        ];
        for (field, mistake) in mistakes {
            assert_eq!(terms(mistake).unwrap_err().field, field);
        }
        let long = terms(|q| q.text = Some("x".repeat(2000)));
        assert_eq!(long.unwrap_err().field, "text");
    }
}
