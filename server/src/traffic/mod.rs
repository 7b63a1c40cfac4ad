//! Traffic, as this service counts it: which requests, stored where, shown how. The engine is
//! [`ops::traffic`].

mod counted;
mod figures;
mod routes;
mod store;

pub use counted::is_counted;
pub(crate) use figures::code;
pub use figures::{chart_period, history, last_day, yesterday};
pub use routes::{route, routes};
pub use store::TrafficStore;
pub(crate) use store::failed;
