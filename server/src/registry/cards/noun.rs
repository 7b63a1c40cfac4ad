//! Agent cards as a noun of the registry.

use std::sync::Arc;

use super::model::{CardInput, CardView, Origin, SHAPE};
use crate::db::queries::cards::{self, FoundCard, NewCard, Term};
use crate::db::queries::deletion::Deletion;
use crate::db::{Db, DbError};
use crate::http::error::{ApiError, FieldError};
use crate::http::etag::Etag;
use crate::registry::a2a;
use crate::registry::checks::Patience;
use crate::registry::fields::Shape;
use crate::registry::noun::{Change, Checked, Noun};
use crate::registry::state::RegistryState;

/// The row of a card that is checked with what is registered now, and the terms that it is found by.
async fn row(change: &Change<'_>, input: &CardInput) -> Result<(NewCard, Vec<Term>), DbError> {
    let (state, writer) = (change.state, change.writer);
    let (card, bytes) = (Arc::clone(&input.value), input.card.text().len());
    let validity = state.checks.card(&state.db, card, bytes, Patience::Request);
    let origin = Origin {
        user_id: writer.user_id,
        token: writer.token.clone(),
        at: writer.trace.at,
    };
    let row = input.to_row(&validity.await?, origin);
    Ok((row, a2a::terms(&input.value)))
}

impl Noun for FoundCard {
    type Id = i64;
    type Input = CardInput;
    type View = CardView;

    const PATH: &'static str = "/api/agentcards/";
    const SHAPE: &'static Shape = &SHAPE;
    const TAG: &'static str = "agentcards";
    const ONE: &'static str = "an agent card";
    const DELETABLE: &'static str = Self::ONE;

    fn etag(&self) -> Etag {
        Etag::new(self.head.created_at, self.head.revision)
    }

    fn revision(&self) -> i64 {
        self.head.revision
    }

    fn to_input(&self) -> CardInput {
        CardInput {
            namespace: self.head.namespace_id.clone(),
            card: self.card.clone(),
            is_active: self.head.is_active,
            is_default_version: self.head.is_default_version,
            value: Arc::default(),
            name: self.head.name.clone(),
            version: self.head.version.clone(),
        }
    }

    fn title(input: &CardInput) -> String {
        format!("{}/{} {}", input.namespace, input.name, input.version)
    }

    fn taken(input: &CardInput) -> String {
        format!(
            "There is a card {:?} of version {:?} in namespace {:?} already.",
            input.name, input.version, input.namespace
        )
    }

    fn is_public(&self) -> bool {
        self.is_public
    }

    fn dangling(input: &CardInput) -> Option<FieldError> {
        let message = format!("there is no namespace {:?}", input.namespace);
        Some(FieldError::new("namespace", message))
    }

    async fn parse(_: &RegistryState, text: String, _: Option<&Self>) -> Checked<Self> {
        CardInput::parse(&text)
    }

    async fn find(db: &Db, id: i64) -> Result<Option<Self>, DbError> {
        cards::find(db, id).await
    }

    async fn create(change: Change<'_>, input: &CardInput) -> Result<i64, DbError> {
        let (row, terms) = row(&change, input).await?;
        let (db, trace) = (&change.state.db, change.trace());
        cards::create(db, row, terms, trace, change.detail).await
    }

    async fn update(self, change: Change<'_>, input: &CardInput) -> Result<bool, DbError> {
        let read = (self.head.id, self.head.revision);
        let (row, terms) = row(&change, input).await?;
        let (db, trace) = (&change.state.db, change.trace());
        cards::update(db, read, row, terms, trace, change.detail).await
    }

    async fn delete(self, change: Change<'_>, revision: Option<i64>) -> Result<Deletion, ApiError> {
        let (db, trace) = (&change.state.db, change.trace());
        Ok(cards::delete(db, self.head.id, revision, trace, change.detail).await?)
    }
}
