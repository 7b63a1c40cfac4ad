//! What each page is called, in each language.

use crate::view::viewer::Language;

#[derive(Clone, Copy, Debug)]
pub struct PageTitle {
    pub en: &'static str,
    pub zh_cn: &'static str,
}

impl PageTitle {
    pub fn text(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::ChineseSimplified => self.zh_cn,
        }
    }
}

const fn title(en: &'static str, zh_cn: &'static str) -> PageTitle {
    PageTitle { en, zh_cn }
}

pub const SYSTEM_STATUS: PageTitle = title("System status", "系统状态");
pub const INCIDENTS: PageTitle = title("Incidents", "事件");
pub const INCIDENT: PageTitle = title("Incident", "事件");
pub const ALERTS: PageTitle = title("Alerts", "告警");
pub const ERRORS: PageTitle = title("Errors", "错误");
pub const ERROR_GROUP: PageTitle = title("Error group", "错误分组");
pub const ROUTES: PageTitle = title("Routes", "路由");
pub const ROUTE: PageTitle = title("Route", "路由");
pub const LOGS: PageTitle = title("Logs", "日志");
pub const REQUEST: PageTitle = title("Request", "请求");
pub const TIMELINE: PageTitle = title("Timeline", "时间线");
pub const DATABASE: PageTitle = title("Database", "数据库");
pub const TOKENS: PageTitle = title("API tokens", "API 令牌");
pub const AUDIT: PageTitle = title("Audit", "审计");
