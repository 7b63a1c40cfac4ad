//! A route in the address of its page.

use crate::address::page::Page;
use crate::address::percent_decode;
#[cfg(feature = "ssr")]
use crate::address::with_query;
#[cfg(feature = "ssr")]
use crate::dto::Scope;

/// The address of the page of one route, in Actix's syntax.
pub const PATTERN: &str = "/admin/routes/{method}/{route:.*}";

/// What names no path, such as `unmatched`, is marked with this.
const NO_PATH: char = '-';

/// Such as `/admin/routes/GET/api/agentcards/%7Bid%7D/`.
pub fn path_of(method: &str, route: &str) -> String {
    let mut path = format!("{}{method}/", Page::Routes.path());
    let rest = match route.strip_prefix('/') {
        Some(rest) => rest,
        None => {
            path.push(NO_PATH);
            route
        }
    };
    for byte in rest.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

/// Of its page, with these figures.
#[cfg(feature = "ssr")]
pub(crate) fn address(method: &str, route: &str, scope: &Scope) -> String {
    with_query(&path_of(method, route), scope.pairs())
}

/// Method and route; `None` for any other address.
pub fn from_path(path: &str) -> Option<(String, String)> {
    let rest = path.strip_prefix(Page::Routes.path())?;
    let (method, rest) = rest.split_once('/')?;
    let rest = percent_decode(rest)?;
    let route = match rest.strip_prefix(NO_PATH) {
        Some(name) => name.to_owned(),
        None => format!("/{rest}"),
    };
    Some((method.to_owned(), route))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_route_is_readable_in_its_address() {
        assert_eq!(
            path_of("GET", "/api/agentcards/{id}/"),
            "/admin/routes/GET/api/agentcards/%7Bid%7D/"
        );
        assert_eq!(path_of("GET", "unmatched"), "/admin/routes/GET/-unmatched");
        assert_eq!(from_path("/admin/routes/GET/%zz"), None);
        assert_eq!(from_path("/admin/routes/"), None);
    }

    proptest! {
        #[test]
        fn a_route_comes_back_from_its_address(method in "[A-Z]{1,7}", route in "/([^-].{0,30})?|[a-z]{1,9}") {
            let path = path_of(&method, &route);
            prop_assert!(path.is_ascii());
            prop_assert_eq!(from_path(&path), Some((method, route)));
        }
    }
}
