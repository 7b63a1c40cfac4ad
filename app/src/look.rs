//! How this reader sees things: the words, the zone, and the moment that ages are counted from.

use crate::instant::Instant;
use crate::locales::Messages;
use crate::visit::Visit;
use crate::zone::Zone;

/// Handed down to every view.
#[derive(Clone, Copy)]
pub struct Look {
    pub t: &'static Messages,
    pub zone: Zone,
    /// When what is shown was measured; ages are counted from here, never from a clock.
    #[cfg_attr(
        not(feature = "ssr"),
        allow(dead_code, reason = "only drawings count ages")
    )]
    pub measured_at: Option<Instant>,
}

impl Look {
    pub fn new(visit: &Visit, measured_at: Option<Instant>) -> Self {
        Self {
            t: visit.language.messages(),
            zone: visit.zone,
            measured_at,
        }
    }

    /// `generated_at` is RFC 3339, as answers have it.
    #[cfg(feature = "ssr")]
    pub fn at(visit: &Visit, generated_at: &str) -> Self {
        Self::new(visit, Instant::parse(generated_at))
    }
}
