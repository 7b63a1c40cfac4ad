//! 日志页面，简体中文。

use super::super::logs::FollowTexts;
#[cfg(feature = "ssr")]
use super::super::logs::LogPageTexts;
use super::super::logs::LogTexts;
#[cfg(feature = "ssr")]
use super::words::UNITS;
#[cfg(feature = "ssr")]
use crate::dto::LogName;
use crate::view::numbers::grouped;
#[cfg(feature = "ssr")]
use crate::view::numbers::length;

pub const TEXTS: LogTexts = LogTexts {
    find: "查找",
    find_hint: "错误编号、请求编号或文本",
    find_placeholder: "编号或文本",
    filter_by: "只看此值的日志行",
    around: "查看前后 1 分钟",
    open_story: "请求详情",
    story: "时间线",
    not_a_line: "（无文本）",
};

pub const FOLLOW_TEXTS: FollowTexts = FollowTexts {
    follow: "实时跟踪",
    pause: "暂停",
    resume: "继续",
    try_again: "重试",
    connecting: "正在连接…",
    following: |count| match count {
        0 => "正在跟踪：暂无新日志".to_owned(),
        _ => format!("正在跟踪：新增 {count} 行"),
    },
    follow_paused: "已暂停，继续后会补上期间的日志。",
    connection_lost: "连接已断开：新日志不再显示。正在重试…",
    follow_refused: "连接已断开：服务器拒绝了请求，新日志不再显示。",
    followed_at_most: |count| format!("新日志只在本页保留最后 {count} 行。"),
    lines_skipped: |lines| match lines {
        Some(lines) => format!("有 {} 行日志在读取前已被轮转删除。", grouped(lines)),
        None => "有日志在读取前已被轮转删除，行数未知。".to_owned(),
    },
};

