//! The states of alerts: from outcomes to transitions.
//!
//! An [`Alert`] is a rule's state for one subject, plain data that a store keeps; what happens to it
//! is a list of [`Transition`]s. Nothing here knows who is told. [`round`] does one round of all
//! rules; [`step`] moves one alert by one outcome.
//!
//! ```text
//!          bad                     bad often and long enough
//!   ok ──────────▶ pending ───────────────────────────────▶ firing
//!    ▲               │ good, or nothing known for long         │
//!    ├───────────────┘                                         │ good often and long enough
//!    └─────────────────────────────────────────────────────────┘
//! ```
//!
//! Unknown moves nothing but a pending alert that has been unknown for long: it never ends an episode.

mod alert;
mod events;
mod flapping;
mod round;
#[cfg(test)]
mod round_tests;
mod schedule;
mod step;
#[cfg(test)]
mod tests;
mod tick;
#[cfg(test)]
mod time_tests;
mod transition;

pub use alert::{Alert, Alerts, Away, Episode, Missing, Phase, State};
pub use events::{DIGEST, EventState};
pub use flapping::Flapping;
pub use round::{EngineState, close, expire, forget_instance, round};
pub use schedule::is_due;
pub use step::step;
pub use tick::{Evaluated, START_GRACE, Tick};
pub use transition::{EndKind, Transition, TransitionKind};
