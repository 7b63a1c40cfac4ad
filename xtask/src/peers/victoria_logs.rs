//! VictoriaLogs, and how many of our lines it has.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::http;
use super::running::Running;
use crate::process::free_port;

pub struct VictoriaLogs {
    running: Running,
    pub url: String,
}

impl VictoriaLogs {
    pub fn start(program: &Path, home: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(program);
        command
            .arg(format!("-httpListenAddr=127.0.0.1:{port}"))
            .arg("-storageDataPath=data")
            .arg("-memory.allowedBytes=512MB");
        let mut running = Running::start("VictoriaLogs", &mut command, home)?;
        let url = format!("http://127.0.0.1:{port}");
        running.until_answers(&format!("{url}/health"))?;
        Ok(Self { running, url })
    }

    /// What a LogsQL query finds: an object a line.
    pub fn query(&self, query: &str) -> Result<Vec<Value>> {
        ask(&self.url, query)
    }

    /// Waits until `look` finds something in what a query finds.
    pub fn until<T>(
        &mut self,
        what: &str,
        query: &str,
        mut look: impl FnMut(&[Value]) -> Result<Option<T>>,
    ) -> Result<T> {
        let url = self.url.clone();
        self.running.until(what, || look(&ask(&url, query)?))
    }
}

fn ask(url: &str, query: &str) -> Result<Vec<Value>> {
    let answer = http::text(&format!("{url}/select/logsql/query"), &[("query", query)])?;
    let lines = answer.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .with_context(|| format!("{query}: {answer}"))
}

/// How many lines there are, and how many different ones.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shipped {
    pub lines: u64,
    pub different: u64,
}

/// The lines of traffic in access.log; app.log has them, too.
pub fn shipped_query() -> String {
    format!(
        "_time:1d file:=access request_id:\"{}\"* | \
         stats count() lines, count_uniq(request_id) different",
        http::ID_PREFIX
    )
}

pub fn shipped(found: &[Value]) -> Shipped {
    let first = found.first();
    let number = |name: &str| first.map(|it| number(it, name)).unwrap_or_default();
    Shipped {
        lines: number("lines"),
        different: number("different"),
    }
}

/// Lines by the name of the file that they come from.
pub const BY_FILE: &str = "_time:1d * | stats by (file) count() lines";

pub fn by_file(found: &[Value]) -> BTreeMap<String, u64> {
    let file = |it: &Value| it.get("file").and_then(Value::as_str).map(str::to_owned);
    let counted = found
        .iter()
        .filter_map(|it| Some((file(it)?, number(it, "lines"))));
    counted.collect()
}

/// Everything is text there.
fn number(object: &Value, name: &str) -> u64 {
    let text = object.get(name).and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_read_out_of_text() {
        let found = [json!({"lines": "102", "different": "100"})];
        let expected = Shipped {
            lines: 102,
            different: 100,
        };
        assert_eq!(shipped(&found), expected);
        assert_eq!(shipped(&[]), Shipped::default());
        let files = [json!({"file": "app", "lines": "7"}), json!({"lines": "1"})];
        assert_eq!(by_file(&files), BTreeMap::from([("app".to_owned(), 7)]));
    }
}
