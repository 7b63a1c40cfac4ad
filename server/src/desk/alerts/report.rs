//! All of `/admin/alerts/`.

use app::dto;

use super::rules::alerts;
use super::telling;
use crate::desk::state::DeskState;

pub fn report(desk: &DeskState) -> dto::AlertsReport {
    let file = desk.alerting.setup().file.clone();
    dto::AlertsReport {
        alerts: alerts(desk),
        silences: telling::silences(desk),
        quiet: telling::quiet(desk),
        maintenance: telling::maintenance(desk),
        channels: telling::channels(desk),
        file: file.map(|path| path.display().to_string()),
    }
}
