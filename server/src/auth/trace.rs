//! What the audit log says of a request.

use actix_web::{HttpRequest, web};

use super::state::AuthState;
use crate::db::queries::audit::Trace;
use crate::db::time::naive;
use crate::http::request_context::RequestContext;

pub fn trace_of(request: &HttpRequest, actor: String) -> Trace {
    let context = RequestContext::of(request);
    let ip = context.as_ref().and_then(|context| context.ip);
    let state = request.app_data::<web::Data<AuthState>>();
    Trace {
        actor,
        at: state
            .map(|state| naive(state.clock.now()))
            .unwrap_or_default(),
        ip: ip.map(|ip| ip.to_string()),
        request_id: context.map(|context| context.request_id.to_string()),
    }
}
