//! Charts as pure geometry: numbers in, the text of SVG paths out. No DOM, no clock, no words.
//!
//! A chart has a step for each stretch of time, all equally long. In the drawing a step is
//! [`draw::STEP`] units wide and the plot [`draw::HEIGHT`] high; the style sheet stretches that to
//! whatever room there is, which text would not survive: labels are placed in percent beside it.

pub mod axis;
pub mod draw;
pub mod model;
pub mod spark;
#[cfg(feature = "ssr")]
pub mod stacked_bars;
