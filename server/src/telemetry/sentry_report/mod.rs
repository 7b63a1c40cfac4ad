//! Sentry: errors and traced requests, in production with a DSN. Everything that leaves goes through
//! one door ([`transport`]), where [`scrub`] takes out what nobody outside may read.
//!
//! Nothing here is waited for: what is to be sent stands in a bounded queue, and what does not fit is
//! dropped; the log has it.

mod events;
mod scrub;
mod transport;

use std::sync::mpsc;
use std::time::Duration;

use ops::log::{is_clients_doing, is_of_peers_certificate};
use sentry::integrations::tracing::{ErrorLayer, SpanLayer};
use sentry::{ClientInitGuard, ClientOptions, Hub, MaxRequestBodySize, TransactionContext};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::config::Config;
use crate::http::place::is_monitoring;
use crate::http::request_id::RequestId;

/// How long the service's end waits for what is still to be sent.
const FAREWELL: Duration = Duration::from_secs(2);

/// Keeps Sentry running: dropped, it sends what is left, but not for long.
pub struct SentryReport(Option<ClientInitGuard>);

/// Only in production, and only with a DSN.
pub fn start(config: &Config) -> Option<SentryReport> {
    let dsn = config.sentry.dsn.as_ref()?;
    if !config.app_env.is_production() {
        return None;
    }
    let rate = config.sentry.traces_sample_rate;
    let options = ClientOptions::new()
        .dsn(&dsn.to_string())
        .release(release())
        .environment(config.app_env.as_str())
        // Not a fixed rate: with that one a client's `sentry-trace` header would decide.
        .traces_sampler(move |request| if is_traced(request) { rate } else { 0.0 })
        .send_default_pii(false)
        // Sign-ins have their password there.
        .max_request_body_size(MaxRequestBodySize::None)
        // They are in the log, under the same request_id.
        .max_breadcrumbs(0)
        .before_send(|event| Some(events::shape(event)))
        .transport(transport::Factory)
        .shutdown_timeout(FAREWELL);
    Some(SentryReport(Some(sentry::init(options))))
}

/// As Sentry likes it: `package@version+build`.
fn release() -> String {
    let (name, version) = (crate::SERVICE_NAME, crate::VERSION);
    match crate::COMMIT {
        "unknown" => format!("{name}@{version}"),
        commit => format!("{name}@{version}+{commit}"),
    }
}

/// Probes and files say nothing about the service. The name is `GET /api/agentcards/{id}/`.
fn is_traced(request: &TransactionContext) -> bool {
    let (_, route) = request.name().split_once(' ').unwrap_or_default();
    !is_monitoring(route) && !route.starts_with("/static/")
}

/// The layers for the subscriber: ERROR lines become events; spans carry the request, and what is
/// known of it, to wherever its work is done.
pub fn layers<S>() -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let is_ours = |metadata: &Metadata<'_>| {
        metadata.is_span()
            && *metadata.level() <= Level::INFO
            && metadata.target().starts_with("server")
    };
    SpanLayer::new()
        .with_filter(filter_fn(is_ours))
        .and_then(ErrorLayer::new().with_filter(filter_fn(is_our_error)))
}

/// What a client sent that is no HTTP, and a peer's bad certificate, come at ERROR, and are none of ours.
fn is_our_error(metadata: &Metadata<'_>) -> bool {
    let is_others = is_clients_doing(metadata) || is_of_peers_certificate(metadata);
    *metadata.level() == Level::ERROR && !is_others
}

/// Whether anything is reported at all.
pub fn is_on() -> bool {
    Hub::main().client().is_some()
}

/// What is reported while this request is served has its id, and its route in place of its address.
pub fn name_request(request_id: &RequestId, method: &str, route: Option<&str>) {
    if is_on() {
        sentry::configure_scope(|scope| {
            scope.set_tag("request_id", request_id);
            if let Some(route) = route {
                scope.set_transaction(Some(&format!("{method} {route}")));
            }
            // The transaction ends outside of this scope.
            if let Some(transaction) = scope.get_span() {
                transaction.set_tag("request_id", request_id);
            }
        });
    }
}

impl Drop for SentryReport {
    /// Sentry's own farewell joins the thread that sends, however long that takes to give up.
    fn drop(&mut self) {
        let guard = self.0.take();
        let (done, is_done) = mpsc::channel::<()>();
        let spawned = std::thread::Builder::new()
            .name("sentry-farewell".to_owned())
            .spawn(move || {
                drop(guard);
                drop(done);
            });
        if spawned.is_ok() {
            // Ends by the other side going away, or by time.
            _ = is_done.recv_timeout(FAREWELL);
        }
    }
}
