//! What is besieged, and the ways to ask it.

use std::time::Duration;

use ureq::Agent;

pub struct Target {
    pub url: String,
    /// `host:port`, for what no HTTP client would send.
    pub address: String,
    pub cookie: String,
    pub write_token: String,
    pub ops_token: String,
    pub agent: Agent,
}

impl Target {
    pub fn new(url: &str, cookie: String, write_token: String, ops_token: String) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .into();
        Self {
            url: url.to_owned(),
            address: url.trim_start_matches("http://").to_owned(),
            cookie,
            write_token,
            ops_token,
            agent,
        }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub fn writing(&self) -> String {
        format!("Bearer {}", self.write_token)
    }

    pub fn watching(&self) -> String {
        format!("Bearer {}", self.ops_token)
    }
}
