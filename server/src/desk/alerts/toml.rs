//! A rule as a text that can be changed and tried.

use std::fmt::Write as _;

use ops::alerts::duration::shown;
use ops::alerts::expression::Condition;
use ops::alerts::rule::{Rule, Trigger};

pub fn rule_text(rule: &Rule) -> String {
    let mut out = "[[rule]]\n".to_owned();
    _ = writeln!(out, "name = {:?}", rule.name);
    match &rule.trigger {
        Trigger::Check(check) => {
            line(&mut out, "expr", &check.bad);
            for (key, condition) in [("recover", &check.recover), ("only_if", &check.only_if)] {
                if let Some(condition) = condition {
                    line(&mut out, key, condition);
                }
            }
        }
        Trigger::Burn(burn) => {
            let objective = burn.objective * 100.0;
            let days = burn.window.as_secs() / 86_400;
            _ = writeln!(
                out,
                "slo = {{ signal = \"error_share\", objective = \"{objective}%\", window = \"{days}d\" }}"
            );
        }
        Trigger::Events(events) => {
            let kinds: Vec<String> = events
                .kinds
                .iter()
                .map(|kind| format!("{:?}", kind.name()))
                .collect();
            _ = writeln!(out, "on = [{}]", kinds.join(", "));
        }
    }
    _ = writeln!(out, "scope = {:?}", rule.scope.name());
    _ = writeln!(out, "every = {:?}", shown(rule.every));
    let patience = rule.patience;
    if patience.for_count > 1 {
        _ = writeln!(out, "for_count = {}", patience.for_count);
    }
    if !patience.for_time.is_zero() {
        _ = writeln!(out, "for = {:?}", shown(patience.for_time));
    }
    for (key, least) in [("min_samples", rule.min_samples), ("min_bad", rule.min_bad)] {
        if least > 1 {
            _ = writeln!(out, "{key} = {least}");
        }
    }
    out
}

/// TOML's literal strings need no escapes, and no expression has an apostrophe but around a check.
fn line(out: &mut String, key: &str, condition: &Condition) {
    _ = writeln!(out, "{key} = \"{condition}\"");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use ops::alerts::file::{Known, load, load_rules};

    use super::*;

    #[test]
    fn a_rule_that_is_tried_is_the_rule_itself() {
        for rule in load(None, Known::default()).unwrap().rules {
            if matches!(rule.trigger, Trigger::Burn(_)) {
                continue;
            }
            let text = rule_text(&rule);
            let again = load_rules(&text, Known::default()).unwrap();
            let again = again.first().unwrap();
            assert_eq!(again.every, rule.every, "{text}");
            assert_eq!(again.patience.for_count, rule.patience.for_count, "{text}");
            assert_eq!(again.min_samples, rule.min_samples, "{text}");
            match (&again.trigger, &rule.trigger) {
                (Trigger::Check(one), Trigger::Check(other)) => assert_eq!(one.bad, other.bad),
                (one, other) => assert_eq!(one, other),
            }
        }
    }
}
