//! Who reads and who writes.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use crate::auth::api_token::{Bearer, Scope};
use crate::auth::guard;
use crate::auth::identity::CurrentUser;
use crate::auth::same_origin::{self, Proof};
use crate::auth::trace::trace_of;
use crate::db::queries::audit::Trace;
use crate::http::error::ApiError;

/// Admits who may change the registry: staff by a session, with the proof that the request comes
/// from a page of ours, or a token of scope `write`.
pub struct Writer {
    pub user_id: Option<i64>,
    pub token: Option<String>,
    /// For the audit log.
    pub trace: Trace,
}

impl FromRequest for Writer {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Writer {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let bearer = request.extensions().get::<Bearer>().cloned();
        if let Some(Bearer::Known(token)) = bearer {
            if token.scope != Scope::Write {
                return Err(ApiError::forbidden(format!(
                    "This token's scope is {}; writing needs one of scope write.",
                    token.scope.as_str()
                )));
            }
            return Ok(Self {
                user_id: None,
                trace: trace_of(request, token.as_user()),
                token: Some(token.name),
            });
        }
        let user = guard::staff(request)?;
        match same_origin::proof(request) {
            Proof::Same => Ok(Self {
                user_id: Some(user.id),
                token: None,
                trace: trace_of(request, user.username),
            }),
            Proof::Foreign | Proof::Absent => Err(guard::foreign()),
        }
    }
}

/// Anybody; who may write also sees what is hidden.
pub struct Reader {
    pub sees_hidden: bool,
}

impl FromRequest for Reader {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let by_token = match extensions.get::<Bearer>() {
            Some(Bearer::Known(token)) => token.scope == Scope::Write,
            _ => false,
        };
        let user = extensions.get::<CurrentUser>();
        ready(Ok(Self {
            sees_hidden: by_token || user.is_some_and(|user| user.is_staff),
        }))
    }
}
