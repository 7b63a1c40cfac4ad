//! Who the client is when proxies stand in between: the peer's own word counts for nothing, a
//! trusted proxy's for what it has seen itself.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName};

use super::networks::Networks;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The address of the client of `request`; `None` if its connection has none.
pub fn of_request(request: &HttpRequest, trusted: &Networks) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    Some(Claims::of(request.headers()).client(peer, trusted))
}

/// Whether the client speaks https with a trusted proxy; the service itself speaks none.
pub fn is_https(request: &HttpRequest, trusted: &Networks) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip());
    peer.is_some_and(|peer| Claims::of(request.headers()).is_https(peer, trusted))
}

/// What the headers say about the connection, true or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Claims<'a> {
    /// Addresses from the first proxy's client to the last proxy's.
    forwarded_for: Vec<&'a str>,
    real_ip: Option<&'a str>,
    /// The word of the last proxy.
    forwarded_proto: Option<&'a str>,
}

impl<'a> Claims<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let list = |name| {
            headers
                .get_all(name)
                // Bytes that are no text must not shift their neighbours: they count as garbage.
                .map(|value| value.to_str().unwrap_or("?"))
                .filter(|value| !value.trim().is_empty())
                .flat_map(|value| value.split(','))
                .map(str::trim)
                .collect::<Vec<_>>()
        };
        Self {
            forwarded_for: list(X_FORWARDED_FOR),
            real_ip: list(X_REAL_IP).pop(),
            forwarded_proto: list(X_FORWARDED_PROTO).pop(),
        }
    }

    /// Walks from the peer towards the client for as long as there are trusted proxies, and stops at
    /// the last address that can be read.
    fn client(&self, peer: IpAddr, trusted: &Networks) -> IpAddr {
        let peer = peer.to_canonical();
        if !trusted.contains(peer) {
            return peer;
        }
        if self.forwarded_for.is_empty() {
            return self.real_ip.and_then(address).unwrap_or(peer);
        }
        let mut client = peer;
        for entry in self.forwarded_for.iter().rev() {
            let Some(address) = address(entry) else {
                break;
            };
            client = address;
            if !trusted.contains(address) {
                break;
            }
        }
        client
    }

    fn is_https(&self, peer: IpAddr, trusted: &Networks) -> bool {
        let claims_https = self
            .forwarded_proto
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
        claims_https && trusted.contains(peer)
    }
}

