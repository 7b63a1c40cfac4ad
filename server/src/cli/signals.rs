//! Signals that end other programs and not this one.
//!
//! SIGHUP reads again what can change while the service runs: the file of alert rules, and `LOG_LEVEL`
//! from the `.env` file, for the environment of a running process can't be changed from outside. SIGUSR1 and SIGUSR2, a habit
//! from nginx, do nothing: files are rotated without being asked.

use std::io;

use actix_web::web;
use app::dto::EventDetail;
use ops::events::EventKind;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::alerting::note_event;
use crate::config::Config;
use crate::desk::state::DeskState;

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
    pub async fn listen(mut self, desk: web::Data<DeskState>) {
        loop {
            tokio::select! {
                Some(()) = self.hangup.recv() => {
                    let desk = desk.clone();
                    // It reads files.
                    _ = tokio::task::spawn_blocking(move || reload(&desk)).await;
                }
                Some(()) = self.user1.recv() => tracing::info!("SIGUSR1 does nothing"),
                Some(()) = self.user2.recv() => tracing::info!("SIGUSR2 does nothing"),
                else => return,
            }
        }
    }
}

fn reload(desk: &DeskState) {
    let config = match Config::from_process() {
        Ok((config, _)) => config,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "SIGHUP: the configuration has a mistake, the old one stays in force: {error}"
            );
            return;
        }
    };
    let directives = config.logging.level.directives();
    desk.log.level.configure(&directives);
    let file = config.alerts.file.clone();
    let file = file.map(|file| file.display().to_string());
    if desk.alerting.configure(config.alerts) {
        let detail = EventDetail {
            title: Some(file.unwrap_or_else(|| "built-in".to_owned())),
            ..EventDetail::default()
        };
        note_event(desk, desk.alerting.now_ms(), EventKind::Config, &detail);
    }
    tracing::info!(directives, "SIGHUP: the configuration was read again");
}
