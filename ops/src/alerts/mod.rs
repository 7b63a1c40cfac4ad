//! Alerts: what people and programs are told about, in which words, and when.
//!
//! Everything here is pure: no clock, no store, no network.

pub mod message;
pub mod notify;
pub mod outbox;
