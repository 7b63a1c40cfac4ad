//! What `/admin/database/` says, in each language.

use crate::dto::{Code, Role};
use crate::findings::Finding;
use crate::format::{bytes, milliseconds};

/// The word for a code.
type CodeWord = fn(Code) -> &'static str;

#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "drawings speak, too"))]
pub struct DatabasePage {
    pub role: fn(Role) -> &'static str,
    pub findings: &'static str,
    /// What is wrong, and what to do about it.
    pub finding: fn(&Finding, CodeWord) -> [String; 2],
    pub queries: &'static str,
    pub no_queries: &'static str,
    /// Followed by the time of the start.
    pub counted_since: &'static str,
    pub name: &'static str,
    pub calls: &'static str,
    pub failures: &'static str,
    pub share: &'static str,
    pub average: &'static str,
    pub longest: &'static str,
    pub inside: &'static str,
    pub size: &'static str,
    pub free: &'static str,
    pub write_ahead_log: &'static str,
    pub journal_mode: &'static str,
    pub server_connections: &'static str,
    pub of_at_most: fn(u32, u32) -> String,
    pub cache_hit_ratio: &'static str,
    pub deadlocks: &'static str,
    pub waits: &'static str,
    pub no_data: &'static str,
    pub statements: &'static str,
    pub no_statements: &'static str,
    pub process: &'static str,
    pub state: &'static str,
    pub seconds: &'static str,
    pub waiting_for: &'static str,
    pub statement: &'static str,
    /// In place of another client's statement.
    pub not_shown: &'static str,
    pub blocked: &'static str,
    pub nobody_waits: &'static str,
    pub waits_for: &'static str,
    pub table: &'static str,
}

pub const EN: DatabasePage = DatabasePage {
    role: |role| match role {
        Role::Registry => "Registry database",
        Role::Ops => "Monitoring store",
    },
    findings: "Findings",
    finding: |finding, code| {
        let (wrong, advice) = match finding {
            Finding::Unreachable(reason) => (
                format!("It does not answer: {}.", reason.map_or("no answer", code)),
                "What stands below is what this process knows by itself.",
            ),
            Finding::PoolExhausted { max } => (
                format!("All {max} connections of the pool are in use."),
                "Requests queue for one. Look for slow queries and locks below; raise DATABASE_POOL_MAX only if the server has room.",
            ),
            Finding::LongWaits { p95_ms } => (
                format!(
                    "P95 of the wait for a connection is {}.",
                    milliseconds(*p95_ms)
                ),
                "The pool is too small for the load, or slow queries hold its connections.",
            ),
            Finding::Failures { name, count } => (
                match count {
                    1 => format!("{name} has failed once since the start."),
                    _ => format!("{name} has failed {count} times since the start."),
                },
                "db.log has each failure with its SQL and its request.",
            ),
            Finding::SlowQuery { name, p95_ms } => (
                format!("P95 of {name} is {}.", milliseconds(*p95_ms)),
                "Take its SQL from db.log and look at its plan with EXPLAIN; an index is often what is missing.",
            ),
            Finding::Blocked {
                count,
                longest_seconds,
            } => (
                match count {
                    1 => format!(
                        "One statement has been waiting for a lock for {longest_seconds} s."
                    ),
                    _ => format!(
                        "{count} statements wait for a lock, the longest for {longest_seconds} s."
                    ),
                },
                "The process that it waits for is named below: let it end its transaction, or end it with pg_terminate_backend.",
            ),
            Finding::LongStatement { pid, seconds } => (
                format!("Process {pid} has been running one statement for {seconds} s."),
                "If nobody misses it, end it with pg_cancel_backend.",
            ),
            Finding::IdleInTransaction { pid, seconds } => (
                format!("Process {pid} has kept a transaction open and idle for {seconds} s."),
                "It holds its locks and keeps VACUUM from cleaning up. Find the client that forgot it.",
            ),
            Finding::Crowded { connections, max } => (
                format!("{connections} of the server's {max} connections are taken."),
                "At the limit nobody gets in, not even you. Lower DATABASE_POOL_MAX per instance, or put a pooler in front.",
            ),
            Finding::PoorCache { ratio } => (
                format!(
                    "Only {:.0} % of the blocks came from the server's cache.",
                    ratio * 100.0
                ),
                "The data in use is larger than shared_buffers, or a query reads whole tables.",
            ),
            Finding::LargeWal { bytes: size } => (
                format!("The write-ahead log has grown to {}.", bytes(*size)),
                "A reader that never ends keeps it from being written back.",
            ),
            Finding::MuchFree { bytes: size } => (
                format!("{} of the file are free.", bytes(*size)),
                "VACUUM gives them back, in a quiet hour: it rewrites the whole file.",
            ),
            Finding::Calm => ("Nothing stands out.".to_owned(), ""),
            Finding::TooFewToSay => ("Too few queries so far to say anything.".to_owned(), ""),
        };
        [wrong, advice.to_owned()]
    },
    queries: "Queries by name",
    no_queries: "No query has run yet.",
    counted_since: "Of this instance, since",
    name: "Name",
    calls: "Calls",
    failures: "Failed",
    share: "Share of time",
    average: "Average",
    longest: "Longest",
    inside: "Storage and pool",
    size: "Size",
    free: "Reclaimable",
    write_ahead_log: "Write-ahead log",
    journal_mode: "Journal mode",
    server_connections: "Server connections",
    of_at_most: |count, max| format!("{count} of {max}"),
    cache_hit_ratio: "From cache",
    deadlocks: "Deadlocks",
    waits: "Pool wait, P95",
    no_data: "no data",
    statements: "Running for more than a second",
    no_statements: "None.",
    process: "Process",
    state: "State",
    seconds: "Seconds",
    waiting_for: "Waits for",
    statement: "Statement",
    not_shown: "another client's, not shown",
    blocked: "Waiting for locks",
    nobody_waits: "No lock waits.",
    waits_for: "Blocked by",
    table: "Table",
};

