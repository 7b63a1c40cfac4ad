//! What is known of a request from its first moment on.

use std::net::IpAddr;

use actix_web::{HttpMessage as _, HttpRequest};

use super::request_id::RequestId;
use crate::traces::RequestTrace;

/// In the request's extensions.
#[derive(Clone, Debug)]
pub struct RequestContext {
    pub request_id: RequestId,
    pub ip: Option<IpAddr>,
    /// Whether the client speaks https, by the word of a trusted proxy.
    pub is_https: bool,
    /// The matched pattern, such as `/api/agentcards/{id}/`; never the path itself.
    pub route: Option<String>,
    /// `None` if nothing is traced.
    pub trace: Option<RequestTrace>,
}

impl RequestContext {
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}
