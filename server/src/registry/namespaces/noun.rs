//! Namespaces as a noun of the registry.

use super::model::{NamespaceInput, NamespaceView, SHAPE, is_namespace_id};
use crate::db::queries::deletion::Deletion;
use crate::db::queries::namespaces::{self, Namespace};
use crate::db::{Db, DbError};
use crate::http::error::ApiError;
use crate::http::etag::Etag;
use crate::registry::fields::Shape;
use crate::registry::noun::{Change, Checked, Noun};
use crate::registry::state::RegistryState;

impl Noun for Namespace {
    type Id = String;
    type Input = NamespaceInput;
    type View = NamespaceView;

    const PATH: &'static str = "/api/namespaces/";
    const SHAPE: &'static Shape = &SHAPE;
    const TAG: &'static str = "namespaces";
    const ONE: &'static str = "a namespace";
    const DELETABLE: &'static str = "a namespace that has no cards";

    fn etag(&self) -> Etag {
        Etag::new(self.created_at, self.revision)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn to_input(&self) -> NamespaceInput {
        NamespaceInput {
            id: self.id.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            is_active: self.is_active,
        }
    }

    fn title(input: &NamespaceInput) -> String {
        input.name.clone()
    }

    fn taken(input: &NamespaceInput) -> String {
        format!("There is a namespace {:?} already.", input.id)
    }

    fn parse_id(segment: &str) -> Option<String> {
        is_namespace_id(segment).then(|| segment.to_owned())
    }

    async fn parse(_: &RegistryState, text: String, latest: Option<&Self>) -> Checked<Self> {
        NamespaceInput::parse(&text, latest.map(|latest| latest.id.as_str()))
    }

    async fn find(db: &Db, id: String) -> Result<Option<Self>, DbError> {
        namespaces::find(db, id).await
    }

    async fn create(change: Change<'_>, input: &NamespaceInput) -> Result<String, DbError> {
        let trace = change.trace();
        let row = input.to_row(trace.at);
        namespaces::create(&change.state.db, row, trace, change.detail).await?;
        Ok(input.id.clone())
    }

    async fn update(self, change: Change<'_>, input: &NamespaceInput) -> Result<bool, DbError> {
        let trace = change.trace();
        let changed = Self {
            created_at: self.created_at,
            revision: self.revision,
            ..input.to_row(trace.at)
        };
        namespaces::update(&change.state.db, changed, trace, change.detail).await
    }

    async fn delete(self, change: Change<'_>, revision: Option<i64>) -> Result<Deletion, ApiError> {
        let (db, trace) = (&change.state.db, change.trace());
        match namespaces::delete(db, self.id, revision, trace, change.detail).await {
            Err(error) if error.is_reference_violation() => Err(ApiError::conflict(
                "The namespace has agent cards: delete them first, or set is_active to false.",
            )),
            deleted => Ok(deleted?),
        }
    }
}
