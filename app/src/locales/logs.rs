//! The words of the log pages.

#[cfg(feature = "ssr")]
use crate::dto::{BadQuery, LogName};

/// What a script says, too: the search box, and a line that came in.
pub struct LogTexts {
    pub find: &'static str,
    pub find_hint: &'static str,
    pub find_placeholder: &'static str,
    pub filter_by: &'static str,
    pub around: &'static str,
    pub open_story: &'static str,
    pub story: &'static str,
    pub not_a_line: &'static str,
}

/// How following goes.
pub struct FollowTexts {
    pub follow: &'static str,
    pub pause: &'static str,
    pub resume: &'static str,
    pub try_again: &'static str,
    pub connecting: &'static str,
    pub following: fn(usize) -> String,
    pub follow_paused: &'static str,
    pub connection_lost: &'static str,
    pub follow_refused: &'static str,
    pub followed_at_most: fn(usize) -> String,
    pub lines_skipped: fn(Option<u64>) -> String,
}

/// What only the server says.
#[cfg(feature = "ssr")]
pub struct LogPageTexts {
    // The filter
    pub filter: &'static str,
    pub file: &'static str,
    pub file_name: fn(LogName) -> &'static str,
    pub level: &'static str,
    pub any_level: &'static str,
    pub level_and_above: fn(&str) -> String,
    pub text: &'static str,
    pub search: &'static str,
    pub time_range: &'static str,
    /// As in an address, such as `15m`, or `all`.
    pub last: fn(&str) -> &'static str,
    pub more_filters: &'static str,
    pub since: &'static str,
    pub until: &'static str,
    /// With the name of the zone.
    pub time_hint: fn(&str) -> String,
    pub request_id: &'static str,
    pub route: &'static str,
    pub status: &'static str,
    pub status_hint: &'static str,
    pub field: &'static str,
    pub field_hint: &'static str,
    pub bad_field: fn(&BadQuery) -> String,
    pub active_filters: &'static str,
    pub remove_filter: fn(&str) -> String,
    pub clear_filters: &'static str,
    pub condition: fn(&str) -> &'static str,

    // What was found
    pub lines: &'static str,
    /// So many on this page; whether there are others.
    pub shown: fn(usize, bool) -> String,
    pub searched: fn(&str, &str) -> String,
    pub took: fn(&str) -> String,
    pub stopped_early: fn(&str, &str, usize) -> String,
    pub go_on: &'static str,
    pub nothing_matches: &'static str,
    /// Whether another file has more.
    pub nothing_matches_hint: fn(bool) -> &'static str,
    /// The instances whose files were not searched, and the one whose were.
    pub not_asked: fn(&[String], &str) -> String,
    pub nothing_so_far: fn(&str, &str) -> String,
    pub nothing_older: &'static str,
    pub nothing_written: &'static str,
    pub unreadable: &'static str,
    pub unreadable_hint: &'static str,
    pub not_searched: &'static str,
    pub older: &'static str,
    pub newest: &'static str,
    pub oldest_reached: &'static str,
    pub pages_of_lines: &'static str,
    pub download: &'static str,

    // Lines over time
    pub histogram: &'static str,
    pub each_bar: fn(u32, u64) -> String,
    pub histogram_in_part: &'static str,
    pub as_table: &'static str,
    pub from: &'static str,
    pub narrow_to: &'static str,

    // A request's story
    pub found_by_error: fn(&str) -> String,
    pub summary: &'static str,
    pub duration: &'static str,
    pub user: &'static str,
    pub anonymous: &'static str,
    pub address: &'static str,
    pub trace: &'static str,
    pub error_ids: &'static str,
    pub started: &'static str,
    pub unfinished: &'static str,
    pub unfinished_hint: &'static str,
    pub what_happened: &'static str,
    pub story_lines: fn(usize) -> String,
    pub later: fn(&str) -> String,
    pub long_gap: fn(&str) -> String,
    pub nothing_about: fn(&str) -> String,
    /// How much was searched; and whether that is all there can be.
    pub nothing_about_hint: fn(&str, bool) -> String,
    pub nothing_about_yet: fn(&str, &str) -> String,
    pub search_as_text: &'static str,
    pub story_in_part: fn(&str, &str) -> String,
    pub lines_of_request: &'static str,

    // The level
    pub log_level: &'static str,
    pub configured: &'static str,
    pub raised: &'static str,
    pub until_when: &'static str,
    /// Who changed it, if that is known, and what it goes back to.
    pub changed_by: fn(Option<&str>, &str) -> String,
    pub directives: &'static str,
    pub directives_hint: &'static str,
    pub change_for: &'static str,
    pub minutes: fn(u32) -> String,
    pub back_to: fn(&str) -> String,
}
