//! What everything that asks who somebody is shares.

use std::sync::Arc;

use ops::clock::Clock;

use super::api_token::ApiTokens;
use super::audit_trail::AuditTrail;
use super::complaints::Complaints;
use super::session::Sessions;
use super::sign_in::SignIn;
use crate::process::AppEnv;

pub struct AuthState {
    pub sessions: Sessions,
    pub api_tokens: ApiTokens,
    pub sign_in: SignIn,
    pub complaints: Complaints,
    pub audit_trail: AuditTrail,
    pub clock: Arc<dyn Clock>,
    /// In production cookies are for https only.
    pub app_env: AppEnv,
}
