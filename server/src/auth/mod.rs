//! Who may do what: passwords, sessions, the login throttle, guards.

pub mod access_code;
pub mod api_token;
mod budget;
pub mod complaints;
mod failed_sign_ins;
mod flights;
pub mod guard;
pub mod handlers;
mod hashing_queue;
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
pub mod username;
