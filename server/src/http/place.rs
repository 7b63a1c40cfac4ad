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

/// The namespace that a request is about: `/api/namespaces/NAME/…` and `/NAME/CARD/.well-known/…`.
pub fn namespace_of(path: &str) -> Option<&str> {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next()?, parts.next()?, parts.next()) {
        ("api", "namespaces", Some(name)) if !name.is_empty() => Some(name),
        (name, _, Some(".well-known")) if !name.is_empty() => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_stands_in_some_paths() {
        assert_eq!(namespace_of("/api/namespaces/team-a/"), Some("team-a"));
        assert_eq!(
            namespace_of("/team-a/bot/.well-known/agent-card.json"),
            Some("team-a")
        );
        assert_eq!(namespace_of("/api/agentcards/7/"), None);
        assert_eq!(namespace_of("/api/namespaces/"), None);
        assert_eq!(namespace_of("/"), None);
    }
}
