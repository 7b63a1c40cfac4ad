//! Schemas as a noun of the registry.

use super::model::{SHAPE, SchemaInput, SchemaView};
use crate::db::queries::deletion::Deletion;
use crate::db::queries::schemas::{self, Schema};
use crate::db::{Db, DbError};
use crate::http::error::ApiError;
use crate::http::etag::Etag;
use crate::registry::fields::Shape;
use crate::registry::noun::{Change, Checked, Noun};
use crate::registry::state::RegistryState;

impl Noun for Schema {
    type Id = i64;
    type Input = SchemaInput;
    type View = SchemaView;

    const PATH: &'static str = "/api/schemas/";
    const SHAPE: &'static Shape = &SHAPE;
    const TAG: &'static str = "schemas";
    const ONE: &'static str = "a schema";
    const DELETABLE: &'static str = "a schema that no agent card uses";

    fn etag(&self) -> Etag {
        Etag::new(self.created_at, self.revision)
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn to_input(&self) -> SchemaInput {
        SchemaInput {
            schema_uri: self.schema_uri.clone(),
            schema_type: self.schema_type.clone(),
            version: self.version.clone(),
            description: self.description.clone(),
            schema: self.schema.clone(),
            example: self.example.clone(),
            is_active: self.is_active,
        }
    }

    fn title(input: &SchemaInput) -> String {
        input.schema_uri.clone()
    }

    fn taken(_: &SchemaInput) -> String {
        "There is a schema of this schema_uri, or of this schema_type and version, already."
            .to_owned()
    }

    async fn parse(state: &RegistryState, text: String, _: Option<&Self>) -> Checked<Self> {
        state.checks.schema(text).await
    }

    async fn find(db: &Db, id: i64) -> Result<Option<Self>, DbError> {
        schemas::find(db, id).await
    }

    async fn create(change: Change<'_>, input: &SchemaInput) -> Result<i64, DbError> {
        let (state, trace) = (change.state, change.trace());
        let row = input.to_row(trace.at);
        let id = schemas::create(&state.db, row, trace, change.detail).await?;
        state.revalidation.wake();
        Ok(id)
    }

    async fn update(self, change: Change<'_>, input: &SchemaInput) -> Result<bool, DbError> {
        let (state, trace) = (change.state, change.trace());
        let (read, row) = ((self.id, self.revision), input.to_row(trace.at));
        let is_changed = schemas::update(&state.db, read, row, trace, change.detail).await?;
        if is_changed {
            state.revalidation.wake();
        }
        Ok(is_changed)
    }

    async fn delete(self, change: Change<'_>, revision: Option<i64>) -> Result<Deletion, ApiError> {
        let (db, trace) = (&change.state.db, change.trace());
        let deleted = schemas::delete(db, self.id, revision, trace, change.detail).await?;
        deleted.map_err(|uses| {
            ApiError::conflict(format!(
                "{uses} agent cards use this extension: change them first, or set is_active to \
                 false."
            ))
        })
    }
}
