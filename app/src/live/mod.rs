//! The browser's half of a page: what keeps it fresh, what it remembers, and what only a pointer or a key
//! can ask for. Missing all of it costs comfort, never content.

pub mod chart_cursor;
pub mod copying;
pub mod listener;
pub mod log_tail;
pub mod morph;
pub mod preferences;
pub mod refetch;
pub mod refresher;
pub mod tail_lines;
pub mod tail_start;
