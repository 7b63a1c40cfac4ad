//! What happened, in a line of the timeline.

use crate::dto::{EventDetail, TimelineKind};
use crate::view::viewer::Language;

/// Migrations come by the dozen: the first and the last of them, and how many.
pub fn migrations(listed: &str) -> String {
    let versions: Vec<&str> = listed.split(',').collect();
    match versions.as_slice() {
        [first, _, .., last] => format!("{first} … {last} ({})", versions.len()),
        _ => listed.to_owned(),
    }
}

/// The line, and what more there is to say.
pub fn timeline_words(
    language: Language,
    kind: TimelineKind,
    detail: &EventDetail,
) -> (String, Option<String>) {
    let title = detail.title.as_deref().unwrap_or_default();
    let minutes = detail.seconds.unwrap_or_default() / 60;
    let pick = |english: String, chinese: String| pick(language, english, chinese);
    let line = match kind {
        TimelineKind::Start => pick(format!("Started {title}"), format!("启动 {title}")),
        TimelineKind::Stop => pick("Stopped cleanly".to_owned(), "正常停止".to_owned()),
        TimelineKind::Version => pick(format!("Version {title}"), format!("版本 {title}")),
        TimelineKind::Migration => pick(
            format!("Migrations applied: {}", migrations(title)),
            format!("已执行迁移：{}", migrations(title)),
        ),
        TimelineKind::Config => pick(
            format!("Rules of alerts read anew: {title}"),
            format!("告警规则已重新读取：{title}"),
        ),
        TimelineKind::LogLevel => pick(format!("Log level {title}"), format!("日志级别 {title}")),
        TimelineKind::Check => check(language, title, detail),
        TimelineKind::Finding | TimelineKind::Note => title.to_owned(),
        TimelineKind::ErrorNew => pick(format!("New error: {title}"), format!("新的错误：{title}")),
        TimelineKind::ErrorRegressed => pick(
            format!("Error is back: {title}"),
            format!("错误再次出现：{title}"),
        ),
        TimelineKind::EvaluationGap => pick(
            format!("Nobody evaluated the rules of alerts for {minutes} min"),
            format!("告警规则有 {minutes} 分钟无人评估"),
        ),
        TimelineKind::IncidentOpened
        | TimelineKind::IncidentClosed
        | TimelineKind::Acknowledged => incident(language, kind, detail),
        TimelineKind::Silence | TimelineKind::Quiet => silence(language, kind, detail),
        TimelineKind::Deploy => pick(format!("Deployed: {title}"), format!("部署：{title}")),
    };
    let more = detail.detail.clone().filter(|detail| !detail.is_empty());
    (line, more)
}

fn pick(language: Language, english: String, chinese: String) -> String {
    match language {
        Language::English => english,
        Language::ChineseSimplified => chinese,
    }
}

/// That one began or ended, or that somebody took it or gave it back.
fn incident(language: Language, kind: TimelineKind, detail: &EventDetail) -> String {
    let by = detail.by.as_deref().unwrap_or_default();
    let titles = detail.titles.clone().unwrap_or_default();
    let [english, chinese] = titles;
    let (english, chinese) = match kind {
        TimelineKind::IncidentOpened => {
            (format!("Incident: {english}"), format!("事件：{chinese}"))
        }
        TimelineKind::IncidentClosed => (
            format!("Incident over: {english}"),
            format!("事件结束：{chinese}"),
        ),
        _ if detail.is_end == Some(true) => (
            format!("{by} gave back: {english}"),
            format!("{by} 取消认领：{chinese}"),
        ),
        _ => (
            format!("{by} took: {english}"),
            format!("{by} 已认领：{chinese}"),
        ),
    };
    pick(language, english, chinese)
}

/// That somebody silenced some alerts, or all, or that this is over.
fn silence(language: Language, kind: TimelineKind, detail: &EventDetail) -> String {
    let title = detail.title.as_deref().unwrap_or_default();
    let by = detail.by.as_deref().unwrap_or_default();
    let minutes = detail.seconds.unwrap_or_default() / 60;
    let (english, chinese) = match (kind, detail.is_end == Some(true)) {
        (TimelineKind::Quiet, true) => (format!("{by} ended quiet"), format!("{by} 结束了免打扰")),
        (TimelineKind::Quiet, false) => (
            format!("{by} asked for quiet for {minutes} min"),
            format!("{by} 开启免打扰 {minutes} 分钟"),
        ),
        (_, true) => (
            format!("Silence ended: {title}"),
            format!("静默结束：{title}"),
        ),
        (_, false) => (
            format!("{by} silenced {title}"),
            format!("{by} 静默了 {title}"),
        ),
    };
    pick(language, english, chinese)
}

fn check(language: Language, name: &str, detail: &EventDetail) -> String {
    let status = detail.status.as_deref().unwrap_or_default();
    let code = detail.code.as_deref().filter(|code| !code.is_empty());
    let code = match (language, code) {
        (_, None) => String::new(),
        (Language::English, Some(code)) => format!(" ({code})"),
        (Language::ChineseSimplified, Some(code)) => format!("（{code}）"),
    };
    match (language, status) {
        (Language::English, "ok") => format!("Check {name} passes again"),
        (Language::English, "warning") => format!("Check {name} warns{code}"),
        (Language::English, _) => format!("Check {name} fails{code}"),
        (Language::ChineseSimplified, "ok") => format!("检查 {name} 恢复正常"),
        (Language::ChineseSimplified, "warning") => format!("检查 {name} 告警{code}"),
        (Language::ChineseSimplified, _) => format!("检查 {name} 失败{code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_line_in_both_languages() {
        let detail = EventDetail {
            title: Some("v2".to_owned()),
            by: Some("ada".to_owned()),
            titles: Some(["Disk is filling up".to_owned(), "磁盘空间不足".to_owned()]),
            ..EventDetail::default()
        };
        for kind in TimelineKind::ALL {
            for language in [Language::English, Language::ChineseSimplified] {
                let (line, more) = timeline_words(language, kind, &detail);
                assert!(!line.trim().is_empty(), "{kind:?}");
                assert_eq!(more, None);
            }
        }
    }

    #[test]
    fn many_migrations_are_the_first_and_the_last() {
        for (listed, shown) in [
            ("ops: 1", "ops: 1"),
            ("ops: 1,2", "ops: 1,2"),
            ("ops: 1,2,3,4", "ops: 1 … 4 (4)"),
        ] {
            assert_eq!(migrations(listed), shown);
        }
    }
}
