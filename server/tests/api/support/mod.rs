//! What the tests stand on: the service, its databases, a client, its log files. No assertions about
//! the service's behaviour live here.

pub mod alerting;
pub mod alertmanager;
pub mod cgroup;
pub mod clock;
pub mod cluster;
pub mod collector;
pub mod disk;
pub mod forwarder;
pub mod home;
pub mod html;
pub mod http;
pub mod json;
pub mod load;
pub mod logs;
#[path = "../../../src/alerting/channels/tests/mail_server.rs"]
pub mod mail_server;
pub mod nginx;
pub mod pgbouncer;
pub mod port;
pub mod postgres;
pub mod postgres_programs;
pub mod postgres_standby;
pub mod postgres_template;
pub mod process;
pub mod pulse;
pub mod raw;
pub mod registry;
pub mod sentry;
pub mod service;
pub mod sink;
pub mod smtp_sink;
pub mod sql;
pub mod stream;
pub mod tls_server;
pub mod upstream;
pub mod wait;

use std::path::{Path, PathBuf};

pub use home::{Home, PASSWORD, USERNAME};
pub use http::{Answer, Http};
pub use service::Service;
pub use wait::eventually;

/// The repository's top.
pub fn checkout() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The addresses of the pages that the menu of the desk leads to.
pub fn menu_paths() -> impl Iterator<Item = &'static str> {
    let pages = app::pages::PAGES.into_iter();
    pages
        .filter(|page| page.menu == app::pages::Menu::Shown)
        .map(|page| page.path)
}

/// A Python that knows the packages of `xtask/pip/aiosmtpd.txt`.
fn python() -> PathBuf {
    let named = std::env::var_os("TEST_PYTHON").filter(|value| !value.is_empty());
    named.map_or_else(|| PathBuf::from("python3"), PathBuf::from)
}

/// A program of ours in Python.
fn script(name: &str) -> PathBuf {
    let directory = checkout().join("server/src/alerting/channels/tests");
    directory.join(name)
}

/// Removed with the returned value.
pub fn temporary_directory() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("agent-source-db-test-")
        .tempdir()
        .unwrap()
}

/// Which database the registry is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Makes two tests of each function, `NAME::on_sqlite` and `NAME::on_postgres`.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use crate::support::Database;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$test(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$test(Database::Postgres).await;
            }
        }
    )+};
}
