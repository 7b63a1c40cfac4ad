//! Static files through nginx, which keeps them.

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::nginx::Nginx;
use crate::support::upstream::Upstream;
use crate::support::{Answer, Http, raw};

/// The addresses of the files that the sign-in page refers to.
async fn files(http: &Http) -> Vec<String> {
    let page = http.get("/admin/login/").await.body;
    let mut files: Vec<String> = page
        .split(['"', '\'', ' '])
        .filter(|piece| piece.starts_with("/static/"))
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    let hashed = |file: &String| file.split('.').count() == 3;
    assert!(
        !files.is_empty() && files.iter().all(hashed),
        "the UI was not built (`cargo xtask ui`): {files:?}"
    );
    files
}

async fn fetch(cluster: &Cluster, path: &str, id: &str) -> (Answer, Value) {
    let http = cluster.nginx.http.with("x-request-id", id);
    let answer = http.get(path).await;
    (answer, cluster.nginx.line(id).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_the_same_through_nginx_and_is_kept_there() {
    let mut cluster = Cluster::start().await;
    let files = files(&cluster.nginx.http).await;
    for (place, file) in files.iter().enumerate() {
        let direct = cluster.instance(0).http.get(file).await;
        assert_eq!(direct.status, 200, "{file}");
        let (first, line) = fetch(&cluster, file, &format!("first-{place}")).await;
        assert_eq!(line["cache"], "MISS", "{line}");
        let (second, line) = fetch(&cluster, file, &format!("second-{place}")).await;
        assert_eq!(line["cache"], "HIT", "{line}");
        for answer in [&first, &second] {
            assert_eq!(answer.status, 200, "{file}");
            assert!(answer.body == direct.body, "{file}");
            for name in [
                "content-type",
                "cache-control",
                "etag",
                "vary",
                "x-content-type-options",
            ] {
                let values: Vec<_> = answer.headers.get_all(name).iter().collect();
                let expected: Vec<_> = direct.headers.get_all(name).iter().collect();
                assert_eq!(values, expected, "{file}: {name}");
            }
        }
        assert_eq!(
            direct.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        let known = cluster
            .nginx
            .http
            .with("if-none-match", direct.header("etag"));
        let answer = known.get(file).await;
        assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{file}");
    }
    let missing = cluster.nginx.http.get("/static/nothing.12345678.js").await;
    assert_eq!(missing.status, 404);
    assert!(
        !missing.header("cache-control").contains("max-age"),
        "a miss must not be kept"
    );

    // With nobody behind, what is kept is still given out: the page that needs it is open already.
    cluster.kill(0).await;
    cluster.kill(1).await;
    let (answer, line) = fetch(&cluster, &files[0], "nobody-behind").await;
    assert_eq!(answer.status, 200, "{line}");
}

/// Locations are chosen by the decoded path, and the service is sent the raw one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_kept_in_place_of_a_file() {
    let cluster = Cluster::start().await;
    let through = cluster.nginx.http.address();
    let session = cluster.instance(0).signed_in().await;
    let cookie = format!("cookie: {}\r\n", session.cookie());
    let file = files(&cluster.nginx.http).await.remove(0);
    let name = file.strip_prefix("/static/").unwrap();
    for name in ["loot.deadbeef.js", name] {
        for odd in [
            "..%2f..%2f..%2fstatic/",
            "../../../static/",
            "..%2F..%2F..%2Fstatic%2F",
        ] {
            let path = format!("/admin/routes/GET/{odd}{name}");
            let answer = raw::get(through, &path, &cookie).await;
            assert_eq!(raw::status(&answer), 404, "{path}: {answer}");
        }
    }
    let loot = cluster.nginx.http.get("/static/loot.deadbeef.js").await;
    assert_eq!(loot.status, 404);
    let direct = cluster.instance(0).http.get(&file).await;
    let (answer, line) = fetch(&cluster, &file, "afterwards").await;
    assert_eq!((answer.status, &line["cache"]), (200, &Value::from("MISS")));
    assert!(answer.body == direct.body, "{file}");
    // The id of this request, not of the one that the file was fetched by.
    let (answer, _) = fetch(&cluster, &file, "once-more").await;
    assert_eq!(answer.header("x-request-id"), "once-more");
}

/// A service that forbids keeping is believed, whatever the address looks like.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_must_not_be_kept_is_not_kept() {
    let private = Upstream::with_header("cache-control: no-store").await;
    let nginx = Nginx::before(&[private.address]).await;
    for id in ["one", "two"] {
        let http = nginx.http.with("x-request-id", id);
        assert_eq!(http.get("/static/app.12345678.js").await.status, 200);
        assert_ne!(nginx.line(id).await["cache"], "HIT");
    }
}

/// The release has its files packed, the build of the tests has not: so somebody else plays it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_packed_goes_only_to_who_can_unpack_it() {
    let release = Upstream::packing().await;
    let nginx = Nginx::before(&[release.address]).await;
    for (round, cache) in ["MISS", "HIT"].into_iter().enumerate() {
        for (accepted, body, coding) in [("br", "packed", "br"), ("identity", "plain", "")] {
            let id = format!("{accepted}-{round}");
            let http = nginx
                .http
                .with("accept-encoding", accepted)
                .with("x-request-id", &id);
            let answer = http.get("/static/style.12345678.css").await;
            assert_eq!((answer.status, answer.body.as_str()), (200, body), "{id}");
            assert_eq!(answer.header("content-encoding"), coding, "{id}");
            assert_eq!(nginx.line(&id).await["cache"], cache, "{id}");
        }
    }
}
