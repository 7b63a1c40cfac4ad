//! [`Language`], and the words that more than one part of a message needs.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// As it stands in the message and in HTML's `lang`.
    pub fn tag(self) -> &'static str {
        self.pick("en", "zh-CN")
    }

    pub(in crate::alerts) fn pick<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::SimplifiedChinese => chinese,
        }
    }

    /// What stands between a label and its value.
    pub(in crate::alerts) fn colon(self) -> &'static str {
        self.pick(": ", "：")
    }

    pub(super) fn comma(self) -> &'static str {
        self.pick(", ", "，")
    }

    pub(super) fn in_brackets(self, text: &str) -> String {
        match self {
            Self::English => format!(" ({text})"),
            Self::SimplifiedChinese => format!("（{text}）"),
        }
    }

    /// The two largest units that are not 0: `6 min 5 s`, `2 d 3 h`.
    pub(super) fn duration(self, seconds: u64) -> String {
        let units = [
            (seconds / 86_400, self.pick("d", "天")),
            (seconds / 3600 % 24, self.pick("h", "小时")),
            (seconds / 60 % 60, self.pick("min", "分钟")),
            (seconds % 60, self.pick("s", "秒")),
        ];
        let parts: Vec<String> = units
            .into_iter()
            .skip_while(|(count, _)| *count == 0)
            .take(2)
            .filter(|(count, _)| *count > 0)
            .map(|(count, unit)| format!("{count} {unit}"))
            .collect();
        if parts.is_empty() {
            return self.pick("0 s", "0 秒").to_owned();
        }
        parts.join(" ")
    }
}
