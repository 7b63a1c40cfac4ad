//! The one kind of signature that the services ask for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Base64 of HMAC-SHA256 (RFC 2104).
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> String {
    // It takes keys of any length.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| STANDARD.encode(mac.chain_update(message).finalize().into_bytes()))
        .unwrap_or_default()
}
