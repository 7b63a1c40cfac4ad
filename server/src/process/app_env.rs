//! The kind of installation this is.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppEnv {
    Development,
    /// Demands a secret key, makes cookies `Secure`, turns Sentry on if there is a DSN.
    Production,
}

impl AppEnv {
    /// # Errors
    /// What the text should have been.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err("development or production".to_owned()),
        }
    }

    pub fn is_production(self) -> bool {
        self == Self::Production
    }

    /// The name that operators and Sentry know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}
