//! [`BadQuery`]: a field of a query that is not understood.

use serde::{Deserialize, Serialize};

/// Why what was asked for can't be answered: `errors[0]` of the problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadQuery {
    /// Which of the query's fields it is, as the query string names it.
    pub field: String,
    /// What was given, and what would be right.
    pub message: String,
}
