//! Messages for tests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::alerts::severity::Severity;

/// 2026-11-28 12:01:05.250 UTC
pub const OPENED: Timestamp = Timestamp(1_795_867_265_250);

pub fn alert() -> Alert {
    Alert {
        rule: "database".to_owned(),
        subject: "service".to_owned(),
        state: AlertState::Firing,
        severity: Severity::Critical,
        value: None,
        threshold: None,
        samples: Some(3),
        since: OPENED,
        ended_at: None,
        summary: "The check database has failed 3 times in a row: unreachable".to_owned(),
        runbook_url: Some("https://wiki.example/runbooks/database".to_owned()),
        suppressed_by: None,
        unit: None,
        peak: None,
        previous_severity: None,
    }
}

fn disk_alert() -> Alert {
    Alert {
        rule: "disk".to_owned(),
        subject: "web-1/data".to_owned(),
        severity: Severity::Warning,
        value: Some(0.852),
        threshold: Some(0.8),
        samples: None,
        summary: "Disk data is fuller than 80 %".to_owned(),
        runbook_url: None,
        unit: Some(Unit::Share),
        peak: Some(0.871),
        ..alert()
    }
}

pub fn follower() -> Alert {
    Alert {
        rule: "readiness".to_owned(),
        subject: "web-1".to_owned(),
        suppressed_by: Some("database".to_owned()),
        ..alert()
    }
}

fn incident(language: Language) -> Incident {
    Incident {
        id: "019ac9f4-5b1e-7c00-8a57-2d1f6a3b9c10".to_owned(),
        title: language
            .pick("Database unavailable", "数据库不可用")
            .to_owned(),
        severity: Severity::Critical,
        state: IncidentState::Open,
        opened_at: OPENED,
        closed_at: None,
        duration_seconds: 0,
        url: "https://desk.example/admin/incidents/019ac9f4-5b1e-7c00-8a57-2d1f6a3b9c10/"
            .to_owned(),
        reopened: false,
        ended_by: None,
        acknowledged: None,
        notices: None,
    }
}

fn evidence() -> Evidence {
    Evidence {
        changes: vec![Change {
            at: OPENED.plus_millis(-660_000),
            kind: "version".to_owned(),
            title: "0.1.0 → 0.2.0".to_owned(),
            instance: Some("web-1".to_owned()),
        }],
        top_errors: vec![TopError {
            message: "connection refused".to_owned(),
            count: 37,
            route: Some("GET /api/agentcards/".to_owned()),
            request_id: Some("019ac9f4-5b00-7aaa-8bbb-000000000001".to_owned()),
            url: "https://desk.example/admin/errors/5/".to_owned(),
        }],
        slowest_route: Some(SlowRoute {
            method: "GET".to_owned(),
            route: "/api/agentcards/{id}/".to_owned(),
            p95_ms: 1530.5,
            requests: 240,
        }),
        database: Some(Database {
            vendor: "postgresql".to_owned(),
            connection: "failed".to_owned(),
            error: Some("unreachable".to_owned()),
            latency_ms: None,
        }),
        pool: Some(Pool {
            active: 20,
            idle: 0,
            max: 20,
            waiting: 7,
        }),
        disks: vec![Disk {
            name: "data".to_owned(),
            used_ratio: 0.412,
            free_bytes: 9_017_753_600,
        }],
    }
}

pub fn opened(language: Language) -> Message {
    Message {
        kind: Kind::Opened,
        timestamp: OPENED,
        data: Data {
            service: "agent-source-db".to_owned(),
            instance: "web-1".to_owned(),
            version: "0.2.0".to_owned(),
            language,
            incident: Some(incident(language)),
            alerts: vec![alert(), follower()],
            evidence: evidence(),
            remarks: Vec::new(),
            delayed_seconds: None,
            truncated: false,
        },
    }
}

/// Another alert joined, and somebody took it.
pub fn updated(language: Language) -> Message {
    let mut message = opened(language);
    message.kind = Kind::Updated;
    message.timestamp = OPENED.plus_millis(125_000);
    let raised = Alert {
        severity: Severity::Critical,
        previous_severity: Some(Severity::Warning),
        ..disk_alert()
    };
    message.data.alerts.insert(1, raised);
    message.data.remarks = vec![Remark::Flapping { changes: 6 }];
    if let Some(incident) = &mut message.data.incident {
        incident.duration_seconds = 125;
        incident.notices = Some(1);
        incident.acknowledged = Some(Acknowledgement {
            by: "ada".to_owned(),
            reason: "looking at it".to_owned(),
            at: OPENED.plus_millis(60_000),
        });
    }
    message
}

