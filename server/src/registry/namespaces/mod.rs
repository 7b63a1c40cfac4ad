//! Namespaces: what agent cards are grouped and switched off by.

pub mod handlers;
pub(super) mod model;

pub use model::{NamespaceInput, RESERVED_IDS, is_namespace_id};
