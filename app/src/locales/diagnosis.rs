//! The verdict and the findings behind it, in each language.

use super::database_findings::DATABASE_FINDINGS;
use super::findings::{SERVICE_FINDINGS, Words};
use crate::dto::{Finding, Role, VerdictState};
use crate::view::viewer::Language;

pub struct DiagnosisTexts {
    pub ready: &'static str,
    pub not_ready: &'static str,
    pub failing: &'static str,
    pub needs_attention: &'static str,
    pub last_known: fn(&str) -> String,
    pub all_checks_pass: fn(usize) -> String,
    /// Followed by a time.
    pub since: &'static str,
    /// The heading above the findings of one store.
    pub findings: &'static str,
    pub role: fn(Role) -> &'static str,
    pub calm: &'static str,
    pub too_few_queries: &'static str,
    /// What is wrong, and what to do about it; the latter may be empty.
    pub finding: fn(&Finding) -> [String; 2],
    /// What is wrong within a list about everything: says which store it is about.
    pub reason: fn(&Finding) -> String,
}

impl DiagnosisTexts {
    pub fn sentence(&self, state: VerdictState) -> &'static str {
        match state {
            VerdictState::Ok => self.ready,
            VerdictState::Warning => self.needs_attention,
            VerdictState::Failing => self.failing,
            VerdictState::NotReady => self.not_ready,
        }
    }
}

pub const EN: DiagnosisTexts = DiagnosisTexts {
    ready: "Ready",
    not_ready: "Not ready",
    failing: "Ready, but failing",
    needs_attention: "Ready, but needs attention",
    last_known: |verdict| format!("Last known: {verdict}"),
    all_checks_pass: |count| match count {
        1 => "The one check passes.".to_owned(),
        _ => format!("All {count} checks pass."),
    },
    since: "Since",
    findings: "Findings",
    role: |role| match role {
        Role::Registry => "Registry database",
        Role::Ops => "Monitoring store",
    },
    calm: "Nothing stands out.",
    too_few_queries: "Too few queries so far to say anything.",
    finding: english,
    reason: |finding| reason(finding, &EN, ": "),
};

pub const ZH_CN: DiagnosisTexts = DiagnosisTexts {
    ready: "就绪",
    not_ready: "未就绪",
    failing: "就绪，但请求大量失败",
    needs_attention: "就绪，但需要关注",
    last_known: |verdict| format!("最后已知：{verdict}"),
    all_checks_pass: |count| format!("全部 {count} 项检查通过。"),
    since: "始于",
    findings: "诊断",
    role: |role| match role {
        Role::Registry => "注册中心数据库",
        Role::Ops => "监控存储",
    },
    calm: "未见异常。",
    too_few_queries: "查询太少，暂时无法判断。",
    finding: chinese,
    reason: |finding| reason(finding, &ZH_CN, "："),
};

/// As programs read it.
pub fn finding_in_english(finding: &Finding) -> String {
    finding_words(Language::English, finding)
}

pub fn finding_words(language: Language, finding: &Finding) -> String {
    (language.messages().diagnosis.reason)(finding)
}

/// A finding of either store has a sentence that suits both.
fn reason(finding: &Finding, t: &DiagnosisTexts, separator: &str) -> String {
    let [sentence, _] = (t.finding)(finding);
    let sentence = sentence.trim_end_matches(['.', '。']);
    let about = [Role::Registry, Role::Ops]
        .into_iter()
        .find(|role| role.name() == finding.subject);
    match about {
        Some(role) if finding.id != "monitoring_store_away" => {
            format!("{}{separator}{sentence}", (t.role)(role))
        }
        _ => sentence.to_owned(),
    }
}

fn words(finding: &Finding) -> Option<&'static Words> {
    let mut all = SERVICE_FINDINGS.iter().chain(DATABASE_FINDINGS);
    all.find(|words| words.id == finding.id)
}

/// A kind that a newer version found is told by its id.
fn english(finding: &Finding) -> [String; 2] {
    match words(finding) {
        Some(Words { en, advice, .. }) => [en(finding), advice.0.to_owned()],
        None => [finding.id.clone(), String::new()],
    }
}

fn chinese(finding: &Finding) -> [String; 2] {
    match words(finding) {
        Some(Words { zh, advice, .. }) => [zh(finding), advice.1.to_owned()],
        None => [finding.id.clone(), String::new()],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The engine's rules, as text: this crate does not know that one.
    fn rules() -> String {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/src/diagnosis/rules");
        let files = fs::read_dir(rules).unwrap();
        let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        texts.collect()
    }

    #[test]
    fn each_finding_of_the_engine_has_words_and_there_are_no_others() {
        let rules = rules();
        let mut quoted = rules.split('"');
        let mut found = BTreeSet::new();
        while let (Some(before), Some(text)) = (quoted.next(), quoted.next()) {
            let before = before.trim_end();
            let is_id = ["Finding::new(", "finding(", "named(", "ID: &str =", " = ("];
            if is_id.iter().any(|start| before.ends_with(start)) {
                found.insert(text.to_owned());
            }
        }
        assert!(found.len() > 20, "{found:?}");
        let all = || SERVICE_FINDINGS.iter().chain(DATABASE_FINDINGS);
        let known: BTreeSet<String> = all().map(|words| words.id.to_owned()).collect();
        let unsaid: Vec<&String> = found.difference(&known).collect();
        assert_eq!(unsaid, [""; 0], "these have no words");
        let unused = known
            .iter()
            .filter(|id| !rules.contains(&format!("\"{id}\"")));
        assert_eq!(unused.collect::<Vec<_>>(), [""; 0], "no rule finds these");
        assert_eq!(known.len(), all().count(), "each is said once");
    }
}
