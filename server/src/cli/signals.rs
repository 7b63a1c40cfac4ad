//! Signals that end other programs and not this one.
//!
//! SIGHUP reads again what can change while the service runs: `LOG_LEVEL` from the `.env` file, for
//! the environment of a running process can't be changed from outside. SIGUSR1 and SIGUSR2, a habit
//! from nginx, do nothing: files are rotated without being asked.

use std::io;
use std::sync::Arc;

use ops::log::TemporaryLevel;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Config;

pub struct Harmless {
    hangup: Signal,
    user1: Signal,
    user2: Signal,
}

/// From now on none of them kills the process.
///
/// # Errors
/// If the system refuses handlers.
pub fn harmless() -> io::Result<Harmless> {
    Ok(Harmless {
        hangup: signal(SignalKind::hangup())?,
        user1: signal(SignalKind::user_defined1())?,
        user2: signal(SignalKind::user_defined2())?,
    })
}

impl Harmless {
    pub async fn listen(mut self, level: Arc<TemporaryLevel>) {
        loop {
            tokio::select! {
                Some(()) = self.hangup.recv() => {
                    let level = Arc::clone(&level);
                    // It reads a file.
                    _ = tokio::task::spawn_blocking(move || reload(&level)).await;
                }
                Some(()) = self.user1.recv() => tracing::info!("SIGUSR1 does nothing"),
                Some(()) = self.user2.recv() => tracing::info!("SIGUSR2 does nothing"),
                else => return,
            }
        }
    }
}

fn reload(level: &TemporaryLevel) {
    match Config::from_process() {
        Ok((config, _)) => {
            let directives = config.logging.level.directives();
            level.configure(&directives);
            tracing::info!(directives, "SIGHUP: the configuration was read again");
        }
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "SIGHUP: the configuration has a mistake, the old one stays in force: {error}"
        ),
    }
}
