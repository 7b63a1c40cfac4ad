//! Extractors that admit or refuse, before a handler's first line.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::same_origin::{self, Proof};
use crate::error::ApiError;
use crate::middleware::CurrentUser;

/// Admits staff: 401 without a session, 403 to anyone else.
pub struct Staff(pub CurrentUser);

impl FromRequest for Staff {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user = request.extensions().get::<CurrentUser>().cloned();
        ready(match user {
            None => Err(ApiError::unauthorized()),
            Some(user) if !user.is_staff => Err(ApiError::forbidden("This is for staff only.")),
            Some(user) => Ok(Self(user)),
        })
    }
}

/// Admits requests that prove to come from a page of this host.
pub struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match same_origin::proof(request) {
            Proof::Same => Ok(Self),
            Proof::Foreign | Proof::Absent => Err(refusal()),
        })
    }
}

/// Admits all but requests that are known to come from elsewhere: for signing in, where there is no
/// session yet that another site could abuse, and where plain HTTP clients are welcome.
pub struct NotForeign;

impl FromRequest for NotForeign {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match same_origin::proof(request) {
            Proof::Same | Proof::Absent => Ok(Self),
            Proof::Foreign => Err(refusal()),
        })
    }
}

fn refusal() -> ApiError {
    ApiError::forbidden("This request does not come from a page of this service.")
}
