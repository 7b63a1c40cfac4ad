//! A JSON Schema that has been compiled, with what a check by it may cost.

use jsonschema::Validator;
use serde_json::Value;

use super::cost::Budget;
use super::graph::Graph;

/// A schema that is ready to check documents.
#[derive(Debug)]
pub struct Compiled {
    validator: Validator,
    graph: Graph,
}

impl Compiled {
    pub(super) fn new(validator: Validator, graph: Graph) -> Self {
        Self { validator, graph }
    }

    pub(super) fn validator(&self) -> &Validator {
        &self.validator
    }

    /// The steps that a check of the document takes; `None` if the budget does not have them.
    pub(super) fn spend(&self, budget: &mut Budget, document: &Value) -> Option<u64> {
        budget.spend(&self.graph, document)
    }
}
