//! Checks cards again when the schema of an extension that they use has changed: in the background,
//! since there may be very many. What is still to be done stands in the database, so that neither a
//! restart nor the end of this process loses any of it, and none is begun for ever.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

use crate::db::queries::revalidations::{self, Revalidation as Pending};
use crate::db::{Db, DbError};
use crate::registry::cards::Validity;
use crate::registry::checks::{Checks, Patience};

/// How many cards are read at once.
const BATCH: i64 = 100;

/// Another replica may have died over its work.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// How often a revalidation is begun without coming further, by all replicas together.
const MAX_ATTEMPTS: i64 = 10;

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
    pub async fn run(&self, db: &Db, checks: &Checks) {
        loop {
            // A failure is in the log already; what is left is done the next time.
            _ = all(db, checks).await;
            tokio::select! {
                () = self.wanted.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }
}

async fn all(db: &Db, checks: &Checks) -> Result<(), DbError> {
    loop {
        let pending = revalidations::pending(db).await?;
        if pending.is_empty() {
            return Ok(());
        }
        for pending in pending {
            extension(db, checks, pending).await?;
        }
    }
}

async fn extension(db: &Db, checks: &Checks, mut pending: Pending) -> Result<(), DbError> {
    let uri = pending.schema_uri.clone();
    if pending.attempts >= MAX_ATTEMPTS {
        return give_up(db, pending).await;
    }
    // Before anything else: the attempt counts if it ends with the process.
    pending.attempts += 1;
    revalidations::progress(db, pending.clone()).await?;
    loop {
        let cards = revalidations::cards(db, uri.clone(), pending.after_card, BATCH).await?;
        let Some((last, _, _)) = cards.last() else {
            break;
        };
        let last = *last;
        for (id, revision, card) in cards {
            let Ok(value) = serde_json::from_str::<Value>(card.text()) else {
                continue;
            };
            let bytes = card.text().len();
            let validity = checks
                .card(db, Arc::new(value), bytes, Patience::Background)
                .await?;
            let (is_valid, errors) = validity.to_columns();
            revalidations::record(db, id, revision, is_valid, errors).await?;
        }
        pending.after_card = last;
        pending.attempts = 0;
        revalidations::progress(db, pending.clone()).await?;
    }
    tracing::info!(
        schema_uri = uri,
        "checked the cards that use this extension again"
    );
    revalidations::done(db, uri, pending.requested_at).await
}

async fn give_up(db: &Db, pending: Pending) -> Result<(), DbError> {
    let Pending {
        schema_uri,
        requested_at,
        after_card,
        attempts,
    } = pending;
    let reason = format!(
        "not checked: the check with a new schema of extension {schema_uri} did not end in {attempts} attempts"
    );
    let unchecked = Validity::unchecked_column(&reason);
    revalidations::give_up(db, schema_uri.clone(), after_card, unchecked).await?;
    tracing::warn!(
        schema_uri,
        attempts,
        "gave up checking the cards that use this extension: change its schema or the cards"
    );
    revalidations::done(db, schema_uri, requested_at).await
}
