//! Whether a request proves to come from a page of this host. What follows from that is the guards'
//! business.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERER};
use actix_web::http::uri::Authority;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    Same,
    /// The request says that it comes from elsewhere.
    Foreign,
    /// The request says nothing: not a browser, or a very old one.
    Absent,
}

/// Two values that should say the same and do not; each with the header's name before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub said: String,
    pub expected: String,
}

/// No header that is repeated to a reader is longer.
const SHOWN_MAX_CHARS: usize = 200;

impl Mismatch {
    /// Why [`proof`] takes the request for foreign.
    pub fn of(request: &HttpRequest) -> Self {
        let headers = request.headers();
        let shown = |name: &HeaderName| match single(headers, name) {
            Some(Ok(value)) => value.chars().take(SHOWN_MAX_CHARS).collect(),
            Some(Err(Ambiguous)) => "several, or no text".to_owned(),
            None => "none".to_owned(),
        };
        match single(headers, &SEC_FETCH_SITE) {
            Some(Ok("none" | "same-origin")) | None => {}
            Some(_) => {
                return Self {
                    said: format!("Sec-Fetch-Site: {}", shown(&SEC_FETCH_SITE)),
                    expected: "Sec-Fetch-Site: same-origin".to_owned(),
                };
            }
        }
        let host = match request.uri().authority() {
            Some(authority) if !headers.contains_key(HOST) => authority.to_string(),
            _ => shown(&HOST),
        };
        let said = if headers.contains_key(ORIGIN) || !headers.contains_key(REFERER) {
            format!("Origin: {}", shown(&ORIGIN))
        } else {
            // What follows the host is none of the log's business.
            let referer = shown(&REFERER);
            let origin: Vec<&str> = referer.splitn(4, '/').take(3).collect();
            format!("Referer: {}", origin.join("/"))
        };
        Self {
            said,
            expected: format!("Host: {host}"),
        }
    }
}

/// The proof that a request brings along.
pub fn proof(request: &HttpRequest) -> Proof {
    let headers = request.headers();
    // HTTP/2 names the host in the request line.
    let host = match single(headers, &HOST) {
        Some(Ok(host)) => Some(host),
        Some(Err(Ambiguous)) => None,
        None => request.uri().authority().map(|it| it.as_str()),
    };
    judge(headers, host)
}

/// `Sec-Fetch-Site` comes from the browser itself and knows no proxies, so it is asked first; then
/// `Origin`, then `Referer`, which are compared with the host that the request was sent to.
fn judge(headers: &HeaderMap, host: Option<&str>) -> Proof {
    match single(headers, &SEC_FETCH_SITE) {
        Some(Ok("same-origin")) => return Proof::Same,
        // Typed or bookmarked: no page stands behind it, ours no more than any other.
        Some(Ok("none")) | None => {}
        Some(_) => return Proof::Foreign,
    }
    let claimed = single(headers, &ORIGIN).or_else(|| single(headers, &REFERER));
    match claimed {
        None => Proof::Absent,
        Some(Ok(url)) if host.is_some_and(|host| is_on(url, host)) => Proof::Same,
        // `Origin: null` among them: a sandboxed frame or a local file.
        Some(_) => Proof::Foreign,
    }
}

/// A header that came more than once, or in bytes that are no text.
struct Ambiguous;

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Result<&'a str, Ambiguous>> {
    let mut values = headers.get_all(name);
    let first = values.next()?;
    Some(match values.next() {
        None => HeaderValue::to_str(first).map_err(|_| Ambiguous),
        Some(_) => Err(Ambiguous),
    })
}

/// Whether a URL lies on a host, in whichever scheme: behind a proxy that ends TLS, the service
/// does not know the one that the browser sees. A port left out is the default of the URL's scheme.
fn is_on(url: &str, host: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match (parsed(authority), parsed(host)) {
        (Some(url), Some(host)) => {
            url.host().eq_ignore_ascii_case(host.host())
                && url.port_u16().unwrap_or(default_port) == host.port_u16().unwrap_or(default_port)
        }
        _ => false,
    }
}