/// An address with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || {
        let inner = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        match inner {
            Some(v6) => v6.parse().ok().map(IpAddr::V6),
            None => text.parse().ok(),
        }
    };
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    bare().or_else(with_port).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn trusted() -> Networks {
        Networks::new(["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().unwrap()))
    }

    fn request(peer: &str, headers: &[(&str, &str)]) -> HttpRequest {
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        headers
            .iter()
            .fold(TestRequest::get().peer_addr(peer), |request, header| {
                request.append_header(*header)
            })
            .to_http_request()
    }

    fn client(peer: &str, headers: &[(&str, &str)]) -> String {
        of_request(&request(peer, headers), &trusted())
            .unwrap()
            .to_string()
    }

    fn forwarded_for(list: &str) -> String {
        client(PROXY, &[("X-Forwarded-For", list)])
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let headers = [
            ("X-Forwarded-For", "198.51.100.1"),
            ("X-Real-IP", "198.51.100.1"),
            ("X-Forwarded-Proto", "https"),
        ];
        assert_eq!(client("203.0.113.9", &headers), "203.0.113.9");
        assert!(!is_https(&request("203.0.113.9", &headers), &trusted()));
    }

    #[test]
    fn the_client_is_the_rightmost_address_that_is_not_trusted() {
        assert_eq!(forwarded_for("198.51.100.1"), "198.51.100.1");
        assert_eq!(
            forwarded_for("1.1.1.1, 198.51.100.1, 10.0.0.2"),
            "198.51.100.1"
        );
        assert_eq!(forwarded_for("10.0.0.3, 10.0.0.2"), "10.0.0.3");
    }

    #[test]
    fn several_headers_are_one_list() {
        let headers = [
            ("X-Forwarded-For", "1.1.1.1"),
            ("X-Forwarded-For", "198.51.100.1"),
            ("X-Forwarded-For", "10.0.0.2"),
        ];
        assert_eq!(client(PROXY, &headers), "198.51.100.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        assert_eq!(forwarded_for("198.51.100.1:5000"), "198.51.100.1");
        assert_eq!(forwarded_for("[2001:db8::1]:5000"), "2001:db8::1");
        assert_eq!(forwarded_for("[2001:db8::1]"), "2001:db8::1");
        assert_eq!(forwarded_for("2001:db8::1"), "2001:db8::1");
        assert_eq!(forwarded_for("::ffff:198.51.100.1"), "198.51.100.1");
        assert_eq!(
            forwarded_for("198.51.100.1, ::ffff:10.0.0.2"),
            "198.51.100.1"
        );
        let from_v4 = [("X-Forwarded-For", "198.51.100.1")];
        assert_eq!(client("::ffff:10.0.0.1", &from_v4), "198.51.100.1");
        assert_eq!(client("::ffff:203.0.113.9", &from_v4), "203.0.113.9");
        assert_eq!(client("fd00::1", &from_v4), "198.51.100.1");
    }

    #[test]
    fn garbage_stops_the_walk_at_the_last_good_address() {
        assert_eq!(forwarded_for("1.1.1.1, unknown, 10.0.0.2"), "10.0.0.2");
        assert_eq!(forwarded_for("1.1.1.1, , 10.0.0.2"), "10.0.0.2");
        for garbage in [
            "unknown",
            "1.1.1.1,",
            "[1.1.1.1]",
            "1.1.1.1:",
            "fe80::1%eth0",
            "_gazonk",
        ] {
            assert_eq!(forwarded_for(garbage), PROXY, "{garbage}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_hide_what_stands_before_them() {
        let request = TestRequest::get()
            .peer_addr(SocketAddr::new(PROXY.parse().unwrap(), 1))
            .append_header(("X-Forwarded-For", "198.51.100.1"))
            .append_header(("X-Forwarded-For", &b"\xff"[..]))
            .to_http_request();
        assert_eq!(of_request(&request, &trusted()).unwrap().to_string(), PROXY);
    }

    #[test]
    fn x_real_ip_counts_only_where_there_is_no_list() {
        let real = ("X-Real-IP", "198.51.100.1");
        assert_eq!(client(PROXY, &[real]), "198.51.100.1");
        assert_eq!(
            client(PROXY, &[real, ("X-Forwarded-For", " ")]),
            "198.51.100.1"
        );
        assert_eq!(
            client(PROXY, &[real, ("X-Forwarded-For", "203.0.113.9")]),
            "203.0.113.9"
        );
        assert_eq!(client(PROXY, &[("X-Real-IP", "nobody")]), PROXY);
    }

    #[test]
    fn the_scheme_is_the_last_proxys_word() {
        for (proto, expected) in [
            ("https", true),
            ("HTTPS", true),
            ("http, https", true),
            ("https, http", false),
            ("http", false),
            ("", false),
        ] {
            let request = request(PROXY, &[("X-Forwarded-Proto", proto)]);
            assert_eq!(is_https(&request, &trusted()), expected, "{proto}");
        }
    }

    #[test]
    fn a_connection_without_an_address_has_no_client_address() {
        let request = TestRequest::get()
            .append_header(("X-Forwarded-For", "198.51.100.1"))
            .to_http_request();
        assert_eq!(of_request(&request, &trusted()), None);
        assert!(!is_https(&request, &trusted()));
    }

    proptest! {
        #[test]
        fn whatever_a_client_sends_the_proxys_entry_decides(forged in "[ -~]{0,60}") {
            let list = format!("{forged}, 198.51.100.1");
            prop_assert_eq!(forwarded_for(&list), "198.51.100.1");
        }

        #[test]
        fn any_address_is_understood_in_each_of_its_forms(ip in any::<IpAddr>(), port in any::<u16>()) {
            let canonical = Some(ip.to_canonical());
            prop_assert_eq!(address(&ip.to_string()), canonical);
            prop_assert_eq!(address(&SocketAddr::new(ip, port).to_string()), canonical);
        }
    }
}
