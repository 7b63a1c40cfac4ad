//! Who may do what: identity, passwords, sessions, tokens, the login throttle, guards, the audit trail.
//! Uses `http` and `db`.

pub mod access_code;
pub mod api_token;
pub mod audit_trail;
mod budget;
pub mod command_session;
pub mod complaints;
pub mod credential;
mod failed_sign_ins;
pub mod guard;
pub mod handlers;
mod hashing_queue;
pub mod identity;
mod known_sessions;
pub mod next;
pub mod password;
pub mod rounds;
pub mod same_origin;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod state;
pub mod throttle;
pub mod token;
pub mod trace;
pub mod username;
