//! The desk's server side: the pages' backend, their data as JSON, and their files.

pub mod api;
pub mod assets;
mod content_coding;
mod find;
pub mod log_download;
pub mod log_follow;
pub mod log_level;
mod look;
pub mod pages;
pub mod preferences;
mod short_address;
mod status;

pub use look::language;
pub use status::Desk;
