//! The door of every server function and of every page's data.

use leptos::prelude::use_context;

use super::FetchError;
use crate::visit::Visit;

/// Closed by default: without a visit in context nobody is signed in.
pub fn require_staff() -> Result<(), FetchError> {
    match use_context::<Visit>() {
        Some(visit) if visit.user.is_none() => Err(FetchError::SignedOut),
        Some(visit) if visit.is_staff => Ok(()),
        Some(_) => Err(FetchError::Forbidden),
        None => Err(FetchError::SignedOut),
    }
}
