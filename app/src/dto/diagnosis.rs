//! How the service is and what is wrong with it: the page's first line, and `verdict` in
//! `GET /api/ops/status/`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Code;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Verdict {
    pub state: VerdictState,
    /// Since when the state is this one, RFC 3339 UTC.
    pub since: String,
    /// The most severe first.
    pub findings: Vec<Finding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerdictState {
    Ok,
    /// It serves, but somebody should look.
    Warning,
    /// It is ready, and serves much of its traffic badly.
    Failing,
    /// Its readiness says no.
    NotReady,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Advice: no part of a verdict.
    Info,
    Warning,
    Critical,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(as = DiagnosisFinding))]
pub struct Finding {
    /// Which kind of finding it is, such as `requests_fail`.
    pub id: String,
    pub severity: Severity,
    /// What it is about: a check, a route, `registry` or `ops`, a disk, a log file, an instance.
    pub subject: String,
    /// In plain English.
    pub text: String,
    /// What proves it, by name, with units in the names.
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub evidence: Map<String, Value>,
    /// RFC 3339 UTC.
    pub since: String,
    /// The desk's page that shows more of it.
    pub url: String,
}

#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "the texts read it"))]
impl Finding {
    /// A whole number of the evidence; 0 if it is not there.
    pub fn count(&self, name: &str) -> u64 {
        let value = self.evidence.get(name);
        value.and_then(Value::as_u64).unwrap_or_default()
    }

    /// Likewise of any number.
    pub fn number(&self, name: &str) -> f64 {
        let value = self.evidence.get(name);
        value.and_then(Value::as_f64).unwrap_or_default()
    }

    pub fn word(&self, name: &str) -> &str {
        let value = self.evidence.get(name);
        value.and_then(Value::as_str).unwrap_or_default()
    }

    pub fn words(&self, name: &str) -> Vec<&str> {
        let value = self.evidence.get(name).and_then(Value::as_array);
        let words = value.into_iter().flatten();
        words.filter_map(Value::as_str).collect()
    }

    /// Why, as coarse as anybody may know it.
    pub fn code(&self) -> Option<Code> {
        let code = self.evidence.get("code")?;
        serde_json::from_value(code.clone()).ok()
    }
}
