//! [`TraceUrl`]: the address of a trace's page in somebody else's program.

use reqwest::Url;

use super::id::TraceId;

/// Put in place of the trace's id.
const PLACE: &str = "{trace_id}";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceUrl(String);

impl TraceUrl {
    /// # Errors
    /// What would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(&text.replace(PLACE, "0")).ok();
        let is_web = url.is_some_and(|url| matches!(url.scheme(), "http" | "https"));
        (is_web && text.contains(PLACE))
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| format!("a URL (http or https) with {PLACE} in it"))
    }

    pub fn of(&self, trace: TraceId) -> String {
        self.0.replace(PLACE, &trace.to_string())
    }
}
