//! Every query of the service, by noun.

pub mod health;
pub mod revocations;
pub mod sessions;
pub mod statistics;
pub mod traffic;
mod traffic_rows;
pub mod users;
