//! Which requests count.

use crate::http::place::is_monitoring;

/// By the matched route, or by the path of a request that matched none: health probes, static files
/// and the desk watch or decorate the service, they are not its traffic.
pub fn is_counted(place: &str) -> bool {
    let uncounted = ["/static/", "/admin/", "/api/ops/"];
    !is_monitoring(place) && !uncounted.iter().any(|prefix| place.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::is_counted;

    #[test]
    fn the_service_counts_and_what_watches_it_does_not() {
        for place in [
            "/",
            "/api/agentcards/",
            "/api/opsession/",
            "/nothing/here",
            "*",
            "/metrics/of/mine",
        ] {
            assert!(is_counted(place), "{place}");
        }
        for place in [
            "/health",
            "/health/db/",
            "/healthz",
            "/metrics",
            "/static/{file}",
            "/admin/nothing",
            "/api/ops/status/",
        ] {
            assert!(!is_counted(place), "{place}");
        }
    }
}
