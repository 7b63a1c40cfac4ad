//! Dumb building blocks: they know words, states and numbers, but nothing about what these mean.

pub mod banner;
#[cfg(feature = "ssr")]
pub mod card;
#[cfg(feature = "ssr")]
pub mod chart;
#[cfg(feature = "ssr")]
mod chart_text;
pub mod controls;
#[cfg(feature = "ssr")]
pub mod coverage;
pub mod excerpt;
#[cfg(feature = "ssr")]
pub mod facts;
#[cfg(feature = "ssr")]
pub mod folding;
#[cfg(feature = "ssr")]
pub mod form_error;
pub mod highlight;
#[cfg(feature = "ssr")]
pub mod instance_filter;
pub mod level;
#[cfg(feature = "ssr")]
pub mod notice;
#[cfg(feature = "ssr")]
pub mod number;
#[cfg(feature = "ssr")]
pub mod periods;
pub mod search_box;
#[cfg(feature = "ssr")]
pub mod spark;
pub mod state;
pub mod text;
pub mod time;
pub mod topbar;
#[cfg(feature = "ssr")]
pub mod updated;
