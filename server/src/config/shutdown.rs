//! How long the service takes its leave.

use std::time::Duration;

use super::error::ConfigError;
use super::number::seconds;
use super::settings::Settings;
use super::variables;

const MAX_SECONDS: u64 = 60 * 60;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shutdown {
    /// How long readiness says 503 before the listener closes, so that balancers look elsewhere.
    pub delay: Duration,
    /// How long running requests may take to finish after that.
    pub grace: Duration,
}

impl Shutdown {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            delay: settings
                .required(&variables::SHUTDOWN_DELAY_SECONDS, seconds(0..=MAX_SECONDS))?,
            grace: settings
                .required(&variables::SHUTDOWN_GRACE_SECONDS, seconds(0..=MAX_SECONDS))?,
        })
    }
}
