//! Namespaces: what agent cards are grouped and switched off by.

pub mod list;
pub(super) mod model;
mod noun;

pub use model::{NamespaceInput, RESERVED_IDS, is_namespace_id};
