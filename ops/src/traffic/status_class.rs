//! The first digit of a status, and a count for each.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatusClass {
    Informational,
    Success,
    Redirection,
    ClientError,
    ServerError,
}

impl StatusClass {
    pub const ALL: [Self; 5] = [
        Self::Informational,
        Self::Success,
        Self::Redirection,
        Self::ClientError,
        Self::ServerError,
    ];

    /// Every status from 500 on is an error of the server.
    pub fn of(status: u16) -> Self {
        match status {
            0..200 => Self::Informational,
            200..300 => Self::Success,
            300..400 => Self::Redirection,
            400..500 => Self::ClientError,
            500.. => Self::ServerError,
        }
    }

    /// The first digit, 1–5.
    pub fn digit(self) -> u8 {
        match self {
            Self::Informational => 1,
            Self::Success => 2,
            Self::Redirection => 3,
            Self::ClientError => 4,
            Self::ServerError => 5,
        }
    }
}

/// Requests by the class of their answers' status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByClass {
    pub informational: u64,
    pub success: u64,
    pub redirection: u64,
    pub client_errors: u64,
    pub errors: u64,
}

impl ByClass {
    pub fn total(&self) -> u64 {
        let Self {
            informational,
            success,
            redirection,
            client_errors,
            errors,
        } = *self;
        [informational, success, redirection, client_errors, errors]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    pub fn add(&mut self, class: StatusClass, count: u64) {
        let mine = match class {
            StatusClass::Informational => &mut self.informational,
            StatusClass::Success => &mut self.success,
            StatusClass::Redirection => &mut self.redirection,
            StatusClass::ClientError => &mut self.client_errors,
            StatusClass::ServerError => &mut self.errors,
        };
        *mine = mine.saturating_add(count);
    }

    pub fn merge(&mut self, other: &Self) {
        self.add(StatusClass::Informational, other.informational);
        self.add(StatusClass::Success, other.success);
        self.add(StatusClass::Redirection, other.redirection);
        self.add(StatusClass::ClientError, other.client_errors);
        self.add(StatusClass::ServerError, other.errors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_class() {
        let classes = [101, 200, 304, 400, 499, 500, 999].map(|status| {
            let mut counts = ByClass::default();
            counts.add(StatusClass::of(status), 1);
            assert_eq!(counts.total(), 1);
            StatusClass::of(status).digit()
        });
        assert_eq!(classes, [1, 2, 3, 4, 4, 5, 5]);
    }
}
