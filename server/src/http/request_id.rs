//! The name of a request: the client's, if it is harmless, else one of our own.

use std::fmt;
use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const MAX_CHARS: usize = 64;

/// 1–64 characters of `A-Za-z0-9._-`: safe in a header, a log line and a page. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The client's `X-Request-ID`, else a new one.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        headers
            .get(HEADER)
            .and_then(|value| value.to_str().ok())
            .and_then(Self::parse)
            .unwrap_or_else(Self::generate)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let is_id = (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(is_allowed);
        is_id.then(|| Self(text.into()))
    }

    /// A UUIDv7: sorts by time.
    pub fn generate() -> Self {
        let mut buffer = Uuid::encode_buffer();
        let text = Uuid::now_v7().hyphenated().encode_lower(&mut buffer);
        Self((&*text).into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[expect(
        clippy::expect_used,
        reason = "what an id may hold, a header may hold: the error cannot occur"
    )]
    pub fn header_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("an id is visible ASCII")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    fn id_of(value: impl AsRef<[u8]>) -> String {
        let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
        let request = TestRequest::get()
            .insert_header((HEADER, value))
            .to_http_request();
        RequestId::from_headers(request.headers()).to_string()
    }

    fn assert_is_ours(id: &str) {
        assert_eq!(Uuid::parse_str(id).unwrap().get_version_num(), 7, "{id}");
        assert_eq!(id.len(), 36);
    }

    #[test]
    fn a_harmless_id_of_the_client_is_kept() {
        let longest = "x".repeat(64);
        for id in [
            "a",
            "A-b_c.9",
            "0198c0ff-ee00-7000-8000-000000000000",
            &longest,
        ] {
            assert_eq!(id_of(id), id);
        }
    }

    #[test]
    fn anything_else_is_replaced_by_a_uuid_of_version_7() {
        let too_long = "x".repeat(65);
        for id in [
            "", " ", "a b", "a,b", "a/b", "<script>", "a\"b", "é", &too_long,
        ] {
            assert_is_ours(&id_of(id));
        }
        assert_is_ours(&id_of(b"\xff"));
        assert_is_ours(RequestId::from_headers(&HeaderMap::new()).as_str());
    }

    #[test]
    fn each_is_new() {
        assert_ne!(RequestId::generate(), RequestId::generate());
    }

    proptest! {
        #[test]
        fn every_id_is_its_own_header_value(text in "[ -~]{0,70}") {
            if let Some(id) = RequestId::parse(&text) {
                let value = id.header_value();
                prop_assert_eq!(value.to_str().unwrap(), text);
            }
        }

        #[test]
        fn the_allowed_characters_are_all_accepted(text in "[A-Za-z0-9._-]{1,64}") {
            prop_assert!(RequestId::parse(&text).is_some());
        }
    }
}
