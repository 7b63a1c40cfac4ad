//! A second server that follows the first.

use std::fs;

use super::postgres::Postgres;
use super::postgres_template::{PASSWORD, USER, copy};
use super::wait::{SOON, eventually};

impl Postgres {
    /// A hot standby of this one, which is stopped for a moment to copy it.
    pub async fn standby(&mut self) -> Self {
        self.stop().await;
        let mut standby = Self::down();
        fs::remove_dir_all(standby.data()).unwrap();
        copy(&self.data(), &standby.data());
        standby.write("standby.signal", "");
        let primary = format!(
            "host=127.0.0.1 port={} user={USER} password={PASSWORD}",
            self.port()
        );
        standby.set(&format!("primary_conninfo={primary}"));
        self.come_up().await;
        standby.come_up().await;
        standby
    }

    /// From a standby to a primary.
    pub async fn promote(&self) {
        let sql = self.sql("registry");
        sql.lines("SELECT CAST(pg_promote() AS TEXT) AS line").await;
        eventually("the standby is promoted", SOON, async || {
            let lines = sql
                .lines("SELECT CAST(pg_is_in_recovery() AS TEXT) AS line")
                .await;
            (lines == ["false"]).then_some(())
        })
        .await;
    }
}
