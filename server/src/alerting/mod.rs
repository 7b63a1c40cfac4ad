//! Alerting as the service runs it: what the pure engine of `ops::alerts` leaves open.

pub mod channels;
pub mod setup;
