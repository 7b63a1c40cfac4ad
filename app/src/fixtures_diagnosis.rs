//! Verdicts and findings, in each kind of day.

use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-11-24T03:22:37.512Z";

pub fn verdict(state: VerdictState, findings: Vec<Finding>) -> Verdict {
    Verdict {
        state,
        since: "2026-11-24T03:20:31.120Z".to_owned(),
        findings,
    }
}

pub fn finding(id: &str, severity: Severity, subject: &str, evidence: Value) -> Finding {
    let evidence = evidence.as_object().cloned().unwrap_or_default();
    Finding {
        id: id.to_owned(),
        severity,
        subject: subject.to_owned(),
        text: String::new(),
        evidence,
        since: NOW.to_owned(),
        url: "/admin/database/".to_owned(),
    }
}

/// The database refuses, migrations lack, requests fail, a replica is gone, a disk is full.
pub fn not_ready() -> Verdict {
    use Severity::{Critical, Warning};
    let findings = vec![
        finding(
            "check_failed",
            Critical,
            "database",
            json!({"check": "database", "code": "refused"}),
        ),
        finding(
            "migrations_unapplied",
            Critical,
            "migrations",
            json!({"count": 2, "names": ["20261124000003", "20261124000004"]}),
        ),
        finding(
            "requests_fail",
            Critical,
            "traffic",
            json!({
                "errors": 60, "requests": 77, "minutes": 5,
                "latest_errors": 60, "latest_requests": 61
            }),
        ),
        finding(
            "check_warns",
            Warning,
            "billing",
            json!({"check": "billing"}),
        ),
        finding(
            "disk_used",
            Warning,
            "log,data",
            json!({
                "disk": "log,data", "used_ratio": 0.85, "free_bytes": 9_017_754,
                "total_bytes": 60_118_360, "full_in_hours": 2.5
            }),
        ),
        finding(
            "log_lines_lost",
            Warning,
            "access.log",
            json!({
                "file": "access.log", "count": 1234,
                "reason": "No space left on device (os error 28)"
            }),
        ),
        missed("web-3:17"),
    ];
    verdict(VerdictState::NotReady, findings)
}

pub fn missed(instance: &str) -> Finding {
    finding(
        "instance_silent",
        Severity::Warning,
        instance,
        json!({"instance": instance}),
    )
}
