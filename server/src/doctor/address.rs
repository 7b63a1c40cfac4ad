//! Where the service listens: free, or taken, and by whom.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;

use super::finding::Finding;
use crate::config::{Config, Examined};
use crate::listener::{as_seen_from_here, try_address};

const SUBJECT: &str = "address";

/// More than the service takes for an answer about its readiness.
const LIMIT: Duration = Duration::from_secs(3);

/// Nobody's health is longer.
const MAX_BYTES: usize = 64 * 1024;

pub async fn findings(examined: &Examined, config: &Config) -> Vec<Finding> {
    let address = config.listen_addr;
    if !examined.knows("LISTEN_ADDR") {
        return vec![Finding::warning(
            SUBJECT,
            "not looked at: LISTEN_ADDR is wrong",
            "correct it first",
        )];
    }
    if address.port() == 0 {
        return vec![Finding::ok(SUBJECT, format!("{address}: any free port"))];
    }
    let Err(error) = try_address(address) else {
        return vec![Finding::ok(
            SUBJECT,
            format!("{address} is free: no service runs here"),
        )];
    };
    vec![match error.kind() {
        ErrorKind::AddrInUse => taken(address).await,
        ErrorKind::PermissionDenied => Finding::error(
            SUBJECT,
            format!("{address}: this user may not listen there"),
            "set LISTEN_ADDR to a port from 1024 on",
        ),
        ErrorKind::AddrNotAvailable => Finding::error(
            SUBJECT,
            format!("{address} is no address of this host"),
            "set LISTEN_ADDR to one that it has, or to 0.0.0.0 for all",
        ),
        _ => Finding::error(
            SUBJECT,
            format!("{address}: {error}"),
            "correct LISTEN_ADDR",
        ),
    }]
}

async fn taken(address: SocketAddr) -> Finding {
    let here = as_seen_from_here(address);
    let Some((version, readiness)) = ask(here).await else {
        return Finding::error(
            SUBJECT,
            format!("{address} is taken, and not by a service that answers as this one does"),
            "stop what listens there, or set LISTEN_ADDR to another port",
        );
    };
    let runs = format!("{address} is taken by this service, version {version}");
    if version != crate::VERSION {
        let fix = "restart it, or look with its own program";
        let text = format!("{runs}; this program is {}", crate::VERSION);
        return Finding::warning(SUBJECT, text, fix);
    }
    match readiness {
        Readiness::Ready => Finding::ok(SUBJECT, format!("{runs}, which is ready")),
        Readiness::NotReady(checks) => Finding::warning(
            SUBJECT,
            format!("{runs}, which is not ready: {}", checks.join(", ")),
            "`agent-source-db status` says more",
        ),
    }
}

enum Readiness {
    Ready,
    /// With the checks that fail, and their codes.
    NotReady(Vec<String>),
}

/// `None` if it is not this service.
async fn ask(address: SocketAddr) -> Option<(String, Readiness)> {
    let client = Client::builder().timeout(LIMIT).no_proxy().build().ok()?;
    let get = async |path: &str| -> Option<Value> {
        let url = format!("http://{address}{path}");
        body(client.get(url).send().await.ok()?).await
    };
    let health = get("/health/").await?;
    if health.get("service")?.as_str()? != crate::SERVICE_NAME {
        return None;
    }
    let version = health.get("version")?.as_str()?.to_owned();
    let ready = get("/health/ready/").await?;
    if ready.get("status")? == "ready" {
        return Some((version, Readiness::Ready));
    }
    let checks = ready.get("checks")?.as_object()?.iter();
    let failed = checks.filter_map(|(name, check)| {
        let unapplied = check.get("unapplied").and_then(Value::as_u64);
        match check.get("error").and_then(Value::as_str) {
            Some(code) => Some(format!("{name} ({code})")),
            None => unapplied
                .filter(|count| *count > 0)
                .map(|count| format!("{name} ({count} unapplied)")),
        }
    });
    Some((version, Readiness::NotReady(failed.collect())))
}

async fn body(mut response: Response) -> Option<Value> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return None;
        }
    }
    serde_json::from_slice(&bytes).ok()
}
