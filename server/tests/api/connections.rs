//! More clients than there are file descriptors for.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::raw::{Dripping, status};
use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

const PACE: Duration = Duration::from_millis(200);

/// How soon who was refused comes again: five times sooner than it was told to.
const COMES_AGAIN: Duration = Duration::from_secs(1);

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

    // Whoever is refused comes again.
    let address = service.http.address().to_owned();
    let head = "POST /admin/login/ HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded";
    let is_over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..260)
        .map(|_| {
            let (address, is_over) = (address.clone(), Arc::clone(&is_over));
            tokio::spawn(async move {
                let mut statuses = BTreeSet::new();
                while !is_over.load(Ordering::Relaxed) {
                    let client = Dripping::begin(&address, head).await;
                    statuses.insert(status(&client.read_to_end(PACE).await.0));
                    tokio::time::sleep(COMES_AGAIN).await;
                }
                statuses
            })
        })
        .collect();
    let refused = eventually("there is no room for more", SOON, async || {
        let answer = service.http.get("/api/agentcards/").await;
        (answer.status == 503).then_some(answer)
    })
    .await;
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    for path in ["/health/", "/health/ready/", "/health/db/"] {
        for _ in 0..10 {
            let answer = service.http.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            let took = answer.elapsed;
            assert!(took < Duration::from_secs(5), "{path}: {took:?}");
        }
    }
    is_over.store(true, Ordering::Relaxed);
    let mut statuses = BTreeSet::new();
    for client in clients {
        statuses.extend(client.await.unwrap());
    }
    // Those without room at once, the others after their time.
    assert_eq!(statuses, [408, 503].into());
    eventually("everybody is served again", SOON, async || {
        (service.http.get("/admin/login/").await.status == 200).then_some(())
    })
    .await;
    let errors = service.logs.text("error.log");
    assert!(!errors.contains("\"ERROR\""), "{errors}");
}
