//! Who is looking, and how they like to look: read from the request by the server, provided in
//! context, and carried to the browser so that both sides render alike.

use serde::{Deserialize, Serialize};

use crate::view::zone::Zone;

/// The default is a stranger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub language: Language,
    /// The signed-in user's name; `None` for a stranger.
    pub user: Option<String>,
    /// Only staff may see the desk.
    pub is_staff: bool,
    #[serde(default)]
    pub rights: Rights,
    pub refresh: Refresh,
    pub zone: Zone,
}

/// What a reader may do now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// Whatever their role allows.
    #[default]
    All,
    /// The users' database can't say: to read, acknowledge and silence.
    Watch,
    /// Nobody can say: to read.
    Read,
    /// Came in by an access code: to read.
    AccessCode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "zh-CN")]
    ChineseSimplified,
    #[default]
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The BCP 47 tag, as in `<html lang>` and in the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ChineseSimplified => "zh-CN",
            Self::English => "en",
        }
    }

    /// From the remembered tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "zh-CN" => Some(Self::ChineseSimplified),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// How often the desk refreshes itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refresh {
    Paused,
    Every1s,
    Every5s,
    #[default]
    Every15s,
    Every30s,
    Every60s,
}

impl Refresh {
    pub const ALL: [Self; 6] = [
        Self::Every1s,
        Self::Every5s,
        Self::Every15s,
        Self::Every30s,
        Self::Every60s,
        Self::Paused,
    ];

    /// Seconds between two refreshes; `None` when paused.
    pub fn seconds(self) -> Option<u32> {
        match self {
            Self::Paused => None,
            Self::Every1s => Some(1),
            Self::Every5s => Some(5),
            Self::Every15s => Some(15),
            Self::Every30s => Some(30),
            Self::Every60s => Some(60),
        }
    }

    /// As in the cookie and the form: the seconds, 0 when paused.
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|refresh| refresh.seconds().unwrap_or(0) == seconds)
    }
}

/// Names of the cookies that remember a visitor's choices for a year. They are no secrets, and the
/// page's own script writes the last two.
pub const LANGUAGE_COOKIE: &str = "language";
pub const REFRESH_COOKIE: &str = "refresh";
pub const ZONE_COOKIE: &str = "zone";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_pace_survives_its_cookie(seconds: u32) {
            if let Some(refresh) = Refresh::from_seconds(seconds) {
                prop_assert_eq!(refresh.seconds().unwrap_or(0), seconds);
            }
        }
    }
}
