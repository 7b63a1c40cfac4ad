//! Passwords: rules, hashes, and made-up ones. Everything here computes on the caller's thread and
//! takes tens of milliseconds there: spawn it where that does no harm.

use std::collections::HashSet;

use argon2::password_hash::{
    Error, PasswordHasher as _,
    phc::{Output, PasswordHash},
};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::process::AppEnv;

const MIN_CHARS: usize = 8;
/// Where the service may stand on the open network.
const MIN_CHARS_IN_PRODUCTION: usize = 12;
/// More would only be work for whoever sends it.
pub const MAX_BYTES: usize = 1024;
const MIN_DIFFERENT_CHARS: usize = 4;

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

/// Why a password may not be chosen. The message completes "… is not …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitPassword {
    #[error("a password of at least {0} characters")]
    TooShort(usize),
    #[error("a password of at most {MAX_BYTES} bytes")]
    TooLong,
    #[error(
        "a password of at least {MIN_DIFFERENT_CHARS} different characters that does not repeat one piece over and over"
    )]
    Repeated,
}

/// The rules for a new password; one that is in use is only verified.
///
/// # Errors
/// Which rule it breaks.
pub fn check(password: &str, app_env: AppEnv) -> Result<(), UnfitPassword> {
    if password.len() > MAX_BYTES {
        return Err(UnfitPassword::TooLong);
    }
    let min_chars = if app_env.is_production() {
        MIN_CHARS_IN_PRODUCTION
    } else {
        MIN_CHARS
    };
    let characters: Vec<char> = password.chars().collect();
    if characters.len() < min_chars {
        return Err(UnfitPassword::TooShort(min_chars));
    }
    let different: HashSet<char> = characters.iter().copied().collect();
    if different.len() < MIN_DIFFERENT_CHARS || repeats(&characters) {
        return Err(UnfitPassword::Repeated);
    }
    Ok(())
}

/// Whether it is one piece at least twice, and the beginning of that piece: `abcdabcdab`.
fn repeats(characters: &[char]) -> bool {
    (1..=characters.len() / 2).any(|piece| {
        let shifted = characters.iter().skip(piece);
        shifted.eq(characters.iter().take(characters.len() - piece))
    })
}

/// What argon2 computes in. Made once and used again: allocated afresh for each check, such blocks
/// would stay behind in the allocator's arenas, twenty megabytes for each thread that ever checked
/// a password.
pub struct HashingMemory(Vec<Block>);

impl Default for HashingMemory {
    fn default() -> Self {
        Self(vec![Block::new(); Params::default().block_count()])
    }
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
pub fn verify(
    memory: &mut HashingMemory,
    password: &str,
    stored: Option<&str>,
) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(stored.unwrap_or(NOBODYS_HASH))
        .map_err(|error| PasswordError::StoredHash(error.into()))?;
    let is_right = computes_to(memory, password, &hash).map_err(PasswordError::StoredHash)?;
    Ok(is_right && stored.is_some())
}

fn computes_to(
    memory: &mut HashingMemory,
    password: &str,
    stored: &PasswordHash,
) -> Result<bool, Error> {
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(Error::PasswordInvalid);
    };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
    let version = stored.version.map(Version::try_from).transpose()?;
    let params = Params::try_from(stored)?;
    let block_count = params.block_count();
    let argon2 = Argon2::new(algorithm, version.unwrap_or_default(), params);
    let mut buffer = [0; Output::MAX_LENGTH];
    let computed = buffer.get_mut(..expected.len()).ok_or(Error::OutputSize)?;
    let (password, salt) = (password.as_bytes(), salt.as_ref());
    if memory.0.len() >= block_count {
        argon2.hash_password_into_with_memory(password, salt, computed, &mut memory.0)?;
    } else {
        // Not one of our own hashes, all of which need the same.
        argon2.hash_password_into(password, salt, computed)?;
    }
    // Compares in constant time.
    Ok(Output::new(computed)? == *expected)
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
        let (mut memory, stored) = (HashingMemory::default(), hash("correct horse").unwrap());
        // One after the other in the same memory: nothing of the last one counts.
        let mut verify = |password, stored| verify(&mut memory, password, stored).unwrap();
        assert!(verify("correct horse", Some(&stored)));
        assert!(!verify("correct hors", Some(&stored)));
        assert!(!verify("", Some(&stored)));
        assert!(!verify("correct horse", None));
        assert!(verify("correct horse", Some(&stored)));
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
        let (mut memory, stored) = (HashingMemory::default(), hash("correct horse").unwrap());
        let mut time = |stored: Option<&str>| -> Duration {
            let start = Instant::now();
            verify(&mut memory, "wrong", stored).unwrap();
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
        let mut memory = HashingMemory::default();
        for broken in [
            "",
            "plain",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA",
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgb3duIHNhbHQ",
        ] {
            let verified = verify(&mut memory, "plain", Some(broken));
            assert!(verified.is_err(), "{broken}");
        }
    }

    #[test]
    fn a_hash_that_needs_more_than_the_kept_memory_is_checked_all_the_same() {
        let params = Params::new(2 * 19_456, 1, 1, None).unwrap();
        let larger = Argon2::from(params)
            .hash_password(b"correct horse")
            .unwrap();
        let mut memory = HashingMemory::default();
        let mut verify = |password| verify(&mut memory, password, Some(&larger.to_string()));
        assert!(verify("correct horse").unwrap());
        assert!(!verify("wrong").unwrap());
    }

    #[test]
    fn the_rules_count_characters_and_bytes() {
        let check = |password: &str| check(password, AppEnv::Development);
        assert_eq!(check("1234567"), Err(UnfitPassword::TooShort(8)));
        assert_eq!(check("密码本里没有它的"), Ok(()));
        let long = "0123456789abcdef!".repeat(MAX_BYTES);
        let fitting = long.get(..MAX_BYTES - 1).unwrap().to_owned() + "?";
        assert_eq!(check(&fitting), Ok(()));
        assert_eq!(check(&(fitting + "!")), Err(UnfitPassword::TooLong));
    }

    #[test]
    fn production_wants_more_of_a_password() {
        let check = |password: &str| check(password, AppEnv::Production);
        assert_eq!(check("elevenchars"), Err(UnfitPassword::TooShort(12)));
        assert_eq!(check("twelve chars"), Ok(()));
    }

    #[test]
    fn what_repeats_itself_is_no_password() {
        for password in [
            "aaaaaaaa",
            "abababababab",
            "abcdabcd",
            "abcdefabcdefab",
            "aabbccaabb",
        ] {
            let checked = check(password, AppEnv::Development);
            assert_eq!(checked, Err(UnfitPassword::Repeated), "{password}");
        }
        for password in ["abcdabce", "passpassword"] {
            assert_eq!(check(password, AppEnv::Development), Ok(()), "{password}");
        }
    }

    #[test]
    fn generated_passwords_are_fit_legible_and_different() {
        let passwords: HashSet<_> = (0..100).map(|_| generate().unwrap()).collect();
        assert_eq!(passwords.len(), 100);
        for password in passwords {
            assert_eq!(password.len(), GENERATED_CHARS);
            assert_eq!(check(&password, AppEnv::Production), Ok(()));
            assert!(!password.contains(['0', '1', 'l', 'o', 'O', 'I']));
        }
    }
}
