//! [`Application`]: everything wired together, bound to a port, and run until it is told to stop.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, web};
use futures_util::FutureExt as _;
use ops::clock::{Clock, SystemClock};
use ops::errors::{Errors, GroupStore};
use ops::health::{Memory, Registry, dependency_probes};
use ops::kernel::Roots;
use ops::log::{LogHandle, TemporaryLevel};
use ops::series::{Run, SeriesStore};
use ops::traffic::Traffic;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::audit_trail::AuditTrail;
use crate::auth::access_code::CodeKey;
use crate::auth::api_token::ApiTokens;
use crate::auth::complaints::Complaints;
use crate::auth::rounds;
use crate::auth::session::Sessions;
use crate::auth::sign_in::SignIn;
use crate::auth::token::TokenKey;
use crate::bring_up;
use crate::config::{Config, SecretKey};
use crate::connections::{self, Limits};
use crate::db::Db;
use crate::db::migrate::{MigrateError, Schema};
use crate::desk::assets;
use crate::desk::diagnosis;
use crate::desk::seats::Seats;
use crate::desk::watched::Watched;
use crate::error_groups;
use crate::health::{DatabaseProbe, STARTUP};
use crate::host::{self, Connections};
use crate::instances::{Fleet, Identity};
use crate::listener::Door;
use crate::logs::LogReader;
use crate::middleware;
use crate::ops_store::OpsStore;
use crate::phase::Phase;
use crate::refusals::Refusals;
use crate::registry::checks::Checks;
use crate::registry::counts::CardCounts;
use crate::registry::schemas::Revalidation;
use crate::routes;
use crate::state::AppState;

/// Longer than a round trip to any usual proxy, and than the half second by which Actix's clock may be
/// late: a time that is over when it is set wakes nobody, and the connection stays for ever.
const REFUSED_LINGERS: Duration = Duration::from_millis(700);

/// How long entries of the audit that are still under way may take at the end.
const AUDIT_GRACE: Duration = Duration::from_secs(1);

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
}

pub struct Application {
    server: Server,
    door: Door,
    state: web::Data<AppState>,
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
        let runtime = Handle::current();
        // Leptos spawns on whatever runtime a worker has; a second call changes nothing.
        _ = any_spawner::Executor::init_tokio();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let slow = &config.logging.slow_queries;
        let open = |database: &crate::config::Database| {
            Db::new(
                database.url.clone(),
                database.pool_max,
                slow.clone(),
                runtime.clone(),
            )
        };
        let db = open(&config.database);
        let ops = open(&config.ops_database);

        let phase = Arc::new(Phase::default());
        let wanted = Schema::Registry.versions(db.url())?;
        let mut health = Registry::builder(runtime.clone(), Arc::clone(&clock))
            .probe(DatabaseProbe::new(db.clone(), wanted));
        for probe in dependency_probes(config.readiness.dependencies.clone())? {
            health = health.probe(probe);
        }
        let startup = Arc::clone(&phase);
        let health = health.state(STARTUP, move || startup.check()).build();

