//! API tokens: `Authorization: Bearer asd_…`, for programs.
//!
//! A token is 256 random bits, so its plain hash is enough to keep. It is looked up on every
//! request: a revoked one is of no use at once. With the registry's database down, what this process
//! has seen of a token within the last hour has to do, so that the desk's data stay within reach: for
//! reading, and unless the desk's own store knows it to be revoked.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::ValueEnum;
use ops::clock::Clock;
use ops::health::HealthChecks;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use crate::db::probe::{self, is_down};
use crate::db::queries::audit::Trace;
use crate::db::queries::{revocations, tokens};
use crate::db::time::naive;
use crate::db::{Db, DbError, Errand};

/// Tells what it is to whoever finds one lying around.
const PREFIX: &str = "asd_";

/// How exactly it is known when a token was last used.
const USE_RECORDED_EVERY: Duration = Duration::from_secs(60);

/// How many tokens a process remembers, and for how long.
const MAX_REMEMBERED: usize = 1000;
const REMEMBERED_FOR: Duration = Duration::from_secs(60 * 60);

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
    /// Whether the registry has just said so; else it is remembered, and for reading only.
    pub is_confirmed: bool,
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

/// Whether it can be a token of this service at all.
pub fn is_ours(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// Records in the desk's own store that a token was revoked, for as long as any process may remember
/// it.
///
/// # Errors
/// If the store is away.
pub async fn record_revocation(ops: &Db, hash: &str, now: SystemTime) -> Result<(), DbError> {
    let revoked = vec![(revocation_id(hash), naive(now + 2 * REMEMBERED_FOR))];
    revocations::record(ops, revoked, naive(now)).await
}

/// Under which the desk's store keeps it, beside ended sessions.
fn revocation_id(hash: &str) -> String {
    format!("token:{hash}")
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
    ops: Db,
    health: HealthChecks,
    clock: Arc<dyn Clock>,
    runtime: Handle,
    /// By hash.
    remembered: Mutex<HashMap<String, Remembered>>,
}

struct Remembered {
    token: ApiToken,
    confirmed_at: Instant,
    use_recorded_at: SystemTime,
}

impl ApiTokens {
    pub fn new(
        db: Db,
        ops: Db,
        health: HealthChecks,
        clock: Arc<dyn Clock>,
        runtime: Handle,
    ) -> Self {
        Self {
            db,
            ops,
            health,
            clock,
            runtime,
            remembered: Mutex::default(),
        }
    }

    /// Whose token this is.
    pub async fn identify(&self, token: &str, errand: Errand) -> Bearer {
        if !is_ours(token) {
            return Bearer::Unknown;
        }
        let hash = hash(token);
        let check = probe::known(&self.health).await;
        let found = if is_down(check.as_ref()) {
            None
        } else {
            tokens::find(&self.db, hash.clone(), errand).await.ok()
        };
        match found {
            Some(Some(row)) => match Scope::parse(&row.scope) {
                Some(scope) => {
                    let token = ApiToken {
                        id: row.id,
                        name: row.name,
                        scope,
                        is_confirmed: true,
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
            None => self.recall(&hash).await,
        }
    }

    /// What is known without the registry.
    async fn recall(&self, hash: &str) -> Bearer {
        let revoked = revocations::is_revoked(&self.ops, revocation_id(hash)).await;
        if revoked.unwrap_or(false) {
            return Bearer::Unknown;
        }
        let now = self.clock.monotonic();
        match self.remembered().get(hash) {
            Some(known) if now.duration_since(known.confirmed_at) < REMEMBERED_FOR => {
                Bearer::Known(ApiToken {
                    is_confirmed: false,
                    ..known.token.clone()
                })
            }
            _ => Bearer::Unasked,
        }
    }

    /// Ends the token of this name: in the registry, here at once, and in the desk's store for the
    /// time when the registry can't be asked. One that is ended already is what was asked for.
    ///
    /// # Errors
    /// If the registry does not take it.
    pub async fn revoke(&self, name: String, trace: Trace) -> Result<(), DbError> {
        let Some(hash) = tokens::revoke(&self.db, name, trace).await? else {
            return Ok(());
        };
        self.remembered().remove(&hash);
        // A store that is away has said so in the log; other replicas ask the registry.
        _ = record_revocation(&self.ops, &hash, self.clock.now()).await;
        Ok(())
    }

    /// Forgets those that were revoked elsewhere, while the registry can say so.
    pub async fn refresh(&self) {
        let began = self.clock.monotonic();
        let hashes: Vec<String> = self.remembered().keys().cloned().collect();
        if hashes.is_empty() {
            return;
        }
        if let Ok(live) = tokens::live(&self.db, hashes).await {
            let live: HashSet<String> = live.into_iter().collect();
            self.remembered()
                .retain(|hash, known| live.contains(hash) || known.confirmed_at >= began);
        }
    }

    /// Keeps it for an outage, and lets the database know of its use, but not on the request's time.
    fn remember(&self, hash: String, token: ApiToken) {
        let (now, confirmed_at) = (self.clock.now(), self.clock.monotonic());
        let id = token.id;
        {
            let mut remembered = self.remembered();
            if let Some(known) = remembered.get_mut(&hash) {
                known.confirmed_at = confirmed_at;
                let since = now.duration_since(known.use_recorded_at);
                if since.is_ok_and(|since| since < USE_RECORDED_EVERY) {
                    return;
                }
            } else if remembered.len() >= MAX_REMEMBERED {
                remembered.clear();
            }
            let known = Remembered {
                token,
                confirmed_at,
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
