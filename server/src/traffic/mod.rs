//! Traffic, as this service counts it: which requests, stored where, shown how. The engine is
//! [`ops::traffic`].

mod counted;
mod last_day;
mod store;

pub use counted::is_counted;
pub use last_day::last_day;
pub use store::TrafficStore;
