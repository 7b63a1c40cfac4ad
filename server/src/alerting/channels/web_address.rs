//! Addresses that an operator gives.

use ops::alerts::notify::Secret;
use reqwest::Url;

/// The address of a webhook, which may hold a key: `http` or `https`.
///
/// # Errors
/// What would be right.
pub fn web_url(text: &str) -> Result<Secret, &'static str> {
    parse(text).map(|url| Secret::new(url.as_str()))
}

/// Where a service begins, such as Alertmanager: without a query.
pub(super) fn base_url(text: &str) -> Result<Secret, &'static str> {
    let url = parse(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address that begins with http:// or https:// and has no query");
    }
    Ok(Secret::new(url.as_str()))
}

/// The desk's own address: scheme, host and port alone, since its pages begin at `/`. Without a slash
/// at its end.
///
/// # Errors
/// What would be right.
pub fn public_url(text: &str) -> Result<String, &'static str> {
    const EXPECTED: &str = "scheme, host and port of an address with http:// or https://, no more";
    let url = parse(text).map_err(|_| EXPECTED)?;
    let origin = url.origin().ascii_serialization();
    // Whatever else the address has would stand behind this.
    if url.as_str() != format!("{origin}/") {
        return Err(EXPECTED);
    }
    Ok(origin)
}

fn parse(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or("an address that begins with http:// or https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desks_address_is_an_origin() {
        for (text, origin) in [
            ("https://desk.example", "https://desk.example"),
            ("https://desk.example:443/", "https://desk.example"),
            ("HTTP://10.0.0.1:8000", "http://10.0.0.1:8000"),
        ] {
            assert_eq!(public_url(text), Ok(origin.to_owned()));
        }
        for text in [
            "desk.example",
            "ftp://desk.example",
            "https://desk.example/agents",
            "https://desk.example/?a",
            "https://desk.example/#a",
            "https://user@desk.example",
            "https://",
        ] {
            assert!(public_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_webhooks_address_may_have_anything_and_a_base_no_query() {
        let text = "https://user:key@hooks.example/a/b?token=t";
        assert_eq!(
            web_url(text).map(|url| url.expose().to_owned()),
            Ok(text.to_owned())
        );
        assert!(base_url(text).is_err());
        assert!(base_url("http://alertmanager:9093/prefix").is_ok());
        for text in ["hooks.example", "file:///etc/passwd", "https://", ""] {
            assert!(web_url(text).is_err(), "{text}");
        }
    }
}
