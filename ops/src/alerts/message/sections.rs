//! The lists within a message: its alerts, and what was known when it began.

use super::blocks::Section;
use super::language::Language;
use super::number::{Unit, bytes, decimal};
use super::shape::{Alert, AlertState, Data, Database, Evidence, Remark, TopError};
use super::text::one_line;
use super::words::severity;

const MAX_ALERTS: usize = 10;
const MAX_FOLLOWERS: usize = 10;
const MAX_CHANGES: usize = 5;
const MAX_ERRORS: usize = 3;
const MAX_DISKS: usize = 4;

/// Those that have something to say.
pub(super) fn sections(data: &Data) -> Vec<Section> {
    let language = data.language;
    let evidence = &data.evidence;
    let (followers, told): (Vec<_>, Vec<_>) = data
        .alerts
        .iter()
        .partition(|alert| alert.suppressed_by.is_some());
    let remarks = data.remarks.iter().map(|remark| words(remark, language));
    let alerts = told.iter().map(|alert| alert_line(alert, language));
    let followers = followers.iter().map(|alert| follower(alert, language));
    let changes = evidence.changes.iter().map(|change| {
        let instance = change.instance.as_deref().map(one_line);
        let instance = instance.map(|name| language.in_brackets(&name));
        let (at, title) = (change.at.readable(), one_line(&change.title));
        format!("{at} · {title}{}", instance.unwrap_or_default())
    });
    let errors = evidence
        .top_errors
        .iter()
        .map(|error| top_error(error, language));
    [
        section("Note", "说明", language, list(remarks, 10, language)),
        section(
            "Alerts",
            "告警",
            language,
            list(alerts, MAX_ALERTS, language),
        ),
        section(
            "Follows from it, not told apart",
            "连带影响（不单独通知）",
            language,
            list(followers, MAX_FOLLOWERS, language),
        ),
        section(
            "What changed",
            "最近变更",
            language,
            list(changes, MAX_CHANGES, language),
        ),
        section(
            "Most frequent errors",
            "主要错误",
            language,
            list(errors, MAX_ERRORS, language),
        ),
        section(
            "When it began",
            "发生时状态",
            language,
            circumstances(evidence, language),
        ),
    ]
    .into_iter()
    .filter(|section| !section.lines.is_empty())
    .collect()
}

fn section(
    english: &'static str,
    chinese: &'static str,
    language: Language,
    lines: Vec<String>,
) -> Section {
    Section {
        title: language.pick(english, chinese),
        lines,
    }
}

/// At most `max` of them, and how many more there are.
fn list(
    lines: impl ExactSizeIterator<Item = String>,
    max: usize,
    language: Language,
) -> Vec<String> {
    let more = lines.len().saturating_sub(max);
    let mut shown: Vec<String> = lines.take(max).collect();
    if more > 0 {
        shown.push(left_out(more, language));
    }
    shown
}

fn left_out(count: usize, language: Language) -> String {
    language.pick(format!("… and {count} more"), format!("…… 另有 {count} 条"))
}

/// `85.2 % (threshold 80 %, peak 87.1 %, 120 samples)`
pub(super) fn figure(alert: &Alert, language: Language) -> Option<String> {
    let unit = alert.unit.unwrap_or(Unit::Count);
    let value = unit.format(alert.value?, language);
    let threshold = alert.threshold.map(|threshold| {
        let word = language.pick("threshold", "阈值");
        format!("{word} {}", unit.format(threshold, language))
    });
    let samples = alert
        .samples
        .map(|count| language.pick(format!("{count} samples"), format!("样本 {count}")));
    let peak = alert.peak.map(|peak| {
        let word = language.pick("peak", "峰值");
        format!("{word} {}", unit.format(peak, language))
    });
    let known = [threshold, peak, samples].into_iter().flatten();
    let known: Vec<String> = known.collect();
    if known.is_empty() {
        return Some(value);
    }
    Some(value + &language.in_brackets(&known.join(language.comma())))
}

/// `database · web-1: no answer · 85.2 % (threshold 80 %) · since 2026-01-02 03:04:05 UTC`
fn alert_line(alert: &Alert, language: Language) -> String {
    let mut parts = vec![name(alert) + language.colon() + &one_line(&alert.summary)];
    parts.extend(figure(alert, language));
    if let Some(before) = alert.previous_severity {
        let (from, to) = (
            severity(before, language),
            severity(alert.severity, language),
        );
        parts.push(language.pick(format!("{to}, was {from}"), format!("级别由{from}变为{to}")));
    }
    let since = alert.since.readable();
    parts.push(match (alert.state, alert.ended_at) {
        (AlertState::Ended, Some(ended)) => {
            let lasted = language.duration(ended.seconds_since(alert.since));
            language.pick(
                format!("ended {} after {lasted}", ended.readable()),
                format!("{} 结束，持续 {lasted}", ended.readable()),
            )
        }
        (AlertState::Ended, None) => language.pick("ended", "已结束").to_owned(),
        (AlertState::Firing, _) => language.pick(format!("since {since}"), format!("始于 {since}")),
    });
    parts.join(" · ")
}