        let audit_trail = AuditTrail::new(db.clone(), &runtime);
        let sessions = Sessions::new(
            TokenKey::derive(secret),
            db.clone(),
            ops.clone(),
            health.clone(),
            Arc::clone(&clock),
            audit_trail.clone(),
        );
        let pool_max = config.database.pool_max;
        let limits = Limits::of_process(&[&db, &ops], pool_max, workers());
        let (instance, started_at) = (instance(), clock.now());
        let ops_store = Arc::new(OpsStore::new(ops.clone()));
        let run = Run::new(instance.clone(), started_at);
        let connections = Connections::new(
            db.clone(),
            ops.clone(),
            health.clone(),
            Arc::clone(&phase),
            Arc::clone(&clock),
        );
        let host = host::host(
            run.clone(),
            started_at,
            &config,
            &log,
            connections,
            &clock,
            Arc::clone(&ops_store),
        );
        let traffic = Traffic::new(
            run,
            Arc::clone(&clock),
            Arc::clone(&ops_store) as Arc<dyn SeriesStore>,
            config.traffic,
        );
        let errors = Errors::new(
            instance.clone(),
            Arc::clone(&clock),
            Arc::clone(&ops_store) as Arc<dyn SeriesStore>,
            Arc::clone(&ops_store) as Arc<dyn GroupStore>,
            config.traffic.hours,
        );
        let identity = Identity {
            name: instance.clone(),
            version: crate::VERSION,
            commit: crate::COMMIT,
            started_at,
        };
        let fleet = Fleet::new(
            identity,
            Arc::clone(&clock),
            Arc::clone(&ops_store),
            config.traffic.hours,
        );
        let state = web::Data::new(AppState {
            card_counts: CardCounts::new(Arc::clone(&clock)),
            watched: Watched::new(&clock, &runtime),
            checks: Checks::default(),
            revalidation: Revalidation::default(),
            api_tokens: ApiTokens::new(
                db.clone(),
                ops.clone(),
                health.clone(),
                Arc::clone(&clock),
                runtime.clone(),
            ),
            sign_in: SignIn::new(
                db.clone(),
                CodeKey::derive(secret),
                Arc::clone(&clock),
                audit_trail.clone(),
            ),
            complaints: Complaints::default(),
            audit_trail,
            memory: Memory::watch(&runtime, Roots::default()),
            traffic: Arc::new(traffic),
            ops_store,
            host: Arc::new(host),
            errors: Arc::new(errors),
            fleet: Arc::new(fleet),
            logs: LogReader::new(log.dir(), Arc::clone(&clock)),
            followers: Arc::new(Seats::default()),
            level: Arc::new(TemporaryLevel::new(
                config.logging.level.clone(),
                Arc::clone(&clock),
            )),
            started_at,
            instance,
            connections: Arc::new(connections::Connections::new(limits)),
            config,
            db,
            ops,
            health,
            phase,
            clock,
            log,
            refusals,
            sessions,
        });
        assets::warn_if_missing();
        let (server, door) = bind(&state)?;
        Ok(Self {
            server,
            door,
            state,
        })
    }

    /// Where it listens: with port 0 in the configuration, the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.door.address()
    }

    pub fn state(&self) -> web::Data<AppState> {
        self.state.clone()
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
        let bringing_up = tokio::spawn(bring_up::all(self.state.clone().into_inner()));
        let level = Arc::clone(&self.state.level);
        let keeping_level = tokio::spawn(async move { level.keep().await });
        let state = self.state.clone().into_inner();
        let keeping_rights = tokio::spawn(async move { rounds::keep(&state).await });
        let state = self.state.clone().into_inner();
        let diagnosing = tokio::spawn(async move { diagnosis::keep(&state).await });
        let (refusals, clock) = (self.state.refusals.clone(), Arc::clone(&self.state.clock));
        let telling = tokio::spawn(async move { refusals.keep_telling(&*clock).await });
        let traffic = Arc::clone(&self.state.traffic);
        let host = Arc::clone(&self.state.host);
        let (serving, served_all) = oneshot::channel::<()>();
        let served_all = served_all.map(drop).shared();
        let told = served_all.clone();
        let counting = tokio::spawn(async move { traffic.run_until(told).await });
        let told = served_all.clone();
        let sampling = tokio::spawn(async move { host.run_until(told).await });
        let (errors, log) = (Arc::clone(&self.state.errors), self.state.log.clone());
        let grouping = tokio::spawn(error_groups::collect(errors, log, served_all.clone()));
        let fleet = Arc::clone(&self.state.fleet);
        let beating = tokio::spawn(async move { fleet.run_until(served_all).await });
        let turning_away = tokio::spawn(Arc::clone(&self.state.connections).report());
        let mut server = self.server;
        let (handle, door) = (server.handle(), self.door);
        let delay = self.state.config.shutdown.delay;
        let phase = Arc::clone(&self.state.phase);
        let stopping = async {
            stop().await;
            tracing::info!("draining: readiness says no from now on");
            phase.draining();
            tokio::select! {
                () = drain(&handle, door, delay) => Ending::Drained,
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
        bringing_up.abort();
        keeping_level.abort();
        turning_away.abort();
        keeping_rights.abort();
        diagnosing.abort();
        telling.abort();
        self.state.refusals.tell(self.state.clock.monotonic());
        // After the last request, so that it counts.
        drop(serving);
        for (what, work) in [
            ("traffic recorder", counting),
            ("host sampler", sampling),
            ("collector of errors", grouping),
            ("heartbeat", beating),
        ] {
            if let Err(panicked) = work.await {
                tracing::error!(
                    error = &panicked as &dyn std::error::Error,
                    "the {what} broke"
                );
            }
        }
        self.state.audit_trail.flush(AUDIT_GRACE).await;
        tracing::info!("stopped");
        served
    }
}

enum Ending {
    Drained,
    CutOff,
}

async fn drain(handle: &ServerHandle, door: Door, delay: Duration) {
    tokio::time::sleep(delay).await;
    door.close_to_newcomers().await;
    handle.stop(true).await;
}

fn bind(state: &web::Data<AppState>) -> Result<(Server, Door), StartError> {
    let address = state.config.listen_addr;
    let failed = |source| StartError::Listen { address, source };
    let door = Door::open(address).map_err(failed)?;
    let shared = state.clone();
    let refusals = state.refusals.clone();
    let connections = Arc::clone(&state.connections);
    let accepted = connections.limits().accepted;
    let server = HttpServer::new(move || {
        let app = App::new()
            .app_data(shared.clone())
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
    .listen(door.listener().map_err(failed)?)
    .map_err(failed)?;
    Ok((server.run(), door))
}

/// A worker a core, each with its share of the connections.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Host and process: tells replicas apart, in logs and on the desk.
fn instance() -> String {
    let host = std::env::var("HOSTNAME")
        .ok()
        .filter(|name| !name.is_empty())
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    let host = host.as_deref().map_or("localhost", str::trim);
    format!("{host}:{}", std::process::id())
}
