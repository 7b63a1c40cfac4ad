//! Sessions: a signed cookie, and a row that says the session still stands.
//!
//! The row is asked on every request, so that signing out or a changed password counts at once.
//! With the registry's database down nobody can ask it: then the signature has to do, except for
//! sessions that the desk's own store knows to be ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDateTime, Utc};
use ops::clock::Clock;
use ops::health::Registry;
use std::sync::Arc;

use super::access_code::AccessCode;
use super::token::{Access, Claims, LIFETIME, TokenKey};
use crate::db::queries::users::User;
use crate::db::queries::{revocations, sessions};
use crate::db::{Db, DbError};
use crate::health;
use crate::middleware::CurrentUser;

/// How long it waits to hear how the registry's database is. One that is well says so at once.
const REPORT_PATIENCE: Duration = Duration::from_millis(150);

/// How long the desk stays open for who came in by an access code.
pub const READ_ONLY_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What the log calls whoever came in by an access code.
pub const READ_ONLY_NAME: &str = "access-code";

pub struct Sessions {
    key: TokenKey,
    db: Db,
    ops: Db,
    health: Registry,
    clock: Arc<dyn Clock>,
    /// Ended in this process, by id, until they would have expired: holds even with both
    /// databases down.
    ended: Mutex<HashMap<String, SystemTime>>,
}

impl Sessions {
    pub fn new(key: TokenKey, db: Db, ops: Db, health: Registry, clock: Arc<dyn Clock>) -> Self {
        Self {
            key,
            db,
            ops,
            health,
            clock,
            ended: Mutex::default(),
        }
    }

    /// Begins a session and returns its token for the cookie.
    pub async fn begin(&self, user: &User) -> Result<String, DbError> {
        let now = self.clock.now();
        let claims = Claims {
            session_id: uuid::Uuid::new_v4().simple().to_string(),
            user_id: user.id,
            username: user.username.clone(),
            access: if user.is_staff {
                Access::Staff
            } else {
                Access::Member
            },
            expires_at: now + LIFETIME,
        };
        let row = sessions::NewSession {
            id: claims.session_id.clone(),
            user_id: user.id,
            created_at: naive(now),
            expires_at: naive(claims.expires_at),
        };
        sessions::begin(&self.db, row).await?;
        Ok(self.key.sign(&claims))
    }

    /// Begins the session of whoever brought a code, and returns its token; `None` if the code was
    /// used before. With the desk's store down as well, only this process knows which were.
    pub async fn begin_read_only(&self, code: &AccessCode) -> Option<String> {
        let now = self.clock.now();
        let used = format!("access-code:{}", code.id);
        {
            let mut ended = self.ended();
            ended.retain(|_, expires_at| *expires_at > now);
            if ended.insert(used.clone(), code.expires_at).is_some() {
                return None;
            }
        }
        let is_first = revocations::claim(&self.ops, used, naive(code.expires_at)).await;
        if !is_first.unwrap_or(true) {
            return None;
        }
        Some(self.key.sign(&Claims {
            session_id: uuid::Uuid::new_v4().simple().to_string(),
            user_id: 0,
            username: READ_ONLY_NAME.to_owned(),
            access: Access::ReadOnly,
            expires_at: now + READ_ONLY_LIFETIME,
        }))
    }

    /// Whose token this is, if it stands.
    pub async fn identify(&self, token: &str) -> Option<CurrentUser> {
        let now = self.clock.now();
        let claims = self.key.verify(token, now).ok()?;
        if self.ended().contains_key(&claims.session_id) {
            return None;
        }
        // No row of the registry stands behind a code.
        if claims.access == Access::ReadOnly {
            return (!self.is_revoked(&claims).await).then(|| by_signature(claims));
        }
        // Side by side, since both may be slow. One that was ended while the registry was down still
        // has its row there.
        let (asked, is_revoked) =
            futures_util::join!(self.ask_registry(&claims, now), self.is_revoked(&claims));
        match asked {
            _ if is_revoked => None,
            Ok(found) => found.map(|user| CurrentUser {
                id: user.id,
                username: user.username,
                is_staff: user.is_staff,
                is_read_only: false,
                session_id: claims.session_id,
            }),
            Err(Unasked) => Some(by_signature(claims)),
        }
    }

    /// Whether nobody can be looked up in the registry now.
    pub async fn is_registry_down(&self) -> bool {
        health::is_down(&self.health.report_within(REPORT_PATIENCE).await)
    }

    /// The registry's answer, unless it can't be had, or not soon. The health report says whether
    /// asking is worth the wait.
    async fn ask_registry(
        &self,
        claims: &Claims,
        now: SystemTime,
    ) -> Result<Option<User>, Unasked> {
        if self.is_registry_down().await {
            return Err(Unasked);
        }
        let found = sessions::find(&self.db, claims.session_id.clone(), naive(now)).await;
        found.map_err(|_| Unasked)
    }

    /// Whether the desk's store knows the session to be ended. With that store down, what this
    /// process remembers has been asked already.
    async fn is_revoked(&self, claims: &Claims) -> bool {
        let revoked = revocations::is_revoked(&self.ops, claims.session_id.clone()).await;
        revoked.unwrap_or(false)
    }

    /// Ends a session for good: in memory, in the registry, and in the desk's store for the time
    /// when the registry can't be asked. One of the databases may be down.
    pub async fn end(&self, user: &CurrentUser) {
        let now = self.clock.now();
        let id = user.session_id.clone();
        {
            let mut ended = self.ended();
            ended.retain(|_, expires_at| *expires_at > now);
            ended.insert(id.clone(), now + LIFETIME);
        }
        let revoked = vec![(id.clone(), naive(now + LIFETIME))];
        let (in_registry, in_store) = futures_util::join!(
            sessions::end(&self.db, id),
            revocations::record(&self.ops, revoked, naive(now)),
        );
        if let (Err(error), Err(_)) = (&in_registry, &in_store) {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "a session was ended in this process only: no database could take it"
            );
        }
    }

    fn ended(&self) -> std::sync::MutexGuard<'_, HashMap<String, SystemTime>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The registry could not be asked.
struct Unasked;

/// Where nobody can say more than the token itself.
fn by_signature(claims: Claims) -> CurrentUser {
    CurrentUser {
        id: claims.user_id,
        username: claims.username,
        is_staff: matches!(claims.access, Access::Staff | Access::ReadOnly),
        is_read_only: claims.access == Access::ReadOnly,
        session_id: claims.session_id,
    }
}

/// As the databases keep it.
pub fn naive(time: SystemTime) -> NaiveDateTime {
    DateTime::<Utc>::from(time).naive_utc()
}
