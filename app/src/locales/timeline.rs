//! What the timeline says, in each language.

use crate::dto::TimelineKind;

pub struct TimelineTexts {
    pub kind: fn(TimelineKind) -> &'static str,
}

pub const EN: TimelineTexts = TimelineTexts {
    kind: |kind| match kind {
        TimelineKind::Start => "Start",
        TimelineKind::Stop => "Stop",
        TimelineKind::Version => "Version",
        TimelineKind::Migration => "Migration",
        TimelineKind::Config => "Configuration",
        TimelineKind::LogLevel => "Log level",
        TimelineKind::Check => "Check",
        TimelineKind::Finding => "Trouble over",
        TimelineKind::ErrorNew => "New error",
        TimelineKind::ErrorRegressed => "Error is back",
        TimelineKind::IncidentOpened => "Incident opened",
        TimelineKind::IncidentClosed => "Incident closed",
        TimelineKind::Acknowledged => "Acknowledged",
        TimelineKind::Silence => "Silence",
        TimelineKind::Quiet => "Quiet",
        TimelineKind::Deploy => "Deployment",
        TimelineKind::Note => "Note",
    },
};

pub const ZH_CN: TimelineTexts = TimelineTexts {
    kind: |kind| match kind {
        TimelineKind::Start => "启动",
        TimelineKind::Stop => "停止",
        TimelineKind::Version => "版本",
        TimelineKind::Migration => "数据库迁移",
        TimelineKind::Config => "配置",
        TimelineKind::LogLevel => "日志级别",
        TimelineKind::Check => "检查",
        TimelineKind::Finding => "问题解除",
        TimelineKind::ErrorNew => "新错误",
        TimelineKind::ErrorRegressed => "错误复发",
        TimelineKind::IncidentOpened => "事件打开",
        TimelineKind::IncidentClosed => "事件关闭",
        TimelineKind::Acknowledged => "确认",
        TimelineKind::Silence => "静默",
        TimelineKind::Quiet => "免打扰",
        TimelineKind::Deploy => "部署",
        TimelineKind::Note => "备注",
    },
};
