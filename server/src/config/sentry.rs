//! Where errors are reported besides the log.

use ::sentry::types::Dsn;

use super::error::ConfigError;
use super::settings::Settings;
use super::variables;

#[derive(Debug, Clone)]
pub struct Sentry {
    /// `None`: Sentry stays off.
    pub dsn: Option<Dsn>,
    /// The share of requests that are traced, 0 to 1.
    pub traces_sample_rate: f32,
}

impl Sentry {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            dsn: settings.optional(&variables::SENTRY_DSN, |text| {
                text.parse()
                    .map_err(|_| "a Sentry DSN (https://key@host/project)".to_owned())
            })?,
            traces_sample_rate: settings.required(&variables::SENTRY_TRACES_SAMPLE_RATE, share)?,
        })
    }
}

fn share(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "a number between 0 and 1".to_owned())
}
