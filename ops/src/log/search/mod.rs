//! Searching the logs: over all generations, newest first, while they are written and rotated.
//!
//! ```text
//! Query -> Matcher: what to look for in raw bytes, what a line must then have
//! dir   -> generations (open files) -> time_range (which part) -> blocks (whole lines, from the end)
//!       -> candidates -> check -> hits, histogram
//! ```
//!
//! Reads with `pread` into one buffer that is used again; nothing is parsed but lines that are
//! likely to match. Whoever calls decides where it runs: it blocks.

mod blocks;
mod budget;
mod follow;
mod generations;
mod histogram;
mod line_numbers;
mod matcher;
mod needle;
mod position;
mod query;
mod raw;
mod run;
mod story;
mod text;
mod time_range;

pub use budget::{Budget, CancelOnDrop};
pub use follow::{Follower, News, Skipped};
pub use histogram::{Counts, Histogram};
pub use position::{NoPosition, Position};
pub use query::{Page, Query, Severity, StatusFilter};
pub use raw::parse_line;
pub use run::{Found, Hit, search, time_of};
pub use story::{Story, StoryLine, story};
pub use text::show_line;

pub(super) use blocks::Blocks;
pub(super) use generations::{mark, open_all};
