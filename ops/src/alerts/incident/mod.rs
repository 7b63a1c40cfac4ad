//! Incidents: what people see of alerts, and what they are told.
//!
//! An [`Incident`] is one alert or several that share a group and overlap. [`take_in`] adds what
//! happened; [`tell`] compares, for each channel, what it was told with what is true and may be told,
//! and gives an [`Intent`] for each message that is due. It compares states rather than passing on
//! events: so a message that was held back is sent once when it may be, one that has become untrue
//! never is, and a restart at any point changes nothing.
//!
//! An outbox writes intents in the same transaction as the incidents.

#[cfg(test)]
mod cause_tests;
mod entry;
mod group;
#[cfg(test)]
mod history;
mod intent;
mod merge;
#[cfg(test)]
mod properties;
mod record;
mod take_in;
mod tell;
#[cfg(test)]
mod tests;
mod title;

pub use entry::{Entry, EntryDetail, EntryKind, entries};
pub use intent::{Intent, IntentAlert, IntentKind};
pub use merge::merge;
pub use record::{Acknowledged, Ended, Incident, Member, REOPENS_WITHIN_MS, Shown, Told};
pub use take_in::{close_alerts, expire_events, take_in};
pub use tell::{Recipient, Telling, tell};
pub use title::Title;
