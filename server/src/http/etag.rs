//! Entity tags and the conditions that clients make with them (RFC 9110, sections 8.8.3 and 13).

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use chrono::NaiveDateTime;

use super::error::ApiError;

/// A strong tag: it changes with every change of what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// Revisions begin anew in what takes a deleted one's place, so the moment of its creation is
    /// part of the tag.
    pub fn new(created_at: NaiveDateTime, revision: i64) -> Self {
        let created = created_at.and_utc().timestamp_micros();
        Self(format!("\"{created:x}-{revision}\""))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `If-None-Match` says that the client has it already.
    pub fn is_known_to(&self, request: &HttpRequest) -> bool {
        // A weak comparison: whoever sends back what a proxy has weakened has the same thing.
        let is_this = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag) == self.0;
        tags(request, &IF_NONE_MATCH)
            .is_some_and(|tags| tags.iter().any(|tag| tag == "*" || is_this(tag)))
    }

    /// # Errors
    /// 412 if there is an `If-Match` that does not name this tag.
    pub fn check(&self, request: &HttpRequest) -> Result<(), ApiError> {
        match tags(request, &IF_MATCH) {
            Some(tags) if !tags.iter().any(|tag| tag == "*" || *tag == self.0) => {
                Err(ApiError::precondition_failed())
            }
            _ => Ok(()),
        }
    }
}

/// Whether the client wants its change only on top of what it has read.
pub fn is_conditional(request: &HttpRequest) -> bool {
    request.headers().contains_key(IF_MATCH)
}

/// The listed tags; `None` without the header. Ours have no comma in them.
fn tags(request: &HttpRequest, name: &HeaderName) -> Option<Vec<String>> {
    let headers = request.headers();
    if !headers.contains_key(name) {
        return None;
    }
    let values = headers
        .get_all(name)
        .filter_map(|value| value.to_str().ok());
    let tags = values.flat_map(|value| value.split(','));
    Some(tags.map(|tag| tag.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn tag(revision: i64) -> Etag {
        Etag::new(NaiveDateTime::default(), revision)
    }

    fn with(name: &str, value: &str) -> HttpRequest {
        TestRequest::get()
            .insert_header((name, value))
            .to_http_request()
    }

    #[test]
    fn a_condition_names_the_tag_among_others_or_any() {
        for (value, holds) in [
            ("\"0-2\"", true),
            ("\"0-1\", \"0-2\"", true),
            ("*", true),
            ("\"0-1\"", false),
            ("0-2", false),
            ("", false),
            ("W/\"0-2\"", false),
        ] {
            let request = with("if-match", value);
            assert_eq!(tag(2).check(&request).is_ok(), holds, "{value}");
        }
        assert!(tag(2).check(&TestRequest::get().to_http_request()).is_ok());
    }

    #[test]
    fn what_the_client_has_is_not_sent_again_even_if_a_proxy_weakened_it() {
        for (value, known) in [("\"0-2\"", true), ("W/\"0-2\"", true), ("\"0-1\"", false)] {
            let request = with("if-none-match", value);
            assert_eq!(tag(2).is_known_to(&request), known, "{value}");
        }
    }
}