pub const ZH_CN: DatabasePage = DatabasePage {
    role: |role| match role {
        Role::Registry => "注册中心数据库",
        Role::Ops => "监控存储",
    },
    findings: "诊断",
    finding: |finding, code| {
        let (wrong, advice) = match finding {
            Finding::Unreachable(reason) => (
                format!("没有应答：{}。", reason.map_or("无响应", code)),
                "下方仅为本进程自身掌握的数据。",
            ),
            Finding::PoolExhausted { max } => (
                format!("连接池的 {max} 个连接全部在用。"),
                "请求正在排队。请查看下方的慢查询和锁；仅当服务器有余量时才调高 DATABASE_POOL_MAX。",
            ),
            Finding::LongWaits { p95_ms } => (
                format!("等待连接的 P95 为 {}。", milliseconds(*p95_ms)),
                "连接池相对负载过小，或连接被慢查询占用。",
            ),
            Finding::Failures { name, count } => (
                format!("{name} 自启动以来失败 {count} 次。"),
                "db.log 记录了每次失败的 SQL 和对应请求。",
            ),
            Finding::SlowQuery { name, p95_ms } => (
                format!("{name} 的 P95 为 {}。", milliseconds(*p95_ms)),
                "从 db.log 取出 SQL，用 EXPLAIN 查看执行计划；常见原因是缺少索引。",
            ),
            Finding::Blocked {
                count,
                longest_seconds,
            } => (
                format!("{count} 条语句在等待锁，最长已等 {longest_seconds} 秒。"),
                "下方列出了持锁进程：让它结束事务，或用 pg_terminate_backend 终止它。",
            ),
            Finding::LongStatement { pid, seconds } => (
                format!("进程 {pid} 的一条语句已运行 {seconds} 秒。"),
                "若无人需要，可用 pg_cancel_backend 取消。",
            ),
            Finding::IdleInTransaction { pid, seconds } => (
                format!("进程 {pid} 的事务已空闲 {seconds} 秒未结束。"),
                "它一直持有锁，并妨碍 VACUUM 清理。请找出遗忘它的客户端。",
            ),
            Finding::Crowded { connections, max } => (
                format!("服务器的 {max} 个连接已占用 {connections} 个。"),
                "达到上限后谁都无法连接，包括您。请降低每个实例的 DATABASE_POOL_MAX，或在前面加连接池代理。",
            ),
            Finding::PoorCache { ratio } => (
                format!("只有 {:.0}% 的数据块来自服务器缓存。", ratio * 100.0),
                "常用数据超过了 shared_buffers，或有查询在全表扫描。",
            ),
            Finding::LargeWal { bytes: size } => (
                format!("预写日志已增长到 {}。", bytes(*size)),
                "有读取者长期不结束，使其无法写回。",
            ),
            Finding::MuchFree { bytes: size } => (
                format!("文件中有 {} 空闲空间。", bytes(*size)),
                "VACUUM 可以收回，但会重写整个文件，请在空闲时段执行。",
            ),
            Finding::Calm => ("未见异常。".to_owned(), ""),
            Finding::TooFewToSay => ("查询太少，暂时无法判断。".to_owned(), ""),
        };
        [wrong, advice.to_owned()]
    },
    queries: "按名称统计的查询",
    no_queries: "尚未执行任何查询。",
    counted_since: "本实例，统计自",
    name: "名称",
    calls: "次数",
    failures: "失败",
    share: "耗时占比",
    average: "平均",
    longest: "最长",
    inside: "存储与连接池",
    size: "大小",
    free: "可回收空间",
    write_ahead_log: "预写日志",
    journal_mode: "日志模式",
    server_connections: "服务器连接",
    of_at_most: |count, max| format!("{count} / {max}"),
    cache_hit_ratio: "缓存命中率",
    deadlocks: "死锁",
    waits: "连接池等待，P95",
    no_data: "无数据",
    statements: "运行超过一秒的语句",
    no_statements: "没有。",
    process: "进程",
    state: "状态",
    seconds: "秒",
    waiting_for: "等待",
    statement: "语句",
    not_shown: "其他客户端的语句，不显示",
    blocked: "锁等待",
    nobody_waits: "没有锁等待。",
    waits_for: "被谁阻塞",
    table: "表",
};
