//! Pure geometry: numbers in, coordinates out. No DOM, no words, no colours.

pub mod stacked_bars;
