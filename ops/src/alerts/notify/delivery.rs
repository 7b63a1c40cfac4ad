//! [`Delivery`]: what belongs to one try and not to the message.

use crate::alerts::message::Timestamp;

#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Of the notice: the same on each try, so that a receiver can tell a repetition.
    pub id: &'a str,
    /// When it is tried.
    pub at: Timestamp,
}
