//! Why the service does not start.

use std::io;
use std::net::SocketAddr;

use crate::db::migrate::MigrateError;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("LISTEN_ADDR: can't listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("the embedded migrations can't be read")]
    Migrations(#[from] MigrateError),
    #[error("READY_DEPENDENCIES: no HTTP client for the checks")]
    Dependencies(#[from] reqwest::Error),
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: no HTTP client for the collector")]
    Collector(#[source] reqwest::Error),
}
