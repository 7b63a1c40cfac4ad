//! Traffic over a period and route by route, for tests and for the preview.

use super::*;

/// The page of such a day: somebody restarted the service in the middle of the period, which was
/// busier than now.
pub fn overview(mut status: Status, period: Period) -> Overview {
    let yesterday = Traffic {
        requests: 48,
        errors: 0,
        avg_ms: Some(3.9),
        covered_minutes: 1440,
        points: Vec::new(),
        ..traffic()
    };
    if let Some(traffic) = &mut status.traffic_24h {
        traffic.points = Vec::new();
    }
    Overview {
        status,
        in_flight: 2,
        yesterday,
        history: history(period),
        host: host(period),
        whose: Whose::All,
        errors: error_groups(period),
        instances: instances(period),
    }
}

/// Three routes of such a day.
pub fn routes(period: Period, sort: RouteSort) -> RoutesPage {
    let row = |method: &str, route: &str, requests: u64, errors: u64| RouteRow {
        method: method.to_owned(),
        route: route.to_owned(),
        requests,
        errors,
        client_errors: requests / 10,
        error_rate: Some(errors as f64 / requests as f64),
        time_share: Some(0.25),
        database_share: Some(0.5),
        avg_ms: Some(4.2),
        p50_ms: Some(3.1),
        p95_ms: Some(18.4),
        p99_ms: Some(41.9),
        steps: vec![Some(3), Some(requests / 100), None, Some(7), Some(0)],
    };
    RoutesPage {
        period,
        sort,
        whose: Whose::All,
        instances: vec!["web-1:17".to_owned()],
        minutes: 1440,
        covered_minutes: 1290,
        requests: 14_120,
        routes: vec![
            row("GET", "/api/agentcards/{id}/", 12_000, 3),
            row("POST", "/api/agentcards/", 1_800, 0),
            row("GET", "unmatched", 320, 0),
        ],
        error: None,
        generated_at: "2026-11-24T03:22:37.512Z".to_owned(),
    }
}

pub fn route(method: String, route: String, period: Period) -> RoutePage {
    let all = routes(period, RouteSort::Time).routes;
    let notable = |id: u8, status, duration_ms| NotableRequest {
        request_id: format!("01938f5e-9d2b-7a10-8c44-6b1d0e2f3a{id:02x}"),
        at: "2026-11-24T03:20:31.120Z".to_owned(),
        status,
        duration_ms,
        database_ms: duration_ms / 2.0,
    };
    RoutePage {
        total: all
            .into_iter()
            .find(|row| row.method == method && row.route == route),
        method,
        route,
        history: history(period),
        slowest: vec![notable(1, 500, 5003.21), notable(2, 200, 84.5)],
        failed: vec![notable(1, 500, 5003.21)],
        last_errors: LastErrors::default(),
        whose: Whose::All,
        instances: vec!["web-1:17".to_owned()],
        error: None,
        generated_at: "2026-11-24T03:22:37.512Z".to_owned(),
    }
}

fn history(period: Period) -> TrafficHistory {
    let mut steps = TrafficSteps::default();
    for step in 0..145_u64 {
        let is_up = !(60..72).contains(&step) && step > 3;
        // A morning's rise, and something that repeats.
        let load = step * (150 - step) / 20 + step * 37 % 23;
        let errors = if step % 41 == 7 { step % 13 } else { 0 };
        let some = |count: u64| is_up.then_some(count);
        let ms = |times: f64| {
            let exact = (2.0 + (step * 7 % 11) as f64) * times;
            is_up.then_some((exact * 100.0).round() / 100.0)
        };
        steps.covered_minutes.push(if is_up { 10 } else { 0 });
        steps.good.push(some(load));
        steps.client_errors.push(some(load / 9));
        steps.errors.push(some(errors));
        steps.avg_ms.push(ms(1.2));
        steps.p50_ms.push(ms(1.0));
        steps.p95_ms.push(ms(3.0));
        steps.p99_ms.push(ms(4.5));
    }
    let sum = |column: &[Option<u64>]| column.iter().flatten().sum::<u64>();
    let (good, client_errors, errors) = (
        sum(&steps.good),
        sum(&steps.client_errors),
        sum(&steps.errors),
    );
    TrafficHistory {
        period,
        instance: None,
        minutes: 1440,
        covered_minutes: steps.covered_minutes.iter().sum(),
        step_minutes: 10,
        start: "2026-11-23T03:20:00.000Z".to_owned(),
        requests: good + client_errors + errors,
        client_errors,
        errors,
        avg_ms: Some(8.4),
        p50_ms: Some(7.0),
        p95_ms: Some(21.0),
        p99_ms: Some(32.5),
        steps,
        events: events(),
    }
}
