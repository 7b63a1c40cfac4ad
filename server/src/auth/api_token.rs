//! API tokens: `Authorization: Bearer asd_…`, for programs.
//!
//! A token is 256 random bits, so its plain hash is enough to keep. It is looked up on every
//! request: a revoked one is of no use at once. With the registry's database down, what this process
//! has seen of a token since then has to do, so that the desk's data stay within reach.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::ValueEnum;
use ops::clock::Clock;
use ops::health::Registry;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use super::session::naive;
use crate::db::Db;
use crate::db::queries::tokens;
use crate::health;

/// Tells what it is to whoever finds one lying around.
const PREFIX: &str = "asd_";

/// How exactly it is known when a token was last used.
const USE_RECORDED_EVERY: Duration = Duration::from_secs(60);

/// How many tokens a process remembers.
const MAX_REMEMBERED: usize = 1000;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// Read the registry; this says who reads.
    Read,
    /// Read and change the registry.
    Write,
    /// Read the desk's data.
    Ops,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Ops => "ops",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Read, Self::Write, Self::Ops]
            .into_iter()
            .find(|scope| scope.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: i64,
    pub name: String,
    pub scope: Scope,
}

impl ApiToken {
    /// As logs and the audit name who acts by it.
    pub fn as_user(&self) -> String {
        format!("token:{}", self.name)
    }
}

/// What came of a request's `Authorization: Bearer`; in its extensions if there was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearer {
    Known(ApiToken),
    Unknown,
    /// The database that knows can't be asked.
    Unasked,
}

/// Whether a text may be a token's name.
pub fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// A new token: the secret to show once, and the hash to keep.
///
/// # Errors
/// If the system has no randomness.
pub fn generate() -> Result<(String, String), getrandom::Error> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret)?;
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(secret));
    let hash = hash(&token);
    Ok((token, hash))
}

fn hash(token: &str) -> String {
    let digest = Sha256::digest(token);
    digest.iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

pub struct ApiTokens {
    db: Db,
    health: Registry,
    clock: Arc<dyn Clock>,
    runtime: Handle,
    /// By hash.
    remembered: Mutex<HashMap<String, Remembered>>,
}

struct Remembered {
    token: ApiToken,
    use_recorded_at: SystemTime,
}

impl ApiTokens {
    pub fn new(db: Db, health: Registry, clock: Arc<dyn Clock>, runtime: Handle) -> Self {
        Self {
            db,
            health,
            clock,
            runtime,
            remembered: Mutex::default(),
        }
    }

    /// Whose token this is.
    pub async fn identify(&self, token: &str) -> Bearer {
        if !token.starts_with(PREFIX) {
            return Bearer::Unknown;
        }
        let hash = hash(token);
        let found = if health::is_down(&self.health.report().await) {
            None
        } else {
            tokens::find(&self.db, hash.clone()).await.ok()
        };
        match found {
            Some(Some(row)) => match Scope::parse(&row.scope) {
                Some(scope) => {
                    let token = ApiToken {
                        id: row.id,
                        name: row.name,
                        scope,
                    };
                    self.remember(hash, token.clone());
                    Bearer::Known(token)
                }
                None => Bearer::Unknown,
            },
            Some(None) => {
                self.remembered().remove(&hash);
                Bearer::Unknown
            }
            None => match self.remembered().get(&hash) {
                Some(known) => Bearer::Known(known.token.clone()),
                None => Bearer::Unasked,
            },
        }
    }

    /// Keeps it for an outage, and lets the database know of its use, but not on the request's time.
    fn remember(&self, hash: String, token: ApiToken) {
        let now = self.clock.now();
        let id = token.id;
        {
            let mut remembered = self.remembered();
            let recorded = remembered.get(&hash).map(|known| known.use_recorded_at);
            let is_due = recorded.is_none_or(|at| {
                now.duration_since(at)
                    .map_or(true, |since| since >= USE_RECORDED_EVERY)
            });
            if !is_due {
                return;
            }
            if remembered.len() >= MAX_REMEMBERED {
                remembered.clear();
            }
            let known = Remembered {
                token,
                use_recorded_at: now,
            };
            remembered.insert(hash, known);
        }
        let db = self.db.clone();
        self.runtime.spawn(async move {
            // A failure is in the log already; the next use tries again in a minute.
            _ = tokens::used(&db, id, naive(now)).await;
        });
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<String, Remembered>> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn tokens_differ_and_only_their_hash_is_to_be_kept() {
        let ((one, one_hash), (other, other_hash)) = (generate().unwrap(), generate().unwrap());
        assert!(one.starts_with(PREFIX) && one.len() == PREFIX.len() + 43);
        assert_ne!(one, other);
        assert_ne!(one_hash, other_hash);
        assert_eq!(hash(&one), one_hash);
        assert_eq!(one_hash.len(), 64);
    }

    #[test]
    fn a_scope_is_read_as_it_is_written() {
        for scope in [Scope::Read, Scope::Write, Scope::Ops] {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::parse("all"), None);
    }
}
