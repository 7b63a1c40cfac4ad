//! Where a form leads: to a page of this service, wherever the link came from.

pub const DEFAULT: &str = "/admin/system-status/";

const SIGN_IN_PAGE: &str = "/admin/login";
const MAX_BYTES: usize = 2048;

/// `wanted` if it is a path on this host, else the default page.
pub fn local_path(wanted: Option<&str>) -> String {
    let local = wanted.filter(|path| is_local(path));
    local.unwrap_or(DEFAULT).to_owned()
}

/// The same for whoever has signed in, and wants anything but to do it again.
pub fn after_sign_in(wanted: Option<&str>) -> String {
    local_path(wanted.filter(|path| !leads_back_to_sign_in(path)))
}

/// One leading slash, and nothing that a browser drops or turns into a slash before it looks for a
/// host: blanks, control characters, backslashes. Whatever a URL may hold is visible ASCII.
fn is_local(path: &str) -> bool {
    path.len() <= MAX_BYTES
        && path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

fn leads_back_to_sign_in(path: &str) -> bool {
    path.strip_prefix(SIGN_IN_PAGE)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;
    use reqwest::Url;

    use super::*;

    #[test]
    fn paths_of_this_host_are_kept() {
        for path in [
            "/",
            "/admin/system-status/?period=24h#errors",
            "/api/schemas/?q=%2F%2Fevil.example",
            "/admin/login-history/",
            "/a//b",
            "/?u=https://evil.example",
        ] {
            assert_eq!(local_path(Some(path)), path);
        }
    }

    #[test]
    fn everything_else_leads_to_the_default_page() {
        let long = format!("/{}", "a".repeat(MAX_BYTES));
        for wanted in [
            "",
            "admin/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\r\nSet-Cookie: x=y",
            " //evil.example",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "/页面",
            &long,
        ] {
            assert_eq!(local_path(Some(wanted)), DEFAULT, "{wanted:?}");
        }
        assert_eq!(local_path(None), DEFAULT);
    }

    #[test]
    fn signing_in_does_not_lead_back_to_the_door() {
        for door in ["/admin/login/", "/admin/login?next=/", "/admin/login#"] {
            assert_eq!(after_sign_in(Some(door)), DEFAULT, "{door:?}");
            assert_eq!(local_path(Some(door)), door);
        }
        assert_eq!(after_sign_in(Some("/admin/x/")), "/admin/x/");
        assert_eq!(after_sign_in(Some("//evil.example")), DEFAULT);
    }

    proptest! {
        /// The URL standard's own parser is the judge of where a browser would go.
        #[test]
        fn a_browser_never_leaves_the_host(wanted in r"/?[/\\.:@\t\n\r ]{0,2}evil\.example/?") {
            let base = Url::parse("https://desk.example/admin/login/").unwrap();
            let target = base.join(&local_path(Some(&wanted))).unwrap();
            prop_assert_eq!(target.origin(), base.origin());
        }

        #[test]
        fn the_result_can_be_sent_in_a_header(wanted in "(?s).{0,40}") {
            prop_assert!(local_path(Some(&wanted)).bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
