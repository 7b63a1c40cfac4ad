//! The registry: namespaces, schemas of extensions, and agent cards, under `/api/` (`openapi` has it
//! all in one document).
//!
//! Each noun has a folder: what it looks like on the wire, what is wrong with an input, and its
//! handlers. What all of them share lies here.

mod a2a;
mod access;
mod body;
pub mod bulk;
pub mod cards;
mod change;
pub mod checks;
pub mod counts;
mod docs;
mod duplicates;
mod etag;
mod fields;
mod members;
mod namespaces;
pub mod openapi;
mod paging;
mod reply;
mod routes;
pub mod schemas;

pub use access::trace_of;
pub use namespaces::{NamespaceInput, is_namespace_id};
pub use reply::time;
pub use routes::{configure, configure_well_known};
