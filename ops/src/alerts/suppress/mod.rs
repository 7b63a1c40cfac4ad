//! Suppression: who is told, never what is true.
//!
//! There is one [`Gate`], and every message passes it. Its answer is kept with what was not told.

mod gate;
mod maintenance;
mod silence;
#[cfg(test)]
mod tests;

pub use gate::{Gate, Muted, Suppression};
pub use maintenance::{MaintenanceWindow, Occurrence};
pub use silence::{LONGEST_SILENCE, Matchers, Quiet, Silence, SilenceError, Until};
