//! Every query of the service, by noun.

pub mod health;
pub mod inside;
pub mod revocations;
pub mod sessions;
pub mod statistics;
pub mod traffic;
pub mod users;
