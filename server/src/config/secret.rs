//! The key that signs sessions, if the operator gives one.

use super::error::ConfigError;
use super::settings::Settings;
use super::variables;
use crate::auth::secret::{MIN_BYTES, SecretKey};
use crate::process::AppEnv;

pub(super) fn read(settings: &Settings, app_env: AppEnv) -> Result<Option<SecretKey>, ConfigError> {
    let key = settings.optional(&variables::SECRET_KEY, |text| {
        SecretKey::new(text).ok_or_else(|| format!("at least {MIN_BYTES} bytes long"))
    })?;
    if key.is_none() && app_env.is_production() {
        let reason = "APP_ENV=production demands it";
        return Err(ConfigError::missing(&variables::SECRET_KEY, reason));
    }
    Ok(key)
}
