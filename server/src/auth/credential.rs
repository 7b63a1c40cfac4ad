//! What a request brings to say who sends it, and who that is.

use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web;
use tokio::time::Instant;

use super::api_token::{self, Bearer, Scope};
use super::identity::{Identity, Purpose};
use super::state::AuthState;
use super::token;
use crate::db::Errand;
use crate::http::place::{METRICS, is_for_programs};

/// What a request says of who sends it. There is never more than one, so that guards, log and audit
/// can't name different ones.
#[derive(Clone)]
pub enum Credential {
    Token(String),
    /// Of several session cookies, one that is valid counts: another host of the domain may have set
    /// one, too. Never empty.
    Session(Vec<String>),
}

impl Credential {
    /// Where programs read, a token of ours decides, whatever cookie comes along; somebody else's, such
    /// as a proxy adds, does not.
    pub fn of(request: &ServiceRequest) -> Option<Self> {
        let path = request.path();
        if is_for_programs(path)
            && let Some(token) = bearer(request).filter(|token| api_token::is_ours(token))
        {
            return Some(Self::Token(token.to_owned()));
        }
        // No session is looked up for a scrape.
        if path == METRICS {
            return None;
        }
        let state = request.app_data::<web::Data<AuthState>>()?;
        let name = token::cookie_name(state.app_env.is_production());
        let brought = token::brought(request.headers(), name);
        let tokens: Vec<String> = brought.into_iter().map(str::to_owned).collect();
        (!tokens.is_empty()).then_some(Self::Session(tokens))
    }

    pub async fn identify(&self, state: &AuthState, purpose: Purpose, errand: Errand) -> Identity {
        match self {
            Self::Token(token) => Identity::Token(state.api_tokens.identify(token, errand).await),
            Self::Session(tokens) => {
                for token in tokens {
                    if let Some(user) = state.sessions.identify(token, purpose).await {
                        return Identity::User(user);
                    }
                }
                Identity::Nobody
            }
        }
    }
}

/// The scheme's name is written in any case (RFC 9110, section 11.1).
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The right to read the desk's data, for answers that take their time.
pub struct Admission {
    state: web::Data<AuthState>,
    credential: Credential,
    asked_at: Instant,
}

impl Admission {
    /// How often it is asked again whether the right still stands. Together with the look-up itself
    /// this stays within ten seconds.
    const ASK_EVERY: Duration = Duration::from_secs(3);

    /// Of a request that a guard has just admitted.
    pub fn new(state: web::Data<AuthState>, credential: Credential) -> Self {
        Self {
            state,
            credential,
            asked_at: Instant::now(),
        }
    }

    pub async fn stands(&mut self) -> bool {
        if self.asked_at.elapsed() < Self::ASK_EVERY {
            return true;
        }
        self.asked_at = Instant::now();
        let asked = self
            .credential
            .identify(&self.state, Purpose::Look, Errand::Desk);
        match asked.await {
            Identity::User(user) => user.is_staff,
            Identity::Token(Bearer::Known(token)) => token.scope == Scope::Ops,
            Identity::Token(_) | Identity::Nobody => false,
        }
    }
}
