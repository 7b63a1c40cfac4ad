//! [`Request`]: what is to be sent.

use std::fmt;

use super::secret::Secret;

/// A `POST` of `body`. The signature, and with some services the key, stand in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub url: Secret,
    /// `Content-Type` among them.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub(super) fn json(url: Secret, body: Vec<u8>) -> Self {
        Self {
            url,
            headers: vec![("content-type", "application/json".to_owned())],
            body,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("url", &self.url)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
