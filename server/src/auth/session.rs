//! Sessions: a signed cookie, and a row that says the session still stands.
//!
//! The row is asked on every request, so that signing out or a changed password counts at once. While
//! the registry's database can't say, a session is judged by what the desk knows by itself
//! ([`KnownSessions`]), and is for reading only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt as _;
use ops::clock::Clock;
use ops::health::{Code, HealthChecks};
use ops::single_flight::SingleFlight;
use tokio::sync::watch;

use super::access_code::AccessCode;
use super::audit_trail::AuditTrail;
use super::identity::{CurrentUser, Purpose, Rights};
use super::known_sessions::{KnownSessions, Standing};
use super::token::{Access, Claims, LIFETIME, TokenKey};
use super::username::ACCESS_CODE;
use crate::db::probe::{self, is_down};
use crate::db::queries::audit::Trace;
use crate::db::queries::users::{self, User};
use crate::db::queries::{revocations, sessions};
use crate::db::time::naive;
use crate::db::{Db, DbError};

/// A registry that is slower than this is as good as down for who only looks.
const FIND_LIMIT: Duration = Duration::from_millis(300);
/// Who wants to change something is asked about once more, with more patience.
const SECOND_FIND_LIMIT: Duration = Duration::from_secs(2);

/// How long the desk stays open for who came in by an access code.
pub const READ_ONLY_LIFETIME: Duration = Duration::from_secs(60 * 60);

pub struct Sessions {
    key: TokenKey,
    db: Db,
    ops: Db,
    health: HealthChecks,
    clock: Arc<dyn Clock>,
    trail: AuditTrail,
    known: KnownSessions,
    /// Whether bringing up the databases was tried.
    bring_up_tried: watch::Sender<bool>,
    /// What the registry is asked just now, by the session's id.
    asked: SingleFlight<String, Result<Option<User>, Unasked>>,
    /// Ended in this process, by id, until they would have expired: holds even with both
    /// databases down.
    ended: Mutex<HashMap<String, SystemTime>>,
}

impl Sessions {
    pub fn new(
        key: TokenKey,
        db: Db,
        ops: Db,
        health: HealthChecks,
        clock: Arc<dyn Clock>,
        trail: AuditTrail,
    ) -> Self {
        Self {
            known: KnownSessions::new(db.clone(), ops.clone(), Arc::clone(&clock)),
            bring_up_tried: watch::Sender::new(false),
            asked: SingleFlight::default(),
            key,
            db,
            ops,
            health,
            clock,
            trail,
            ended: Mutex::default(),
        }
    }

    /// Begins a session and returns its token for the cookie.
    pub async fn begin(&self, user: &User, trace: Trace) -> Result<String, DbError> {
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
        let entry = trace.entry("sign_in", "user", &user.username, String::new());
        match sessions::begin(&self.db, row, entry).await {
            // The user is known, only nothing can be written down: the desk opens for reading.
            Err(error) if error.code() == Code::ReadOnly => {
                return Ok(self.key.sign(&Claims {
                    access: Access::ReadOnly,
                    expires_at: now + READ_ONLY_LIFETIME,
                    ..claims
                }));
            }
            begun => begun?,
        }
        self.known.admit(&claims.session_id, user.is_staff).await;
        Ok(self.key.sign(&claims))
    }

    /// Begins the session of whoever brought a code, and returns its token; `None` if the code was
    /// used before. With the desk's store down as well, only this process knows which were.
    pub async fn begin_read_only(&self, code: &AccessCode, trace: Trace) -> Option<String> {
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
        let detail = "opened the desk for reading, for an hour".to_owned();
        let entry = trace.entry("use", "access-code", &code.id, detail);
        self.trail.enqueue(entry);
        Some(self.key.sign(&Claims {
            session_id: uuid::Uuid::new_v4().simple().to_string(),
            user_id: 0,
            username: ACCESS_CODE.to_owned(),
            access: Access::ReadOnly,
            expires_at: now + READ_ONLY_LIFETIME,
        }))
    }

