//! Who may do what: passwords, sessions, the login throttle, guards.

pub mod access_code;
pub mod api_token;
mod flights;
pub mod guard;
pub mod handlers;
pub mod identity;
mod known_sessions;
pub mod next;
pub mod password;
pub mod rounds;
pub mod same_origin;
pub mod session;
pub mod sign_in;
pub mod throttle;
pub mod token;