pub fn reminder(language: Language) -> Message {
    let mut message = opened(language);
    message.kind = Kind::Reminder;
    message.timestamp = OPENED.plus_millis(14_400_000);
    if let Some(incident) = &mut message.data.incident {
        incident.duration_seconds = 14_400;
        incident.notices = Some(2);
    }
    message
}

pub fn resolved(language: Language) -> Message {
    let mut message = opened(language);
    let end = OPENED.plus_millis(365_000);
    message.kind = Kind::Resolved;
    message.timestamp = end;
    message.data.alerts = vec![Alert {
        state: AlertState::Ended,
        ended_at: Some(end),
        ..disk_alert()
    }];
    message.data.remarks = vec![Remark::Silenced {
        by: "ada".to_owned(),
    }];
    if let Some(incident) = &mut message.data.incident {
        incident.state = IncidentState::Closed;
        incident.closed_at = Some(end);
        incident.duration_seconds = 365;
        incident.ended_by = Some(EndedBy::Resolved);
        incident.notices = Some(3);
    }
    message
}

pub fn test(language: Language) -> Message {
    let mut message = opened(language);
    message.kind = Kind::ChannelTest;
    message.data.incident = None;
    message.data.alerts = Vec::new();
    message.data.evidence = Evidence::default();
    message
}

/// One of each kind, in both languages, as they are sent at once.
pub fn all() -> Vec<Outgoing> {
    let kinds = [opened, updated, reminder, resolved, test];
    let languages = Language::ALL.into_iter();
    languages
        .flat_map(|language| kinds.map(|kind| kind(language)))
        .map(|message| {
            let now = message.timestamp;
            message.outgoing(now)
        })
        .collect()
}

/// Texts that mean something to one of the channels, that are long, or that are none at all.
pub fn hostile_text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("<!channel>"),
        Just("<!here|x>"),
        Just("@all"),
        Just("<at id=all></at>"),
        Just("<@all>"),
        Just("</font>"),
        Just("<script>alert(1)</script>"),
        Just("&amp;&lt;"),
        Just("**b**"),
        Just("*"),
        Just("_i_"),
        Just("~~"),
        Just("`"),
        Just("```"),
        Just("[a](http://evil.example)"),
        Just("![x]("),
        Just("\r\nBcc: a@b.example"),
        Just("\n# head"),
        Just("\n> "),
        Just("|"),
        Just("\\"),
        Just("\""),
        Just("\0\u{1b}[31m"),
        Just("\u{202e}fdp"),
        Just("\u{2028}"),
        Just("👩\u{200d}💻"),
        Just("数据库"),
        Just("\u{feff}"),
        Just("{{x}}"),
        Just("${x}"),
        Just("%s"),
        Just("]]>"),
        Just("-->"),
        Just(" "),
    ];
    prop_oneof![
        proptest::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        ("[<&*@\\n数👩]{1,3}", 1..1200_usize).prop_map(|(text, times)| text.repeat(times)),
    ]
}

/// A message of any kind with such texts in all places, and many of everything.
pub fn hostile() -> impl Strategy<Value = Message> {
    let texts = proptest::collection::vec(hostile_text(), 4);
    (texts, 0..5_usize, 0..2_usize, 0..25_usize).prop_map(|(texts, kind, language, count)| {
        let language = Language::ALL[language];
        let mut message = [opened, updated, reminder, resolved, test][kind](language);
        let data = &mut message.data;
        data.service = texts[0].clone();
        data.instance = texts[1].clone();
        let alert = Alert {
            rule: texts[2].clone(),
            subject: texts[0].clone(),
            summary: texts[3].clone(),
            runbook_url: Some(format!("https://wiki.example/{}", texts[1])),
            ..disk_alert()
        };
        data.alerts.extend(vec![alert.clone(); count]);
        let follower = Alert {
            suppressed_by: Some(texts[3].clone()),
            ..alert
        };
        data.alerts.extend(vec![follower; count / 2]);
        if let Some(incident) = &mut data.incident {
            incident.title = texts[2].clone();
            incident.url = format!("https://desk.example/{}", texts[3]);
        }
        for error in &mut data.evidence.top_errors {
            error.message = texts[1].clone();
            error.route = Some(texts[2].clone());
        }
        for change in &mut data.evidence.changes {
            change.title = texts[0].clone();
        }
        data.evidence.disks = vec![
            Disk {
                name: texts[2].clone(),
                used_ratio: 0.5,
                free_bytes: 0
            };
            count
        ];
        data.remarks.push(Remark::Silenced {
            by: texts[3].clone(),
        });
        message
    })
}
