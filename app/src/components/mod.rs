//! Dumb building blocks: they know words, states and numbers, but nothing about what these mean.

pub mod banner;
pub mod card;
pub mod chart;
mod chart_text;
pub mod controls;
pub mod facts;
pub mod level;
pub mod marked;
#[cfg(feature = "ssr")]
pub mod notice;
pub mod number;
pub mod periods;
pub mod search_box;
pub mod spark;
pub mod state;
pub mod text;
pub mod time;
pub mod topbar;
pub mod updated;
