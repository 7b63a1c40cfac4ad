//! Whether an address in a card is one that a client can go to.

use reqwest::Url;

/// How what is behind an address is spoken to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Http,
    /// A name and a port are enough for gRPC.
    Grpc,
    /// A binding that A2A does not define.
    Any,
}

const GRPC_SCHEMES: [&str; 5] = ["http", "https", "grpc", "grpcs", "dns"];

/// What is wrong with an address, if anything is.
pub fn complaint(address: &str, reach: Reach) -> Option<String> {
    let lower = address.to_ascii_lowercase();
    let is_placeholder =
        address.contains(['{', '}', '<', '>']) || lower.contains("%7b") || lower.contains("%7d");
    if is_placeholder {
        return Some("holds a placeholder: it must be the address itself".to_owned());
    }
    if address
        .chars()
        .any(|it| it.is_whitespace() || it.is_control())
    {
        return Some("must be a URL, which has no spaces in it".to_owned());
    }
    if reach != Reach::Http && is_host_and_port(address) {
        return None;
    }
    let relative = || Some("must be an absolute URL, such as https://agent.example/a2a".to_owned());
    let Ok(url) = Url::parse(address) else {
        return relative();
    };
    let fits = match reach {
        Reach::Http => ["http", "https"].contains(&url.scheme()),
        Reach::Grpc => GRPC_SCHEMES.contains(&url.scheme()),
        Reach::Any => true,
    };
    if !fits || !address.contains("//") && reach == Reach::Http {
        return relative();
    }
    // Parsers of URLs forgive too many slashes, and take the path for the host.
    if address.contains(":///") {
        return relative();
    }
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    if reach == Reach::Http && !has_host {
        return relative();
    }
    None
}

fn is_host_and_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_a_client_can_go_to() {
        let http = |address| complaint(address, Reach::Http).is_none();
        for fine in [
            "https://agent.example",
            "http://localhost:9999/",
            "http://127.0.0.1:8000/a2a/v1?x=1",
            "http://[::1]:8000/",
            "https://агент.example/я",
            "HTTPS://agent.example/",
        ] {
            assert!(http(fine), "{fine}");
        }
        for wrong in [
            "",
            "/a2a",
            "a2a",
            "agent.example/a2a",
            "//agent.example/a2a",
            "localhost:9999",
            "{BASE_URL}/a2a",
            "https://{host}/a2a",
            "https://%7Bhost%7D/a2a",
            "<your url>",
            "https://<host>/",
            "https:///a2a",
            "https:agent.example",
            "http://",
            "https://agent.example:99999/",
            "ftp://agent.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://agent .example/",
        ] {
            assert!(!http(wrong), "{wrong}");
        }
        assert_eq!(complaint("agent.example:50051", Reach::Grpc), None);
        assert_eq!(complaint("grpc://agent.example:50051", Reach::Grpc), None);
        assert!(complaint("agent.example", Reach::Grpc).is_some());
        assert!(complaint("ws:{x}", Reach::Any).is_some());
        assert_eq!(complaint("wss://agent.example/", Reach::Any), None);
    }
}
