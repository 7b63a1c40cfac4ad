//! All of `/admin/alerts/`.

use app::dto;

use super::notifications;
use super::rules::alerts;
use crate::desk::state::DeskState;

pub fn report(desk: &DeskState) -> dto::AlertsReport {
    let file = desk.alerting.setup().file.clone();
    dto::AlertsReport {
        alerts: alerts(desk),
        silences: notifications::silences(desk),
        quiet: notifications::quiet(desk),
        maintenance: notifications::maintenance(desk),
        channels: notifications::channels(desk),
        file: file.map(|path| path.display().to_string()),
    }
}
