//! What can be registered: namespaces, schemas and agent cards. What each of them says here is all in
//! which they differ; `handlers` serves them, and `operations` describes that.

use std::fmt::Display;
use std::str::FromStr;

use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

use super::access::Writer;
use super::fields::Shape;
use super::state::RegistryState;
use crate::db::queries::audit::Trace;
use crate::db::queries::deletion::Deletion;
use crate::db::{Db, DbError};
use crate::http::error::{ApiError, FieldError};
use crate::http::etag::Etag;

/// A change that is to be made.
pub struct Change<'r> {
    pub state: &'r RegistryState,
    pub writer: &'r Writer,
    /// For the audit log.
    pub detail: String,
}

impl<'r> Change<'r> {
    pub fn new(state: &'r RegistryState, writer: &'r Writer, detail: String) -> Self {
        Self {
            state,
            writer,
            detail,
        }
    }

    pub fn trace(&self) -> Trace {
        self.writer.trace.clone()
    }
}

/// A body that has been checked, or everything that is wrong with it.
pub type Checked<N> = Result<<N as Noun>::Input, ApiError>;

/// A kind of thing, as it is found in the database.
pub trait Noun: Sized + 'static {
    type Id: Display + FromStr + PartialSchema;
    /// How it is written.
    type Input: Serialize;
    /// How it is read.
    type View: From<Self> + Serialize + ToSchema;

    /// Of all of them; each has its id behind it.
    const PATH: &'static str;
    const SHAPE: &'static Shape;
    /// For the API's document: its tag; one of them, with its article; what can be deleted.
    const TAG: &'static str;
    const ONE: &'static str;
    const DELETABLE: &'static str;

    fn etag(&self) -> Etag;
    fn revision(&self) -> i64;
    /// The body that would make it what it is.
    fn to_input(&self) -> Self::Input;
    /// What it is called in the audit log.
    fn title(input: &Self::Input) -> String;
    /// That there is another one where this one would be.
    fn taken(input: &Self::Input) -> String;

    /// What a path says; `None` if nothing can have such an id.
    fn parse_id(segment: &str) -> Option<Self::Id> {
        segment.parse().ok()
    }

    /// Whether anybody may see it.
    fn is_public(&self) -> bool {
        true
    }

    /// That what it refers to is not there, where it refers to anything.
    fn dangling(_: &Self::Input) -> Option<FieldError> {
        None
    }

    /// Checks a body, of what is new or of what `latest` becomes.
    async fn parse(state: &RegistryState, text: String, latest: Option<&Self>) -> Checked<Self>;
    async fn find(db: &Db, id: Self::Id) -> Result<Option<Self>, DbError>;
    async fn create(change: Change<'_>, input: &Self::Input) -> Result<Self::Id, DbError>;
    /// Gives whether this was still the latest revision, and so was changed.
    async fn update(self, change: Change<'_>, input: &Self::Input) -> Result<bool, DbError>;
    /// Deletes it, if it is still of `revision` where one is given: 409 if others refer to it.
    async fn delete(self, change: Change<'_>, revision: Option<i64>) -> Result<Deletion, ApiError>;
}
