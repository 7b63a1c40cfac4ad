#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use actix_web::dev::Service as _;
use actix_web::http::{Method, header};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpMessage as _};

use super::*;
use crate::auth::identity::{CurrentUser, Rights};
use crate::routes;

#[test]
fn the_document_is_of_openapi_3_1_and_every_reference_in_it_leads_somewhere() {
    let document = value();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["info"]["version"], crate::VERSION);
    let text = super::document();
    let mut references = 0;
    for part in text.split("\"$ref\": \"").skip(1) {
        let pointer = part.split('"').next().unwrap().trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{pointer}");
        references += 1;
    }
    assert!(references > 50);
}

#[test]
fn every_operation_says_what_it_is_and_how_it_fails() {
    let document = value();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id), "{id} is there twice");
            assert!(operation["summary"].is_string(), "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let described = response["description"].as_str().unwrap_or_default();
                assert!(!described.is_empty(), "{method} {path}: {status}");
            }
            assert!(operation["responses"]["503"].is_object(), "{method} {path}");
            if !path.starts_with("/api/") {
                continue;
            }
            let has_session = operation["security"].is_array();
            assert_eq!(
                operation["responses"]["401"].is_object(),
                has_session,
                "{path}"
            );
            let is_open = method == "get" && !path.contains("/ops/");
            assert_eq!(has_session, !is_open, "{method} {path}");
        }
    }
}

/// Every pattern that is registered, out of actix's own table.
fn patterns(table: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in table.split("patterns: ").skip(1) {
        let end = part.find(')').unwrap_or_default();
        let quoted = part[..end].split('"').skip(1).step_by(2);
        found.extend(quoted.filter(|it| it.starts_with('/')).map(str::to_owned));
    }
    found
}

/// Method and path of all that the service answers, as its own route table has them.
async fn answered() -> BTreeSet<(String, String)> {
    let table = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&table);
    let app = App::new()
        .configure(routes::configure)
        .wrap_fn(move |request, service| {
            *seen.lock().unwrap() = format!("{:?}", request.resource_map());
            request.extensions_mut().insert(CurrentUser {
                id: 1,
                username: "ada".to_owned(),
                is_staff: true,
                rights: Rights::Full,
                session_id: String::new(),
            });
            service.call(request)
        });
    let app = init_service(app).await;
    let ask = |path: &str| {
        let method = Method::from_bytes(b"PURGE").unwrap();
        app.call(TestRequest::with_uri(path).method(method).to_request())
    };
    ask("/").await.unwrap();
    let patterns = patterns(&table.lock().unwrap());
    assert!(patterns.len() > 40, "{patterns:?}");

    let mut found = BTreeSet::new();
    for pattern in &patterns {
        let slashed = format!("{pattern}/");
        if patterns.contains(&slashed) {
            // The same address, without its slash.
            continue;
        }
        let pattern = pattern.replace(":.*}", "}");
        let sample = pattern.replace(['{', '}'], "");
        let response = ask(&sample).await.unwrap();
        let allow = response.headers().get(header::ALLOW);
        assert!(allow.is_some(), "{sample}: {:?}", response.status());
        for method in allow.unwrap().to_str().unwrap().split(", ") {
            found.insert((method.to_owned(), pattern.clone()));
        }
    }
    found
}

#[actix_web::test]
async fn the_document_has_every_route_that_the_service_answers_and_no_other() {
    let mut documented = BTreeSet::new();
    for (path, item) in value()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            documented.insert((method.to_uppercase(), path.clone()));
        }
    }
    // What answers GET answers HEAD; preflights are no operations.
    let is_said = |(method, path): &(String, String)| {
        method != "HEAD" && (method != "OPTIONS" || path == "/")
    };
    let answered: BTreeSet<_> = answered().await.into_iter().filter(is_said).collect();
    let missing: Vec<_> = answered.difference(&documented).collect();
    assert!(missing.is_empty(), "the document lacks {missing:?}");
    let made_up: Vec<_> = documented.difference(&answered).collect();
    assert!(made_up.is_empty(), "the service has no {made_up:?}");
}
