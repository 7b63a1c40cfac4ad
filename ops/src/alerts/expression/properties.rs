//! Whatever is written: it is understood or refused, and what is shown means the same.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use proptest::prelude::*;

use super::*;

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "and",
        "or",
        "every",
        "(",
        ")",
        ",",
        "/",
        "*",
        ">",
        ">=",
        "<",
        "<=",
        "5%",
        "5m",
        "0.95",
        "3",
        "1.5GiB",
        "'ready'",
        "'dependency/*'",
        "latency",
        "error_share",
        "check_failed",
        "memory_limit",
        "memory_working_set",
        "evaluation_age",
        "increase",
        "minutes_lost",
        "'",
    ]);
    proptest::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
}

fn comparison() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec![">", ">=", "<", "<="]);
    let kind = prop::sample::select(SignalKind::ALL.to_vec());
    (kind, operator, 1_u32..1_000_000, 1_u32..43_000, 1_u32..999).prop_map(
        |(kind, operator, number, minutes, quantile)| {
            let share = f64::from(number) / 10_000.1;
            let threshold = match kind.unit() {
                Unit::Share => format!("{share:.3}%"),
                Unit::Time => format!("{number}ms"),
                Unit::Bytes => format!("{number}MiB"),
                Unit::Count => number.to_string(),
                Unit::Flag => return "check_failed('database')".to_owned(),
            };
            let argument = match kind {
                SignalKind::Latency | SignalKind::QueryLatency => format!("0.{quantile:03}, "),
                SignalKind::Increase => "minutes_lost, ".to_owned(),
                _ => String::new(),
            };
            let arguments = if kind.has_window() {
                format!("({argument}{minutes}m)")
            } else {
                String::new()
            };
            format!("{}{arguments} {operator} {threshold}", kind.name())
        },
    )
}

fn nested() -> impl Strategy<Value = String> {
    comparison().prop_recursive(4, 8, 3, |inner| {
        let word = prop::sample::select(vec![" and ", " or "]);
        (proptest::collection::vec(inner, 1..3), word)
            .prop_map(|(parts, word)| format!("({})", parts.join(word)))
    })
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in ".{0,300}") {
        _ = parse(&text, &[]);
    }

    #[test]
    fn no_order_of_words_is_too_much(text in words()) {
        if let Ok(condition) = parse(&text, &[]) {
            prop_assert_eq!(parse(&condition.to_string(), &[]), Ok(condition));
        }
    }

    #[test]
    fn what_is_shown_is_read_back(text in nested()) {
        match parse(&text, &[]) {
            Ok(condition) => {
                prop_assert_eq!(parse(&condition.to_string(), &[]), Ok(condition));
            }
            Err(error) => {
                let expected = ["of different things", "at most 1000 bytes"];
                prop_assert!(expected.iter().any(|it| error.message.contains(it)), "{text}: {error}");
            }
        }
    }

    #[test]
    fn an_error_lies_within_the_text(text in ".{0,60}") {
        if let Err(error) = parse(&text, &[]) {
            prop_assert!(error.offset <= text.len() && text.is_char_boundary(error.offset));
            prop_assert!(error.line <= text.matches('\n').count() + 1);
            prop_assert!(!error.message.contains('\n'));
        }
    }
}
