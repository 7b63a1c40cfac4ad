//! The way from a page to the backend, for staff alone.

use leptos::prelude::use_context;

use crate::address::Address;
use crate::backend::SharedBackend;
use crate::cards::log_result::Searched;
use crate::cards::signal_charts::Histories;
use crate::components::ranges::RefusedRange;
use crate::dto::{Period, Range, Scope};
use crate::view::instant::Instant;
use crate::view::viewer::Viewer;

/// Why a page gets no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error("not signed in")]
    SignedOut,
    /// Signed in, but not as staff.
    #[error("not allowed")]
    Forbidden,
    /// What the page needs was not provided in context.
    #[error("not provided")]
    Unprovided,
}

/// The backend, for staff. Closed by default: without a viewer in context nobody is signed in.
pub fn staff_backend() -> Result<SharedBackend, LoadError> {
    match use_context::<Viewer>() {
        Some(viewer) if viewer.user.is_none() => Err(LoadError::SignedOut),
        Some(viewer) if viewer.is_staff => use_context().ok_or(LoadError::Unprovided),
        Some(_) => Err(LoadError::Forbidden),
        None => Err(LoadError::SignedOut),
    }
}

/// What a page shows of the range that it was asked for, or why it can't be had.
pub type Scoped<T> = Result<T, RefusedAt>;

/// A range that is none, and when it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAt {
    pub range: RefusedRange,
    /// RFC 3339.
    pub now: String,
}

/// The backend, for staff, and what the address asks it for.
pub fn scoped() -> Result<(SharedBackend, Scoped<Scope>), LoadError> {
    let backend = staff_backend()?;
    let address = use_context::<Address>().unwrap_or_default();
    let zone = use_context::<Viewer>().unwrap_or_default().zone;
    let now = backend.now();
    // The backend's own time can be read.
    let instant = Instant::parse(&now).unwrap_or(Instant::from_epoch_ms(0));
    let scope = address.scope(zone, instant).map_err(|bad| RefusedAt {
        range: RefusedRange {
            asked: address.range(),
            bad,
        },
        now,
    });
    Ok((backend, scope))
}

/// How traffic and host were over a period, of all instances together.
pub async fn histories(backend: &SharedBackend, period: Period) -> Histories {
    let range = Range::Last(period);
    let scope = Scope::of(range, None);
    let (overview, host) = futures_util::join!(backend.overview(scope), backend.host(range));
    Histories {
        traffic: overview.history,
        host,
    }
}

/// Whose log files this backend searches.
pub fn searched_by(backend: &SharedBackend) -> Searched {
    Searched {
        own: backend.instance(),
        others: backend.other_instances(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use leptos::prelude::{Owner, provide_context};

    use super::super::test_backend::TestBackend;
    use super::*;

    #[test]
    fn only_signed_in_staff_reach_the_backend() {
        let reached_by = |viewer: Option<Viewer>| {
            Owner::new().with(|| {
                let backend: SharedBackend = Arc::new(TestBackend::default());
                provide_context(backend);
                if let Some(viewer) = viewer {
                    provide_context(viewer);
                }
                staff_backend().map(|backend| backend.instance())
            })
        };
        let viewer = |user: Option<&str>, is_staff| {
            Some(Viewer {
                user: user.map(str::to_owned),
                is_staff,
                ..Viewer::default()
            })
        };
        assert_eq!(
            reached_by(viewer(Some("ada"), true)),
            Ok("web-1".to_owned())
        );
        assert_eq!(
            reached_by(viewer(Some("bob"), false)),
            Err(LoadError::Forbidden)
        );
        assert_eq!(reached_by(viewer(None, true)), Err(LoadError::SignedOut));
        assert_eq!(reached_by(None), Err(LoadError::SignedOut));
    }
}
