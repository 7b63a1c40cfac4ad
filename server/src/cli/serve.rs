//! `serve`: run the service.

use std::sync::Arc;

use ops::log::LogHandle;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, runtime, say, signals};
use crate::auth::secret::{self, SecretKey};
use crate::config::Config;
use crate::http::refusals::Refusals;
use crate::middleware::panic;
use crate::startup::{Application, private_files, service_manager};
use crate::telemetry::Telemetry;

pub fn run() -> Result<(), Failure> {
    let (config, provenance) = Config::from_process()?;
    let secret = secret_key(&config)?;
    // Held to the end: dropped, it writes what is left.
    let telemetry = Telemetry::install(&config).map_err(|error| Failure::because(&error))?;
    for warning in &provenance.warnings {
        tracing::warn!("{warning}");
    }
    private_files::warn_of_open_ones(&config);
    let log = telemetry.log();
    panic::install_hook(log.clone());
    runtime()?.block_on(serve(config, &secret, log, telemetry.refusals()))
}

async fn serve(
    config: Config,
    secret: &SecretKey,
    log: LogHandle,
    refusals: Refusals,
) -> Result<(), Failure> {
    let harmless = signals::harmless().map_err(|error| Failure::because(&error))?;
    let application = Application::build(config, secret, log, refusals)
        .map_err(|error| Failure::because(&error))?;
    let address = application.address();
    say(format!(
        "{} {} listening on http://{address}",
        crate::SERVICE_NAME,
        crate::VERSION
    ));
    tracing::info!(%address, version = crate::VERSION, "listening");
    let mut stop = stop_signal()?;
    let stop = || {
        let told = stop();
        async {
            told.await;
            service_manager::stopping();
        }
    };
    let informed = tokio::spawn(service_manager::keep_informed(application.state(), address));
    let listening = tokio::spawn(harmless.listen(application.state().desk.clone()));
    let served = application.run_until_stopped(stop).await;
    informed.abort();
    listening.abort();
    served.map_err(|error| Failure::because(&error))
}

/// Resolves each time SIGTERM or SIGINT comes.
fn stop_signal() -> Result<impl FnMut() -> futures_util::future::BoxFuture<'static, ()>, Failure> {
    let listen = |kind| signal(kind).map_err(|error| Failure::because(&error));
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let mut signals = listen(kind)?;
        let sender = sender.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() && sender.send(()).await.is_ok() {}
        });
    }
    let receiver = Arc::new(tokio::sync::Mutex::new(receiver));
    Ok(move || {
        let receiver = Arc::clone(&receiver);
        let next: futures_util::future::BoxFuture<'static, ()> = Box::pin(async move {
            receiver.lock().await.recv().await;
        });
        next
    })
}

pub(super) fn secret_key(config: &Config) -> Result<SecretKey, Failure> {
    match &config.secret_key {
        Some(key) => Ok(key.clone()),
        None => secret::load_or_generate(secret::KEY_FILE.as_ref())
            .map_err(|error| Failure::because(&error)),
    }
}
