//! Tests of the exported rules for `promtool test rules`: just over each threshold an alert fires, just
//! under it and with too few it does not.

use std::time::Duration;

use super::alert::{Exported, Level};
use super::figures::{Figures, failing, holding, too_few};
use super::metrics::{self, JOB};
use super::promql::Needs;
use super::series::{INTERVAL, Series, Span, series};
use super::{DOWN_HOLD, exported};
use crate::alerts::export::Source;
use crate::alerts::export::yaml::{Lines, quoted};
use crate::alerts::rule::{DOWN, WATCHDOG};

/// Of the file that [`prometheus`](super::prometheus) makes, which lies beside it as `rules.yml`.
pub fn prometheus_tests(source: &Source<'_>) -> String {
    let mut out = Lines::default();
    out.comment(
        0,
        "For promtool test rules, made by `alerts export --format prometheus-tests`;",
    );
    out.comment(
        0,
        "rules.yml beside it is made by `alerts export --format prometheus`.",
    );
    out.line(0, "rule_files: [rules.yml]");
    out.line(0, "evaluation_interval: 1m");
    out.line(0, "tests:");
    from_outside(&mut out);
    for exported in exported(source.rules) {
        for level in &exported.levels {
            of_level(&mut out, &exported, level);
        }
    }
    out.finish()
}

struct Case<'c> {
    rule: &'c str,
    severity: &'c str,
    /// What is tested, for the name.
    what: &'c str,
    fires: bool,
}

fn from_outside(out: &mut Lines) {
    let minutes = DOWN_HOLD.as_secs() / 60 + 2;
    let up = |job: &str, instance: &str, value: u8| {
        let name = format!("up{{job=\"{job}\",instance=\"{instance}:8000\"}}");
        (name, format!("{value}+0x{}", minutes * 4))
    };
    for (fires, series, what) in [
        (
            true,
            [up(JOB, "web-1", 0), up(JOB, "web-2", 1)],
            "one can't be scraped",
        ),
        (
            true,
            [up("other", "web-1", 1), up("other", "web-2", 1)],
            "none is known",
        ),
        (
            false,
            [up(JOB, "web-1", 1), up(JOB, "web-2", 1)],
            "all can be scraped",
        ),
    ] {
        let case = Case {
            rule: DOWN,
            severity: "critical",
            what,
            fires,
        };
        test(out, &case, &series, minutes);
    }
    let case = Case {
        rule: WATCHDOG,
        severity: "none",
        what: "always",
        fires: true,
    };
    test(out, &case, &[], 1);
}

fn of_level(out: &mut Lines, exported: &Exported<'_>, level: &Level) {
    let rule = exported.rule;
    let needs = Needs {
        samples: rule.min_samples,
        bad: rule.min_bad,
    };
    let over = holding(&level.bad, rule, needs);
    let few = over
        .iter()
        .flat_map(|over| too_few(over, &level.bad, needs));
    let cases = failing(&level.bad, rule, needs).into_iter();
    let cases = cases.map(|figures| ("under", false, figures));
    let cases = cases.chain(few.map(|figures| ("too few", false, figures)));
    let cases = over
        .iter()
        .map(|figures| ("over", true, figures.clone()))
        .chain(cases);
    let span = span(exported, level);
    for (what, fires, figures) in cases {
        let case = Case {
            rule: &rule.name,
            severity: level.severity.name(),
            what,
            fires,
        };
        match possible(&figures, level, exported, fires, needs, span) {
            Some(series) => test(out, &case, &series, span.minutes),
            None => out.comment(
                1,
                format!(
                    "{}, {}, {what}: no steady figures are so.",
                    rule.name, case.severity
                ),
            ),
        }
    }
}

/// What is aimed at may be out of reach, where one figure stands in several comparisons.
fn possible(
    figures: &Figures,
    level: &Level,
    exported: &Exported<'_>,
    fires: bool,
    needs: Needs,
    span: Span,
) -> Option<Vec<Series>> {
    let is_so = figures.holds(&level.bad, exported.rule, needs) == fires;
    series(figures, span).filter(|_| is_so)
}

/// Until all windows are full and an alert has waited for long enough.
fn span(exported: &Exported<'_>, level: &Level) -> Span {
    let windows = level.bad.signals().into_iter().map(metrics::window);
    let longest = windows.max().unwrap_or(Duration::ZERO);
    let hold = exported.hold();
    Span {
        minutes: (longest + hold).as_secs().div_ceil(60) + 5,
        hold,
    }
}

fn test(out: &mut Lines, case: &Case<'_>, series: &[Series], minutes: u64) {
    let Case {
        rule,
        severity,
        what,
        fires,
    } = case;
    out.line(
        1,
        format!("- name: {}", quoted(&format!("{rule}, {severity}: {what}"))),
    );
    out.line(2, format!("interval: {INTERVAL}"));
    if !series.is_empty() {
        out.line(2, "input_series:");
    }
    for (name, values) in series {
        out.line(3, format!("- series: {}", quoted(name)));
        out.line(4, format!("values: {}", quoted(values)));
    }
    let firing =
        format!("count(ALERTS{{alertstate=\"firing\",rule=\"{rule}\",severity=\"{severity}\"}})");
    out.line(2, "promql_expr_test:");
    out.line(3, format!("- expr: {}", quoted(&firing)));
    out.line(4, format!("eval_time: {minutes}m"));
    if *fires {
        out.line(4, "exp_samples: [{labels: \"{}\", value: 1}]");
    }
}
