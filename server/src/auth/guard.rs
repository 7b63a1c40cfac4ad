//! Extractors that admit or refuse, before a handler's first line.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};

use super::api_token::{ApiToken, Bearer, Scope};
use super::credential::Credential;
use super::identity::CurrentUser;
use super::same_origin::{self, Mismatch, Proof};
use super::state::AuthState;
use crate::http::error::ApiError;

/// The staff whose session this is: 401 without one, 403 for anyone else.
pub fn staff(request: &HttpRequest) -> Result<CurrentUser, ApiError> {
    let extensions = request.extensions();
    match extensions.get::<CurrentUser>() {
        Some(user) if user.is_staff => Ok(user.clone()),
        Some(_) => Err(ApiError::forbidden("This is for staff only.")),
        None => Err(match extensions.get::<Bearer>() {
            Some(Bearer::Unasked) => {
                ApiError::unavailable("The token can't be checked at the moment.")
            }
            _ => ApiError::unauthorized(),
        }),
    }
}

/// Admits staff by their session.
pub struct Staff(pub CurrentUser);

impl FromRequest for Staff {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(staff(request).map(Self))
    }
}

/// Admits who may see the desk's data: staff by a session, or a token of scope `ops`.
pub struct OpsReader {
    /// By what they came, to ask again whether it still stands.
    pub credential: Credential,
    /// One person or program, whatever number of connections they have.
    pub who: String,
}

impl OpsReader {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let bearer = request.extensions().get::<Bearer>().cloned();
        let who = match bearer {
            Some(Bearer::Known(token)) if token.scope == Scope::Ops => token.as_user(),
            Some(Bearer::Known(token)) => return Err(wrong_scope(&token)),
            Some(Bearer::Unknown | Bearer::Unasked) | None => staff(request)?.who(),
        };
        let credential = request.extensions().get::<Credential>().cloned();
        let credential = credential.ok_or_else(ApiError::unauthorized)?;
        Ok(Self { credential, who })
    }
}

impl FromRequest for OpsReader {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// Marks a request of an address that may read metrics.
pub struct AdmittedByAddress;

/// Admits who may read metrics: by address, or as an [`OpsReader`].
pub struct MetricsReader;

impl FromRequest for MetricsReader {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let by_address = request.extensions().contains::<AdmittedByAddress>();
        ready(if by_address {
            Ok(Self)
        } else {
            OpsReader::of(request).map(|_| Self)
        })
    }
}

/// Admits who may change what the desk keeps: staff by a session, with the proof that the request comes
/// from a page of ours, or a token of scope `ops`.
pub struct Operator {
    /// As incidents, silences and the audit name them.
    pub name: String,
}

impl Operator {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let bearer = request.extensions().get::<Bearer>().cloned();
        match bearer {
            Some(Bearer::Known(token)) if token.scope == Scope::Ops => Ok(Self {
                name: token.as_user(),
            }),
            Some(Bearer::Known(token)) => Err(wrong_scope(&token)),
            Some(Bearer::Unknown | Bearer::Unasked) | None => {
                let name = staff(request)?.username;
                match same_origin::proof(request) {
                    Proof::Same => Ok(Self { name }),
                    Proof::Foreign => Err(foreign_because(request)),
                    Proof::Absent => Err(foreign()),
                }
            }
        }
    }
}

impl FromRequest for Operator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

fn wrong_scope(token: &ApiToken) -> ApiError {
    ApiError::forbidden(format!(
        "This token's scope is {}; this needs one of scope ops.",
        token.scope.as_str()
    ))
}

/// Admits requests that prove to come from a page of this host.
pub struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match same_origin::proof(request) {
            Proof::Same => Ok(Self),
            Proof::Foreign => Err(foreign_because(request)),
            Proof::Absent => Err(foreign()),
        })
    }
}

/// The answer to a request that proves nothing.
pub fn foreign() -> ApiError {
    ApiError::forbidden("This request does not come from a page of this service.")
}

/// The answer to a request that says that it comes from elsewhere; the log hears of it.
fn foreign_because(request: &HttpRequest) -> ApiError {
    let Mismatch { said, expected } = refused_for_its_origin(request);
    let mut error = foreign();
    error.detail = format!("{} It says \"{said}\", not \"{expected}\".", error.detail);
    error
}

/// Why, for the reader; the log hears of it.
pub fn refused_for_its_origin(request: &HttpRequest) -> Mismatch {
    let mismatch = Mismatch::of(request);
    if let Some(state) = request.app_data::<web::Data<AuthState>>() {
        let now = state.clock.monotonic();
        state.complaints.foreign(&mismatch, now);
    }
    mismatch
}
