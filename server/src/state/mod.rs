//! Everything wired together: what each room shares, built once, before the first worker starts.

mod desk;
mod host_service;
pub mod start_error;

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use actix_web::web::{self, ServiceConfig};
use ops::clock::{Clock, SystemClock};
use ops::health::{HealthChecks, dependency_probes};
use ops::log::LogHandle;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;

use crate::auth::access_code::CodeKey;
use crate::auth::api_token::ApiTokens;
use crate::auth::audit_trail::AuditTrail;
use crate::auth::complaints::Complaints;
use crate::auth::secret::SecretKey;
use crate::auth::session::Sessions;
use crate::auth::sign_in::SignIn;
use crate::auth::state::AuthState;
use crate::auth::token::TokenKey;
use crate::config::{Config, Database, host_name};
use crate::db::Db;
use crate::db::migrate::Schema;
use crate::db::probe::DatabaseProbe;
use crate::desk::state::DeskState;
use crate::http::refusals::Refusals;
use crate::listener::{Connections, Limits, workers};
use crate::middleware::state::EdgeState;
use crate::ops_store::OpsStore;
use crate::process::{Phase, STARTUP};
use crate::registry::checks::Checks;
use crate::registry::counts::CardCounts;
use crate::registry::schemas::Revalidation;
use crate::registry::state::RegistryState;
use crate::state::start_error::StartError;
use crate::traces::{Collector, Exporter, Resource, Spans, Tracer};

pub struct AppState {
    pub config: Config,
    pub ops_store: Arc<OpsStore>,
    pub edge: web::Data<EdgeState>,
    pub auth: web::Data<AuthState>,
    pub registry: web::Data<RegistryState>,
    pub desk: web::Data<DeskState>,
    /// `None` if nothing is traced.
    pub exporter: Option<Arc<Exporter>>,
}

/// What several rooms are built from.
struct Parts {
    config: Config,
    runtime: Handle,
    clock: Arc<dyn Clock>,
    db: Db,
    ops: Db,
    phase: Arc<Phase>,
    health: HealthChecks,
    log: LogHandle,
    ops_store: Arc<OpsStore>,
    instance: String,
    started_at: SystemTime,
    spans: Spans,
}

impl AppState {
    /// Opens nothing yet: databases may be down. Must be called on the multi-thread runtime that is to
    /// do the work.
    ///
    /// # Errors
    /// If what the binary itself carries is broken.
    pub fn new(
        config: Config,
        secret: &SecretKey,
        log: LogHandle,
        refusals: Refusals,
    ) -> Result<Self, StartError> {
        let parts = Parts::new(config, log)?;
        let recorded = parts.recorded();
        let edge = EdgeState {
            trusted_proxies: parts.config.trusted_proxies.clone(),
            metrics_allow: parts.config.metrics_allow.clone(),
            connections: Arc::new(Connections::new(parts.limits())),
            phase: Arc::clone(&parts.phase),
            traffic: Arc::clone(&recorded.traffic),
            tracer: parts.tracer(),
        };
        let exporter = parts.exporter()?;
        let registry = RegistryState {
            db: parts.db.clone(),
            card_counts: CardCounts::new(Arc::clone(&parts.clock)),
            checks: Checks::default(),
            revalidation: Revalidation::default(),
        };
        Ok(Self {
            edge: web::Data::new(edge),
            auth: web::Data::new(parts.auth(secret)),
            registry: web::Data::new(registry),
            desk: web::Data::new(parts.desk(recorded, refusals)?),
            exporter: exporter.map(Arc::new),
            config: parts.config,
            ops_store: parts.ops_store,
        })
    }

    /// Hands each room its own state.
    pub fn provide(&self, service: &mut ServiceConfig) {
        service
            .app_data(self.edge.clone())
            .app_data(self.auth.clone())
            .app_data(self.registry.clone())
            .app_data(self.desk.clone());
    }
}

