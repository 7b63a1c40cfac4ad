//! The session by which a command on this host looks at the desk of the running service.
//!
//! Whoever can read the service's secret key can read what the desk shows anyway; what the session
//! proves is just that, as an access code does. It is for reading, no row of the registry stands
//! behind it (so that it is good with every database down), the log names who ran the command, and it
//! is over before anybody could make use of one that was sent to the wrong process.

use std::time::{Duration, SystemTime};

use super::secret::SecretKey;
use super::token::{Access, Claims, TokenKey, cookie_name};
use crate::process::AppEnv;

const LIFETIME: Duration = Duration::from_secs(15);

/// The value of a `Cookie` header; `actor` is such as `command:ada`, which no user can be called.
pub fn cookie(secret: &SecretKey, app_env: AppEnv, actor: String, now: SystemTime) -> String {
    let token = TokenKey::derive(secret).sign(&Claims {
        session_id: uuid::Uuid::new_v4().simple().to_string(),
        user_id: 0,
        username: actor,
        access: Access::ReadOnly,
        expires_at: now + LIFETIME,
    });
    format!("{}={token}", cookie_name(app_env.is_production()))
}
