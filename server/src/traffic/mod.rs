//! Traffic, as this service counts it: which requests, and shown how. The engine is
//! [`ops::traffic`].

mod counted;
mod figures;
mod routes;

pub use counted::is_counted;
pub use figures::{MONTH, code, engine, history, last_day, period_of, share, yesterday};
pub use routes::{Asked, route, routes, was_called};
