//! The Content Security Policies of the pages.

use app::assets::ZONE_SCRIPT;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// For whatever has no script of its own. A page that hydrates brings [`page_policy`] instead.
pub const STATIC_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The Content Security Policy of a page that hydrates: its inline scripts carry `nonce`, its
/// WebAssembly may be compiled, and it talks to this server only.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// That of the sign-in page: the one script that it has is named by its hash (CSP level 3, 2.3.1).
pub fn sign_in_policy() -> String {
    let digest = STANDARD.encode(Sha256::digest(ZONE_SCRIPT));
    format!("{STATIC_POLICY}; script-src 'sha256-{digest}'")
}
