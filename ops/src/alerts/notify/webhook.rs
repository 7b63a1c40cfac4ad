//! The generic webhook: our own JSON, or Alertmanager's webhook version 4, signed as Standard Webhooks
//! 1.0.0 has it (<https://www.standardwebhooks.com>).

mod alertmanager_format;
mod shortened;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::answer::{Answer, Verdict};
use super::delivery::Delivery;
use super::request::Request;
use super::secret::{Endpoint, Secret};
use super::signature::hmac_sha256;
use crate::alerts::message::Outgoing;

/// What the specification asks for.
const MAX_BODY_BYTES: usize = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A [`Message`](crate::alerts::message::Message).
    Own,
    /// What Alertmanager sends to a webhook.
    Alertmanager,
}

/// What a body is signed with: the current key, and while it is exchanged the former ones.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<Key>);

#[derive(Clone)]
struct Key(Vec<u8>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a webhook's secret is whsec_ and the base64 of 24 to 64 bytes; several are separated by blanks"
)]
pub struct KeyError;

impl Keys {
    /// `whsec_` and base64; the prefix may be missing. Several secrets are separated by blanks.
    ///
    /// # Errors
    /// If one of them is something else, or there is none.
    pub fn parse(secret: &Secret) -> Result<Self, KeyError> {
        let keys = secret.expose().split_whitespace().map(|text| {
            let text = text.strip_prefix("whsec_").unwrap_or(text);
            let key = STANDARD.decode(text).map_err(|_| KeyError)?;
            (24..=64)
                .contains(&key.len())
                .then_some(Key(key))
                .ok_or(KeyError)
        });
        let keys: Vec<Key> = keys.collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(KeyError);
        }
        Ok(Self(keys))
    }

    fn signatures(&self, signed: &[u8]) -> Option<String> {
        let signatures = self
            .0
            .iter()
            .map(|key| format!("v1,{}", hmac_sha256(&key.0, signed)));
        let signatures: Vec<String> = signatures.collect();
        (!signatures.is_empty()).then(|| signatures.join(" "))
    }
}

/// `channel` is the channel's name, which Alertmanager's format carries as the receiver.
pub fn request(
    message: &Outgoing,
    delivery: Delivery<'_>,
    channel: &str,
    format: Format,
    endpoint: &Endpoint,
    keys: &Keys,
) -> Request {
    let body = match format {
        Format::Own => shortened::json(message, MAX_BODY_BYTES),
        Format::Alertmanager => alertmanager_format::json(message, channel),
    };
    signed(body, delivery, endpoint, keys)
}

fn signed(body: Vec<u8>, delivery: Delivery<'_>, endpoint: &Endpoint, keys: &Keys) -> Request {
    let id = delivery.id;
    let seconds = delivery.at.unix_seconds();
    let mut content = format!("{id}.{seconds}.").into_bytes();
    content.extend_from_slice(&body);
    let mut request = Request::json(endpoint.url.clone(), body);
    request.headers.push(("webhook-id", id.to_owned()));
    request
        .headers
        .push(("webhook-timestamp", seconds.to_string()));
    if let Some(signatures) = keys.signatures(&content) {
        request.headers.push(("webhook-signature", signatures));
    }
    request
}

/// Only 2xx is success. What a receiver might be taught within a day (its address, its keys, a
/// redirect that is not followed) is tried again; 410 says that it wants no more, and a body that it
/// does not understand will not be understood later.
pub fn judge(answer: &Answer<'_>, endpoint: &Endpoint) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Delivered,
        400 | 410 | 413 | 415 | 422 => answer.refused(endpoint),
        _ => answer.retry(endpoint),
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
