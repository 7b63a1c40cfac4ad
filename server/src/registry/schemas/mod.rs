//! Schemas: what the extensions that cards declare have to look like.

pub mod handlers;
pub(super) mod model;
mod revalidate;

pub use model::{CatalogEntry, CatalogType, SchemaInput, SchemaView};
pub use revalidate::Revalidation;
