//! The whole stack, in the order in which a request meets it.
//!
//! ```text
//! Sentry -> TracingLogger (root span: request_id, ip, route)
//!        -> observe (clock, panics, one access line, one traffic sample)
//!        -> connection_close (no connection is kept by a service that goes or is crowded)
//!        -> headers (security headers)
//!        -> cors (what is public may be read from any origin)
//!        -> errors (renders what failed)
//!        -> admission (room, plain addresses, bodies in time)
//!        -> session (who is it)
//!        -> handler
//! ```

mod admission;
mod body_clock;
mod connection_close;
mod cors;
mod errors;
mod headers;
mod observe;
pub mod panic;
mod plain_path;
mod root_span;
mod scraper;
mod session;
pub mod state;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, Error};
use tracing_actix_web::TracingLogger;

use crate::telemetry::sentry_report;
use root_span::RequestSpan;

/// Wraps an application. `.wrap` runs the last one registered first, so this reads upwards.
pub fn stack<T, B>(
    app: App<T>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        Config = (),
        InitError = (),
    >,
>
where
    B: MessageBody + 'static,
    T: ServiceFactory<
            ServiceRequest,
            Response = ServiceResponse<B>,
            Error = Error,
            Config = (),
            InitError = (),
        > + 'static,
{
    // A hub of its own for each request costs microseconds that nobody needs without Sentry.
    let reports_to_sentry = sentry_report::is_on();
    // Failed requests get there as lines of the log, with their error's id.
    let sentry = sentry_actix::Sentry::builder()
        .capture_server_errors(false)
        .start_transaction(true)
        .finish();
    app.wrap(from_fn(session::identify))
        .wrap(from_fn(admission::admit))
        .wrap(from_fn(errors::render))
        .wrap(from_fn(cors::open_what_is_public))
        .wrap(from_fn(headers::secure))
        .wrap(from_fn(connection_close::close_unless_kept))
        .wrap(observe::Observe)
        .wrap(TracingLogger::<RequestSpan>::new())
        .wrap(Condition::new(reports_to_sentry, sentry))
}
