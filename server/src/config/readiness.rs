//! What readiness waits for besides our own database.

use ops::health::{Dependency, parse_dependencies};

use super::error::ConfigError;
use super::settings::Settings;
use super::variables;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    pub dependencies: Vec<Dependency>,
}

impl Readiness {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let dependencies = settings.optional(&variables::READY_DEPENDENCIES, |text| {
            parse_dependencies(text)
                .map_err(|error| format!("a list of name=url, separated by commas ({error})"))
        })?;
        Ok(Self {
            dependencies: dependencies.unwrap_or_default(),
        })
    }
}
