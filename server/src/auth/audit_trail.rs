//! Entries of the audit that belong to no change in the registry's database: they are written aside,
//! so that they slow no request down, and wait while that database is away.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::db::Db;
use crate::db::queries::audit::{self, NewEntry};

/// How many entries wait for the database.
const MAX_WAITING: usize = 1_000;
const RETRY_EVERY: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub struct AuditTrail {
    waiting: mpsc::Sender<Message>,
    db: Db,
}

enum Message {
    Entry(NewEntry),
    /// Answered when all before it is written.
    Flush(oneshot::Sender<()>),
}

impl AuditTrail {
    pub fn new(db: Db, runtime: &Handle) -> Self {
        let (waiting, messages) = mpsc::channel(MAX_WAITING);
        runtime.spawn(write(db.clone(), messages));
        Self { waiting, db }
    }

    /// Writes it soon. More than can wait are lost, and the log says so.
    pub fn enqueue(&self, entry: NewEntry) {
        if let Err(error) = self.waiting.try_send(Message::Entry(entry)) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an entry of the audit is lost: the registry's database has been away for too long"
            );
        }
    }

    /// Writes it now, or soon if the database can't take it now.
    pub async fn record(&self, entry: NewEntry) {
        if audit::record(&self.db, entry.clone()).await.is_err() {
            self.enqueue(entry);
        }
    }

    /// Resolves when all is written, or the limit is reached.
    pub async fn flush(&self, limit: Duration) {
        let (answer, answered) = oneshot::channel();
        let flushed = async {
            if self.waiting.send(Message::Flush(answer)).await.is_ok() {
                _ = answered.await;
            }
        };
        if timeout(limit, flushed).await.is_err() {
            tracing::warn!("entries of the audit are lost: the registry's database is away");
        }
    }
}

async fn write(db: Db, mut messages: mpsc::Receiver<Message>) {
    while let Some(message) = messages.recv().await {
        match message {
            Message::Entry(entry) => {
                // What is wrong with the database is told by those who watch it.
                while audit::record(&db, entry.clone()).await.is_err() {
                    tokio::time::sleep(RETRY_EVERY).await;
                }
            }
            Message::Flush(answer) => _ = answer.send(()),
        }
    }
}
