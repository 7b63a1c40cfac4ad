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
    pub refresh: Refresh,
    pub zone: Zone,
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

    /// What an `Accept-Language` header asks for (RFC 9110, 12.5.4). Any Chinese is met with the
    /// one that we have; where nothing fits, the default.
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best: Option<(u16, Self)> = None;
        for range in accept_language.split(',') {
            let mut parts = range.split(';');
            let language = Self::from_range(parts.next().unwrap_or_default().trim());
            let (Some(language), Some(quality)) = (language, quality(parts)) else {
                continue;
            };
            // Of equal ones the first wins; 0 means "not acceptable".
            if quality > best.map_or(0, |(quality, _)| quality) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language).unwrap_or_default()
    }

    fn from_range(range: &str) -> Option<Self> {
        let primary = range.split('-').next().unwrap_or_default();
        match primary {
            "*" => Some(Self::default()),
            _ if primary.eq_ignore_ascii_case("zh") => Some(Self::ChineseSimplified),
            _ if primary.eq_ignore_ascii_case("en") => Some(Self::English),
            _ => None,
        }
    }
}

/// The weight among a range's parameters in thousandths; 1000 where there is none, `None` where it
/// is none.
fn quality<'a>(mut parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    let weight = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let Some(weight) = weight else {
        return Some(1000);
    };
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
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

    #[test]
    fn the_language_with_the_highest_weight_wins() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::ChineseSimplified),
            ("en-GB,en;q=0.9,zh;q=0.8", Language::English),
            ("en;q=0.5, ZH-TW ; Q=0.51", Language::ChineseSimplified),
            ("fr, de;q=0.9, zh;q=0.1", Language::ChineseSimplified),
            ("zh;q=0, en;q=0.001", Language::English),
            ("zh, en", Language::ChineseSimplified),
            ("zh;q=2, en;q=0.1", Language::English),
            ("fr", Language::English),
            ("*", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }

    proptest! {
        #[test]
        fn the_heavier_of_two_wins_wherever_it_stands(a in 0_u16..=1000, b in 0_u16..=1000) {
            prop_assume!(a != b);
            let weight = |q: u16| format!("{}.{:03}", q / 1000, q % 1000);
            let (zh, en) = (format!("zh;q={}", weight(a)), format!("en;q={}", weight(b)));
            let expected = if a > b { Language::ChineseSimplified } else { Language::English };
            prop_assert_eq!(Language::negotiate(&format!("{zh},{en}")), expected);
            prop_assert_eq!(Language::negotiate(&format!("{en},{zh}")), expected);
        }

        #[test]
        fn any_header_is_answered(header in any::<String>()) {
            Language::negotiate(&header);
        }

        #[test]
        fn a_pace_survives_its_cookie(seconds: u32) {
            if let Some(refresh) = Refresh::from_seconds(seconds) {
                prop_assert_eq!(refresh.seconds().unwrap_or(0), seconds);
            }
        }
    }
}
