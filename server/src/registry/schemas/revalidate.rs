//! Checks cards again when the schema of an extension that they use has changed: in the background,
//! since there may be very many. What is still to be done stands in the database, so that neither a
//! restart nor the end of this process loses any of it.

use std::time::Duration;

use chrono::NaiveDateTime;
use serde_json::Value;
use tokio::sync::Notify;

use crate::db::queries::revalidations;
use crate::db::{Db, DbError};
use crate::registry::cards::validity;

/// How many cards are read at once.
const BATCH: i64 = 100;

/// Another replica may have died over its work.
const LOOK_EVERY: Duration = Duration::from_secs(60);

#[derive(Default)]
pub struct Revalidation {
    wanted: Notify,
}

impl Revalidation {
    /// There is something to do.
    pub fn wake(&self) {
        self.wanted.notify_one();
    }

    /// Never ends by itself.
    pub async fn run(&self, db: &Db) {
        loop {
            // A failure is in the log already; what is left is done the next time.
            _ = all(db).await;
            tokio::select! {
                () = self.wanted.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }
}

async fn all(db: &Db) -> Result<(), DbError> {
    loop {
        let pending = revalidations::pending(db).await?;
        if pending.is_empty() {
            return Ok(());
        }
        for (uri, requested_at) in pending {
            extension(db, uri, requested_at).await?;
        }
    }
}

async fn extension(db: &Db, uri: String, requested_at: NaiveDateTime) -> Result<(), DbError> {
    let mut after = 0;
    loop {
        let cards = revalidations::cards(db, uri.clone(), after, BATCH).await?;
        let Some((last, _, _)) = cards.last() else {
            break;
        };
        after = *last;
        for (id, revision, card) in cards {
            let Ok(value) = serde_json::from_str::<Value>(card.text()) else {
                continue;
            };
            let validity = validity(db, &value).await?;
            let (is_valid, errors) = validity.to_columns();
            revalidations::record(db, id, revision, is_valid, errors).await?;
        }
    }
    tracing::info!(
        schema_uri = uri,
        "checked the cards that use this extension again"
    );
    revalidations::done(db, uri, requested_at).await
}
