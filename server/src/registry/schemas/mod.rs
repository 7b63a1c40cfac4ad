//! Schemas: what the extensions that cards declare have to look like.

pub mod lists;
pub(super) mod model;
mod noun;
mod revalidate;

pub use model::SchemaInput;
pub use revalidate::Revalidation;
