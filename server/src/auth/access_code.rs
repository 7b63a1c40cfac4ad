//! The way in while the user table is out of reach: whoever can run a command on the host may read the
//! desk for an hour.
//!
//! `agent-source-db access-code` signs a code with the service's secret; typed as the password of
//! [`USERNAME`] it begins a session that the registry knows nothing of. Such a session stands only
//! while the registry can't be asked, and changes nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::token::{Claims, TokenKey};
use crate::config::SecretKey;

/// Nobody's name: what to type in its place is the code.
pub const USERNAME: &str = "access-code";

/// No row of the user table has it.
pub const USER_ID: i64 = 0;

/// How long a code may be typed in.
pub const CODE_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How long the desk stays open by it.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Keeps codes apart from session tokens: neither passes for the other.
const KEY_LABEL: &[u8] = b"agent-source-db access code v1";

pub struct AccessCodes {
    key: TokenKey,
    /// By id, until they would have expired.
    used: Mutex<HashMap<String, SystemTime>>,
}

impl AccessCodes {
    pub fn new(secret: &SecretKey) -> Self {
        Self {
            key: TokenKey::derive_for(secret, KEY_LABEL),
            used: Mutex::default(),
        }
    }

    pub fn issue(&self, now: SystemTime) -> String {
        self.key.sign(&claims(now + CODE_LIFETIME))
    }

    /// What the session is to claim, if the code is right, fresh, and new to this process.
    pub fn redeem(&self, code: &str, now: SystemTime) -> Option<Claims> {
        let code = self.key.verify(code.trim(), now).ok()?;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, expires_at| *expires_at > now);
        let is_new = used.insert(code.session_id, code.expires_at).is_none();
        is_new.then(|| claims(now + SESSION_LIFETIME))
    }
}

fn claims(expires_at: SystemTime) -> Claims {
    Claims {
        session_id: uuid::Uuid::new_v4().simple().to_string(),
        user_id: USER_ID,
        username: USERNAME.to_owned(),
        is_staff: true,
        expires_at,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::UNIX_EPOCH;

    use super::*;

    fn codes(letter: &str) -> AccessCodes {
        AccessCodes::new(&SecretKey::new(letter.repeat(64)).unwrap())
    }

    #[test]
    fn a_code_opens_once_and_only_for_a_while() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let codes = codes("k");
        let code = codes.issue(now);
        assert!(codes.redeem(&code, now + CODE_LIFETIME).is_none());
        let claims = codes.redeem(&format!(" {code}\n"), now).unwrap();
        assert_eq!(claims.user_id, USER_ID);
        assert_eq!(claims.expires_at, now + SESSION_LIFETIME);
        assert!(codes.redeem(&code, now).is_none());
        assert!(codes.redeem(&codes.issue(now), now).is_some());
    }

    #[test]
    fn a_session_token_or_a_strangers_code_opens_nothing() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let secret = SecretKey::new("k".repeat(64)).unwrap();
        let token = TokenKey::derive(&secret).sign(&claims(now + CODE_LIFETIME));
        for code in [token, codes("l").issue(now), String::new()] {
            assert!(codes("k").redeem(&code, now).is_none(), "{code}");
        }
    }
}
