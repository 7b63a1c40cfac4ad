//! The findings about readiness, requests, disks, the process and its replicas, in each language.

use super::en::words as en;
use super::zh_cn::words as zh_cn;
use crate::dto::Finding;
use crate::view::numbers::{bytes, duration, grouped, milliseconds, percent};

/// One kind of finding.
pub struct Words {
    pub id: &'static str,
    pub en: fn(&Finding) -> String,
    pub zh: fn(&Finding) -> String,
    /// What to do, in both languages.
    pub advice: (&'static str, &'static str),
}

const NO_ADVICE: (&str, &str) = ("", "");

pub const SERVICE_FINDINGS: &[Words] = &[
    Words {
        id: "no_checks",
        en: |_| "no checks are registered".to_owned(),
        zh: |_| "没有注册检查项".to_owned(),
        advice: NO_ADVICE,
    },
    Words {
        id: "check_failed",
        en: |it| {
            let why = it.code().map_or("error", en::code_text);
            format!("{}: {why}", en::check_name(it.word("check")))
        },
        zh: |it| {
            let why = it.code().map_or("错误", zh_cn::code_text);
            format!("{}：{why}", zh_cn::check_name(it.word("check")))
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "check_warns",
        en: |it| {
            let why = it.code().map_or("warning", en::code_text);
            format!("{}: {why}", en::check_name(it.word("check")))
        },
        zh: |it| {
            let why = it.code().map_or("警告", zh_cn::code_text);
            format!("{}：{why}", zh_cn::check_name(it.word("check")))
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "migrations_unapplied",
        en: |it| match it.count("count") {
            1 => format!("1 migration is not applied: {}", listed(it)),
            count => format!("{count} migrations are not applied: {}", listed(it)),
        },
        zh: |it| format!("{} 个迁移未执行：{}", it.count("count"), listed(it)),
        advice: NO_ADVICE,
    },
    Words {
        id: "database_slow",
        en: |it| match it.number("latency_ms") {
            0.0 => format!(
                "{} answers slowly: a check had no answer in time",
                it.word("check")
            ),
            took => format!(
                "{} answers slowly: {}",
                it.word("check"),
                milliseconds(took)
            ),
        },
        zh: |it| match it.number("latency_ms") {
            0.0 => "数据库应答缓慢：有一次检查超时".to_owned(),
            took => format!("数据库应答缓慢：{}", milliseconds(took)),
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "requests_fail",
        en: |it| {
            let minutes = it.count("minutes");
            match it.count("latest_errors") {
                0 => format!(
                    "{} requests failed in the last {minutes} min, none of the latest",
                    of(it, "")
                ),
                _ => format!(
                    "{} of the latest requests fail ({}); {} in {minutes} min",
                    share(it, "latest_"),
                    of(it, "latest_"),
                    of(it, ""),
                ),
            }
        },
        zh: |it| {
            let minutes = it.count("minutes");
            match it.count("latest_errors") {
                0 => format!(
                    "最近 {minutes} 分钟内 {} 个请求失败，最新的请求均正常",
                    slash(it, "")
                ),
                _ => format!(
                    "最新请求中 {} 失败（{}）；{minutes} 分钟内 {}",
                    share(it, "latest_"),
                    slash(it, "latest_"),
                    slash(it, ""),
                ),
            }
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "requests_slow",
        en: |it| {
            format!(
                "P95 of the response times is {}",
                milliseconds(it.number("p95_ms"))
            )
        },
        zh: |it| format!("响应时间的 P95 为 {}", milliseconds(it.number("p95_ms"))),
        advice: NO_ADVICE,
    },
    Words {
        id: "route_fails",
        en: |it| {
            format!(
                "{} {} fails: {} of the latest requests",
                it.word("method"),
                it.word("route"),
                of(it, "")
            )
        },
        zh: |it| {
            format!(
                "{} {} 失败：最新请求 {}",
                it.word("method"),
                it.word("route"),
                slash(it, "")
            )
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "route_slow",
        en: |it| {
            format!(
                "P95 of {} {} is {}",
                it.word("method"),
                it.word("route"),
                milliseconds(it.number("p95_ms"))
            )
        },
        zh: |it| {
            format!(
                "{} {} 的 P95 为 {}",
                it.word("method"),
                it.word("route"),
                milliseconds(it.number("p95_ms"))
            )
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "disk_used",
        en: |it| {
            let when = full_in(it)
                .map(|hours| format!(", full in about {hours} h if it goes on like this"));
            format!(
                "disk ({}) is {} full: {} of {} free{}",
                disk(it, ["logs", "data", "logs and data"]),
                percent(Some(it.number("used_ratio"))),
                bytes(it.count("free_bytes")),
                bytes(it.count("total_bytes")),
                when.unwrap_or_default(),
            )
        },
        zh: |it| {
            let when = full_in(it).map(|hours| format!("，按此速度约 {hours} 小时后写满"));
            format!(
                "磁盘（{}）已用 {}：剩余 {} / {}{}",
                disk(it, ["日志", "数据", "日志与数据"]),
                percent(Some(it.number("used_ratio"))),
                bytes(it.count("free_bytes")),
                bytes(it.count("total_bytes")),
                when.unwrap_or_default(),
            )
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "disk_fills_up",
        en: |it| {
            format!(
                "disk ({}) is full in about {} h if it goes on like this: {} of {} free",
                disk(it, ["logs", "data", "logs and data"]),
                full_in(it).unwrap_or_default(),
                bytes(it.count("free_bytes")),
                bytes(it.count("total_bytes")),
            )
        },
        zh: |it| {
            format!(
                "磁盘（{}）按此速度约 {} 小时后写满：剩余 {} / {}",
                disk(it, ["日志", "数据", "日志与数据"]),
                full_in(it).unwrap_or_default(),
                bytes(it.count("free_bytes")),
                bytes(it.count("total_bytes")),
            )
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "memory_used",
        en: |it| {
            format!(
                "memory: {} of the limit is used ({} of {})",
                percent(Some(it.number("ratio"))),
                bytes(it.count("used_bytes")),
                bytes(it.count("limit_bytes")),
            )
        },
        zh: |it| {
            format!(
                "内存已用上限的 {}（{} / {}）",
                percent(Some(it.number("ratio"))),
                bytes(it.count("used_bytes")),
                bytes(it.count("limit_bytes")),
            )
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "log_lines_lost",
        en: |it| {
            format!(
                "{} can't be written: {}; lines lost so far: {}",
                it.word("file"),
                it.word("reason"),
                it.count("count"),
            )
        },
        zh: |it| {
            format!(
                "{} 无法写入：{}；已丢失 {} 行",
                it.word("file"),
                it.word("reason"),
                it.count("count"),
            )
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "clock_jumped",
        en: |it| {
            let seconds = it.number("seconds");
            let way = if seconds < 0.0 { "back" } else { "ahead" };
            let length = duration(seconds.abs() as u64, &en::UNITS);
            format!("the clock was set {way} by {length}")
        },
        zh: |it| {
            let seconds = it.number("seconds");
            let way = if seconds < 0.0 { "后" } else { "前" };
            let length = duration(seconds.abs() as u64, &zh_cn::UNITS);
            format!("系统时钟向{way}跳变 {length}")
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "instance_silent",
        en: |it| format!("instance {} is silent", it.word("instance")),
        zh: |it| format!("实例 {} 失联", it.word("instance")),
        advice: NO_ADVICE,
    },
    Words {
        id: "monitoring_store_away",
        en: |it| {
            let why = it.code().map_or("no answer", en::code_text);
            format!("the monitoring store can't be reached: {why}")
        },
        zh: |it| {
            let why = it.code().map_or("无响应", zh_cn::code_text);
            format!("监控存储不可用：{why}")
        },
        advice: NO_ADVICE,
    },
    Words {
        id: "minutes_lost",
        en: |it| {
            format!(
                "minutes of figures that could not be kept: {}",
                it.count("count")
            )
        },
        zh: |it| format!("丢失了 {} 分钟的统计数据", it.count("count")),
        advice: NO_ADVICE,
    },
    Words {
        id: "task_broke",
        en: |it| match it.count("restarts") {
            0 => format!(
                "the {} broke; it is about to be started again",
                it.word("task")
            ),
            1 => format!("the {} broke and was started again", it.word("task")),
            times => format!(
                "the {} broke and was started again {times} times",
                it.word("task")
            ),
        },
        zh: |it| match it.count("restarts") {
            0 => format!("后台任务 {} 异常退出，即将重启", it.word("task")),
            times => format!("后台任务 {} 异常退出，已重启 {times} 次", it.word("task")),
        },
        advice: (
            "app.log has its panic: look for task with this name.",
            "app.log 中有其 panic：按 task 字段查找。",
        ),
    },
    Words {
        id: "task_stuck",
        en: |it| format!("the {} hangs", it.word("task")),
        zh: |it| format!("后台任务 {} 卡住了", it.word("task")),
        advice: (
            "What it does is not done meanwhile; a restart of the service ends it.",
            "其间它的工作不会进行；重启服务可以恢复。",
        ),
    },
];

/// Such as `60 of 77`, of those with that prefix.
fn of(finding: &Finding, which: &str) -> String {
    let count = |name| grouped(finding.count(&format!("{which}{name}")));
    format!("{} of {}", count("errors"), count("requests"))
}

fn slash(finding: &Finding, which: &str) -> String {
    of(finding, which).replace(" of ", " / ")
}

fn share(finding: &Finding, which: &str) -> String {
    let count = |name| finding.count(&format!("{which}{name}")) as f64;
    percent(Some(count("errors") / count("requests").max(1.0)))
}

/// A migration that lacks has a name; of many the first three will do.
fn listed(finding: &Finding) -> String {
    let names = finding.words("names");
    let more = if names.len() > 3 { ", …" } else { "" };
    let first: Vec<&str> = names.into_iter().take(3).collect();
    format!("{}{more}", first.join(", "))
}

/// A disk by what is on it.
fn disk<'a>(finding: &'a Finding, [logs, data, both]: [&'a str; 3]) -> &'a str {
    match finding.word("disk") {
        "log" => logs,
        "data" => data,
        "log,data" => both,
        other => other,
    }
}

/// The hours that a disk has left, if there is a forecast.
fn full_in(finding: &Finding) -> Option<String> {
    let hours = finding.evidence.get("full_in_hours")?.as_f64()?;
    Some(format!("{hours:.1}"))
}
