//! Signing in: throttle, look-up, one password hash whatever the answer.

use std::net::IpAddr;
use std::sync::Arc;

use ops::clock::Clock;
use tokio::sync::Semaphore;

use super::access_code::{AccessCode, CodeKey};
use super::password::{self, PasswordError};
use super::session::READ_ONLY_NAME;
use super::throttle::Throttle;
use crate::db::queries::users::{self, User};
use crate::db::{Db, DbError};

/// One hash takes 19 MiB and tens of milliseconds of a core: more at once would only be slower.
const HASHES_AT_ONCE: usize = 2;

/// Longer names are nobody's.
const MAX_USERNAME_BYTES: usize = 256;

pub struct SignIn {
    db: Db,
    codes: CodeKey,
    clock: Arc<dyn Clock>,
    throttle: Throttle,
    hashing: Semaphore,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub enum Refused {
    /// Wrong name, wrong password, not staff or not active: all alike.
    WrongCredentials,
    Throttled {
        retry_after_seconds: u64,
    },
    Database(DbError),
    Password(PasswordError),
}

impl SignIn {
    pub fn new(db: Db, codes: CodeKey, clock: Arc<dyn Clock>) -> Self {
        Self {
            db,
            codes,
            clock,
            throttle: Throttle::default(),
            hashing: Semaphore::new(HASHES_AT_ONCE),
        }
    }

    /// The user with this name and password, if it is one who may open the desk.
    pub async fn attempt(
        &self,
        username: String,
        password: String,
        ip: Option<IpAddr>,
    ) -> Result<User, Refused> {
        // First in line for a hash, then counted: several right sign-ins at once are no guessing.
        // Never closed, so the permit is always got.
        let _permit = self.hashing.acquire().await;
        let now = self.clock.monotonic();
        let attempt =
            self.throttle
                .begin(&username, ip, now)
                .map_err(|wait| Refused::Throttled {
                    retry_after_seconds: wait.seconds(),
                })?;
        match self.check(username, password).await {
            Ok(Some(user)) => {
                attempt.succeeded();
                Ok(user)
            }
            Ok(None) => {
                attempt.failed();
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
    pub fn redeem(&self, typed: &str, ip: Option<IpAddr>) -> Result<AccessCode, Refused> {
        let attempt = self
            .throttle
            .begin(READ_ONLY_NAME, ip, self.clock.monotonic())
            .map_err(|wait| Refused::Throttled {
                retry_after_seconds: wait.seconds(),
            })?;
        match self.codes.verify(typed, self.clock.now()) {
            Ok(code) => {
                attempt.succeeded();
                Ok(code)
            }
            Err(_) => {
                attempt.failed();
                Err(Refused::WrongCredentials)
            }
        }
    }

    /// Takes as long for a name that nobody has as for a wrong password.
    async fn check(&self, username: String, password: String) -> Result<Option<User>, Refused> {
        let found = if username.len() > MAX_USERNAME_BYTES {
            None
        } else {
            users::find(&self.db, username)
                .await
                .map_err(Refused::Database)?
        };
        let stored = found.as_ref().map(|user| user.password_hash.clone());
        let verified =
            tokio::task::spawn_blocking(move || password::verify(&password, stored.as_deref()))
                .await
                .map_err(|_| Refused::Database(DbError::Interrupted))?
                .map_err(Refused::Password)?;
        Ok(found.filter(|user| verified && user.is_staff && user.is_active))
    }
}
