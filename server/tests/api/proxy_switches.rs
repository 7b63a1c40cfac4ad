//! What nginx.conf has ready to be switched on.

use reqwest::Method;

use crate::support::nginx::Nginx;
use crate::support::{Database, Home, PASSWORD, Service, USERNAME};

async fn serve(home: &Home) -> Service {
    let service = home.serve_with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    service.until_ready().await;
    service
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_tls_pages_come_by_https_and_probes_by_both() {
    let home = Home::new(Database::Sqlite).await;
    let service = serve(&home).await;
    let nginx = Nginx::switched(&[service.address()], &["tls"]).await;
    let https = nginx.https();
    let page = https.get("/admin/login/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
    let answer = https.same_origin().sign_in(USERNAME, PASSWORD).await;
    assert_eq!(answer.status, 303, "{}", answer.body);

    // The host as the client calls it; which port is HTTPS's, only the client could know.
    for (method, path) in [
        (Method::GET, "/admin/?a=b"),
        (Method::POST, "/api/agentcards/"),
    ] {
        let answer = nginx.http.send(method, path).await;
        assert_eq!(answer.status, 308);
        assert_eq!(answer.location(), format!("https://127.0.0.1{path}"));
    }
    for path in ["/health/", "/health", "/health/ready/"] {
        assert_eq!(nginx.http.get(path).await.status, 200, "{path}");
        assert_eq!(https.get(path).await.status, 200, "{path}");
    }
    assert_eq!(nginx.http.get("/healthy/").await.status, 308);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_balancer_its_word_about_the_client_counts() {
    let home = Home::new(Database::Sqlite).await;
    let service = serve(&home).await;
    let nginx = Nginx::switched(&[service.address()], &["balancer", "tls"]).await;
    let by_https = nginx
        .http
        .with("x-forwarded-for", "203.0.113.5, 198.51.100.7")
        .with("x-forwarded-proto", "https")
        .with("x-request-id", "balanced");
    // It came by https as far as the client goes: no redirect.
    assert_eq!(by_https.get("/admin/login/").await.status, 200);
    assert_eq!(nginx.line("balanced").await["ip"], "198.51.100.7");
    assert_eq!(service.logs.access("balanced").await["ip"], "198.51.100.7");
    let by_http = by_https.with("x-forwarded-proto", "http");
    assert_eq!(by_http.get("/admin/login/").await.status, 308);
}
