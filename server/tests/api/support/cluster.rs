//! Two instances on one PostgreSQL, behind nginx, as docker-compose.prod.yml puts them.

use rustix::process::Signal;

use super::nginx::Nginx;
use super::port::Port;
use super::{Database, Home, Service};

pub struct Cluster {
    pub home: Home,
    ports: [Port; 2],
    /// `None`: that one is down.
    instances: [Option<Service>; 2],
    pub nginx: Nginx,
}

impl Cluster {
    pub async fn start() -> Self {
        let home = Home::new(Database::Postgres).await;
        let ports = [Port::reserve(), Port::reserve()];
        let (one, other) = tokio::join!(serve(&home, 0, &ports[0]), serve(&home, 1, &ports[1]));
        let nginx = Nginx::before(&[one.address(), other.address()]).await;
        Self {
            home,
            ports,
            instances: [Some(one), Some(other)],
            nginx,
        }
    }

    pub fn instance(&self, which: usize) -> &Service {
        self.instances[which]
            .as_ref()
            .expect("an instance that is up")
    }

    /// As the kernel does when memory runs out.
    pub async fn kill(&mut self, which: usize) {
        self.instances[which]
            .take()
            .expect("an instance that is up")
            .kill()
            .await;
    }

    pub async fn bring_up(&mut self, which: usize) {
        self.instances[which] = Some(serve(&self.home, which, &self.ports[which]).await);
    }

    /// One after the other goes as it is told to and comes back, as an upgrade does it.
    pub async fn restart_rolling(&mut self) {
        for which in 0..self.instances.len() {
            let service = self.instances[which]
                .take()
                .expect("an instance that is up");
            service.signal(Signal::TERM);
            let finished = service.finish().await;
            assert_eq!(finished.code(), 0, "{:?}", finished.stderr);
            self.bring_up(which).await;
        }
    }
}

/// A ready instance, with the settings of the compose file.
async fn serve(home: &Home, which: usize, port: &Port) -> Service {
    let service = home
        .serve_with(&[
            ("LISTEN_ADDR", &format!("127.0.0.1:{}", port.number)),
            ("LOG_DIR", ["logs-0", "logs-1"][which]),
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("SHUTDOWN_DELAY_SECONDS", "5"),
        ])
        .await;
    service.until_ready().await;
    service
}