#[cfg(feature = "ssr")]
pub const PAGE_TEXTS: LogPageTexts = LogPageTexts {
    filter: "筛选",
    file: "文件",
    file_name: |file| match file {
        LogName::App => "app.log – 全部",
        LogName::Access => "access.log – 请求",
        LogName::Error => "error.log – 警告与错误",
        LogName::Db => "db.log – 慢查询与失败查询",
    },
    level: "级别",
    any_level: "不限",
    level_and_above: |level| match level {
        "ERROR" => "ERROR".to_owned(),
        _ => format!("{level} 及以上"),
    },
    text: "文本",
    search: "搜索",
    time_range: "时间范围",
    last: |last| match last {
        "15m" => "15 分钟",
        "1h" => "1 小时",
        "6h" => "6 小时",
        "24h" => "24 小时",
        "7d" => "7 天",
        _ => "全部",
    },
    more_filters: "更多筛选",
    since: "起始时间",
    until: "结束时间",
    time_hint: |zone| format!("2026-11-24 03:22，时区 {zone}；或距今时长：90m、3h、2d"),
    request_id: "请求编号",
    route: "路由",
    status: "状态码",
    status_hint: "404，或一类：5xx",
    field: "字段",
    field_hint: "user:ada",
    bad_field: |bad| match bad.field.as_str() {
        "file" => "只能是 app、access、error 或 db。".to_owned(),
        "level" => "只能是 DEBUG、INFO、WARNING 或 ERROR。".to_owned(),
        "since" | "until" => {
            "需要时间（如 2026-11-24T03:22:00Z）或距今时长（如 15m、1h、7d），且起始早于结束。"
                .to_owned()
        }
        "from" | "to" => {
            "需要时间（如 2026-11-24T03:22:00Z），起始早于结束且不晚于现在。".to_owned()
        }
        "period" => "只能是 1h、6h、24h、7d 或 30d。".to_owned(),
        "status" => "需要状态码（如 404）或一类（如 5xx）。".to_owned(),
        "field" => "需要“字段名:值”，例如 user:ada。".to_owned(),
        "before" => "此页面位置无效，请从最新的日志行重新开始。".to_owned(),
        "directives" => format!("无法理解，级别未改变：{}", bad.message),
        "limit" => "每页行数需为 1 到 500 的整数。".to_owned(),
        _ => bad.message.clone(),
    },
    active_filters: "当前条件",
    remove_filter: |filter| format!("移除条件 {filter}"),
    clear_filters: "全部清除",
    condition: |field| match field {
        "level" => "级别",
        "since" => "起始",
        "until" => "结束",
        "text" => "文本",
        "request_id" => "请求编号",
        "route" => "路由",
        "status" => "状态码",
        "limit" => "每页行数",
        _ => "字段",
    },
    lines: "日志行",
    shown: |count, has_others| match has_others {
        true => format!("本页 {count} 行"),
        false => format!("{count} 行"),
    },
    searched: |searched, total| format!("已搜索 {searched}（共 {total}），"),
    took: |duration| format!("用时 {duration}"),
    stopped_early: |searched, total, count| {
        format!("已搜索 {searched}（共 {total}），目前找到 {count} 行。")
    },
    go_on: "继续搜索",
    nothing_matches: "没有符合条件的日志行。",
    nothing_matches_hint: |is_part| {
        if is_part {
            "此文件已全部搜索。可以移除条件、扩大时间范围，或选择内容最全的 app.log。"
        } else {
            "此文件已全部搜索。可以移除条件或扩大时间范围。"
        }
    },
    not_asked: |others, this| {
        let others = others.join("、");
        format!("只搜索了 {this} 的日志文件，未搜索：{others}。")
    },
    nothing_so_far: |searched, total| format!("已搜索 {searched}（共 {total}），目前没有找到。"),
    nothing_older: "没有更早的符合条件的日志行。",
    nothing_written: "此文件中没有日志行。",
    unreadable: "无法读取日志文件。",
    unreadable_hint: "日志可能仍在写入。请在服务器上检查日志目录及其权限。",
    not_searched: "未进行搜索：筛选条件有误。",
    older: "更早的日志",
    newest: "最新的日志",
    oldest_reached: "这些已是符合条件的最早日志行。",
    pages_of_lines: "日志翻页",
    download: "下载",
    histogram: "日志行的时间分布",
    each_bar: |seconds, highest| {
        let length = length(u64::from(seconds), &UNITS);
        format!("每柱为 {length}，最高 {} 行。", grouped(highest))
    },
    histogram_in_part: "只统计了一部分：搜索提前停止。",
    as_table: "表格",
    from: "起始",
    narrow_to: "只看这些日志行",
    found_by_error: |id| format!("通过错误 {id} 找到。"),
    summary: "概要",
    duration: "耗时",
    user: "用户",
    anonymous: "匿名",
    address: "地址",
    trace: "链路",
    error_ids: "错误",
    started: "首行时间",
    unfinished: "未完成",
    unfinished_hint: "没有访问日志行：请求仍在进行，或该行已不在日志文件中。",
    what_happened: "请求时间线",
    story_lines: |count| format!("{count} 行"),
    later: |duration| format!("+{duration}"),
    long_gap: |duration| format!("{duration} 没有日志"),
    nothing_about: |id| format!("没有找到与 {id} 有关的日志。"),
    nothing_about_hint: |searched, is_all| match is_all {
        true => format!("已搜索全部 {searched} 日志，相关日志行可能已被轮转删除。"),
        false => format!("已搜索本实例的全部 {searched} 日志。"),
    },
    nothing_about_yet: |searched, total| format!("限定时间内只搜索了 {searched}（共 {total}）。"),
    search_as_text: "在日志中搜索此文本",
    story_in_part: |searched, total| {
        format!("限定时间内只搜索了 {searched}（共 {total}），可能缺少日志行。")
    },
    lines_of_request: "在 app.log 中查看这些行",
    log_level: "日志级别：",
    configured: "与配置一致",
    raised: "已更改",
    until_when: "直到",
    changed_by: |user, configured| match user {
        Some(user) => format!("更改者：{user}，之后恢复为 {configured}"),
        None => format!("之后恢复为 {configured}"),
    },
    directives: "级别",
    directives_hint: "级别（如 debug），或指令（如 info,server=debug）",
    change_for: "更改时长",
    minutes: |minutes| format!("{minutes} 分钟"),
    back_to: |directives| format!("立即恢复为 {directives}"),
};
