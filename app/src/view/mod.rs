//! How this reader sees: language, zone, and the way numbers and moments are written. Pure: no clock and
//! no request in here.

pub mod instant;
#[cfg_attr(
    not(feature = "ssr"),
    allow(dead_code, reason = "the texts speak of it")
)]
pub mod numbers;
pub mod settings;
pub mod viewer;
pub mod zone;
