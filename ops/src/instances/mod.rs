//! The processes that share one store: what each says of itself, and how the others are by what the
//! store told last. How often they say it, and where that is kept, is the service's own.

mod absent;
mod seen;

pub use absent::Absent;
pub use seen::{Instance, Seen, State};
