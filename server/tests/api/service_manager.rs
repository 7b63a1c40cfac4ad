//! The service under a service manager, whose part the test plays: it listens on `NOTIFY_SOCKET`.

use std::path::PathBuf;

use tokio::net::UnixDatagram;
use tokio::time::timeout;

use crate::support::Home;
use crate::support::postgres::Postgres;
use crate::support::wait::SOON;

struct Manager {
    path: PathBuf,
    socket: UnixDatagram,
}

impl Manager {
    fn of(home: &Home) -> Self {
        let path = home.path("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        Self { path, socket }
    }

    /// Reads on until it is told this, and returns all that it was told.
    async fn hears(&self, words: &str) -> Vec<String> {
        let mut told = Vec::new();
        let listen = async {
            while !told.iter().any(|line: &String| line == words) {
                let mut message = [0; 1024];
                let length = self.socket.recv(&mut message).await.unwrap();
                let message = String::from_utf8_lossy(&message[..length]).into_owned();
                told.extend(message.lines().map(str::to_owned));
            }
        };
        let heard = timeout(SOON, listen).await;
        assert!(heard.is_ok(), "not told {words}: {told:?}");
        told
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_told_that_the_service_answers_how_it_is_and_that_it_goes() {
    let mut home = Home::on(Some(Postgres::down()));
    let manager = Manager::of(&home);
    let service = home
        .serve_with(&[
            ("NOTIFY_SOCKET", manager.path.to_str().unwrap()),
            // 0.6 s
            ("WATCHDOG_USEC", "600000"),
        ])
        .await;
    // It is up although its database is not: that is no failed start.
    let told = manager.hears("READY=1").await;
    assert_eq!(told, ["READY=1"]);
    assert_eq!(service.http.get("/health/ready/").await.status, 503);
    let down = "STATUS=not ready (database: refused, migrations: refused, startup: refused)";
    let told = manager.hears(down).await;
    assert!(told.contains(&"WATCHDOG=1".to_owned()), "{told:?}");
    for _ in 0..3 {
        manager.hears("WATCHDOG=1").await;
    }
    home.postgres().come_up().await;
    manager.hears("STATUS=ready").await;
    manager.hears("WATCHDOG=1").await;
    let finished = service.stop().await;
    assert_eq!(finished.code(), 0);
    manager.hears("STOPPING=1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_watchdog_it_is_told_only_what_changes() {
    let home = Home::on(None);
    let manager = Manager::of(&home);
    let path = manager.path.to_str().unwrap();
    let service = home.serve_with(&[("NOTIFY_SOCKET", path)]).await;
    manager.hears("READY=1").await;
    manager.hears("STATUS=ready").await;
    service.stop().await;
    assert_eq!(manager.hears("STOPPING=1").await, ["STOPPING=1"]);
}
