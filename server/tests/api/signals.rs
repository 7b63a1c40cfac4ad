//! Signals that end other programs.

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{Database, Home};

#[tokio::test]
async fn habits_from_other_servers_do_not_kill() {
    let home = Home::new(Database::Sqlite).await;
    let service = home.serve().await;
    for (signal, name) in [
        (Signal::USR1, "SIGUSR1"),
        (Signal::USR2, "SIGUSR2"),
        (Signal::HUP, "SIGHUP"),
    ] {
        service.signal(signal);
        let is_heard = |line: &Value| line["message"].as_str().unwrap().starts_with(name);
        service.logs.line("app.log", is_heard).await;
    }
    assert_eq!(service.http.get("/health/").await.status, 200);
    assert_eq!(service.stop().await.code(), 0);
}

#[tokio::test]
async fn a_hangup_reads_the_level_again_and_keeps_it_if_it_is_wrong() {
    let home = Home::new(Database::Sqlite).await;
    std::fs::write(home.path(".env"), "LOG_LEVEL=warning\n").unwrap();
    let service = home.serve().await;
    let staff = service.signed_in().await;
    let level = async || {
        let level = staff.get("/api/ops/log-level/").await.json();
        level["configured"].as_str().unwrap().to_owned()
    };
    assert_eq!(level().await, "warn");

    std::fs::write(home.path(".env"), "LOG_LEVEL=Debug\n").unwrap();
    service.signal(Signal::HUP);
    let is_heard = |line: &Value| line["message"].as_str().unwrap().starts_with("SIGHUP: ");
    service.logs.line("app.log", is_heard).await;
    assert_eq!(level().await, "debug");

    std::fs::write(home.path(".env"), "LOG_LEVEL=loud\n").unwrap();
    service.signal(Signal::HUP);
    let line = service.logs.line("error.log", is_heard).await;
    assert_eq!(line["level"], "ERROR");
    assert!(
        line["message"].as_str().unwrap().contains("LOG_LEVEL"),
        "{line}"
    );
    assert_eq!(level().await, "debug");
}
