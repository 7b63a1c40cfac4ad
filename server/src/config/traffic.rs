//! How long the desk remembers traffic.

use ops::series::Retention;

use super::error::ConfigError;
use super::number::whole;
use super::settings::Settings;
use super::variables;

/// The page shows up to a month.
const HOURLY_DAYS: std::ops::RangeInclusive<u32> = 32..=3660;
const DAILY_DAYS: std::ops::RangeInclusive<u32> = 32..=36_600;

pub(super) fn retention(settings: &Settings) -> Result<Retention, ConfigError> {
    Ok(Retention {
        hours: settings.required(&variables::TRAFFIC_HOURLY_DAYS, whole("days", HOURLY_DAYS))?,
        days: settings.required(&variables::TRAFFIC_DAILY_DAYS, whole("days", DAILY_DAYS))?,
    })
}
