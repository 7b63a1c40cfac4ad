//! The logs: one function behind the page, `GET /api/ops/logs/` and a request's story.

use app::dto::{Code, LogLevelState, LogPage, LogQuery, RequestStory};
use ops::clock::rfc3339_millis;

use super::Desk;

impl Desk {
    pub(super) fn log_page(&self, query: LogQuery) -> LogPage {
        LogPage {
            query,
            lines: Vec::new(),
            older: None,
            newest: None,
            searched_bytes: 0,
            total_bytes: 0,
            stopped_early: false,
            histogram: None,
            took_ms: 0.0,
            error: Some(Code::Unreachable),
            generated_at: rfc3339_millis(self.0.clock.now()),
        }
    }

    pub(super) fn story_of(&self, id: String) -> RequestStory {
        RequestStory {
            id,
            request_id: None,
            lines: Vec::new(),
            searched_bytes: 0,
            total_bytes: 0,
            stopped_early: false,
            error: Some(Code::Unreachable),
            generated_at: rfc3339_millis(self.0.clock.now()),
        }
    }

    pub(super) fn level_state(&self) -> LogLevelState {
        let level = &self.0.config.logging.level;
        LogLevelState {
            directives: level.directives(),
            configured: level.directives(),
            until: None,
            changed_by: None,
        }
    }
}
