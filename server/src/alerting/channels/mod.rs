//! Channels: their addresses and keys, and how messages get there.
//!
//! What a service wants to be posted, and what its answer means, `ops::alerts::notify` knows.

mod channel;
mod courier;
mod letter;
mod mailer;
mod mailing;
mod recipients;
mod smtp;
mod trouble;
mod web_address;

#[cfg(test)]
mod tests;

pub use channel::{Channel, Given, Part, Unfit};
pub use courier::Courier;
pub use letter::{Delivery, Letter};
pub use web_address::{public_url, web_url};
