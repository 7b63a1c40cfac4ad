//! An accident, for `make demo`: the registry's table of cards is away for some seconds, under another
//! name. Requests fail and are logged, alerts fire; then all is well again, also if this is stopped.
//!
//! `accident sqlite://data/agent-source-db.sqlite3 20`; with 0 it mends what a killed one left.

use std::time::Duration;

use anyhow::{Context as _, Result};
use diesel_async::RunQueryDsl as _;
use server::db::Db;
use server::db::url::DatabaseUrl;
use server::query;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};

const LIMIT: Duration = Duration::from_secs(10);
const AWAY: &str = "ALTER TABLE agent_cards RENAME TO agent_cards_away";
const BACK: &str = "ALTER TABLE agent_cards_away RENAME TO agent_cards";

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().context("which database?")?;
    let seconds = arguments.next().context("for how many seconds?")?.parse()?;
    let url = DatabaseUrl::parse(&url).map_err(anyhow::Error::msg)?;
    let db = Db::new(url, 1, LIMIT, Handle::current());
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    // Fails unless one was killed.
    _ = run(&db, BACK).await;
    if seconds == 0 {
        return Ok(());
    }
    run(&db, AWAY).await?;
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
    run(&db, BACK).await
}

async fn run(db: &Db, statement: &'static str) -> Result<()> {
    db.probe(
        LIMIT,
        "accident",
        query!(conn => diesel::sql_query(statement).execute(conn).await.map(drop)),
    )
    .await
    .map_err(Into::into)
}
