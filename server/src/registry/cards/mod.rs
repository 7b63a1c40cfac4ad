//! Agent cards: kept whole, checked, found, and served to A2A clients.

pub mod lists;
pub(super) mod model;
mod noun;
pub mod served;
mod validity;

pub use model::{CardInput, Origin, prepared};
pub use validity::Validity;
