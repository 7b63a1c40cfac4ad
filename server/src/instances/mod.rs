//! The instances that share the desk's own store: each says every few seconds that it is there, and
//! reads who else is. Pages read memory, so that none of them waits for the store.

mod figures;
mod heartbeat;

pub use figures::{chosen, instances, known_names, live_others};
pub use heartbeat::Fleet;
