//! Pure geometry: numbers in, coordinates out. No DOM, no words, no colours.

#[cfg(feature = "ssr")]
pub mod stacked_bars;
