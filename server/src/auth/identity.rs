//! Who sends a request, and what they may do now.

use super::api_token::Bearer;

/// The sender of a request.
pub enum Identity {
    User(CurrentUser),
    Token(Bearer),
    Nobody,
}

/// What the sender is identified for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Look,
    Change,
}

/// The signed-in user; in the request's extensions if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    pub id: i64,
    pub username: String,
    pub is_staff: bool,
    pub rights: Rights,
    pub session_id: String,
}

impl CurrentUser {
    /// One person, whatever number of sessions they have.
    pub fn who(&self) -> String {
        match self.rights {
            Rights::AccessCode => format!("access-code:{}", self.session_id),
            _ => format!("user:{}", self.id),
        }
    }
}

/// What a session is good for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Whatever the user may: the registry has just said so.
    Full,
    /// The registry can't say, the desk's own store can: to read, acknowledge and silence.
    Watch,
    /// Neither can say: to read.
    Read,
    /// Came in by an access code: to read.
    AccessCode,
}
