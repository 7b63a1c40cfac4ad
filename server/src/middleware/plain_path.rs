//! Which paths mean what they say. A proxy that decides by the decoded path (which location, which cache
//! entry) and passes on the raw one must not be led to take one address for another.

/// What agents are found by: names of namespaces and cards are percent-encoded in it, whatever they are.
const AGENT_CARDS: [&str; 2] = ["agent-card.json", "agent.json"];

/// Whether the raw path has neither dot segments nor hidden separators. Under `/api/` and in the
/// addresses of agents a segment may be a name, and a name may have any of them.
pub fn is_plain(path: &str) -> bool {
    has_names(path) || !path.split('/').any(is_misleading)
}

fn has_names(path: &str) -> bool {
    let is_agent = || {
        let mut from_the_end = path.rsplit('/');
        from_the_end
            .next()
            .is_some_and(|name| AGENT_CARDS.contains(&name))
            && from_the_end.next() == Some(".well-known")
            && from_the_end.count() == 3
    };
    path.starts_with("/api/") || is_agent()
}

fn is_misleading(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase();
    let has_separator = ["%2f", "%5c", "\\"].iter().any(|it| segment.contains(it));
    has_separator || matches!(segment.replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_could_take_for_another_address_is_not_plain() {
        for path in [
            "/admin/routes/GET/..%2f..%2f..%2fstatic/loot.deadbeef.js",
            "/admin/routes/GET/%2e%2e/x",
            "/static/../admin/",
            "/admin/.%2E/static/x",
            "/admin/./system-status/",
            "/admin/routes/GET/a%5Cb",
            "/admin/a\\b",
            "/static/a%2Fb.js",
            "/a/..%2fb/c/.well-known/agent-card.json",
            "/..%2fadmin/.well-known/agent-card.json",
        ] {
            assert!(!is_plain(path), "{path}");
        }
    }

    #[test]
    fn a_name_may_be_anything() {
        for path in [
            "/",
            "/admin/routes/GET/api/agentcards/%7Bid%7D/",
            "/admin/routes/GET/-unmatched",
            "/static/app.c0afdbfb.js",
            "/a..b/.hidden/",
            "/api/namespaces/a%2Fb/",
            "/api/namespaces/%2e%2e/",
            "/travel/Plan%2FB/.well-known/agent-card.json",
            "/travel/%2E%2E/.well-known/agent.json",
        ] {
            assert!(is_plain(path), "{path}");
        }
    }
}
