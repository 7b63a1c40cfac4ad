//! Where the two databases are, and how many connections each may have.

use super::error::ConfigError;
use super::number::whole;
use super::settings::Settings;
use super::variables::{self, Variable};
use crate::db::url::DatabaseUrl;

const MAX_POOL: u32 = 10_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    pub url: DatabaseUrl,
    /// The most connections that its pool opens.
    pub pool_max: u32,
}

impl Database {
    pub(super) fn read(settings: &Settings, url: &Variable) -> Result<Self, ConfigError> {
        Ok(Self {
            url: settings.required(url, DatabaseUrl::parse)?,
            pool_max: settings.required(
                &variables::DATABASE_POOL_MAX,
                whole("connections", 1..=MAX_POOL),
            )?,
        })
    }
}
