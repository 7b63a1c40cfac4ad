//! The first admin, made while no user exists.

use std::fmt;

use super::error::ConfigError;
use super::settings::Settings;
use super::variables;

const MAX_USERNAME_CHARS: usize = 150;

#[derive(Debug, Clone)]
pub struct Admin {
    pub username: String,
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
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            username: settings.required(&variables::ADMIN_USERNAME, username)?,
            password: settings.optional(&variables::ADMIN_PASSWORD, |text| {
                Ok(AdminPassword(text.to_owned()))
            })?,
        })
    }
}

fn username(text: &str) -> Result<String, String> {
    let is_name = text.chars().count() <= MAX_USERNAME_CHARS
        && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    is_name
        .then(|| text.to_owned())
        .ok_or_else(|| format!("a name of at most {MAX_USERNAME_CHARS} characters without blanks"))
}
