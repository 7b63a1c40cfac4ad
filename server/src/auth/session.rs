//! Sessions: a signed cookie, and a row that says the session still stands.
//!
//! The row is asked on every request, so that signing out or a changed password counts at once.
//! With the registry's database down nobody can ask it: then the signature has to do, except for
//! sessions that the desk's own store knows to be ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDateTime, Utc};
use ops::clock::Clock;
use ops::health::Registry;
use std::sync::Arc;

use super::token::{Claims, LIFETIME, TokenKey};
use crate::db::queries::users::User;
use crate::db::queries::{revocations, sessions};
use crate::db::{Db, DbError};
use crate::health::DATABASE;
use crate::middleware::CurrentUser;

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
            is_staff: user.is_staff,
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

    /// Whose token this is, if it stands.
    pub async fn identify(&self, token: &str) -> Option<CurrentUser> {
        let now = self.clock.now();
        let claims = self.key.verify(token, now).ok()?;
        if self.ended().contains_key(&claims.session_id) {
            return None;
        }
        match self.ask_registry(&claims, now).await {
            // One that was ended while the registry was down still has its row there.
            Ok(Some(user)) if !self.is_revoked(&claims).await => Some(CurrentUser {
                id: user.id,
                username: user.username,
                is_staff: user.is_staff,
                session_id: claims.session_id,
            }),
            Ok(_) => None,
            Err(Unasked) => self.without_registry(claims).await,
        }
    }

    /// The registry's answer, unless it can't be had. The health report, at most a second old, says
    /// whether asking is worth the wait.
    async fn ask_registry(
        &self,
        claims: &Claims,
        now: SystemTime,
    ) -> Result<Option<User>, Unasked> {
        let report = self.health.report().await;
        let down = report
            .check(DATABASE)
            .is_none_or(|check| check.error.is_some());
        if down {
            return Err(Unasked);
        }
        let found = sessions::find(&self.db, claims.session_id.clone(), naive(now)).await;
        found.map_err(|_| Unasked)
    }

    async fn without_registry(&self, claims: Claims) -> Option<CurrentUser> {
        if self.is_revoked(&claims).await {
            return None;
        }
        Some(CurrentUser {
            id: claims.user_id,
            username: claims.username,
            is_staff: claims.is_staff,
            session_id: claims.session_id,
        })
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

/// As the databases keep it.
pub fn naive(time: SystemTime) -> NaiveDateTime {
    DateTime::<Utc>::from(time).naive_utc()
}
