//! The configuration: environment variables and a `.env` file, parsed once, wrong values fail at start.
//!
//! [`variables`] is the one table of names, defaults and help; a concern's struct lives in a file of
//! its own. Nothing here connects or listens, and nothing is opened but the file of rules and those that
//! its channels name: a [`Config`] is only what the operator said.

mod admin;
mod alerts;
mod channels;
mod database;
mod dotenv;
mod error;
mod faults;
mod logging;
mod number;
mod provenance;
mod readiness;
mod secret;
mod secrets;
mod sentry;
mod settings;
mod shutdown;
mod traces;
mod traffic;
pub mod variables;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use admin::Admin;
pub use database::Database;
pub use dotenv::FILE_NAME as DOTENV;
pub use error::ConfigError;
pub use faults::Examined;
pub use logging::{LogFormat, Logging, host_name};
pub use provenance::{Provenance, Source};
pub use readiness::Readiness;
pub use sentry::Sentry;
pub use shutdown::Shutdown;
pub use traces::Traces;

use ops::series::Retention;
use settings::{Settings, StandIns};

use crate::alerting::setup::Setup;
use crate::auth::secret::SecretKey;
use crate::db::url::DatabaseUrl;
use crate::http::networks::Networks;
use crate::process::AppEnv;
use crate::traces::TraceUrl;

const MAX_KEEP_ALIVE_SECONDS: u64 = 60 * 60;

/// Everything that an operator can decide.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen_addr: SocketAddr,
    /// How long a connection is kept open for a client's next request.
    pub keep_alive: Duration,
    pub app_env: AppEnv,
    /// The registry and its users.
    pub database: Database,
    /// Monitoring's own store.
    pub ops_database: Database,
    pub logging: Logging,
    /// `None`: generate one with [`crate::auth::secret::load_or_generate`]. Never `None` in production.
    pub secret_key: Option<SecretKey>,
    /// Whose word about a client's address is believed.
    pub trusted_proxies: Networks,
    /// Who may read `/metrics` without a token.
    pub metrics_allow: Networks,
    pub readiness: Readiness,
    pub shutdown: Shutdown,
    /// How long traffic is remembered by the hour and by the day.
    pub traffic: Retention,
    /// Rules, and who is told.
    pub alerts: Setup,
    pub sentry: Sentry,
    /// `None`: there are no spans.
    pub traces: Option<Traces>,
    pub trace_url: Option<TraceUrl>,
    pub admin: Admin,
    /// The names of the variables that are set, whatever their values.
    pub set_variables: Vec<&'static str>,
}

impl Config {
    /// Reads the process's environment and `.env` in the working directory; changes neither.
    ///
    /// # Errors
    /// The first variable that is wrong, or a `.env` that can't be read or parsed.
    pub fn from_process() -> Result<(Self, Provenance), ConfigError> {
        let dotenv = dotenv::read(Path::new(dotenv::FILE_NAME))?;
        Self::load(|name| std::env::var_os(name), dotenv.as_deref())
    }

    /// As [`Config::from_process`], with another file of rules than `ALERTS_FILE` names.
    ///
    /// # Errors
    /// As [`Config::from_process`].
    pub fn with_alerts_file(path: &str) -> Result<(Self, Provenance), ConfigError> {
        let dotenv = dotenv::read(Path::new(dotenv::FILE_NAME))?;
        let environment = |name: &str| match name {
            "ALERTS_FILE" => Some(OsString::from(path)),
            _ => std::env::var_os(name),
        };
        Self::load(environment, dotenv.as_deref())
    }

    /// Parses a configuration out of what it is given: `environment` looks a variable up, `dotenv`
    /// is the text of the `.env` file if there is one. It reads the files that these name.
    ///
    /// # Errors
    /// As [`Config::from_process`].
    pub fn load(
        environment: impl Fn(&str) -> Option<OsString>,
        dotenv: Option<&str>,
    ) -> Result<(Self, Provenance), ConfigError> {
        Self::load_with(&environment, dotenv, &StandIns::new())
    }

    fn load_with(
        environment: settings::Environment<'_>,
        dotenv: Option<&str>,
        stand_ins: &StandIns,
    ) -> Result<(Self, Provenance), ConfigError> {
        let mut settings = Settings::resolve(environment, dotenv, stand_ins)?;
        let app_env = settings.required(&variables::APP_ENV, AppEnv::parse)?;
        let readiness = Readiness::read(&settings)?;
        let (alerts, left_out) = alerts::read(&settings, app_env, &readiness.dependencies)?;
        settings.warnings.extend(left_out);
        let (traces, without_effect) = Traces::read(&settings)?;
        settings.warnings.extend(without_effect);
        let config = Self {
            listen_addr: settings.required(&variables::LISTEN_ADDR, listen_addr)?,
            keep_alive: settings.required(
                &variables::KEEP_ALIVE_SECONDS,
                number::seconds(1..=MAX_KEEP_ALIVE_SECONDS),
            )?,
            app_env,
            database: Database::read(&settings, &variables::DATABASE_URL)?,
            ops_database: Database::read(&settings, &variables::OPS_DATABASE_URL)?,
            logging: Logging::read(&settings)?,
            secret_key: secret::read(&settings, app_env)?,
            trusted_proxies: settings
                .optional(&variables::TRUSTED_PROXIES, Networks::parse)?
                .unwrap_or_default(),
            metrics_allow: settings.required(&variables::METRICS_ALLOW, Networks::parse)?,
            readiness,
            shutdown: Shutdown::read(&settings)?,
            traffic: traffic::retention(&settings)?,
            alerts,
            sentry: Sentry::read(&settings)?,
            traces,
            trace_url: traces::trace_url(&settings)?,
            admin: Admin::read(&settings, app_env)?,
            set_variables: settings.set_names(),
        };
        Ok((config, settings.into_provenance()))
    }

    /// Where the first database that is a file keeps it.
    pub fn data_directory(&self) -> Option<PathBuf> {
        [&self.database.url, &self.ops_database.url]
            .into_iter()
            .find_map(|url| match url {
                DatabaseUrl::Sqlite { .. } => {
                    Some(url.directory().unwrap_or(Path::new(".")).into())
                }
                DatabaseUrl::Postgres(_) => None,
            })
    }
}

fn listen_addr(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "an IP address and a port".to_owned())
}

#[cfg(test)]
mod tests;
