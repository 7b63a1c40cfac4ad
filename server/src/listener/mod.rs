//! The listening socket, and how many connections it may bring.

mod connections;
mod gate;

pub use connections::{Connections, Limits, workers};
pub use gate::{Gate, as_seen_from_here, try_address};
