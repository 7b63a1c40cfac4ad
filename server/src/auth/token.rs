//! The session cookie and the signed token in it.
//!
//! `v1.<claims>.<mac>`, both parts in unpadded base64url. The claims say by themselves whose session
//! it is, so that staff stay signed in while the database is down. Whether the session still stands
//! is not known here.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::{COOKIE, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::secret::SecretKey;

pub const COOKIE_NAME: &str = "session";
/// In production: with this prefix a browser takes a cookie only over https and only from this very
/// host, so no other host of the domain can put one in its place.
const SECURE_COOKIE_NAME: &str = "__Host-session";
/// How many of one name are looked at.
const MAX_COOKIES: usize = 8;

/// What the session's cookie is called; `secure` where browsers come by https only.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure {
        SECURE_COOKIE_NAME
    } else {
        COOKIE_NAME
    }
}

/// All that a request brings in session cookies of this name. By hand, since another's broken cookie
/// must hide none of ours.
pub fn brought<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    headers
        .get_all(COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim())
        .take(MAX_COOKIES)
        .collect()
}

/// How long a session lasts.
pub const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

const VERSION_PREFIX: &str = "v1.";
/// Keeps this key apart from any other that is derived from the same secret.
const KEY_LABEL: &[u8] = b"agent-source-db session token v1";

/// What a session is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Signed in, and nothing more.
    Member,
    Staff,
    /// The desk, for reading: opened by an access code.
    ReadOnly,
}

impl Access {
    fn to_byte(self) -> u8 {
        match self {
            Self::Member => 0,
            Self::Staff => 1,
            Self::ReadOnly => 2,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Member, Self::Staff, Self::ReadOnly]
            .into_iter()
            .find(|access| access.to_byte() == byte)
    }
}

/// What a token says. Times count in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub session_id: String,
    pub user_id: i64,
    pub username: String,
    pub access: Access,
    pub expires_at: SystemTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("not a session token")]
    Malformed,
    #[error("not signed by this service")]
    BadSignature,
    #[error("expired")]
    Expired,
}

/// Signs and verifies; made from the secret key.
#[derive(Clone)]
pub struct TokenKey(Hmac<Sha256>);

impl TokenKey {
    pub fn derive(secret: &SecretKey) -> Self {
        Self(derive(secret, KEY_LABEL))
    }

