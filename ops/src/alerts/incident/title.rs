//! [`Title`]: what an incident is called, by whoever reads it half asleep.

use serde::{Deserialize, Serialize};

use super::record::Incident;
use crate::alerts::message::Language;
use crate::alerts::subject::Subject;

/// It stays the same as long as the incident lasts, so that a recovery is seen to belong to its
/// failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    pub rule: String,
    pub subject: Subject,
}

/// The built-in rules, in English and in Chinese.
const WORDS: [(&str, &str, &str); 22] = [
    ("readiness", "Service is not ready", "服务未就绪"),
    ("disk", "Disk is filling up", "磁盘空间不足"),
    ("log-errors", "Many errors in the log", "日志错误率过高"),
    ("slow-p95", "Requests are slow", "请求响应缓慢"),
    ("http-errors", "Requests are failing", "请求大量失败"),
    (
        "http-errors-low-traffic",
        "Most of few requests are failing",
        "低流量下请求大量失败",
    ),
    ("database", "Database is unavailable", "数据库不可用"),
    ("slow-database", "Database is slow", "数据库响应缓慢"),
    (
        "pool",
        "Database connections are used up",
        "数据库连接池耗尽",
    ),
    ("memory", "Memory is running out", "内存不足"),
    ("log-drops", "Log lines are being lost", "日志丢失"),
    ("new-errors", "New error", "出现新的错误"),
    ("instance-silent", "Instance is silent", "实例失联"),
    ("restart-loop", "Service keeps crashing", "服务反复崩溃重启"),
    (
        "migrations",
        "Database lacks migrations",
        "数据库迁移未执行",
    ),
    ("dependency", "Dependency is unavailable", "依赖服务不可用"),
    (
        "certificate",
        "Certificate is about to expire",
        "证书即将过期",
    ),
    (
        "ops-store",
        "Monitoring store is unreachable",
        "监控存储不可用",
    ),
    (
        "channel-failing",
        "Notices are not delivered",
        "通知发送失败",
    ),
    (
        "evaluator-late",
        "Alert rules are evaluated late",
        "告警评估延迟",
    ),
    (
        "evaluation-gap",
        "Nobody evaluated the rules",
        "告警规则曾无人评估",
    ),
    ("slo", "Error budget is burning", "错误预算消耗过快"),
];

impl Title {
    pub fn of(incident: &Incident) -> Self {
        let member = incident.members.get(incident.headline);
        let member = member.or_else(|| incident.members.first());
        Self {
            rule: member.map(|it| it.rule.clone()).unwrap_or_default(),
            subject: member.map(|it| it.subject.clone()).unwrap_or_default(),
        }
    }

    /// `Database is unavailable`, `Disk is filling up (log, web-1)`; of a rule that is not built in,
    /// its name.
    pub fn text(&self, language: Language) -> String {
        let found = WORDS.iter().find(|(rule, ..)| *rule == self.rule);
        let what = match (found, language) {
            (Some((_, english, _)), Language::English) => english,
            (Some((_, _, chinese)), Language::SimplifiedChinese) => chinese,
            (None, _) => self.rule.as_str(),
        };
        let where_ = [&self.subject.part, &self.subject.instance];
        let where_: Vec<&str> = where_.into_iter().flatten().map(String::as_str).collect();
        match (where_.as_slice(), language) {
            ([], _) => what.to_owned(),
            (all, Language::English) => format!("{what} ({})", all.join(", ")),
            (all, Language::SimplifiedChinese) => format!("{what}（{}）", all.join("，")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::alerts::file::{Known, load};

    fn title(rule: &str, part: Option<&str>, instance: Option<&str>) -> Title {
        Title {
            rule: rule.into(),
            subject: Subject {
                instance: instance.map(str::to_owned),
                part: part.map(str::to_owned),
            },
        }
    }

    #[test]
    fn a_title_says_what_and_where() {
        let disk = title("disk", Some("log"), Some("web-1"));
        assert_eq!(
            disk.text(Language::English),
            "Disk is filling up (log, web-1)"
        );
        assert_eq!(
            disk.text(Language::SimplifiedChinese),
            "磁盘空间不足（log，web-1）"
        );
        let database = title("database", None, None);
        assert_eq!(database.text(Language::SimplifiedChinese), "数据库不可用");
        assert_eq!(title("mine", None, None).text(Language::English), "mine");
    }

    #[test]
    fn every_built_in_rule_has_a_title() {
        for rule in load(None, Known::default()).unwrap().rules {
            assert!(
                WORDS.iter().any(|(name, ..)| *name == rule.name),
                "{}",
                rule.name
            );
        }
    }
}
