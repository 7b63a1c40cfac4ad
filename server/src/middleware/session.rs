//! Who is asking, checked once, for the paths that care; and whether that will do for a change.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use crate::auth::api_token::Bearer;
use crate::auth::credential::Credential;
use crate::auth::guard::AdmittedByAddress;
use crate::auth::identity::{Identity, Purpose, Rights};
use crate::auth::state::AuthState;
use crate::db::Errand;
use crate::http::error::ApiError;
use crate::http::place::{METRICS, is_monitoring};
use crate::middleware::scraper;

/// Health and static files must cost no query, whatever cookies come along; nor must a scrape by an
/// address that may read metrics.
fn cares(request: &ServiceRequest) -> bool {
    let path = request.path();
    if path == METRICS {
        let is_admitted = scraper::is_admitted(request.request());
        if is_admitted {
            request.extensions_mut().insert(AdmittedByAddress);
        }
        return !is_admitted;
    }
    !is_monitoring(path) && !path.starts_with("/static/")
}

/// What changes nothing but the visitor's own visit.
const OWN_AFFAIRS: [&str; 4] = [
    "/admin/login/",
    "/admin/login/code/",
    "/admin/logout/",
    "/admin/preferences/",
];

/// What on-call has to be able to do just when the registry is away: acknowledge, and be left in
/// peace.
fn is_watch_keeping(path: &str) -> bool {
    let incident = path.strip_prefix("/api/ops/incidents/");
    let incident = incident.or_else(|| path.strip_prefix("/admin/incidents/"));
    let is_taken =
        |rest: &str| rest.ends_with("/acknowledge/") || rest.ends_with("/unacknowledge/");
    let group = path.strip_prefix("/api/ops/errors/");
    let group = group.or_else(|| path.strip_prefix("/admin/errors/"));
    // A note can wait.
    let is_judged = |rest: &str| {
        let words = ["/resolve/", "/reopen/", "/mute/", "/unmute/"];
        words.iter().any(|word| rest.ends_with(word))
    };
    incident.is_some_and(is_taken)
        || group.is_some_and(is_judged)
        || path.starts_with("/api/ops/silences/")
        || path.starts_with("/admin/alerts/silences/")
        || path == "/api/ops/quiet/"
        || path.starts_with("/admin/alerts/quiet/")
}

/// What commands change.
fn is_a_commands(path: &str) -> bool {
    path == "/api/ops/quiet/" || path == "/api/ops/alerts/preview/"
}

/// Closed by default: whoever may only read is stopped here, not in each handler.
fn refusal(identity: &Identity, request: &ServiceRequest) -> Option<ApiError> {
    let path = request.path();
    if request.method().is_safe() || OWN_AFFAIRS.contains(&path) {
        return None;
    }
    match identity {
        Identity::User(user) => match user.rights {
            Rights::Full => None,
            Rights::Watch if is_watch_keeping(path) => None,
            Rights::Watch | Rights::Read => Some(unchecked()),
            // Whoever has the service's key may do on its host what the key can.
            Rights::AccessCode if user.username.starts_with("command:") && is_a_commands(path) => {
                None
            }
            Rights::AccessCode => Some(ApiError::forbidden(
                "An access code opens the desk for reading only. Sign in with your name to change anything.",
            )),
        },
        Identity::Token(Bearer::Known(token)) if !token.is_confirmed => Some(unchecked()),
        Identity::Token(_) | Identity::Nobody => None,
    }
}

fn unchecked() -> ApiError {
    ApiError::unavailable(
        "Whether you may do this can't be checked now: the database of users does not answer, or takes no writes. Nothing was changed. Try again in a few seconds.",
    )
}

pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    if cares(&request)
        && let Some(credential) = Credential::of(&request)
        && let Some(state) = request.app_data::<web::Data<AuthState>>().cloned()
    {
        let purpose = if request.method().is_safe() {
            Purpose::Look
        } else {
            Purpose::Change
        };
        let is_desks = request.path().starts_with("/api/ops/") || request.path() == METRICS;
        let errand = if is_desks {
            Errand::Desk
        } else {
            Errand::Registry
        };
        let identity = credential.identify(&state, purpose, errand).await;
        let refusal = refusal(&identity, &request);
        note(identity, credential, &request);
        if let Some(refusal) = refusal {
            return Ok(request.error_response(refusal).map_into_right_body());
        }
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// For guards, log and audit alike.
fn note(identity: Identity, credential: Credential, request: &ServiceRequest) {
    let span = tracing::Span::current();
    let mut extensions = request.extensions_mut();
    match identity {
        Identity::User(user) => {
            span.record("user", user.username.as_str());
            extensions.insert(user);
        }
        Identity::Token(bearer) => {
            if let Bearer::Known(token) = &bearer {
                span.record("user", token.as_user().as_str());
            }
            extensions.insert(bearer);
        }
        Identity::Nobody => {}
    }
    extensions.insert(credential);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_call_may_acknowledge_and_silence_and_nothing_beside() {
        for path in [
            "/api/ops/incidents/0193/acknowledge/",
            "/api/ops/silences/",
            "/api/ops/silences/7/",
            "/api/ops/quiet/",
            "/admin/incidents/0193/acknowledge/",
            "/admin/incidents/0193/unacknowledge/",
            "/api/ops/errors/0193/resolve/",
            "/admin/errors/0193/mute/",
            "/admin/errors/0193/unmute/",
            "/admin/alerts/silences/end/",
            "/admin/alerts/quiet/",
        ] {
            assert!(is_watch_keeping(path), "{path}");
        }
        for path in [
            "/api/ops/incidents/0193/close/",
            "/admin/incidents/0193/close/",
            "/api/ops/errors/0193/notes/",
            "/admin/errors/0193/notes/",
            "/api/ops/errors/",
            "/admin/alerts/channels/test/",
            "/api/ops/log-level/",
            "/api/namespaces/",
            "/admin/tokens/",
        ] {
            assert!(!is_watch_keeping(path), "{path}");
        }
    }
}
