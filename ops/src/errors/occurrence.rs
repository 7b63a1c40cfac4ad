//! One line of the log, and which error it is.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::normalise::{literals, normalised};
use crate::clock::parse_rfc3339_millis;

/// More of a message tells no two errors apart.
const MAX_MESSAGE_BYTES: usize = 400;
/// What comes later in a text is not looked at.
const MAX_LOOKED_AT_BYTES: usize = 2000;
const MAX_EXAMPLE_BYTES: usize = 1000;
const MAX_NAME_BYTES: usize = 200;
/// Shorter words stand in every other line.
const MIN_NEEDLE_BYTES: usize = 3;

const PANIC: &str = "panic";
const OTHER: &str = "other";

/// What makes two errors one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupKey {
    /// `panic`, or whose error it is: the logger. `other` for what found no room.
    pub kind: String,
    /// Normalised: of a request its cause, the last of the chain; else its own sentence, then the
    /// chain of causes.
    pub message: String,
    /// A panic's `file:line`, else the route, else the logger.
    pub place: String,
}

impl GroupKey {
    /// Counts what found no room among the groups, or could not be read.
    pub fn other() -> Self {
        Self {
            kind: OTHER.to_owned(),
            message: String::new(),
            place: String::new(),
        }
    }

    /// The same for all that have one cause, wherever it showed: without the place, unless the place
    /// is what tells a panic from another.
    #[must_use]
    pub fn cause(&self) -> Self {
        if self.kind == PANIC {
            return self.clone();
        }
        Self {
            place: String::new(),
            ..self.clone()
        }
    }

    /// A word that stands in each of its lines: the longest that has nothing in it that differs from
    /// one time to the next. `None` if the message has hardly any.
    pub fn needle(&self) -> Option<&str> {
        let is_between = |c: char| c.is_whitespace() || "<>\"'`".contains(c);
        let parts = literals(&self.message).into_iter();
        let words = parts.flat_map(|part| part.split(is_between));
        let longest = words.max_by_key(|word| word.len());
        longest.filter(|word| word.len() >= MIN_NEEDLE_BYTES)
    }

    pub fn is_other(&self) -> bool {
        self.kind == OTHER && self.message.is_empty() && self.place.is_empty()
    }

    /// Names the group in the store and in addresses: 16 hexadecimal digits, the same in every
    /// process. FNV-1a, 64 bits: what whoever forges a collision would win is to be counted there.
    pub fn fingerprint(&self) -> String {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let parts = [&self.kind, &self.message, &self.place];
        let bytes = parts
            .iter()
            .flat_map(|part| part.bytes().chain(std::iter::once(0xff)));
        let hash = bytes.fold(OFFSET, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(PRIME)
        });
        format!("{hash:016x}")
    }
}

/// One of a group, as it was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// Its own sentence, then the chain of causes; cut, and redacted as the log has it.
    pub text: String,
    pub request_id: Option<String>,
    pub error_id: Option<String>,
    /// Whose log has the line.
    pub instance: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub key: GroupKey,
    pub example: Example,
}

/// What of a line is looked at.
#[derive(Deserialize)]
struct Line {
    timestamp: String,
    logger: String,
    message: String,
    request_id: Option<String>,
    error_id: Option<String>,
    route: Option<String>,
    #[serde(default)]
    error: Vec<String>,
    location: Option<String>,
    backtrace: Option<IgnoredAny>,
}

impl Occurrence {
    /// Of a line as it stands in the file; `None` if it is none of ours.
    pub fn of_line(line: &[u8], instance: &str) -> Option<Self> {
        let line: Line = serde_json::from_slice(line).ok()?;
        let at_ms = parse_rfc3339_millis(line.timestamp.as_bytes())?;
        let panicked_at = line
            .location
            .as_deref()
            .filter(|_| line.backtrace.is_some());
        let text = match panicked_at {
            // Its sentence, if it is the hook's, tells of the thread and the place.
            Some(_) => line.error.join(": "),
            None => sentence(&line.message, &line.error),
        };
        let place = match (panicked_at, &line.route) {
            (Some(location), _) => without_column(location),
            (None, Some(route)) => route,
            (None, None) => &line.logger,
        };
        let kind = if panicked_at.is_some() {
            PANIC
        } else {
            &line.logger
        };
        let cause = line.error.last().filter(|_| line.route.is_some());
        let told = cause.filter(|_| panicked_at.is_none()).unwrap_or(&text);
        let message = normalised(cut(told, MAX_LOOKED_AT_BYTES));
        Some(Self {
            key: GroupKey {
                kind: cut(kind, MAX_NAME_BYTES).to_owned(),
                message: cut(&message, MAX_MESSAGE_BYTES).to_owned(),
                place: cut(place, MAX_NAME_BYTES).to_owned(),
            },
            example: Example {
                at_ms,
                text: cut(&text, MAX_EXAMPLE_BYTES).to_owned(),
                request_id: line.request_id,
                error_id: line.error_id,
                instance: instance.to_owned(),
            },
        })
    }
}