    /// Whose token this is, if it stands, and what it is good for now.
    pub async fn identify(&self, token: &str, purpose: Purpose) -> Option<CurrentUser> {
        let now = self.clock.now();
        let claims = self.key.verify(token, now).ok()?;
        if self.ended().contains_key(&claims.session_id) {
            return None;
        }
        // No row of the registry stands behind it.
        if claims.access == Access::ReadOnly {
            let is_revoked =
                self.is_revoked(&claims).await || self.is_makeshift_over(&claims).await;
            let rights = if claims.user_id == 0 {
                Rights::AccessCode
            } else {
                Rights::Read
            };
            return (!is_revoked).then(|| by_claims(claims, true, rights));
        }
        // Side by side, since both may be slow. One that was ended while the registry was down still
        // has its row there.
        let (asked, is_revoked) = futures_util::join!(
            self.ask_registry(&claims, now, purpose),
            self.is_revoked(&claims)
        );
        if is_revoked {
            return None;
        }
        match asked {
            Ok(found) => found.map(|user| CurrentUser {
                id: user.id,
                username: user.username,
                is_staff: user.is_staff,
                rights: Rights::Full,
                session_id: claims.session_id,
            }),
            Err(Unasked) => match self.known.judge(&claims).await {
                Standing::Known { is_staff } => Some(by_claims(claims, is_staff, Rights::Watch)),
                Standing::Remembered { is_staff } => {
                    Some(by_claims(claims, is_staff, Rights::Read))
                }
                Standing::Over => None,
            },
        }
    }

    /// Whether nobody can be looked up in the registry now.
    pub async fn is_registry_down(&self) -> bool {
        let check = probe::known(&self.health).await;
        is_down(check.as_ref())
    }

    /// Both databases have been tried to be brought up, with or without success.
    pub fn bring_up_was_tried(&self) {
        self.bring_up_tried.send_replace(true);
    }

    /// Resolves after [`Sessions::bring_up_was_tried`].
    pub async fn bring_up_tried(&self) {
        // It fails only without a sender, which is here.
        _ = self
            .bring_up_tried
            .subscribe()
            .wait_for(|tried| *tried)
            .await;
    }

    /// Learns from the registry which sessions stand; false if it does not answer.
    pub async fn refresh(&self) -> bool {
        self.known.refresh().await
    }

    /// The registry's answer, unless it can't be had, or not soon. The health check says whether
    /// asking is worth the wait. One that was only late is asked once more before a change is refused.
    async fn ask_registry(
        &self,
        claims: &Claims,
        now: SystemTime,
        purpose: Purpose,
    ) -> Result<Option<User>, Unasked> {
        if self.is_registry_down().await {
            return Err(Unasked);
        }
        let find = |limit: Duration| {
            let (db, id) = (self.db.clone(), claims.session_id.clone());
            async move {
                let found = sessions::find(&db, id, naive(now), limit).await;
                found.map_err(|_| Unasked)
            }
        };
        let shared = || find(FIND_LIMIT).boxed();
        match self.asked.join(&claims.session_id, shared).await {
            Err(Unasked) if purpose == Purpose::Change => find(SECOND_FIND_LIMIT).await,
            found => found,
        }
    }

    /// Whether a session that the registry could not write down is over: it takes writes again, so that
    /// signing in once more gives a real one, or it lets the user in no longer. An access code is
    /// nobody's.
    async fn is_makeshift_over(&self, claims: &Claims) -> bool {
        if claims.user_id == 0 {
            return false;
        }
        let check = probe::known(&self.health).await;
        if is_down(check.as_ref()) {
            return false;
        }
        let is_read_only = check.is_some_and(|check| check.error == Some(Code::ReadOnly));
        if !is_read_only && !self.db.is_read_only().await {
            return true;
        }
        match users::find(&self.db, claims.username.clone()).await {
            Ok(found) => !found
                .is_some_and(|user| user.id == claims.user_id && user.is_active && user.is_staff),
            Err(_) => false,
        }
    }

    /// Whether the desk's store knows the session to be ended. With that store down, what this
    /// process remembers has been asked already.
    async fn is_revoked(&self, claims: &Claims) -> bool {
        let revoked = revocations::is_revoked(&self.ops, claims.session_id.clone()).await;
        revoked.unwrap_or(false)
    }

    /// Ends a session for good: in memory, in the registry, and in the desk's store for the time
    /// when the registry can't be asked. One of the databases may be down.
    pub async fn end(&self, user: &CurrentUser, trace: Trace) {
        let now = self.clock.now();
        let id = user.session_id.clone();
        {
            let mut ended = self.ended();
            ended.retain(|_, expires_at| *expires_at > now);
            ended.insert(id.clone(), now + LIFETIME);
        }
        let revoked = vec![(id.clone(), naive(now + LIFETIME))];
        let entry = trace.entry("sign_out", "user", &user.username, String::new());
        let (in_registry, in_store) = futures_util::join!(
            sessions::end(&self.db, id, entry.clone()),
            revocations::record(&self.ops, revoked, naive(now)),
        );
        if in_registry.is_err() {
            self.trail.enqueue(entry);
        }
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
#[derive(Clone)]
struct Unasked;

fn by_claims(claims: Claims, is_staff: bool, rights: Rights) -> CurrentUser {
    CurrentUser {
        id: claims.user_id,
        username: claims.username,
        is_staff,
        rights,
        session_id: claims.session_id,
    }
}
