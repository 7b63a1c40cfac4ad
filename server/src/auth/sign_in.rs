//! Signing in: throttle, queue, look-up, one password hash whatever the answer.

use std::net::IpAddr;
use std::sync::Arc;

use ops::clock::Clock;

use super::access_code::{AccessCode, CodeKey};
use super::audit_trail::AuditTrail;
use super::failed_sign_ins::{Attempted, FailedSignIns};
use super::hashing_queue::{Busy, HashingQueue, Permit};
use super::password::{self, PasswordError};
use super::throttle::{Network, RetryAfter, Throttle};
use super::username::{ACCESS_CODE, Username};
use crate::db::queries::audit::Trace;
use crate::db::queries::users::{self, User};
use crate::db::{Db, DbError};

pub struct SignIn {
    db: Db,
    codes: CodeKey,
    clock: Arc<dyn Clock>,
    throttle: Throttle,
    queue: HashingQueue,
    failed: FailedSignIns,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub enum Refused {
    /// Wrong name, wrong password, not staff or not active: all alike.
    WrongCredentials,
    Throttled {
        retry_after_seconds: u64,
    },
    Busy(Busy),
    Database(DbError),
    Password(PasswordError),
}

/// What a password check found out.
enum Checked {
    Right(User),
    Wrong {
        /// Somebody has that name.
        is_known: bool,
    },
}

impl SignIn {
    pub fn new(db: Db, codes: CodeKey, clock: Arc<dyn Clock>, trail: AuditTrail) -> Self {
        Self {
            db,
            codes,
            clock,
            throttle: Throttle::default(),
            queue: HashingQueue::default(),
            failed: FailedSignIns::new(trail),
        }
    }

    /// The user with this name and password, if it is one who may open the desk. `trace` says where
    /// the attempt comes from.
    pub async fn attempt(
        &self,
        username: String,
        password: String,
        ip: Option<IpAddr>,
        trace: &Trace,
    ) -> Result<User, Refused> {
        let throttled = |wait| self.throttled(&username, ip, trace, wait);
        self.throttle
            .check(&username, ip, self.clock.monotonic())
            .map_err(throttled)?;
        // First in line for a hash, then counted: several right sign-ins at once are no guessing.
        let permit = self.queue.enter(Network::widest(ip)).await;
        let permit = permit.map_err(Refused::Busy)?;
        let now = self.clock.monotonic();
        let attempt = self.throttle.begin(&username, ip, now).map_err(throttled)?;
        match self.check(&username, password, permit).await {
            Ok(Checked::Right(user)) => {
                attempt.succeeded();
                Ok(user)
            }
            Ok(Checked::Wrong { is_known }) => {
                attempt.failed();
                self.failed
                    .failed(&self.attempted(&username, ip, trace), is_known);
                Err(Refused::WrongCredentials)
            }
            Err(refused) => {
                attempt.undecided();
                Err(refused)
            }
        }
    }

    /// The access code that was typed, if it is one of ours and holds. Throttled like a name that
    /// nobody has.
    pub fn redeem(
        &self,
        typed: &str,
        ip: Option<IpAddr>,
        trace: &Trace,
    ) -> Result<AccessCode, Refused> {
        let attempt = self
            .throttle
            .begin(ACCESS_CODE, ip, self.clock.monotonic())
            .map_err(|wait| self.throttled(ACCESS_CODE, ip, trace, wait))?;
        match self.codes.verify(typed, self.clock.now()) {
            Ok(code) => {
                attempt.succeeded();
                Ok(code)
            }
            Err(_) => {
                attempt.failed();
                self.failed
                    .failed(&self.attempted(ACCESS_CODE, ip, trace), true);
                Err(Refused::WrongCredentials)
            }
        }
    }

    /// Takes as long for a name that nobody has, or that is none, as for a wrong password.
    async fn check(
        &self,
        username: &str,
        password: String,
        mut permit: Permit,
    ) -> Result<Checked, Refused> {
        let found = match Username::parse(username) {
            Ok(name) => users::find(&self.db, name.into_string())
                .await
                .map_err(Refused::Database)?,
            Err(_) => None,
        };
        let stored = found.as_ref().map(|user| user.password_hash.clone());
        // The permit goes along: whoever hangs up leaves the hash running.
        let verified = tokio::task::spawn_blocking(move || {
            password::verify(permit.memory(), &password, stored.as_deref())
        })
        .await
        .map_err(|_| Refused::Database(DbError::Interrupted))?
        .map_err(Refused::Password)?;
        let is_known = found.is_some();
        let may_enter = found.filter(|user| verified && user.is_staff && user.is_active);
        Ok(may_enter.map_or(Checked::Wrong { is_known }, Checked::Right))
    }

    fn throttled(
        &self,
        name: &str,
        ip: Option<IpAddr>,
        trace: &Trace,
        wait: RetryAfter,
    ) -> Refused {
        self.failed
            .throttled(&self.attempted(name, ip, trace), &self.throttle);
        Refused::Throttled {
            retry_after_seconds: wait.seconds(),
        }
    }

    fn attempted<'a>(&self, name: &'a str, ip: Option<IpAddr>, trace: &'a Trace) -> Attempted<'a> {
        Attempted {
            pair: self.throttle.pair(name, ip),
            name,
            ip,
            trace,
            now: self.clock.monotonic(),
        }
    }
}