/// Many errors repeat their cause's text, and the sentence of a failed request is its cause.
fn sentence(message: &str, causes: &[String]) -> String {
    let (first, rest) = match causes.split_first() {
        Some((first, rest)) if causes.last().is_some_and(|cause| cause == message) => {
            (first.as_str(), rest)
        }
        _ => (message, causes),
    };
    let mut text = first.to_owned();
    for cause in rest {
        if !text.ends_with(cause) {
            text.push_str(": ");
            text.push_str(cause);
        }
    }
    text
}

/// `file:line` of `file:line:column`.
fn without_column(location: &str) -> &str {
    location
        .rsplit_once(':')
        .map_or(location, |(place, _)| place)
}

fn cut(text: &str, max_bytes: usize) -> &str {
    let end = text.floor_char_boundary(max_bytes.min(text.len()));
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn key(line: &str) -> GroupKey {
        Occurrence::of_line(line.as_bytes(), "one").unwrap().key
    }

    const FAILED: &str = r#"{"timestamp":"2026-11-24T03:22:40.120Z","level":"ERROR","logger":"server::middleware::errors","message":"no column \"a\" in line 7","request_id":"r1","error":["query failed","no column \"a\" in line 7"],"error_id":"9F3A61C0","route":"/api/agentcards/{id}/"}"#;

    #[test]
    fn a_failed_request_is_told_by_its_cause_and_its_route() {
        let Occurrence { key, example } = Occurrence::of_line(FAILED.as_bytes(), "one").unwrap();
        assert_eq!(key.kind, "server::middleware::errors");
        assert_eq!(key.message, "no column \"<value>\" in line <n>");
        assert_eq!(key.place, "/api/agentcards/{id}/");
        assert_eq!(example.text, "query failed: no column \"a\" in line 7");
        assert_eq!(example.at_ms, 1_795_490_560_120);
        assert_eq!(example.request_id.as_deref(), Some("r1"));
        assert_eq!(example.error_id.as_deref(), Some("9F3A61C0"));
    }

    #[test]
    fn a_group_is_looked_for_by_a_word_that_each_of_its_lines_has() {
        let found = key(FAILED);
        assert_eq!(found.needle(), Some("column"));
        for text in ["", "7", "a \"quoted one\""] {
            let of_text = GroupKey {
                message: normalised(text),
                ..found.clone()
            };
            assert_eq!(of_text.needle(), None, "{text}");
        }
    }

    #[test]
    fn a_panic_is_told_by_what_it_said_and_where_in_a_request_or_not() {
        let outside = key(
            r#"{"timestamp":"2026-11-24T03:22:40.120Z","level":"ERROR","logger":"panic","message":"thread w-1 panicked at src/a.rs:7:9: index 3 out of range","error":["index 3 out of range"],"location":"src/a.rs:7:9","thread":"w-1","backtrace":"…"}"#,
        );
        let within = key(
            r#"{"timestamp":"2026-11-24T03:22:41.120Z","level":"ERROR","logger":"server::middleware::errors","message":"panic while serving a request","request_id":"r2","error":["index 4 out of range"],"location":"src/a.rs:7:9","backtrace":"…","error_id":"1","route":"/"}"#,
        );
        assert_eq!(outside, within);
        assert_eq!(outside.kind, "panic");
        assert_eq!(outside.message, "index <n> out of range");
        assert_eq!(outside.place, "src/a.rs:7");
    }

    #[test]
    fn what_has_no_route_is_where_its_logger_is() {
        let key = key(
            r#"{"timestamp":"2026-11-24T03:22:40.120Z","level":"ERROR","logger":"server::startup::bring_up","message":"damaged"}"#,
        );
        assert_eq!(
            (key.kind.as_str(), key.place.as_str()),
            ("server::startup::bring_up", "server::startup::bring_up")
        );
    }

    #[test]
    fn a_fingerprint_tells_parts_from_each_other_and_stays_what_it_is() {
        let of = |kind: &str, message: &str, place: &str| {
            let [kind, message, place] = [kind, message, place].map(str::to_owned);
            GroupKey {
                kind,
                message,
                place,
            }
            .fingerprint()
        };
        assert_ne!(of("a", "b", "c"), of("ab", "", "c"));
        assert_ne!(of("a", "b", ""), of("a", "", "b"));
        // Stands in stores: it must not change from one version to the next.
        assert_eq!(GroupKey::other().fingerprint(), "02febc897328e704");
    }

    #[test]
    fn what_is_no_line_of_ours_is_none() {
        for line in [
            "",
            "half a l",
            "{}",
            r#"{"timestamp":"yesterday","logger":"a","message":"b"}"#,
        ] {
            assert_eq!(Occurrence::of_line(line.as_bytes(), "one"), None, "{line}");
        }
    }

    #[test]
    fn a_giant_is_cut() {
        let line = FAILED.replace("in line 7", &"é x ".repeat(9000));
        let found = Occurrence::of_line(line.as_bytes(), "one").unwrap();
        assert!(found.key.message.len() <= MAX_MESSAGE_BYTES);
        assert!(found.example.text.len() <= MAX_EXAMPLE_BYTES);
    }
}
