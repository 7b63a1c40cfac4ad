//! The registry: namespaces, schemas of extensions, and agent cards, under `/api/` (`openapi` has it
//! all in one document).
//!
//! Each noun has a folder: what it looks like on the wire, what is wrong with an input, and its
//! handlers. What all of them share lies here.

pub mod a2a;
mod access;
pub mod bulk;
pub mod cards;
mod change;
pub mod checks;
pub mod counts;
mod duplicates;
mod fields;
mod members;
pub mod namespaces;
pub mod openapi;
mod routes;
pub mod schemas;
pub mod state;

pub use namespaces::{NamespaceInput, is_namespace_id};
pub use routes::{Operations, configure, configure_well_known};
