//! Whatever the lines and the query: a search finds what reading and parsing everything finds.

use proptest::prelude::*;
use serde_json::json;

use super::super::super::query::StatusFilter;
use super::*;

fn line() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        Just("timeout"),
        Just("Time"),
        Just("a \"quoted\" word"),
        Just("back\\slash"),
        Just("路径"),
        Just("tab\there"),
        Just("GET /api/x/ 500"),
        Just("")
    ];
    let level = prop_oneof![
        Just("DEBUG"),
        Just("INFO"),
        Just("WARNING"),
        Just("ERROR"),
        Just("ODD")
    ];
    let object = (
        0_i64..400_000,
        level,
        words.clone(),
        0_u16..4,
        words,
        prop_oneof![9 => Just(0), 9 => Just(300), 1 => Just(40_000)],
    )
        .prop_map(|(at, level, message, id, error, length)| {
            let mut line = json!({
                "timestamp": rfc3339_millis(from_unix_millis(START_MS + at)),
                "level": level, "logger": "access", "message": message,
                "request_id": format!("id-{id}"), "status": 199 + 100 * id,
                "error": [error, "cause"], "nested": {"key": error}, "user": null,
                "padding": "p".repeat(length),
            });
            if id == 0 {
                line.as_object_mut().unwrap().remove("timestamp");
            }
            line.to_string()
        });
    prop_oneof![9 => object, 1 => "[a-zA-Z ]{1,20}"]
}

fn query() -> impl Strategy<Value = Query> {
    let text = prop_oneof![
        Just("TIME"),
        Just("e"),
        Just("\"quoted\" W"),
        Just("\\"),
        Just("路径"),
        Just("\t"),
        Just("t\th"),
        Just("message\":\"ti"),
        Just("/API/x"),
        Just("absent"),
        Just("nested")
    ];
    let field = prop_oneof![
        Just(("request_id", "id-1")),
        Just(("error", "cause")),
        Just(("error", "[timeout, cause]")),
        Just(("status", "299")),
        Just(("user", "null")),
        Just(("message", "a \"quoted\" word")),
        Just(("nested", "{key: 路径}")),
        Just(("absent", "x")),
        Just(("message", ""))
    ];
    let field = field.prop_map(|(name, value)| (name.to_owned(), value.to_owned()));
    let status = prop_oneof![
        Just(StatusFilter::Exactly(299)),
        Just(StatusFilter::Class(3)),
        Just(StatusFilter::Class(9))
    ];
    (
        prop::option::of(prop::sample::select(&Severity::ALL)),
        prop::option::weighted(0.3, 0_i64..400_000),
        prop::option::weighted(0.3, 0_i64..400_000),
        prop::option::weighted(0.4, text.prop_map(str::to_owned)),
        prop::collection::vec(field, 0..2),
        prop::option::weighted(0.2, status),
    )
        .prop_map(|(severity, since, until, text, fields, status)| Query {
            severity,
            since: since.map(|at| START_MS + at),
            until: until.map(|at| START_MS + at),
            text,
            fields,
            status,
        })
}

fn time_in_order(lines: &mut [(String, bool)]) {
    lines.sort_by_key(|(line, _)| time_of(line.as_bytes()).unwrap_or(0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_pages_together_are_what_a_naive_search_finds(
        mut lines in prop::collection::vec((line(), prop::bool::weighted(0.1)), 0..60),
        query in query(),
        limit in 1_usize..20,
    ) {
        time_in_order(&mut lines);
        let fixture = Fixture::new(lines);
        prop_assert_eq!(fixture.pages(&query, limit), fixture.naive(&query));
    }

    #[test]
    fn the_histogram_counts_what_matches_and_has_a_time(
        lines in prop::collection::vec((line(), prop::bool::weighted(0.1)), 0..40),
        severity in prop::option::of(prop::sample::select(&Severity::ALL)),
    ) {
        let fixture = Fixture::new(lines);
        let query = Query { severity, ..Query::default() };
        let histogram = fixture.search(&query, &page(1, None)).histogram.unwrap();
        let counted: u64 = histogram.buckets.iter()
            .flat_map(|(_, counts)| Severity::ALL.map(|severity| counts.of(severity)))
            .sum();
        let matching = fixture.naive(&query);
        let timed = matching.iter().filter(|line| time_of(line.as_bytes()).is_some());
        prop_assert_eq!(counted, timed.count() as u64);
        prop_assert!(histogram.is_complete);
    }
}
