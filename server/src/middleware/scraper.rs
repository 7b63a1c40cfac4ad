//! Who may read `/metrics` without a token.

use actix_web::HttpRequest;
use actix_web::web;

use super::state::EdgeState;
use crate::http::client_ip;

/// Whether an address of `METRICS_ALLOW` asks. Behind a proxy that is the client that the proxy names,
/// if it is trusted to: one on the same host that is not, or that names nobody, opens nothing.
pub fn is_admitted(request: &HttpRequest) -> bool {
    let edge = request.app_data::<web::Data<EdgeState>>();
    let (Some(edge), Some(peer)) = (edge, request.peer_addr()) else {
        return false;
    };
    let peer = peer.ip();
    let Some(client) = client_ip::of_request(request, &edge.trusted_proxies) else {
        return false;
    };
    let is_named = client != peer;
    let is_trusted = edge.trusted_proxies.contains(peer);
    if is_forwarded(request) && !(is_trusted && is_named) {
        return false;
    }
    // Whoever comes from elsewhere is not on this host, whatever is said of him.
    if client.to_canonical().is_loopback() && !peer.to_canonical().is_loopback() {
        return false;
    }
    edge.metrics_allow.contains(client)
}

fn is_forwarded(request: &HttpRequest) -> bool {
    request.headers().keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded-") || matches!(name, "forwarded" | "via" | "x-real-ip")
    })
}
