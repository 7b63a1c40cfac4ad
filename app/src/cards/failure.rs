//! What failed, and where, in a line's own words.

use serde_json::Value;

use super::line_text::plain;
use crate::dto::LogLine;

#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its message, and the innermost cause where the message does not say it.
    pub what: String,
    /// Such as `GET /api/agentcards/`; the path where no route matched.
    pub place: Option<String>,
}

impl Failure {
    pub fn of(line: &LogLine) -> Self {
        let text = |name: &str| line.get(name).map(plain).unwrap_or_default();
        let (message, cause) = (text("message"), innermost(line));
        let what = if message.contains(&cause) {
            message
        } else if message.is_empty() {
            cause
        } else {
            format!("{message} – {cause}")
        };
        let route = Some(text("route")).filter(|route| !route.is_empty() && route != "unmatched");
        let place = format!(
            "{} {}",
            text("method"),
            route.unwrap_or_else(|| text("path"))
        );
        let place = Some(place.trim().to_owned()).filter(|place| !place.is_empty());
        Self { what, place }
    }
}

fn innermost(line: &LogLine) -> String {
    match line.get("error") {
        Some(Value::Array(chain)) => chain.last().map(plain).unwrap_or_default(),
        Some(Value::Null) | None => String::new(),
        Some(error) => plain(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(line: Value) -> (String, Option<String>) {
        let line = line.as_object().cloned().unwrap_or_default();
        let Failure { what, place } = Failure::of(&line.into_iter().collect());
        (what, place)
    }

    #[test]
    fn a_line_says_what_failed_and_where() {
        let line = json!({
            "message": "no such table: agent_cards", "method": "GET", "path": "/api/agentcards/7/",
            "route": "/api/agentcards/{id}/", "error": ["cards.find", "no such table: agent_cards"]
        });
        let place = Some("GET /api/agentcards/{id}/".to_owned());
        assert_eq!(
            failure(line),
            ("no such table: agent_cards".to_owned(), place)
        );
    }

    #[test]
    fn a_cause_that_the_message_does_not_say_is_said_beside_it() {
        let line = json!({
            "message": "the store can't be written", "error": ["the store", "disk full"],
            "method": "POST", "path": "/nowhere", "route": "unmatched"
        });
        let what = "the store can't be written – disk full".to_owned();
        assert_eq!(failure(line), (what, Some("POST /nowhere".to_owned())));
        let of_no_request = json!({"message": "no word from web-2"});
        assert_eq!(
            failure(of_no_request),
            ("no word from web-2".to_owned(), None)
        );
    }
}
