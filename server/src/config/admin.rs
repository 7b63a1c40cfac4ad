//! The first admin, made while no user exists.

use std::fmt;

use super::error::ConfigError;
use super::settings::Settings;
use super::variables;
use crate::auth::password;
use crate::auth::username::Username;
use crate::process::AppEnv;

#[derive(Debug, Clone)]
pub struct Admin {
    pub username: Username,
    /// `None`: generate one and print it.
    pub password: Option<AdminPassword>,
}

/// A password in the clear that no `Debug` output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct AdminPassword(String);

impl AdminPassword {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AdminPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminPassword(***)")
    }
}

impl Admin {
    pub(super) fn read(settings: &Settings, app_env: AppEnv) -> Result<Self, ConfigError> {
        Ok(Self {
            username: settings.required(&variables::ADMIN_USERNAME, |text| {
                Username::parse(text).map_err(|unfit| unfit.to_string())
            })?,
            password: settings.optional(&variables::ADMIN_PASSWORD, |text| {
                password::check(text, app_env).map_err(|unfit| unfit.to_string())?;
                Ok(AdminPassword(text.to_owned()))
            })?,
        })
    }
}
