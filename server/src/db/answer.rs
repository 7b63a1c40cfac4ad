//! How a failed operation is answered over HTTP: never with the database's own words.

use ops::health::Code;

use super::DbError;
use crate::http::error::ApiError;

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        let DbError::Unavailable { code, .. } = &error else {
            return Self::internal(error);
        };
        let detail = if *code == Code::ReadOnly {
            "The database takes no writes at the moment; reading goes on. Try again later."
        } else {
            "The database can't be reached at the moment. Try again in a few seconds."
        };
        Self {
            source: Some(error.into()),
            ..Self::unavailable(detail)
        }
    }
}
