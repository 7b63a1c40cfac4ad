//! What passes through nginx: the checkout's own nginx.conf, before two instances on PostgreSQL.

use std::fs;

use reqwest::Method;
use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::http::form;
use crate::support::nginx::Nginx;
use crate::support::stream::{Listener, Storyteller};
use crate::support::wait::SOON;
use crate::support::{Answer, PASSWORD, USERNAME, eventually};

/// Not the address of nginx itself, nor of anybody else.
const CLIENT: [u8; 4] = [127, 0, 0, 2];

/// The values of a header, each time that it came.
fn all<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let values = answer.headers.get_all(name).iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_has_one_id_and_one_address_in_all_logs() {
    let cluster = Cluster::start().await;
    let client = cluster.nginx.client_at(CLIENT);
    let forged = client
        .with("x-request-id", "from-the-client")
        .with("x-forwarded-for", "198.51.100.7")
        .with("x-real-ip", "198.51.100.7")
        .with("x-forwarded-proto", "https");
    let answer = forged
        .get("/admin/login/?next=/admin/&token=Qu3ry-secret")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(all(&answer, "x-request-id"), ["from-the-client"]);
    let line = cluster.nginx.line("from-the-client").await;
    assert_eq!(line["path"], "/admin/login/");
    assert_eq!(line["ip"], "127.0.0.2");
    assert_eq!(line["status"], 200);
    let which = instance_of(&cluster, &line);
    let access = cluster.instance(which).logs.access("from-the-client").await;
    assert_eq!(access["ip"], "127.0.0.2");
    assert_eq!(access["path"], "/admin/login/");

    // An id that is none is replaced by nginx, and the service takes that one.
    let answer = client.with("x-request-id", "no id").get("/nowhere/").await;
    assert_eq!(answer.status, 404);
    let id = answer.header("x-request-id");
    assert_eq!(id.len(), 32, "{id}");
    let line = cluster.nginx.line(id).await;
    let which = instance_of(&cluster, &line);
    assert_eq!(cluster.instance(which).logs.access(id).await["status"], 404);
    let text = fs::read_to_string(cluster.nginx.path("log/access.log")).unwrap();
    assert!(!text.contains("Qu3ry-secret"), "{text}");
}

/// Which instance answered.
fn instance_of(cluster: &Cluster, line: &Value) -> usize {
    let address = |which| cluster.instance(which).address().to_string();
    let upstream = line["upstream"].as_str().unwrap();
    (0..2)
        .find(|which| address(*which) == upstream)
        .unwrap_or_else(|| panic!("{line}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_arrives_whole_packed_and_with_each_security_header_once() {
    let cluster = Cluster::start().await;
    let direct = cluster.instance(0).http.get("/admin/login/").await;
    let packing = cluster.nginx.http.with("accept-encoding", "gzip");
    let answer = packing.get("/admin/login/").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.header("vary").matches("Accept-Encoding").count(), 1);
    let plain = cluster.nginx.http.get("/admin/login/").await;
    assert!(plain.body.contains("<form"), "{}", plain.body);
    for name in [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "cross-origin-opener-policy",
        "x-request-id",
    ] {
        assert_eq!(all(&direct, name).len(), 1, "{name}");
        assert_eq!(all(&plain, name).len(), 1, "{name}");
    }
    assert_eq!(plain.header("server"), "nginx");

    // Signing in works through it, and the session is good with both.
    let answer = cluster
        .nginx
        .http
        .same_origin()
        .sign_in(USERNAME, PASSWORD)
        .await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let session = cluster
        .nginx
        .http
        .with("cookie", &answer.session_cookie().unwrap());
    for _ in 0..4 {
        assert_eq!(session.get("/admin/system-status/").await.status, 200);
    }
    assert_eq!(
        session.get("/api/ops/status/").await.json()["database"]["vendor"],
        "postgresql"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probes_pass_and_are_not_written_down() {
    let cluster = Cluster::start().await;
    for path in [
        "/health/",
        "/health",
        "/health/ready/",
        "/health/ready",
        "/health/db/",
        "/health/db",
    ] {
        let answer = cluster
            .nginx
            .http
            .with("x-request-id", "probe")
            .get(path)
            .await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
    }
    // What comes after them is written, so they would be.
    cluster
        .nginx
        .http
        .with("x-request-id", "after")
        .get("/nowhere/")
        .await;
    cluster.nginx.line("after").await;
    let log = cluster.nginx.log();
    assert!(
        log.iter().all(|line| line["request_id"] != "probe"),
        "{log:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_are_turned_away_at_the_door() {
    let cluster = Cluster::start().await;
    let body = "x".repeat(3 * 1024 * 1024);
    let answer = cluster
        .nginx
        .http
        .send_body(Method::POST, "/api/agentcards/", body)
        .await;
    assert_eq!(answer.status, 413);
    assert_eq!(all(&answer, "content-type"), ["application/problem+json"]);
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));

    // Not a form: the service's own counting of failures has no part in it.
    let attempt = form(&[("username", USERNAME)]);
    let mut statuses = Vec::new();
    for _ in 0..16 {
        let client = cluster.nginx.client_at([127, 0, 0, 3]);
        statuses.push(
            client
                .send_body(Method::POST, "/admin/login/", attempt.clone())
                .await,
        );
    }
    let (first, later) = statuses.split_at(11);
    assert!(first.iter().all(|answer| answer.status != 429));
    let refused = later
        .iter()
        .find(|answer| answer.status == 429)
        .expect("a flood is refused");
    assert_eq!(refused.header("retry-after"), "60");
    assert!(refused.body.contains("请稍候"), "{}", refused.body);
    // Somebody else, and who only looks at the form, is not held up.
    let look = cluster
        .nginx
        .client_at([127, 0, 0, 3])
        .get("/admin/login/")
        .await;
    assert_eq!(look.status, 200);
    let other = cluster.nginx.client_at([127, 0, 0, 4]).same_origin();
    assert_eq!(other.sign_in(USERNAME, PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_log_is_not_collected_on_the_way() {
    let storyteller = Storyteller::new().await;
    let nginx = Nginx::before(&[storyteller.address()]).await;
    let (mut listener, mut tale) = tokio::join!(
        Listener::to(nginx.http.address(), "/api/ops/logs/follow/"),
        storyteller.begin(),
    );
    for words in ["data: one\n\n", "data: two\n\n"] {
        tale.tell(words).await;
        assert!(
            listener.hears(words.trim()).await,
            "{words:?} lies about in nginx"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_come_from_the_directory_where_there_is_one() {
    let cluster = Cluster::start().await;
    fs::create_dir_all(cluster.nginx.path("www/media")).unwrap();
    fs::write(cluster.nginx.path("www/media/picture.svg"), "<svg/>").unwrap();
    let answer = eventually("it is served", SOON, async || {
        let answer = cluster.nginx.http.get("/media/picture.svg").await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    assert_eq!(answer.header("cache-control"), "max-age=604800");
    let missing = cluster.nginx.http.get("/media/nothing.png").await;
    assert_eq!(missing.status, 404);
    assert!(
        missing.body.contains("<html"),
        "the service's own page: {}",
        missing.body
    );
}