impl Parts {
    fn new(config: Config, log: LogHandle) -> Result<Self, StartError> {
        let runtime = Handle::current();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let slow = &config.logging.slow_queries;
        let open = |database: &Database| {
            let url = database.url.clone();
            Db::new(url, database.pool_max, slow.clone(), runtime.clone())
        };
        let (db, ops) = (open(&config.database), open(&config.ops_database));
        let phase = Arc::new(Phase::default());
        let wanted = Schema::Registry.versions(db.url())?;
        let startup = Arc::clone(&phase);
        let health = HealthChecks::builder(runtime.clone(), Arc::clone(&clock))
            .probe(DatabaseProbe::new(db.clone(), wanted))
            .probes(dependency_probes(config.readiness.dependencies.clone())?)
            .state(STARTUP, move || startup.check())
            .build();
        Ok(Self {
            ops_store: Arc::new(OpsStore::new(ops.clone())),
            instance: instance(log.dir()),
            started_at: clock.now(),
            config,
            runtime,
            clock,
            db,
            ops,
            phase,
            health,
            log,
            spans: Spans::default(),
        })
    }

    fn tracer(&self) -> Option<Tracer> {
        let traces = self.config.traces.as_ref()?;
        Some(Tracer::new(traces.sampler, self.spans.clone()))
    }

    fn exporter(&self) -> Result<Option<Exporter>, StartError> {
        let Some(traces) = &self.config.traces else {
            return Ok(None);
        };
        let own = [
            ("service.name", crate::SERVICE_NAME),
            ("service.version", crate::VERSION),
            ("service.instance.id", &self.instance),
            ("deployment.environment.name", self.config.app_env.as_str()),
            ("vcs.ref.head.revision", crate::COMMIT),
        ];
        let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
        // What comes later wins.
        let mut resource: BTreeMap<String, String> = own.into_iter().collect();
        resource.extend(traces.attributes.iter().cloned());
        let name = traces.service_name.clone();
        resource.extend(name.map(|name| ("service.name".to_owned(), name)));
        let collector = Collector {
            endpoint: traces.endpoint.clone(),
            headers: traces.headers.clone(),
            limit: traces.limit,
            resource: Resource(resource),
        };
        let exporter = Exporter::new(collector, self.spans.clone());
        exporter.map(Some).map_err(StartError::Collector)
    }

    fn limits(&self) -> Limits {
        let pool_max = self.config.database.pool_max;
        Limits::of_process(&[&self.db, &self.ops], pool_max, workers())
    }

    fn auth(&self, secret: &SecretKey) -> AuthState {
        let (db, ops, health) = (self.db.clone(), self.ops.clone(), self.health.clone());
        let clock = Arc::clone(&self.clock);
        let audit_trail = AuditTrail::new(db.clone(), &self.runtime);
        AuthState {
            sessions: Sessions::new(
                TokenKey::derive(secret),
                db.clone(),
                ops.clone(),
                health.clone(),
                Arc::clone(&clock),
                audit_trail.clone(),
            ),
            api_tokens: ApiTokens::new(
                db.clone(),
                ops,
                health,
                Arc::clone(&clock),
                self.runtime.clone(),
            ),
            sign_in: SignIn::new(
                db,
                CodeKey::derive(secret),
                Arc::clone(&clock),
                audit_trail.clone(),
            ),
            complaints: Complaints::default(),
            audit_trail,
            clock,
            app_env: self.config.app_env,
        }
    }
}

/// Where a service whose databases are elsewhere keeps what it has to keep.
const DATA_DIRECTORY: &str = "data";

/// What is kept in files lies there.
pub fn data_directory(config: &Config) -> PathBuf {
    let data = config.data_directory();
    data.unwrap_or_else(|| DATA_DIRECTORY.into())
}

/// Tells replicas apart, in logs and on the desk, and is the same after a restart: an alert that fires
/// goes on. Of two on one host each has a log directory of its own.
pub fn instance(log: &Path) -> String {
    let host = host_name();
    let path = std::path::absolute(log).unwrap_or_else(|_| log.to_owned());
    let digest = Sha256::digest(path.as_os_str().as_bytes());
    let digest: String = digest
        .iter()
        .take(2)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{host}:{digest}")
}
