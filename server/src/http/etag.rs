//! Entity tags and the conditions that clients make with them (RFC 9110, sections 8.8.3 and 13).

use actix_web::HttpRequest;
use actix_web::http::header::{ETag, EntityTag, Header as _, IF_MATCH, IfMatch, IfNoneMatch};
use chrono::NaiveDateTime;

use super::error::ApiError;

/// A strong tag: it changes with every change of what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag(EntityTag);

impl Etag {
    /// Revisions begin anew in what takes a deleted one's place, so the moment of its creation is
    /// part of the tag.
    pub fn new(created_at: NaiveDateTime, revision: i64) -> Self {
        let created = created_at.and_utc().timestamp_micros();
        Self(EntityTag::new_strong(format!("{created:x}-{revision}")))
    }

    pub fn header(&self) -> ETag {
        ETag(self.0.clone())
    }

    /// Whether `If-None-Match` says that the client has it already.
    pub fn is_known_to(&self, request: &HttpRequest) -> bool {
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            // A proxy may have weakened the tag of the same thing.
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.0)),
            Err(_) => false,
        }
    }

    /// # Errors
    /// 412 if there is an `If-Match` that does not name this tag.
    pub fn check(&self, request: &HttpRequest) -> Result<(), ApiError> {
        let holds = match IfMatch::parse(request) {
            _ if !is_conditional(request) => true,
            Ok(IfMatch::Any) => true,
            Ok(IfMatch::Items(tags)) => tags.iter().any(|tag| tag.strong_eq(&self.0)),
            Err(_) => false,
        };
        holds
            .then_some(())
            .ok_or_else(ApiError::precondition_failed)
    }
}

/// Whether the client wants its change only on top of what it has read.
pub fn is_conditional(request: &HttpRequest) -> bool {
    request.headers().contains_key(IF_MATCH)
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
