//! What messages and findings share.

use crate::dto::Code;
use crate::view::numbers::Units;
#[cfg(feature = "ssr")]
use crate::view::numbers::ago;

pub const UNITS: Units = Units {
    days: "d",
    hours: "h",
    minutes: "min",
    seconds: "s",
    space: " ",
    suffix: "",
};
pub const AGO: Units = Units {
    suffix: " ago",
    ..UNITS
};

/// Such as `3 min ago`, for commands.
#[cfg(feature = "ssr")]
pub fn ago_in_english(seconds: u64) -> String {
    ago(seconds, &AGO)
}

/// The names that JSON has.
pub fn check_name(check: &str) -> &str {
    check
}

pub fn code_text(code: Code) -> &'static str {
    match code {
        Code::Timeout => "timed out",
        Code::Unreachable => "unreachable",
        Code::Refused => "connection refused",
        Code::Auth => "credentials rejected",
        Code::PoolExhausted => "no free connection",
        Code::Query => "query failed",
        Code::ReadOnly => "takes no writes",
        Code::Encoding => "encoding is not UTF-8",
        Code::UnexpectedStatus => "unexpected status",
        Code::Draining => "shutting down",
    }
}
