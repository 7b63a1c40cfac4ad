//! Access codes: how on-call gets in while the table of users is out of reach.
//!
//! Whoever can run `agent-source-db access-code` on the host, with the service's secret key, holds
//! the service's fate in their hands anyway; what the code proves is just that. It can be read out on
//! the phone, holds for ten minutes, and is good once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::secret::SecretKey;
use super::token;

/// How long a code waits to be typed in.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

const KEY_LABEL: &[u8] = b"agent-source-db access code v1";
const ID_BYTES: usize = 6;
/// 80 bits: with the throttle in front, nobody guesses that in ten minutes.
const MAC_BYTES: usize = 10;
const GROUP: usize = 5;

/// Issues and verifies codes; made from the secret key.
pub struct CodeKey(Hmac<Sha256>);

/// A code that was ours and has not expired. Whether it was used already is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessCode {
    /// Names the code in the log; it does not open anything.
    pub id: String,
    pub expires_at: SystemTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("not a code of this service")]
    Foreign,
    #[error("expired")]
    Expired,
}

impl CodeKey {
    pub fn derive(secret: &SecretKey) -> Self {
        Self(token::derive(secret, KEY_LABEL))
    }

    /// A new code: the expiry in minutes, a random id, and the seal over both, in hexadecimal.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn issue(&self, now: SystemTime) -> Result<String, getrandom::Error> {
        let mut id = [0; ID_BYTES];
        getrandom::fill(&mut id)?;
        Ok(self.write(minute_of(now + LIFETIME), id))
    }

    fn write(&self, minute: u32, id: [u8; ID_BYTES]) -> String {
        let said: Vec<u8> = minute.to_be_bytes().into_iter().chain(id).collect();
        let seal = self.0.clone().chain_update(&said).finalize().into_bytes();
        let bytes = said.into_iter().chain(seal.into_iter().take(MAC_BYTES));
        let digits: Vec<char> = bytes
            .flat_map(|byte| format!("{byte:02X}").chars().collect::<Vec<_>>())
            .collect();
        let groups: Vec<String> = digits.chunks(GROUP).map(String::from_iter).collect();
        groups.join("-")
    }

    /// Reads a code as people type it: case, blanks and hyphens do not matter.
    ///
    /// # Errors
    /// If it is none of ours, or its time is over.
    pub fn verify(&self, typed: &str, now: SystemTime) -> Result<AccessCode, CodeError> {
        let bytes = bytes_of(typed).ok_or(CodeError::Foreign)?;
        let (said, seal) = bytes
            .split_at_checked(bytes.len().saturating_sub(MAC_BYTES))
            .ok_or(CodeError::Foreign)?;
        let (minute, id) = said.split_first_chunk().ok_or(CodeError::Foreign)?;
        if id.len() != ID_BYTES {
            return Err(CodeError::Foreign);
        }
        self.0
            .clone()
            .chain_update(said)
            .verify_truncated_left(seal)
            .map_err(|_| CodeError::Foreign)?;
        let minute = u64::from(u32::from_be_bytes(*minute));
        let expires_at = UNIX_EPOCH + Duration::from_secs(minute * 60);
        if expires_at <= now {
            return Err(CodeError::Expired);
        }
        let id = id.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(AccessCode { id, expires_at })
    }
}

/// Rounded up, so that a code never holds for less than it should.
fn minute_of(time: SystemTime) -> u32 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(since.as_secs().div_ceil(60)).unwrap_or(u32::MAX)
}

fn bytes_of(typed: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| {
            letter
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    fn key(letter: &str) -> CodeKey {
        CodeKey::derive(&SecretKey::new(letter.repeat(64)).unwrap())
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = key("k").issue(at(600)).unwrap();
        let read = key("k").verify(&code, at(600)).unwrap();
        assert_eq!(read.expires_at, at(1200));
        for typed in [
            code.to_lowercase(),
            code.replace('-', ""),
            format!("  {} ", code.replace('-', " ")),
        ] {
            assert_eq!(
                key("k").verify(&typed, at(600)),
                Ok(read.clone()),
                "{typed}"
            );
        }
    }

    #[test]
    fn a_code_holds_for_ten_minutes_and_never_less() {
        let code = key("k").issue(at(601)).unwrap();
        assert!(key("k").verify(&code, at(601 + 600)).is_ok());
        assert_eq!(
            key("k").verify(&code, at(601 + 660)),
            Err(CodeError::Expired)
        );
    }

    #[test]
    fn another_service_does_not_know_it() {
        let code = key("k").issue(at(600)).unwrap();
        assert_eq!(key("l").verify(&code, at(600)), Err(CodeError::Foreign));
    }

    #[test]
    fn two_codes_of_one_minute_differ() {
        assert_ne!(key("k").issue(at(600)), key("k").issue(at(600)));
    }

    proptest! {
        #[test]
        fn nothing_else_is_a_code(typed in "[0-9A-F -]{0,60}|.{0,60}") {
            prop_assert_eq!(key("k").verify(&typed, at(0)), Err(CodeError::Foreign));
        }

        #[test]
        fn no_changed_code_is_one(
            minute: u32,
            id: [u8; ID_BYTES],
            place in any::<prop::sample::Index>(),
            digit in "[0-9A-F]",
        ) {
            let code = key("k").write(minute, id);
            let place = place.index(code.len());
            let mut changed = code.clone();
            changed.replace_range(place..=place, &digit);
            prop_assume!(changed != code);
            prop_assert!(key("k").verify(&changed, at(0)).is_err());
        }
    }
}
