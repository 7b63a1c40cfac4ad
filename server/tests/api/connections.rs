//! More clients than there are file descriptors for.

use std::process::Command;
use std::time::Duration;

use crate::support::raw::{Dripping, status};
use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

/// The same command, with no more than so many open files.
fn limited(command: &Command, descriptors: u32) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg(format!("ulimit -n {descriptors} && exec \"$0\" \"$@\""))
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    if let Some(directory) = command.get_current_dir() {
        shell.current_dir(directory);
    }
    shell
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn liveness_answers_however_many_drip() {
    let home = Home::new(Database::Sqlite).await;
    let command = limited(&home.command(&[], &[]), 256);
    let service = Service::start(command, home.path("logs")).await;
    service.until_ready().await;

    let address = service.http.address().to_owned();
    let head = "POST /admin/login/ HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded";
    let clients: Vec<_> = (0..260)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move {
                let client = Dripping::begin(&address, head).await;
                client.to_the_end(Duration::from_millis(500)).await.0
            })
        })
        .collect();
    eventually("there is no room for more", SOON, async || {
        let answer = service.http.get("/admin/login/").await;
        (answer.status == 503).then_some(answer)
    })
    .await;
    let refused = service.http.get("/api/agentcards/").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    for path in ["/health/", "/health/ready/", "/health/db/"] {
        for _ in 0..5 {
            let answer = service.http.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(
                answer.elapsed < Duration::from_secs(3),
                "{path}: {:?}",
                answer.elapsed
            );
        }
    }
    let mut answers = Vec::new();
    for client in clients {
        answers.push(status(&client.await.unwrap()));
    }
    // Those who came too late at once, the others after their time.
    let count = |wanted| answers.iter().filter(|status| **status == wanted).count();
    assert!(count(408) > 20 && count(503) > 100, "{answers:?}");
    assert_eq!(count(408) + count(503), 260, "{answers:?}");
    eventually("everybody is served again", SOON, async || {
        (service.http.get("/admin/login/").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(service.logs.text("error.log"), "");
}
