//! Passwords: rules, hashes, and made-up ones. Everything here computes on the caller's thread and
//! takes tens of milliseconds there: spawn it where that does no harm.

use argon2::Argon2;
use argon2::password_hash::{Error, PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};

pub const MIN_CHARS: usize = 8;
/// More would only be work for whoever sends it.
pub const MAX_BYTES: usize = 1024;

/// Compared with in place of an unknown user's hash: the same algorithm, the same cost.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgb3duIHNhbHQ\
    $bm8gcGFzc3dvcmQgaGFzaGVzIHRvIHRoZXNlIGJ5dGU";

/// 32 characters that nobody takes for one another, so that five random bits are one of them.
const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
const GENERATED_CHARS: usize = 20;

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password can't be hashed: {0}")]
    Hash(Error),
    /// Says nothing about the password: the stored hash is broken.
    #[error("the stored password hash can't be checked: {0}")]
    StoredHash(Error),
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitPassword {
    #[error("a password has at least {MIN_CHARS} characters")]
    TooShort,
    #[error("a password has at most {MAX_BYTES} bytes")]
    TooLong,
}

/// The rules for a new password; one that is in use is only verified.
///
/// # Errors
/// Which rule it breaks.
pub fn check(password: &str) -> Result<(), UnfitPassword> {
    if password.len() > MAX_BYTES {
        return Err(UnfitPassword::TooLong);
    }
    if password.chars().count() < MIN_CHARS {
        return Err(UnfitPassword::TooShort);
    }
    Ok(())
}

/// A PHC string: argon2id with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane) and
/// a salt of its own.
///
/// # Errors
/// If memory or randomness can't be had.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(PasswordError::Hash)
}

/// Whether the password is the one that was hashed. `None`, for a name that nobody has, takes as
/// long as a wrong password and is always false.
///
/// # Errors
/// If the stored hash is not one, or memory can't be had.
pub fn verify(password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(stored.unwrap_or(NOBODYS_HASH))
        .map_err(|error| PasswordError::StoredHash(error.into()))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(stored.is_some()),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(PasswordError::StoredHash(error)),
    }
}

/// A password of 100 random bits that can be read aloud.
///
/// # Errors
/// If the system gives no random bytes.
pub fn generate() -> Result<String, PasswordError> {
    let mut bytes = [0; GENERATED_CHARS];
    getrandom::fill(&mut bytes)?;
    let character = |byte| {
        ALPHABET
            .get(usize::from(byte & 31))
            .copied()
            .map(char::from)
    };
    Ok(bytes.into_iter().filter_map(character).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::HashSet;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn only_the_password_itself_verifies() {
        let stored = hash("correct horse").unwrap();
        assert!(verify("correct horse", Some(&stored)).unwrap());
        assert!(!verify("correct hors", Some(&stored)).unwrap());
        assert!(!verify("", Some(&stored)).unwrap());
        assert!(!verify("correct horse", None).unwrap());
    }

    #[test]
    fn hashes_have_the_recommended_cost_and_a_salt_of_their_own() {
        let (one, other) = (hash("same").unwrap(), hash("same").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn an_unknown_name_costs_what_a_wrong_password_costs() {
        let real = hash("correct horse").unwrap();
        let (real, nobodys) = (
            PasswordHash::new(&real).unwrap(),
            PasswordHash::new(NOBODYS_HASH).unwrap(),
        );
        assert_eq!(nobodys.algorithm, real.algorithm);
        assert_eq!(nobodys.version, real.version);
        assert_eq!(nobodys.params, real.params);
        assert_eq!(
            nobodys.hash.map(|hash| hash.len()),
            real.hash.map(|hash| hash.len())
        );
    }

    #[test]
    fn an_unknown_name_is_not_answered_sooner() {
        let stored = hash("correct horse").unwrap();
        let time = |stored: Option<&str>| -> Duration {
            let start = Instant::now();
            verify("wrong", stored).unwrap();
            start.elapsed()
        };
        let (known, unknown): (Vec<_>, Vec<_>) =
            (0..8).map(|_| (time(Some(&stored)), time(None))).unzip();
        let (known, unknown) = (known.iter().min().unwrap(), unknown.iter().min().unwrap());
        // A busy machine may take twice as long, but not a thousand times as without a hash.
        assert!(*unknown * 10 > *known, "{unknown:?} against {known:?}");
    }

    #[test]
    fn a_broken_stored_hash_is_an_error_and_not_a_wrong_password() {
        for broken in ["", "plain", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA"] {
            assert!(verify("plain", Some(broken)).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_rules_count_characters_and_bytes() {
        assert_eq!(check("1234567"), Err(UnfitPassword::TooShort));
        assert_eq!(check("密码密码密码密码"), Ok(()));
        assert_eq!(check(&"x".repeat(MAX_BYTES)), Ok(()));
        assert_eq!(
            check(&"x".repeat(MAX_BYTES + 1)),
            Err(UnfitPassword::TooLong)
        );
    }

    #[test]
    fn generated_passwords_are_fit_legible_and_different() {
        let passwords: HashSet<_> = (0..100).map(|_| generate().unwrap()).collect();
        assert_eq!(passwords.len(), 100);
        for password in passwords {
            assert_eq!(password.len(), GENERATED_CHARS);
            assert_eq!(check(&password), Ok(()));
            assert!(!password.contains(['0', '1', 'l', 'o', 'O', 'I']));
        }
    }
}
