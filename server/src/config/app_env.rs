//! The kind of installation this is.

use super::error::ConfigError;
use super::settings::Settings;
use super::variables;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppEnv {
    Development,
    /// Demands a secret key, makes cookies `Secure`, turns Sentry on if there is a DSN.
    Production,
}

impl AppEnv {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        settings.required(&variables::APP_ENV, |text| match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err("development or production".to_owned()),
        })
    }

    pub fn is_production(self) -> bool {
        self == Self::Production
    }

    /// The name that operators and Sentry know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}
