//! The findings about a database, in each language. They are advice, too.

use super::en::words as en;
use super::findings::Words;
use super::zh_cn::words as zh_cn;
use crate::view::numbers::{bytes, milliseconds};

pub const DATABASE_FINDINGS: &[Words] = &[
    Words {
        id: "store_unreachable",
        en: |it| {
            let why = it.code().map_or("no answer", en::code_text);
            format!("It does not answer: {why}.")
        },
        zh: |it| {
            format!(
                "没有应答：{}。",
                it.code().map_or("无响应", zh_cn::code_text)
            )
        },
        advice: (
            "What stands below is what this process knows by itself.",
            "下方仅为本进程自身掌握的数据。",
        ),
    },
    Words {
        id: "pool_exhausted",
        en: |it| {
            format!(
                "All {} connections of the pool are in use.",
                it.count("max")
            )
        },
        zh: |it| format!("连接池的 {} 个连接全部在用。", it.count("max")),
        advice: (
            "Requests queue for one. Look for slow queries and locks below; raise DATABASE_POOL_MAX only if the server has room.",
            "请求正在排队。请查看下方的慢查询和锁；仅当服务器有余量时才调高 DATABASE_POOL_MAX。",
        ),
    },
    Words {
        id: "statements_blocked",
        en: |it| match (it.count("count"), it.number("longest_seconds")) {
            (1, seconds) => format!("One statement has been waiting for a lock for {seconds} s."),
            (count, seconds) => {
                format!("{count} statements wait for a lock, the longest for {seconds} s.")
            }
        },
        zh: |it| {
            let (count, seconds) = (it.count("count"), it.number("longest_seconds"));
            format!("{count} 条语句在等待锁，最长已等 {seconds} 秒。")
        },
        advice: (
            "The process that it waits for is named below: let it end its transaction, or end it with pg_terminate_backend.",
            "下方列出了持锁进程：让它结束事务，或用 pg_terminate_backend 终止它。",
        ),
    },
    Words {
        id: "statement_long",
        en: |it| {
            let (pid, seconds) = (it.count("pid"), it.number("seconds"));
            format!("Process {pid} has been running one statement for {seconds} s.")
        },
        zh: |it| {
            let (pid, seconds) = (it.count("pid"), it.number("seconds"));
            format!("进程 {pid} 的一条语句已运行 {seconds} 秒。")
        },
        advice: (
            "If nobody misses it, end it with pg_cancel_backend.",
            "若无人需要，可用 pg_cancel_backend 取消。",
        ),
    },
    Words {
        id: "transaction_idle",
        en: |it| {
            let (pid, seconds) = (it.count("pid"), it.number("seconds"));
            format!("Process {pid} has kept a transaction open and idle for {seconds} s.")
        },
        zh: |it| {
            let (pid, seconds) = (it.count("pid"), it.number("seconds"));
            format!("进程 {pid} 的事务已空闲 {seconds} 秒未结束。")
        },
        advice: (
            "It holds its locks and keeps VACUUM from cleaning up. Find the client that forgot it.",
            "它一直持有锁，并妨碍 VACUUM 清理。请找出遗忘它的客户端。",
        ),
    },
    Words {
        id: "server_crowded",
        en: |it| {
            let (connections, max) = (it.count("connections"), it.count("max"));
            format!("{connections} of the server's {max} connections are taken.")
        },
        zh: |it| {
            let (connections, max) = (it.count("connections"), it.count("max"));
            format!("服务器的 {max} 个连接已占用 {connections} 个。")
        },
        advice: (
            "At the limit nobody gets in, not even you. Lower DATABASE_POOL_MAX per instance, or put a pooler in front.",
            "达到上限后谁都无法连接，包括您。请降低每个实例的 DATABASE_POOL_MAX，或在前面加连接池代理。",
        ),
    },
    Words {
        id: "cache_poor",
        en: |it| {
            let share = it.number("ratio") * 100.0;
            format!("Only {share:.0} % of the blocks came from the server's cache.")
        },
        zh: |it| {
            format!(
                "只有 {:.0}% 的数据块来自服务器缓存。",
                it.number("ratio") * 100.0
            )
        },
        advice: (
            "The data in use is larger than shared_buffers, or a query reads whole tables.",
            "常用数据超过了 shared_buffers，或有查询在全表扫描。",
        ),
    },
    Words {
        id: "wal_large",
        en: |it| {
            format!(
                "The write-ahead log has grown to {}.",
                bytes(it.count("bytes"))
            )
        },
        zh: |it| format!("预写日志已增长到 {}。", bytes(it.count("bytes"))),
        advice: (
            "A reader that never ends keeps it from being written back.",
            "有读取者长期不结束，使其无法写回。",
        ),
    },
    Words {
        id: "space_reclaimable",
        en: |it| format!("{} of the file are free.", bytes(it.count("bytes"))),
        zh: |it| format!("文件中有 {} 空闲空间。", bytes(it.count("bytes"))),
        advice: (
            "VACUUM gives them back, in a quiet hour: it rewrites the whole file.",
            "VACUUM 可以收回，但会重写整个文件，请在空闲时段执行。",
        ),
    },
    Words {
        id: "pool_waits_long",
        en: |it| {
            format!(
                "P95 of the wait for a connection is {}.",
                milliseconds(it.number("p95_ms"))
            )
        },
        zh: |it| format!("等待连接的 P95 为 {}。", milliseconds(it.number("p95_ms"))),
        advice: (
            "The pool is too small for the load, or slow queries hold its connections.",
            "连接池相对负载过小，或连接被慢查询占用。",
        ),
    },
    Words {
        id: "query_fails",
        en: |it| match (it.word("query"), it.count("count")) {
            (name, 1) => format!("{name} has failed once since the start."),
            (name, count) => format!("{name} has failed {count} times since the start."),
        },
        zh: |it| {
            format!(
                "{} 自启动以来失败 {} 次。",
                it.word("query"),
                it.count("count")
            )
        },
        advice: (
            "db.log has those that requests met, with their SQL and the request.",
            "db.log 记录了请求遇到的失败，含 SQL 和对应请求。",
        ),
    },
    Words {
        id: "query_slow",
        en: |it| {
            format!(
                "P95 of {} is {}.",
                it.word("query"),
                milliseconds(it.number("p95_ms"))
            )
        },
        zh: |it| {
            format!(
                "{} 的 P95 为 {}。",
                it.word("query"),
                milliseconds(it.number("p95_ms"))
            )
        },
        advice: (
            "Take its SQL from db.log and look at its plan with EXPLAIN; an index is often what is missing.",
            "从 db.log 取出 SQL，用 EXPLAIN 查看执行计划；常见原因是缺少索引。",
        ),
    },
];
