//! Channels: how each service wants a message, and what its answer means.
//!
//! Each module is a pure mapper: `request` makes what is to be posted, within the service's limits
//! and in its own markup, and `judge` says whether it was taken. Sending, and redirects that must not
//! be followed, are the sender's. Whatever is secret is a [`Secret`] or within a [`Request`], and
//! neither shows it in `Debug`; what a peer answered is told without it.

pub mod alertmanager;
mod answer;
mod delivery;
pub mod dingtalk;
pub mod email;
pub mod feishu;
mod labels;
mod markdown;
pub mod pagerduty;
mod rate;
mod request;
mod secret;
mod signature;
pub mod slack;
pub mod webhook;
pub mod wecom;

#[cfg(test)]
mod fixtures;

pub use answer::{Answer, Verdict};
pub use delivery::Delivery;
pub use rate::Rate;
pub use request::Request;
pub use secret::{Endpoint, Secret};
