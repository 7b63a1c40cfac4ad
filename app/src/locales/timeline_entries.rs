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
    let pick = |english: String, chinese: String| match language {
        Language::English => english,
        Language::ChineseSimplified => chinese,
    };
    let title = detail.title.as_deref().unwrap_or_default();
    let by = detail.by.as_deref().unwrap_or_default();
    let is_end = detail.is_end == Some(true);
    let of_incident = detail.titles.as_ref().map(|titles| match language {
        Language::English => titles[0].clone(),
        Language::ChineseSimplified => titles[1].clone(),
    });
    let of_incident = of_incident.unwrap_or_default();
    let minutes = detail.seconds.unwrap_or_default() / 60;
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
        TimelineKind::Finding => title.to_owned(),
        TimelineKind::ErrorNew => pick(format!("New error: {title}"), format!("新的错误：{title}")),
        TimelineKind::ErrorRegressed => pick(
            format!("Error is back: {title}"),
            format!("错误再次出现：{title}"),
        ),
        TimelineKind::EvaluationGap => pick(
            format!("Nobody evaluated the rules of alerts for {minutes} min"),
            format!("告警规则有 {minutes} 分钟无人评估"),
        ),
        TimelineKind::IncidentOpened => pick(
            format!("Incident: {of_incident}"),
            format!("事件：{of_incident}"),
        ),
        TimelineKind::IncidentClosed => pick(
            format!("Incident over: {of_incident}"),
            format!("事件结束：{of_incident}"),
        ),
        TimelineKind::Acknowledged if is_end => pick(
            format!("{by} gave back: {of_incident}"),
            format!("{by} 取消认领：{of_incident}"),
        ),
        TimelineKind::Acknowledged => pick(
            format!("{by} took: {of_incident}"),
            format!("{by} 已认领：{of_incident}"),
        ),
        TimelineKind::Silence if is_end => pick(
            format!("Silence ended: {title}"),
            format!("静默结束：{title}"),
        ),
        TimelineKind::Silence => pick(
            format!("{by} silenced {title}"),
            format!("{by} 静默了 {title}"),
        ),
        TimelineKind::Quiet if is_end => {
            pick(format!("{by} ended quiet"), format!("{by} 结束了免打扰"))
        }
        TimelineKind::Quiet => pick(
            format!("{by} asked for quiet for {minutes} min"),
            format!("{by} 开启免打扰 {minutes} 分钟"),
        ),
        TimelineKind::Deploy => pick(format!("Deployed: {title}"), format!("部署：{title}")),
        TimelineKind::Note => title.to_owned(),
    };
    let more = detail.detail.clone().filter(|detail| !detail.is_empty());
    (line, more)
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
