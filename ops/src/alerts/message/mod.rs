//! What a notice says, before any channel's own format.
//!
//! A [`Message`] holds the facts and is what the outbox stores; as JSON it is the body of the generic
//! webhook. [`Message::outgoing`] takes the secrets out of it, and only what went through there can be
//! sent: [`blocks`] draws it as neutral [`Blocks`], in the message's language, which each channel then
//! writes in its own markup; [`digest`] does so for many messages at once. No markup may appear here.

mod blocks;
mod digest;
mod language;
mod number;
mod outgoing;
mod render;
mod sections;
mod shape;
mod text;
mod timestamp;
mod words;

#[cfg(test)]
pub(in crate::alerts) mod fixtures;
#[cfg(test)]
mod tests;

pub(super) use blocks::fit;
pub use blocks::{Blocks, Fact, Link, Section, Tone};
pub use digest::digest;
pub use language::Language;
pub use number::Unit;
pub use outgoing::Outgoing;
pub(super) use outgoing::without_secrets;
pub use render::blocks;
pub use shape::{
    Acknowledgement, Alert, AlertState, Change, Data, Database, Disk, EndedBy, Evidence, Incident,
    IncidentState, Kind, Message, Pool, Remark, SlowRoute, TopError,
};
pub(super) use text::{cut, one_line, web_address};
pub use timestamp::Timestamp;
