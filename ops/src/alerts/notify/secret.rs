//! What must not be seen: addresses that are credentials, and keys.

use std::fmt;

use url::Url;

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the sender alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where a channel's messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub url: Secret,
    /// What signs the messages or stands in them, such as a routing key.
    pub secret: Option<Secret>,
}

/// Shorter parts of an address are no secret.
const MIN_SECRET_BYTES: usize = 6;

impl Endpoint {
    /// `text` without any part of the address or the secret that could be one.
    pub(super) fn hide(&self, text: &str) -> String {
        let hide = |text: String, part: String| text.replace(&part, "***");
        self.parts(|_| true).into_iter().fold(text.to_owned(), hide)
    }

    /// Whatever of it must not be seen, the longest first. Of the address's path only what is no plain
    /// word.
    pub fn secrets(&self) -> Vec<String> {
        let is_telling =
            |part: &str| part.len() >= 16 || part.bytes().any(|byte| byte.is_ascii_digit());
        self.parts(is_telling)
    }

    /// The longest first, so that none is broken by a part of it.
    fn parts(&self, of_path: impl Fn(&str) -> bool) -> Vec<String> {
        let mut parts = vec![self.url.expose().to_owned()];
        if let Ok(url) = Url::parse(self.url.expose()) {
            let after_host = format!("{}?{}", url.path(), url.query().unwrap_or_default());
            parts.push(after_host.trim_end_matches('?').to_owned());
            parts.push(url.path().to_owned());
            parts.extend(url.path().split('/').map(ToOwned::to_owned));
            parts.retain(|part| of_path(part));
            parts.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
            let raw = url.query().unwrap_or_default().split('&');
            parts.extend(raw.filter_map(|pair| Some(pair.split_once('=')?.1.to_owned())));
            parts.push(url.username().to_owned());
            parts.push(url.password().unwrap_or_default().to_owned());
        }
        if let Some(secret) = &self.secret {
            let keys = secret.expose().split_whitespace();
            parts.extend(keys.map(|key| key.trim_start_matches("whsec_").to_owned()));
        }
        parts.retain(|part| part.len() >= MIN_SECRET_BYTES);
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts
    }
}