/// A host, with a port or without; user information and an empty or wrong port are none.
fn parsed(authority: &str) -> Option<Authority> {
    let parsed: Authority = authority.parse().ok()?;
    let named = match parsed.port() {
        Some(port) => format!("{}:{port}", parsed.host()),
        None => parsed.host().to_owned(),
    };
    (named == authority).then_some(parsed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    fn proof_of(headers: &[(&str, &str)]) -> Proof {
        let request = headers.iter().fold(TestRequest::post(), |request, header| {
            request.append_header(*header)
        });
        proof(&request.to_http_request())
    }

    fn origin_against_host(origin: &str, host: &str) -> Proof {
        proof_of(&[("Host", host), ("Origin", origin)])
    }

    const HOST: (&str, &str) = ("Host", "desk.example");
    const OURS: (&str, &str) = ("Origin", "https://desk.example");
    const EVIL: (&str, &str) = ("Origin", "https://evil.example");

    #[test]
    fn nothing_said_is_no_proof() {
        assert_eq!(proof_of(&[HOST]), Proof::Absent);
    }

    #[test]
    fn the_browsers_own_word_comes_first() {
        for (site, expected) in [
            ("same-origin", Proof::Same),
            ("same-site", Proof::Foreign),
            ("cross-site", Proof::Foreign),
            ("SAME-ORIGIN", Proof::Foreign),
            ("", Proof::Foreign),
            ("none", Proof::Absent),
        ] {
            let site = ("Sec-Fetch-Site", site);
            assert_eq!(proof_of(&[HOST, site]), expected, "{site:?}");
        }
        // Behind a proxy that sends its own Host.
        assert_eq!(
            proof_of(&[
                ("Host", "app:8000"),
                OURS,
                ("Sec-Fetch-Site", "same-origin")
            ]),
            Proof::Same
        );
        assert_eq!(
            proof_of(&[HOST, OURS, ("Sec-Fetch-Site", "cross-site")]),
            Proof::Foreign
        );
        assert_eq!(
            proof_of(&[HOST, EVIL, ("Sec-Fetch-Site", "none")]),
            Proof::Foreign
        );
    }

    #[test]
    fn origin_is_compared_with_the_host_and_its_port() {
        for (origin, host, expected) in [
            ("https://desk.example", "desk.example", Proof::Same),
            ("http://desk.example", "desk.example", Proof::Same),
            ("https://DESK.example", "desk.EXAMPLE", Proof::Same),
            ("https://desk.example:443", "desk.example", Proof::Same),
            ("http://desk.example", "desk.example:80", Proof::Same),
            ("http://127.0.0.1:8000", "127.0.0.1:8000", Proof::Same),
            ("http://[::1]:8000", "[::1]:8000", Proof::Same),
            ("http://[::1]", "[::1]:80", Proof::Same),
            ("https://desk.example:80", "desk.example", Proof::Foreign),
            ("http://127.0.0.1:9000", "127.0.0.1:8000", Proof::Foreign),
            ("http://127.0.0.1", "127.0.0.1:8000", Proof::Foreign),
            ("https://evil.example", "desk.example", Proof::Foreign),
            (
                "https://desk.example.evil.example",
                "desk.example",
                Proof::Foreign,
            ),
            ("https://sub.desk.example", "desk.example", Proof::Foreign),
            (
                "https://desk.example@evil.example",
                "desk.example",
                Proof::Foreign,
            ),
            (
                "https://evil.example@desk.example",
                "desk.example",
                Proof::Foreign,
            ),
            ("ftp://desk.example", "desk.example", Proof::Foreign),
            ("null", "desk.example", Proof::Foreign),
            ("null", "null", Proof::Foreign),
            ("", "desk.example", Proof::Foreign),
            ("desk.example", "desk.example", Proof::Foreign),
            ("https://", "", Proof::Foreign),
            ("https://desk.example:99999", "desk.example", Proof::Foreign),
            ("https://desk.example:+443", "desk.example", Proof::Foreign),
        ] {
            assert_eq!(
                origin_against_host(origin, host),
                expected,
                "{origin} on {host}"
            );
        }
    }

    #[test]
    fn a_refusal_names_the_two_values_that_differ() {
        let mismatch = |headers: &[(&str, &str)]| {
            let request = headers.iter().fold(TestRequest::post(), |request, header| {
                request.append_header(*header)
            });
            let Mismatch { said, expected } = Mismatch::of(&request.to_http_request());
            (said, expected)
        };
        let pair = |said: &str, expected: &str| (said.to_owned(), expected.to_owned());
        assert_eq!(
            mismatch(&[("Host", "app:8000"), OURS]),
            pair("Origin: https://desk.example", "Host: app:8000")
        );
        let page = ("Referer", "https://evil.example/page?token=x");
        assert_eq!(
            mismatch(&[HOST, page]),
            pair("Referer: https://evil.example", "Host: desk.example")
        );
        assert_eq!(
            mismatch(&[HOST, OURS, ("Sec-Fetch-Site", "cross-site")]),
            pair("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin")
        );
        assert_eq!(
            mismatch(&[HOST, OURS, EVIL]),
            pair("Origin: several, or no text", "Host: desk.example")
        );
    }

    #[test]
    fn referer_counts_where_there_is_no_origin() {
        let page = (
            "Referer",
            "https://desk.example/admin/?x=https://evil.example",
        );
        let evil_page = ("Referer", "https://evil.example/https://desk.example/");
        assert_eq!(proof_of(&[HOST, page]), Proof::Same);
        assert_eq!(proof_of(&[HOST, evil_page]), Proof::Foreign);
        assert_eq!(proof_of(&[HOST, OURS, evil_page]), Proof::Same);
        assert_eq!(proof_of(&[HOST, EVIL, page]), Proof::Foreign);
        assert_eq!(proof_of(&[HOST, ("Origin", "null"), page]), Proof::Foreign);
    }

    #[test]
    fn a_header_that_comes_twice_proves_nothing() {
        assert_eq!(proof_of(&[HOST, OURS, EVIL]), Proof::Foreign);
        assert_eq!(
            proof_of(&[HOST, ("Host", "evil.example"), EVIL]),
            Proof::Foreign
        );
        assert_eq!(
            proof_of(&[HOST, ("Host", "evil.example"), OURS]),
            Proof::Foreign
        );
    }

    #[test]
    fn a_request_without_a_host_proves_nothing() {
        assert_eq!(proof_of(&[OURS]), Proof::Foreign);
    }

    #[test]
    fn over_http2_the_host_stands_in_the_request_line() {
        let request = TestRequest::post()
            .uri("https://desk.example/admin/logout/")
            .insert_header(OURS)
            .to_http_request();
        assert_eq!(proof(&request), Proof::Same);
    }

    #[test]
    fn a_forwarded_host_is_nobodys_word() {
        let forwarded = ("X-Forwarded-Host", "evil.example");
        assert_eq!(proof_of(&[HOST, forwarded, EVIL]), Proof::Foreign);
    }

    proptest! {
        #[test]
        fn only_urls_of_the_host_are_on_it(url in r"(https?://)?[a-z.:@/\[\]0-9#?\\]{0,30}") {
            if is_on(&url, "desk.example") {
                let judge = reqwest::Url::parse(&url).unwrap();
                prop_assert_eq!(judge.host_str(), Some("desk.example"));
            }
        }

        #[test]
        fn any_host_is_on_itself(host in "[a-z][a-z0-9.-]{0,20}", port in proptest::option::of(any::<u16>())) {
            let host = port.map_or(host.clone(), |port| format!("{host}:{port}"));
            let url = format!("https://{host}/path");
            prop_assert!(is_on(&url, &host));
        }
    }
}
