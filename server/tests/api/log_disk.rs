//! The disk of the logs is full, for real: nobody who asks notices, and nothing is lost uncounted.
//! Only root may mount a disk for it; to others the test says that it was skipped.

use std::fs;

use serde_json::Value;

use crate::support::disk::Disk;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Http, eventually};

async fn logging(staff: &Http) -> Value {
    let status = staff.get("/api/ops/status/").await;
    assert_eq!(status.status, 200);
    status.json()["logging"].clone()
}

#[tokio::test]
async fn requests_are_served_while_the_disk_is_full_and_the_loss_is_shown_and_told() {
    let home = Home::new(Database::Sqlite).await;
    let Some(disk) = Disk::mount(home.path("disk")) else {
        return;
    };
    let service = home.serve_with(&[("LOG_DIR", "disk/logs")]).await;
    service.until_ready().await;
    let staff = service.signed_in().await;
    fs::write(disk.path().join("ballast"), vec![0; 1_900_000]).unwrap();
    // It takes as many requests as fit into what is left.
    eventually("lines are dropped", SOON * 4, async || {
        for _ in 0..50 {
            let answer = service.http.get(&format!("/{}/", "long".repeat(400))).await;
            assert_eq!(answer.status, 404);
        }
        (logging(&staff).await["dropped_lines"].as_u64().unwrap() > 100).then_some(())
    })
    .await;
    for path in ["/health/", "/health/ready/", "/admin/login/"] {
        assert_eq!(service.http.get(path).await.status, 200, "{path}");
    }

    fs::remove_file(disk.path().join("ballast")).unwrap();
    // Each file's loss is told once, and the sum is what the desk shows.
    let told = eventually("the loss is told", SOON, async || {
        let lines = service.logs.lines("error.log");
        let told: Vec<Value> = lines
            .into_iter()
            .filter(|l| l["dropped"].is_u64())
            .collect();
        let files: Vec<&str> = told.iter().map(|l| l["file"].as_str().unwrap()).collect();
        (files.contains(&"access.log") && files.contains(&"app.log")).then_some(told)
    })
    .await;
    let shown = logging(&staff).await;
    for line in told {
        assert_eq!(line["level"], "WARNING");
        assert!(
            line["reason"].as_str().unwrap().contains("No space left"),
            "{line}"
        );
        let files = shown["files"].as_array().unwrap();
        let file = files
            .iter()
            .find(|file| file["name"] == line["file"])
            .unwrap();
        assert_eq!(file["dropped_lines"], line["dropped"], "{line}");
    }
    service
        .http
        .with("x-request-id", "again")
        .get("/nowhere/")
        .await;
    service.logs.access("again").await;
    assert_eq!(service.stop().await.code(), 0);
}
