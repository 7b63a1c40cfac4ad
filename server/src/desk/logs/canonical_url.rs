//! The short address of a search in the logs. A form sends all its fields, most of them empty, and
//! the button that was pressed; what a reader copies out of the address bar says only what matters.

use actix_web::dev::RequestHead;
use actix_web::guard::{GuardContext, fn_guard};
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use app::address::log_query::{DIRECTIVES, LogForm};
use app::address::page::Page;

use crate::desk::view;
use crate::http::resource::found;

/// Comes before the page itself, and takes only what has a shorter address.
pub fn of_logs() -> Resource {
    web::resource(Page::Logs.path())
        .guard(fn_guard(|context: &GuardContext<'_>| {
            shorter(context.head()).is_some()
        }))
        .route(web::get().to(lead_there))
        .route(web::head().to(lead_there))
}

async fn lead_there(request: HttpRequest) -> HttpResponse {
    let address = shorter(request.head()).unwrap_or_else(|| Page::Logs.path().to_owned());
    found(address)
}

fn shorter(head: &RequestHead) -> Option<String> {
    let query = head.uri.query().unwrap_or_default();
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query).ok()?;
    // Led here by the form of the log level, with what has to be put right.
    if pairs.iter().any(|(name, _)| name == DIRECTIVES) {
        return None;
    }
    let form = LogForm::from_pairs(&pairs, view::zone(&head.headers));
    (!form.says_exactly(&pairs)).then(|| form.address())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn shorter_than(query: &str) -> Option<String> {
        let request = TestRequest::with_uri(&format!("/admin/logs/{query}")).to_http_request();
        shorter(request.head())
    }

    #[test]
    fn what_a_form_sends_is_led_to_what_it_says() {
        let sent = "?file=error&level=&text=disk+full%26&since=3h&until=&status=&last=15m";
        let short = "/admin/logs/?file=error&since=15m&text=disk%20full%26";
        assert_eq!(shorter_than(sent).as_deref(), Some(short));
    }

    #[test]
    fn a_time_is_read_in_the_readers_zone_and_stands_in_the_address_in_utc() {
        let request = TestRequest::with_uri("/admin/logs/?since=2026-11-28+06:44")
            .insert_header(("cookie", "language=en; zone=Asia/Shanghai; refresh=15"));
        let request = request.to_http_request();
        assert_eq!(
            shorter(request.head()).as_deref(),
            Some("/admin/logs/?since=2026-11-27T22:44:00Z")
        );
    }

    #[test]
    fn a_short_address_stays_in_any_order_and_however_encoded() {
        for query in ["", "?", "?text=a+b&file=db", "?text=%61%20b&level=ERROR"] {
            assert_eq!(shorter_than(query), None, "{query}");
        }
    }

    #[test]
    fn the_short_address_has_no_shorter_one() {
        for query in [
            "?text=&x=y",
            "?since=2026-11-24+03:22&last=",
            "?text=+%20a%00%ff",
        ] {
            let short = shorter_than(query).unwrap_or_default();
            let (_, rest) = short.split_once("/admin/logs/").unwrap_or_default();
            assert_eq!(shorter_than(rest), None, "{query} -> {short}");
        }
    }
}