fn name(alert: &Alert) -> String {
    format!("{} · {}", one_line(&alert.rule), one_line(&alert.subject))
}

fn follower(alert: &Alert, language: Language) -> String {
    let cause = one_line(alert.suppressed_by.as_deref().unwrap_or_default());
    let name = name(alert);
    language.pick(
        format!("{name} (because of {cause})"),
        format!("{name}（由 {cause} 引起）"),
    )
}

fn top_error(error: &TopError, language: Language) -> String {
    let message = one_line(&error.message);
    let route = error.route.as_deref().map(one_line);
    let example = error.request_id.as_deref().map(|id| {
        let word = language.pick("for example", "示例");
        format!("{word} {}", one_line(id))
    });
    let parts = [Some(format!("{} × {message}", error.count)), route, example];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn circumstances(evidence: &Evidence, language: Language) -> Vec<String> {
    let colon = language.colon();
    let mut lines = Vec::new();
    if let Some(slowest) = &evidence.slowest_route {
        let route = one_line(&format!("{} {}", slowest.method, slowest.route));
        let p95 = decimal(slowest.p95_ms);
        let word = language.pick("Slowest route", "最慢接口");
        let count = slowest.requests;
        let count = language.pick(format!("{count} requests"), format!("{count} 次请求"));
        lines.push(format!("{word}{colon}{route} · P95 {p95} ms · {count}"));
    }
    if let Some(database) = &evidence.database {
        let word = language.pick("Database", "数据库");
        lines.push(format!("{word}{colon}{}", database_line(database)));
    }
    if let Some(pool) = &evidence.pool {
        let (active, max, waiting) = (pool.active, pool.max, pool.waiting);
        lines.push(language.pick(
            format!("Connections: {active} of {max} taken, {waiting} waiting"),
            format!("连接池：已用 {active}/{max}，等待 {waiting}"),
        ));
    }
    for disk in evidence.disks.iter().take(MAX_DISKS) {
        let name = one_line(&disk.name);
        let used = Unit::Share.format(disk.used_ratio, language);
        #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
        let free = bytes(disk.free_bytes as f64);
        lines.push(language.pick(
            format!("Disk {name}: {used} used, {free} free"),
            format!("磁盘 {name}：已用 {used}，剩余 {free}"),
        ));
    }
    lines
}

fn database_line(database: &Database) -> String {
    let latency = database.latency_ms.map(|ms| format!("{} ms", decimal(ms)));
    let parts = [
        Some(one_line(&database.vendor)),
        Some(one_line(&database.connection)),
        database.error.as_deref().map(one_line),
        latency,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn words(remark: &Remark, language: Language) -> String {
    match remark {
        Remark::Silenced { by } => {
            let by = one_line(by);
            language.pick(
                format!("It ended while silenced by {by}."),
                format!("在 {by} 设置的静默期间结束。"),
            )
        }
        Remark::Maintenance { name } => {
            let name = one_line(name);
            language.pick(
                format!("It began during the maintenance “{name}”, which is over."),
                format!("始于维护窗口“{name}”期间，该窗口已结束。"),
            )
        }
        Remark::DeskAway { from, to } => {
            let (from, to) = (from.readable(), to.readable());
            language.pick(
                format!("Nothing was evaluated from {from} to {to}."),
                format!("{from} 至 {to} 期间未进行评估。"),
            )
        }
        Remark::Flapping { changes } => language.pick(
            format!(
                "Flapping ({changes} changes): further changes are held back until it is steady."
            ),
            format!("状态抖动（{changes} 次变化）：稳定之前不再逐次通知。"),
        ),
        Remark::FlappingEnded => language
            .pick("It is steady again.", "状态已稳定。")
            .to_owned(),
        Remark::NoData { rule, since } => {
            let (rule, since) = (one_line(rule), since.readable());
            language.pick(
                format!("{rule}: no data since {since}; the alert stays as it was."),
                format!("{rule}：自 {since} 起无数据，告警保持原状态。"),
            )
        }
        Remark::BeginningUntold => language
            .pick(
                "Its beginning could not be delivered before it ended.",
                "告警开始时的通知在其结束前未能送达。",
            )
            .to_owned(),
        Remark::StoreUnreachable => language
            .pick(
                "The shared store can't be reached; other instances may tell the same.",
                "共享存储不可达，其他实例可能重复通知。",
            )
            .to_owned(),
    }
}
