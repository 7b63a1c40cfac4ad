//! How this reader sees things: the words, the zone, and the moment that ages are counted from.

use crate::locales::Messages;
use crate::view::instant::Instant;
use crate::view::viewer::Viewer;
use crate::view::zone::Zone;

/// Handed down to every view.
#[derive(Clone, Copy)]
pub struct ViewSettings {
    pub t: &'static Messages,
    pub zone: Zone,
    /// When what is shown was measured; ages are counted from here, never from a clock.
    #[cfg_attr(
        not(feature = "ssr"),
        allow(dead_code, reason = "only drawings count ages")
    )]
    pub measured_at: Option<Instant>,
}

impl ViewSettings {
    pub fn new(viewer: &Viewer, measured_at: Option<Instant>) -> Self {
        Self {
            t: viewer.language.messages(),
            zone: viewer.zone,
            measured_at,
        }
    }

    /// `generated_at` is RFC 3339, as answers have it.
    #[cfg(feature = "ssr")]
    pub fn at(viewer: &Viewer, generated_at: &str) -> Self {
        Self::new(viewer, Instant::parse(generated_at))
    }
}