    pub fn sign(&self, claims: &Claims) -> String {
        let signed = format!(
            "{VERSION_PREFIX}{}",
            URL_SAFE_NO_PAD.encode(claims.encode())
        );
        let mac = self.mac(&signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    /// # Errors
    /// If the token is not one of ours, or its time is over.
    pub fn verify(&self, token: &str, now: SystemTime) -> Result<Claims, TokenError> {
        let (signed, mac) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let claims = signed
            .strip_prefix(VERSION_PREFIX)
            .ok_or(TokenError::Malformed)?;
        let mac = decoded(mac)?;
        // Compares in constant time, and before anything believes a claim.
        self.mac(signed)
            .verify_slice(&mac)
            .map_err(|_| TokenError::BadSignature)?;
        let claims = Claims::decode(&decoded(claims)?).ok_or(TokenError::Malformed)?;
        if claims.expires_at <= now {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(signed)
    }
}

/// A key for one purpose, of no use for any other.
pub(super) fn derive(secret: &SecretKey, label: &[u8]) -> Hmac<Sha256> {
    let derived = keyed(secret.expose()).chain_update(label).finalize();
    keyed(&derived.into_bytes())
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of any length: the error cannot occur"
)]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn decoded(text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| TokenError::Malformed)
}

impl Claims {
    /// User, expiry, access, the session id's length, the session id, the name.
    fn encode(&self) -> Vec<u8> {
        let expires_at = self
            .expires_at
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let mut bytes = Vec::with_capacity(64);
        bytes.extend(self.user_id.to_be_bytes());
        bytes.extend(expires_at.as_secs().to_be_bytes());
        bytes.push(self.access.to_byte());
        bytes.extend((self.session_id.len() as u64).to_be_bytes());
        bytes.extend(self.session_id.as_bytes());
        bytes.extend(self.username.as_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (user_id, rest) = bytes.split_first_chunk()?;
        let (expires_at, rest) = rest.split_first_chunk()?;
        let (access, rest) = rest.split_first()?;
        let (id_bytes, rest) = rest.split_first_chunk()?;
        let id_bytes = usize::try_from(u64::from_be_bytes(*id_bytes)).ok()?;
        let (session_id, username) = rest.split_at_checked(id_bytes)?;
        let expires_at = Duration::from_secs(u64::from_be_bytes(*expires_at));
        Some(Self {
            session_id: str::from_utf8(session_id).ok()?.to_owned(),
            user_id: i64::from_be_bytes(*user_id),
            username: str::from_utf8(username).ok()?.to_owned(),
            access: Access::from_byte(*access)?,
            expires_at: UNIX_EPOCH.checked_add(expires_at)?,
        })
    }
}

/// The cookie that carries a token for as long as its session lasts; `secure` where browsers come by
/// https only.
pub fn cookie(token: String, lifetime: Duration, secure: bool) -> Cookie<'static> {
    Cookie::build(cookie_name(secure), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .max_age(time::Duration::try_from(lifetime).unwrap_or(time::Duration::ZERO))
        .finish()
}

/// The cookie that makes a browser forget the token.
pub fn removal(secure: bool) -> Cookie<'static> {
    let mut cookie = cookie(String::new(), Duration::ZERO, secure);
    cookie.make_removal();
    cookie
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    fn key(letter: &str) -> TokenKey {
        TokenKey::derive(&SecretKey::new(letter.repeat(64)).unwrap())
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn claims() -> Claims {
        Claims {
            session_id: "0198c0ffee".to_owned(),
            user_id: 7,
            username: "管理员".to_owned(),
            access: Access::Staff,
            expires_at: at(1000),
        }
    }

    #[test]
    fn a_token_holds_until_the_second_in_which_it_expires() {
        let token = key("k").sign(&claims());
        assert_eq!(key("k").verify(&token, at(999)), Ok(claims()));
        assert_eq!(key("k").verify(&token, at(1000)), Err(TokenError::Expired));
    }

    #[test]
    fn another_secret_does_not_verify_it() {
        let token = key("k").sign(&claims());
        assert_eq!(
            key("l").verify(&token, at(0)),
            Err(TokenError::BadSignature)
        );
    }

    #[test]
    fn the_secret_itself_is_not_the_signing_key() {
        let secret = SecretKey::new("k".repeat(64)).unwrap();
        let forged = TokenKey(keyed(secret.expose())).sign(&claims());
        assert_eq!(
            key("k").verify(&forged, at(0)),
            Err(TokenError::BadSignature)
        );
    }

    #[test]
    fn what_is_no_token_is_malformed() {
        let token = key("k").sign(&claims());
        let other_version = token.replacen("v1.", "v2.", 1);
        for text in ["", ".", "v1.", "v1", "v1.a.b!", "a.b.c", &other_version] {
            let verdict = key("k").verify(text, at(0));
            assert_eq!(verdict, Err(TokenError::Malformed), "{text}");
        }
    }

    #[test]
    fn signed_bytes_that_are_no_claims_are_malformed() {
        let key = key("k");
        for bytes in [&b""[..], &[0; 24], &[255; 40]] {
            let signed = format!("{VERSION_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
            let mac = key.mac(&signed).finalize().into_bytes();
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
            assert_eq!(key.verify(&token, at(0)), Err(TokenError::Malformed));
        }
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        let cookie = |secure| cookie("token".to_owned(), LIFETIME, secure).to_string();
        assert_eq!(
            cookie(true),
            "__Host-session=token; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=43200"
        );
        assert_eq!(
            cookie(false),
            "session=token; HttpOnly; SameSite=Lax; Path=/; Max-Age=43200"
        );
    }

    #[test]
    fn the_removal_names_the_same_cookie_and_ends_it() {
        let removal = removal(true);
        assert_eq!(
            (removal.name(), removal.path()),
            (SECURE_COOKIE_NAME, Some("/"))
        );
        assert_eq!(removal.value(), "");
        assert_eq!(removal.max_age(), Some(time::Duration::ZERO));
    }

    #[test]
    fn cookies_are_found_beside_broken_ones_and_by_their_whole_name() {
        let request = actix_web::test::TestRequest::get()
            .append_header((
                "Cookie",
                "junk; a b=c; session=1; xsession=2; =3; session= 4 ",
            ))
            .append_header(("Cookie", "__Host-session=5;session=6"))
            .to_http_request();
        assert_eq!(brought(request.headers(), COOKIE_NAME), ["1", "4", "6"]);
        assert_eq!(brought(request.headers(), SECURE_COOKIE_NAME), ["5"]);
        let many = "session=x; ".repeat(100);
        let request = actix_web::test::TestRequest::get()
            .append_header(("Cookie", many))
            .to_http_request();
        assert_eq!(brought(request.headers(), COOKIE_NAME).len(), MAX_COOKIES);
    }

    prop_compose! {
        fn any_claims()(
            session_id in "[0-9a-f-]{0,40}",
            user_id in any::<i64>(),
            username in ".{0,40}",
            access in prop::sample::select(&[Access::Member, Access::Staff, Access::ReadOnly]),
            expires_at in 1..1_u64 << 40,
        ) -> Claims {
            Claims { session_id, user_id, username, access, expires_at: at(expires_at) }
        }
    }

    proptest! {
        #[test]
        fn what_was_signed_is_read_back_and_fits_a_cookie(claims in any_claims()) {
            let token = key("k").sign(&claims);
            prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
            prop_assert_eq!(key("k").verify(&token, at(0)), Ok(claims));
        }

        #[test]
        fn no_changed_token_verifies(
            claims in any_claims(),
            place in any::<prop::sample::Index>(),
            character in "[ -~]",
        ) {
            let token = key("k").sign(&claims);
            let place = place.index(token.len());
            let mut changed = token.clone();
            changed.replace_range(place..=place, &character);
            prop_assume!(changed != token);
            prop_assert!(key("k").verify(&changed, at(0)).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}") {
            prop_assert!(key("k").verify(&text, at(0)).is_err());
            let with_version = format!("{VERSION_PREFIX}{text}");
            prop_assert!(key("k").verify(&with_version, at(0)).is_err());
        }
    }
}
