//! The logs for whoever asks: one search behind the page, `GET /api/ops/logs/` and the command line.

mod answer;
mod moment;
mod query_string;
mod reader;
mod terms;

pub use answer::{in_terminal, line as found_line};
pub use query_string::{Asked, asked};
pub use reader::LogReader;
pub use terms::{Terms, position};
