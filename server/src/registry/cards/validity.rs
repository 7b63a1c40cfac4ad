//! Whether a card is valid, and what keeps it from being so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::JsonText;
use crate::db::queries::cards::CardHead;
use crate::registry::a2a::{Finding, Verdict};

/// How many findings a row of a list has: a page of cards must stay small whatever is wrong with
/// them.
const MAX_IN_LISTS: usize = 5;

/// Against the card's version of A2A, and the schemas of its extensions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Validity {
    pub valid: bool,
    /// In lists the first few only.
    pub errors: Vec<Finding>,
    /// `false` where the check was not done, for the reason that `errors` has; left out otherwise.
    #[serde(skip_serializing_if = "is_true")]
    #[schema(required = false, default = true)]
    pub checked: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it may skip by reference"
)]
fn is_true(flag: &bool) -> bool {
    *flag
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Checked(Vec<Finding>),
    Unchecked { unchecked: String },
}

impl Validity {
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Checked(errors) => Self {
                valid: errors.is_empty(),
                errors,
                checked: true,
            },
            Verdict::Unchecked(reason) => Self {
                valid: false,
                errors: vec![Finding::of_all(reason)],
                checked: false,
            },
        }
    }

    /// As it was found when the card was written, or its extensions' schemas changed.
    pub fn of_row(card: &CardHead) -> Self {
        let unchecked = |reason: &str| Self::of(Verdict::Unchecked(reason.to_owned()));
        let Some(errors) = &card.validity_errors else {
            return unchecked("not checked yet: the row was not written by this service");
        };
        match serde_json::from_str(errors.text()) {
            Ok(Stored::Checked(errors)) => Self {
                valid: card.is_valid,
                errors,
                checked: true,
            },
            Ok(Stored::Unchecked { unchecked: reason }) => unchecked(&reason),
            Err(_) => unchecked("not checked: what was found can't be read"),
        }
    }

    #[must_use]
    pub fn for_list(mut self) -> Self {
        self.errors.truncate(MAX_IN_LISTS);
        self
    }

    pub fn to_columns(&self) -> (bool, JsonText) {
        let stored = match self.errors.first() {
            Some(reason) if !self.checked => Self::unchecked_column(&reason.message),
            _ => JsonText::of(&self.errors),
        };
        (self.valid, stored)
    }

    /// What is stored of a card that was not checked.
    pub fn unchecked_column(reason: &str) -> JsonText {
        JsonText::of(&Stored::Unchecked {
            unchecked: reason.to_owned(),
        })
    }
}
