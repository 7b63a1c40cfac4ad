//! The door of every server function and of every page's data.

use leptos::prelude::use_context;

use super::FetchError;
use crate::backend::SharedBackend;
use crate::visit::Visit;

/// The backend, for staff. Closed by default: without a visit in context nobody is signed in.
pub fn staff_backend() -> Result<SharedBackend, FetchError> {
    match use_context::<Visit>() {
        Some(visit) if visit.user.is_none() => Err(FetchError::SignedOut),
        Some(visit) if visit.is_staff => use_context().ok_or(FetchError::Unreachable),
        Some(_) => Err(FetchError::Forbidden),
        None => Err(FetchError::SignedOut),
    }
}
