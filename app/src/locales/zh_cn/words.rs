//! What messages and findings share.

use crate::dto::Code;
use crate::view::numbers::Units;

pub const UNITS: Units = Units {
    days: "天",
    hours: "小时",
    minutes: "分钟",
    seconds: "秒",
    space: " ",
    suffix: "",
};
pub const AGO: Units = Units {
    suffix: "前",
    ..UNITS
};

pub fn check_name(check: &str) -> &str {
    match check {
        "database" => "数据库",
        "migrations" => "数据库迁移",
        "startup" => "启动",
        own => own,
    }
}

pub fn code_text(code: Code) -> &'static str {
    match code {
        Code::Timeout => "超时",
        Code::Unreachable => "无法连接",
        Code::Refused => "连接被拒绝",
        Code::Auth => "认证失败",
        Code::PoolExhausted => "没有空闲连接",
        Code::Query => "查询失败",
        Code::ReadOnly => "只读，无法写入",
        Code::Encoding => "编码不是 UTF-8",
        Code::UnexpectedStatus => "状态码异常",
        Code::Draining => "正在关闭",
    }
}
