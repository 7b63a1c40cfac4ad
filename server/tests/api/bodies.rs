//! Bodies that do not come: whoever is asked for one gives it ten seconds.

use std::time::Duration;

use crate::support::raw::{Dripping, status};
use crate::support::{Database, Home};

const FORM: &str = "content-type: application/x-www-form-urlencoded";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_drips_is_given_up_wherever_one_is_taken() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let session = service.signed_in().await;
    let of_page = format!(
        "cookie: {}\r\nsec-fetch-site: same-origin",
        session.cookie()
    );
    let json = "content-type: application/json";
    let heads = [
        format!("POST /admin/login/ HTTP/1.1\r\n{FORM}"),
        format!("POST /admin/login/code/ HTTP/1.1\r\n{FORM}"),
        format!("POST /admin/preferences/ HTTP/1.1\r\nsec-fetch-site: same-origin\r\n{FORM}"),
        format!("POST /admin/tokens/ HTTP/1.1\r\n{of_page}\r\n{FORM}"),
        format!("POST /admin/tokens/revoke/ HTTP/1.1\r\n{of_page}\r\n{FORM}"),
        format!("POST /admin/log-level/ HTTP/1.1\r\n{of_page}\r\n{FORM}"),
        format!("PUT /api/ops/log-level/ HTTP/1.1\r\n{of_page}\r\n{json}"),
        format!("POST /api/agentcards/ HTTP/1.1\r\n{of_page}\r\n{json}"),
        format!("PUT /api/namespaces/none/ HTTP/1.1\r\n{of_page}\r\n{json}"),
    ];
    let address = service.http.address();
    // Never: nothing comes after the first two bytes.
    let paces = [Duration::from_millis(500), Duration::from_secs(60)];
    let all = heads.iter().flat_map(|head| paces.map(|pace| (head, pace)));
    let dripping = all.map(|(head, pace)| async move {
        let client = Dripping::begin(address, head).await;
        (head, client.read_to_end(pace).await)
    });
    for (head, (answer, took)) in futures_util::future::join_all(dripping).await {
        assert_eq!(status(&answer), 408, "{head}: {answer}");
        assert!(answer.contains("connection: close"), "{head}: {answer}");
        assert!(answer.contains("x-request-id: "), "{head}: {answer}");
        let seconds = took.as_secs();
        assert!((9..20).contains(&seconds), "{head}: {took:?}");
    }
    let errors = service.logs.text("error.log");
    assert!(!errors.contains("\"ERROR\""), "{errors}");
}

#[tokio::test]
async fn a_stranger_is_refused_before_the_body() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    let head = "POST /api/agentcards/ HTTP/1.1\r\ncontent-type: application/json";
    let client = Dripping::begin(service.http.address(), head).await;
    let (answer, took) = client.read_to_end(Duration::from_millis(200)).await;
    assert_eq!(status(&answer), 401, "{answer}");
    assert!(took < Duration::from_secs(8), "{took:?}");
}
