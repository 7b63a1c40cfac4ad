//! [`Subject`]: what an alert of a rule is about.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// Of a rule that each instance evaluates for itself.
    pub instance: Option<String>,
    /// A disk, a dependency, a channel, an instance that another one watches, an error group.
    pub part: Option<String>,
}

impl Subject {
    /// Whether trouble with the one may be the cause of trouble with the other.
    pub fn is_related_to(&self, other: &Self) -> bool {
        let agree = |one: &Option<String>, other: &Option<String>| {
            one.is_none() || other.is_none() || one == other
        };
        agree(&self.instance, &other.instance) && agree(&self.part, &other.part)
    }
}

/// As people and programs read it: the part if there is one, or else the instance, or else the
/// service.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.part.as_ref().or(self.instance.as_ref());
        f.write_str(name.map_or("service", String::as_str))
    }
}
