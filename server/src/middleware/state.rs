//! What the middleware shares with the rest of the service.

use std::sync::Arc;

use ops::traffic::Traffic;

use crate::http::networks::Networks;
use crate::listener::Connections;
use crate::process::Phase;
use crate::traces::Tracer;

pub struct EdgeState {
    /// Whose word about a client's address is believed.
    pub trusted_proxies: Networks,
    /// Who may read `/metrics` without a token.
    pub metrics_allow: Networks,
    /// Those that are open now.
    pub connections: Arc<Connections>,
    pub phase: Arc<Phase>,
    pub traffic: Arc<Traffic>,
    /// `None` if nothing is traced.
    pub tracer: Option<Tracer>,
}
