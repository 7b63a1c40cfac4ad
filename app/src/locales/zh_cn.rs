//! 简体中文。

mod logs;

use super::Messages;
use crate::dto::Code;
use crate::format::{Units, ago, duration};
use crate::verdict::Reason;

pub const MESSAGES: Messages = Messages {
    skip_to_content: "跳到正文",
    pages: "页面",
    refresh: "刷新",
    paused: "暂停",
    every_seconds: |seconds| format!("每 {seconds} 秒"),
    apply: "应用",
    sign_out: "退出登录",
    updated: "更新于",
    times_in_utc: "时间为 UTC。",
    times_in_your_zone: "时间按您所在的时区显示，指向时间可查看 UTC。",

    stale: "服务器没有响应。",
    stale_since: "以下数据的时间：",
    signed_out: "您已退出登录，以下数据不再更新。",
    sign_in_again: "重新登录",
    forbidden: "您的账号已无权查看此页面，以下数据不再更新。",

    ready: "就绪",
    not_ready: "未就绪",
    needs_attention: "就绪，但需要关注",
    last_known: |verdict| format!("最后已知：{verdict}"),
    all_checks_pass: |count| format!("全部 {count} 项检查通过。"),
    reason: |reason| match reason {
        Reason::Failed {
            check,
            code: Some(code),
        } => format!("{check}：{}", code_text(*code)),
        Reason::Failed { check, code: None } => format!("{check}：错误"),
        Reason::Unapplied { count } => format!("{count} 个迁移未执行"),
        Reason::Warned { check } => format!("{check}：警告"),
        Reason::NoChecks => "没有注册检查项".to_owned(),
        Reason::DroppedLines { count } => format!("丢失 {count} 行日志"),
    },
    last_error: "最近一次错误",
    no_recent_errors: "没有错误记录",

    ok: "正常",
    warning: "警告",
    error: "错误",
    code: code_text,
    unavailable: |code| format!("无法获取：{code}"),

    system_status: "系统状态",
    service: "服务",
    uptime: "运行时长",
    version: "版本",
    commit: "提交",
    instance: "实例",
    started: "启动时间",
    database: "数据库",
    status: "状态",
    latency: "延迟",
    pool: "连接池",
    pool_use: |active, idle, max| format!("使用中 {active}，空闲 {idle}，上限 {max}"),
    readiness: "就绪检查",
    check: "检查项",
    unapplied_migrations: |count| format!("{count} 个未执行"),
    no_checks: "没有注册检查项。",
    registry: "注册表",
    agent_cards: "Agent 卡片",
    namespaces: "命名空间",
    schemas: "Schema",
    active: "启用",
    logs: "日志",
    dropped_lines: "丢失行数",
    file: "文件",
    size: "大小",
    older_files: "历史文件",
    dropped: "丢失",
    no_log_files: "没有日志文件。",
    recent_errors: "最近错误",
    no_errors: "没有错误记录，一切平静。",
    link_to_this: "此错误的链接",
    no_message: "（无消息）",

    log: logs::TEXTS,
    follow: logs::FOLLOW_TEXTS,
    #[cfg(feature = "ssr")]
    log_page: logs::PAGE_TEXTS,

    duration: |seconds| duration(seconds, &UNITS),
    ago: |seconds| match seconds {
        0..5 => "刚刚".to_owned(),
        _ => ago(seconds, &AGO),
    },

    #[cfg(feature = "ssr")]
    sign_in_page: super::SignInPage {
        desk: "运维台",
        sign_in: "登录",
        username: "用户名",
        password: "密码",
        wrong_credentials: "用户名或密码错误。",
        throttled: |seconds| format!("失败次数过多，请在 {} 后重试。", duration(seconds, &UNITS)),
        not_staff: "此账号无权使用运维台。",
        unavailable: "暂时无法登录：用户数据库不可用，请稍后重试。",
        cross_origin: "表单来自其他站点，或浏览器隐藏了来源。请在本页重试。",
    },
    #[cfg(feature = "ssr")]
    error_page: super::ErrorPage {
        bad_request: ["请求有误", "服务器无法理解此请求。"],
        forbidden: ["没有权限", "您的账号无权执行此操作，或请求来自其他站点。"],
        not_found: ["页面不存在", "此地址没有内容。"],
        method_not_allowed: ["不支持的请求方法", "服务器无法理解此请求。"],
        too_many_requests: ["请求过多", "请稍候再试。"],
        internal: ["出错了", "错误已记入日志，可用下面的编号查找。"],
        unavailable: ["暂时不可用", "此页面依赖的服务暂时不可用，请稍后重试。"],
        error_id: "错误编号",
        request_id: "请求编号",
        to_the_desk: "前往运维台",
    },
};

const UNITS: Units = Units {
    days: "天",
    hours: "小时",
    minutes: "分钟",
    seconds: "秒",
    space: " ",
    suffix: "",
};
const AGO: Units = Units {
    suffix: "前",
    ..UNITS
};

fn code_text(code: Code) -> &'static str {
    match code {
        Code::Timeout => "超时",
        Code::Unreachable => "无法连接",
        Code::Refused => "连接被拒绝",
        Code::Auth => "认证失败",
        Code::PoolExhausted => "没有空闲连接",
        Code::Query => "查询失败",
        Code::UnexpectedStatus => "状态码异常",
        Code::Draining => "正在关闭",
    }
}
