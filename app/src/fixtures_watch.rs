//! Error groups and instances, for tests and for the preview.

use super::*;

fn steps(at: &[(usize, u64)]) -> Vec<Option<u64>> {
    let mut steps = vec![Some(0); 145];
    for step in steps.iter_mut().skip(60).take(12) {
        *step = None;
    }
    for (step, count) in at {
        if let Some(step) = steps.get_mut(*step) {
            *step = Some(*count);
        }
    }
    steps
}

pub fn error_groups(period: Period) -> ErrorGroups {
    let group = |id: &str, kind: &str, message: &str, place: &str, first: &str| ErrorGroup {
        id: id.to_owned(),
        kind: kind.to_owned(),
        message: message.to_owned(),
        place: place.to_owned(),
        places: Vec::new(),
        errors: 1,
        first_seen: first.to_owned(),
        last_seen: "2026-11-24T03:20:31.120Z".to_owned(),
        steps: steps(&[(140, 1)]),
        example: None,
    };
    let failed = ErrorGroup {
        errors: 41,
        places: [("/api/agentcards/{id}/", 40), ("/api/agentcards/", 1)]
            .map(|(place, errors)| ErrorPlace {
                place: place.to_owned(),
                errors,
            })
            .into(),
        steps: steps(&[(20, 12), (21, 9), (22, 3), (141, 17)]),
        example: Some(ErrorExample {
            at: "2026-11-24T03:20:31.120Z".to_owned(),
            text: "query failed: no such column: \"namespce\" in line 7".to_owned(),
            request_id: Some("01938f5e-9d2b-7a10-8c44-6b1d0e2f3a01".to_owned()),
            error_id: Some("9F3A61C0".to_owned()),
            instance: "web-1:17".to_owned(),
        }),
        ..group(
            "5b1c7a90e2d34f18",
            "server::middleware::errors",
            "no such column: \"<value>\" in line <n>",
            "/api/agentcards/{id}/",
            "2026-11-21T18:02:11.004Z",
        )
    };
    let panic = group(
        "0c33d1a2b4e5f607",
        "panic",
        "index out of bounds: the len is <n> but the index is <n>",
        "server/src/registry/paging.rs:88",
        "2026-11-24T03:01:12.330Z",
    );
    let other = ErrorGroup {
        errors: 12,
        ..group(
            "02febc897328e704",
            "other",
            "",
            "",
            "2026-11-24T01:00:00.000Z",
        )
    };
    ErrorGroups {
        period,
        instance: None,
        errors: 54,
        step_minutes: 10,
        start: "2026-11-23T03:20:00.000Z".to_owned(),
        groups: vec![failed, other, panic],
        more_groups: 0,
        dropped: 0,
        error: None,
        generated_at: "2026-11-24T03:22:37.512Z".to_owned(),
    }
}

pub fn instances(period: Period) -> Instances {
    let instance = |name: &str, state, requests: u64| Instance {
        name: name.to_owned(),
        state,
        is_this: false,
        version: Some("0.1.0".to_owned()),
        commit: Some("3af3706".to_owned()),
        started_at: Some("2026-11-23T21:00:02.100Z".to_owned()),
        last_seen: Some("2026-11-24T03:22:35.000Z".to_owned()),
        uptime_seconds: Some(22_953),
        requests,
        share: Some(requests as f64 / 14_120.0),
    };
    Instances {
        period,
        requests: 14_120,
        instances: vec![
            Instance {
                is_this: true,
                ..instance("web-1:17", InstanceState::Live, 8000)
            },
            instance("web-2:17", InstanceState::Live, 6000),
            Instance {
                last_seen: Some("2026-11-24T03:11:02.000Z".to_owned()),
                ..instance("web-3:17", InstanceState::Silent, 120)
            },
            Instance {
                last_seen: Some("2026-11-23T21:00:00.000Z".to_owned()),
                ..instance("web-1:12", InstanceState::Stopped, 0)
            },
        ],
        more_instances: 0,
        error: None,
        generated_at: "2026-11-24T03:22:37.512Z".to_owned(),
    }
}
