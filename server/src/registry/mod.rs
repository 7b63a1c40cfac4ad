//! The registry: namespaces, schemas of extensions, and agent cards, under `/api/` (`openapi` has it
//! all in one document).
//!
//! Each noun has a folder: what it looks like on the wire, what is wrong with an input, its lists, and
//! in which it differs from the others (`noun`). What all of them share lies here, the handlers
//! (`handlers`) and the check of bodies (`fields`) among it.

pub mod a2a;
mod access;
mod body_schema;
pub mod bulk;
pub mod cards;
mod change;
pub mod checks;
pub mod counts;
mod duplicates;
mod fields;
mod handlers;
mod members;
pub mod namespaces;
mod noun;
pub mod openapi;
pub mod operations;
mod routes;
pub mod schemas;
pub mod state;

pub use namespaces::{NamespaceInput, is_namespace_id};
pub use routes::{configure, configure_well_known};
