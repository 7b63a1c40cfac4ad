//! [`Application`]: bound to a port, and run until it is told to stop.

mod background;
mod bring_up;
pub mod private_files;
pub mod service_manager;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer};
use ops::log::LogHandle;

use self::background::Background;
use crate::auth::secret::SecretKey;
use crate::config::Config;
use crate::http::assets;
use crate::http::refusals::Refusals;
use crate::listener::{Gate, workers};
use crate::middleware;
use crate::routes;
use crate::state::AppState;
use crate::state::start_error::StartError;

/// Longer than a round trip to any usual proxy, and than the half second by which Actix's clock may be
/// late: a time that is over when it is set wakes nobody, and the connection stays for ever.
const REFUSED_LINGERS: Duration = Duration::from_millis(700);

pub struct Application {
    server: Server,
    gate: Gate,
    state: Arc<AppState>,
}

impl Application {
    /// Binds the port and answers nothing yet. Databases may be down: they are brought up while
    /// the service runs. Must be called on the multi-thread runtime that is to do the work.
    ///
    /// # Errors
    /// If the port can't be had, or what the binary itself carries is broken.
    pub fn build(
        config: Config,
        secret: &SecretKey,
        log: LogHandle,
        refusals: Refusals,
    ) -> Result<Self, StartError> {
        // Leptos spawns on whatever runtime a worker has; a second call changes nothing.
        _ = any_spawner::Executor::init_tokio();
        let state = Arc::new(AppState::new(config, secret, log, refusals)?);
        assets::warn_if_missing();
        let (server, gate) = bind(&state)?;
        Ok(Self {
            server,
            gate,
            state,
        })
    }

    /// Where it listens: with port 0 in the configuration, the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.gate.address()
    }

    pub fn state(&self) -> Arc<AppState> {
        Arc::clone(&self.state)
    }

    /// Serves until `stop` resolves, then drains: readiness says 503 at once, the listener closes
    /// after the configured delay, running requests get the configured grace. A second `stop`
    /// ends the grace.
    ///
    /// # Errors
    /// If the listener fails.
    pub async fn run_until_stopped<F, S>(self, mut stop: F) -> io::Result<()>
    where
        F: FnMut() -> S,
        S: Future<Output = ()>,
    {
        let background = Background::start(&self.state);
        let mut server = self.server;
        let (handle, gate) = (server.handle(), self.gate);
        let delay = self.state.config.shutdown.delay;
        let phase = Arc::clone(&self.state.edge.phase);
        let stopping = async {
            stop().await;
            tracing::info!("draining: readiness says no from now on");
            phase.draining();
            tokio::select! {
                () = drain(&handle, gate, delay) => Ending::Drained,
                () = stop() => Ending::CutOff,
            }
        };
        let served = tokio::select! {
            served = &mut server => served,
            ending = stopping => match ending {
                Ending::Drained => server.await,
                // The server hears no second command while it waits for requests: it is left.
                Ending::CutOff => {
                    tracing::warn!("told to stop again: running requests are cut off");
                    Ok(())
                }
            },
        };
        background.stop(&self.state).await;
        tracing::info!("stopped");
        served
    }
}

enum Ending {
    Drained,
    CutOff,
}

async fn drain(handle: &ServerHandle, gate: Gate, delay: Duration) {
    tokio::time::sleep(delay).await;
    gate.close_to_newcomers().await;
    handle.stop(true).await;
}

fn bind(state: &Arc<AppState>) -> Result<(Server, Gate), StartError> {
    let address = state.config.listen_addr;
    let failed = |source| StartError::Listen { address, source };
    let gate = Gate::open(address).map_err(failed)?;
    let shared = Arc::clone(state);
    let refusals = state.desk.log.refusals.clone();
    let connections = Arc::clone(&state.edge.connections);
    let accepted = connections.limits().accepted;
    let server = HttpServer::new(move || {
        let app = App::new()
            .configure(|service| shared.provide(service))
            .configure(routes::configure);
        middleware::stack(app)
    })
    .disable_signals()
    .workers(workers())
    .max_connections((accepted / workers()).max(1))
    .on_connect(move |connection, extensions| {
        refusals.on_connect(connection, extensions);
        extensions.insert(connections.enter());
    })
    .keep_alive(state.config.keep_alive)
    // Or the end of a page waits for the client's delayed acknowledgement: 40 ms, on every connection
    // that is used twice.
    .tcp_nodelay(true)
    // Who hangs up takes the request along, a search in the logs above all. The price: no answer for
    // clients that close their half first and wait, as HTTP allows (RFC 9112, 9.6) and none does.
    .h1_allow_half_closed(false)
    // A client whose body was refused has this long to read why; meanwhile it holds a connection that
    // a probe may be waiting for. By default it is a second.
    .client_disconnect_timeout(REFUSED_LINGERS)
    .shutdown_timeout(state.config.shutdown.grace.as_secs())
    .listen(gate.listener().map_err(failed)?)
    .map_err(failed)?;
    Ok((server.run(), gate))
}
