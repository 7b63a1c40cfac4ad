//! What every handler shares: built once, before the first worker starts.

use std::sync::Arc;
use std::time::SystemTime;

use ops::clock::Clock;
use ops::errors::Errors;
use ops::health::{Memory, Registry};
use ops::host::Host;
use ops::log::{LogHandle, TemporaryLevel};
use ops::traffic::Traffic;

use crate::audit_trail::AuditTrail;
use crate::auth::api_token::ApiTokens;
use crate::auth::complaints::Complaints;
use crate::auth::session::Sessions;
use crate::auth::sign_in::SignIn;
use crate::config::Config;
use crate::connections::Connections;
use crate::db::Db;
use crate::desk::seats::Seats;
use crate::desk::watched::Watched;
use crate::instances::Fleet;
use crate::logs::LogReader;
use crate::ops_store::OpsStore;
use crate::phase::Phase;
use crate::refusals::Refusals;
use crate::registry::checks::Checks;
use crate::registry::counts::CardCounts;
use crate::registry::schemas::Revalidation;

pub struct AppState {
    pub config: Config,
    /// The registry's database: what is watched.
    pub db: Db,
    /// The desk's own store: who watches.
    pub ops: Db,
    pub health: Registry,
    pub phase: Arc<Phase>,
    /// Those that are open now.
    pub connections: Arc<Connections>,
    pub memory: Arc<Memory>,
    pub clock: Arc<dyn Clock>,
    pub log: LogHandle,
    pub refusals: Refusals,
    pub logs: LogReader,
    /// How many may follow a log at once.
    pub followers: Arc<Seats>,
    pub level: Arc<TemporaryLevel>,
    pub sessions: Sessions,
    pub api_tokens: ApiTokens,
    pub card_counts: CardCounts,
    pub watched: Watched,
    pub checks: Checks,
    pub revalidation: Revalidation,
    pub sign_in: SignIn,
    pub complaints: Complaints,
    pub audit_trail: AuditTrail,
    pub traffic: Arc<Traffic>,
    pub ops_store: Arc<OpsStore>,
    pub host: Arc<Host>,
    pub errors: Arc<Errors>,
    /// Who shares the desk's own store.
    pub fleet: Arc<Fleet>,
    pub started_at: SystemTime,
    /// Which replica this is.
    pub instance: String,
}
