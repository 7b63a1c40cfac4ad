//! What kind of address a request goes to: said once for all who treat some of them apart.

pub const METRICS: &str = "/metrics";

/// What asks by the second how the service is. It costs no query and no statistics, finds room where
/// others are turned away, and its lines are DEBUG.
pub fn is_monitoring(path: &str) -> bool {
    path.starts_with("/health") || path == METRICS
}

/// What programs read: a token may be brought, and failures are `application/problem+json`.
pub fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path == METRICS
}
