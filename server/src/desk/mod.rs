//! The desk's server side: the pages' backend, their data as JSON, and their files.

pub mod api;
pub mod assets;
mod content_coding;
mod logs;
mod look;
pub mod pages;
pub mod preferences;
mod status;

pub use look::language;
pub use status::Desk;
