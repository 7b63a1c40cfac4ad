//! Static files through nginx, which keeps them.

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::{Answer, Http};

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
