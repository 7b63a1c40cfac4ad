//! 简体中文。

mod logs;
pub(super) mod words;

use self::words::{AGO, UNITS, check_name, code_text};
use super::Messages;
use crate::dto::{Period, TaskState};
#[cfg(feature = "ssr")]
use crate::view::numbers::length;
use crate::view::numbers::{ago, duration, grouped};

pub const MESSAGES: Messages = Messages {
    skip_to_content: "跳至主要内容",
    pages: "页面",
    #[cfg(feature = "ssr")]
    set_to_enable: |variable| format!("设置 {variable} 后启用"),
    #[cfg(feature = "ssr")]
    page_requires: |variable| format!("此页面当前不可用。设置 {variable} 并重启服务后即可启用。"),
    refresh: "刷新",
    paused: "暂停",
    every_seconds: |seconds| format!("每 {seconds} 秒"),
    apply: "应用",
    sign_out: "退出登录",
    updated: "更新于",
    #[cfg(feature = "ssr")]
    times_in_utc: "时间为 UTC。",
    #[cfg(feature = "ssr")]
    times_in_your_zone: |zone| format!("时区：{zone}。悬停或轻点时间可看 UTC。"),

    stale: "服务器没有响应。",
    stale_since: "以下数据的时间：",
    silent_for: |duration, is_retrying| {
        let then = if is_retrying { "，正在重试" } else { "" };
        format!("已持续 {duration}{then}")
    },
    try_now: "立即重试",
    signed_out: "您已退出登录，以下数据不再更新。",
    sign_in_again: "重新登录",
    forbidden: "您的账号已无权查看此页面，以下数据不再更新。",

    #[cfg(feature = "ssr")]
    diagnosis: super::diagnosis::ZH_CN,
    last_error: "最近一次错误",
    no_recent_errors: "没有错误记录",

    ok: "正常",
    warning: "警告",
    error: "错误",
    code: code_text,
    unavailable: |code| format!("无法获取：{code}"),
    last_answer: "以下为最近一次结果，时间：",
    #[cfg(feature = "ssr")]
    kept_in_registry: "这些内容保存在注册中心数据库中，目前无法访问。其现状见：",

    database_page: &super::database::ZH_CN,
    host: &super::host::ZH_CN,

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
    check_name,
    unapplied_migrations: |count| format!("{count} 个未执行"),
    no_checks: "没有注册检查项。",
    registry: "注册中心",
    agent_cards: "Agent Card（智能体名片）",
    namespaces: "命名空间",
    schemas: "Schema",
    active: "启用",
    logs: "日志",
    dropped_lines: "丢失行数",
    held_back_lines: "限流行数",
    dropped_minutes: "丢失的分钟（流量、主机）",
    tasks: "后台任务",
    all_tasks_run: |count| format!("{count} 个全部运行中"),
    task_state: |state| match state {
        TaskState::Running => "运行中",
        TaskState::Broken => "异常退出，即将重启",
        TaskState::Stuck => "卡住",
    },
    file: "文件",
    size: "大小",
    older_files: "历史文件",
    dropped: "丢失",
    no_log_files: "没有日志文件。",
    recent_errors: "最近错误",
    no_errors: "没有错误记录，运行平稳。",
    no_error_lines: "error.log 中没有日志行。",
    link_to_this: "此错误的链接",
    no_message: "（无消息）",

    log: logs::TEXTS,
    #[cfg(feature = "ssr")]
    error_groups: super::error_groups::ZH_CN,
    #[cfg(feature = "ssr")]
    error_group: &super::error_group::ZH_CN,
    #[cfg(feature = "ssr")]
    instance_texts: super::instances::ZH_CN,
    #[cfg(feature = "ssr")]
    incidents: &super::incidents::ZH_CN,
    #[cfg(feature = "ssr")]
    incident_page: &super::incident::ZH_CN,
    #[cfg(feature = "ssr")]
    alerts: &super::alerts::ZH_CN,
    #[cfg(feature = "ssr")]
    notifications: &super::notifications::ZH_CN,
    #[cfg(feature = "ssr")]
    timeline_page: &super::timeline::ZH_CN,
    follow: logs::FOLLOW_TEXTS,
    #[cfg(feature = "ssr")]
    log_page: logs::PAGE_TEXTS,
    last_24_hours: "最近 24 小时",
    requests: "请求",
    server_errors: "错误 (5xx)",
    client_errors: "客户端错误 (4xx)",
    average: "平均",
    in_flight: "处理中",
    right_now: "当前，本实例",
    previous_day: |before| format!("前 24 小时 {before}"),
    too_few_requests: "请求太少，无法判断",
    #[cfg(feature = "ssr")]
    collected: |minutes, period| {
        let collected = length(u64::from(minutes) * 60, &UNITS);
        format!("{period}中已采集 {collected}")
    },
    store_unreachable: |code| format!("监控存储不可用（{code}）：仅显示本进程掌握的数据。"),
    over_time: "流量趋势",
    period: |period| match period {
        Period::Hour => "1 小时",
        Period::SixHours => "6 小时",
        Period::Day => "24 小时",
        Period::Week => "7 天",
        Period::Month => "30 天",
    },
    #[cfg(feature = "ssr")]
    another_range: "其他时段",
    period_of_charts: "图表时段",
    requests_and_errors: |requests, errors| {
        format!("请求 {}，错误 {}", grouped(requests), grouped(errors))
    },
    requests_by_status: "按状态分类的请求",
    response_times: "响应时间",
    status_good: "1xx–3xx",
    status_4xx: "4xx",
    status_5xx: "5xx",
    not_covered: "无数据",
    table: "表格",
    time: "时间",
    chart_keys: "用方向键查看每一步的数值",

    routes: "路由",
    route: "路由",
    all_routes: "← 全部路由",
    no_requests: "此时段没有请求。",
    trend: "趋势",
    share_of_time: "耗时占比",
    in_database: "数据库占比",
    #[cfg(feature = "ssr")]
    totals: |period| format!("时段合计，{period}"),
    slowest_requests: "最慢的请求，最近一小时（本实例）",
    none_slow: "最近一小时没有请求。",
    failed_requests: "最近失败的请求（本实例）",
    none_failed: "启动以来没有失败的请求。",
    request: "请求",
    took: "耗时",

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
        unavailable: "暂时无法登录：用户数据库不可用，请稍后重试；或在主机上运行 `agent-source-db access-code`，以 access-code 为用户名、所得代码为密码，可只读查看运维台一小时。",
        cross_origin: "表单来自其他站点、浏览器隐藏了来源，或代理改写了 Host。请在本页重试。",
        busy: "此刻登录的人过多，请几秒后重试。",
        insecure: "此页面经由明文 HTTP 打开，浏览器会丢弃会话 Cookie，登录后仍会回到此处。请改用 HTTPS；若由代理终止 TLS，请让代理发送 X-Forwarded-Proto，并将其地址列入 TRUSTED_PROXIES。",
        wrong_code: "访问码有误、已过期或已被使用。",
        code_not_needed: "仅当用户数据库不可用时才能使用访问码，请用账号登录。",
        code_title: "用户数据库不可用",
        code_hint: "访问码可让您在一小时内以只读方式打开运维台。请在服务所在主机的工作目录中、以相同的环境变量运行：",
        code: "访问码",
        open_for_reading: "以只读方式打开",
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
    #[cfg(feature = "ssr")]
    api_page: super::ApiPage {
        title: "接口文档",
        document: "OpenAPI 文档",
        to_the_desk: "前往运维台",
        needs_sign_in: "需要登录或令牌",
        parameters: "参数",
        body: "请求体",
        answers: "响应",
        required: "必填",
    },
    #[cfg(feature = "ssr")]
    tokens_page: super::TokensPage {
        name: "名称",
        scope: "权限",
        read: "read：识别调用者身份（读取本身公开）",
        write: "write：修改注册中心",
        ops: "ops：读取运维数据",
        create: "创建",
        copy_now: "请立即复制令牌，它只显示这一次。",
        name_hint: "1 至 64 个英文字母、数字、点、横线或下划线。",
        bad_name: "名称无效：须为 1 至 64 个英文字母、数字、点、横线或下划线，且不含空格。",
        taken: "已有同名的有效令牌，请换一个名称，或先吊销原令牌。",
        none: "还没有令牌。",
        made: "创建于",
        last_used: "上次使用",
        never: "从未使用",
        state: "状态",
        revoke: "吊销",
        revoke_what: |name| format!("吊销后，使用 {name} 的程序会立即被拒绝，且无法恢复。"),
        revoke_now: "确认吊销",
        revoked: "已吊销",
    },
    #[cfg(feature = "ssr")]
    audit_page: super::AuditPage {
        when: "时间",
        who: "操作者",
        what: "操作",
        words: &[
            ("create", "创建"),
            ("update", "修改"),
            ("delete", "删除"),
            ("revoke", "吊销"),
            ("use", "使用"),
            ("sign_in", "登录"),
            ("sign_out", "退出登录"),
            ("sign_in_failed", "登录失败"),
            ("sign_in_throttled", "暂时拒绝登录"),
            ("change_password", "修改密码"),
            ("user", "用户"),
            ("token", "令牌"),
            ("access-code", "访问码"),
            ("log-level", "日志级别"),
            ("namespace", "命名空间"),
            ("schema", "Schema"),
            ("agent_card", "Agent Card"),
        ],
        from_where: "来源",
        older: "更早",
        newest: "最新",
        none: "还没有任何修改。",
    },
};
