//! `[[maintenance]]`.

use std::str::FromStr;
use std::time::Duration;

use chrono::{NaiveTime, Weekday};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::document::Table;
use super::error::FileError;
use super::section::Section;
use crate::alerts::spelling;
use crate::alerts::suppress::MaintenanceWindow;

const KEYS: [&str; 6] = ["name", "days", "from", "lasts", "time_zone", "rules"];
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

pub(super) fn read(table: &Table, rules: &[String]) -> Result<MaintenanceWindow, FileError> {
    let (section, name) = Section::named(table, "maintenance")?;
    section.require_known(&KEYS)?;
    let lasts = section.duration(
        "lasts",
        Duration::from_secs(60),
        Duration::from_secs(7 * 86_400),
    )?;
    Ok(MaintenanceWindow {
        name: name.to_owned(),
        days: days(&section)?,
        from: from(&section)?,
        lasts: section.require(lasts, "lasts", "such as lasts = \"30m\"")?,
        time_zone: time_zone(&section)?,
        rules: section.names("rules", "rule", rules)?.unwrap_or_default(),
    })
}

fn days(section: &Section<'_>) -> Result<Vec<Weekday>, FileError> {
    let Some(texts) = section.texts("days")? else {
        return Ok(DAYS.map(|(_, day)| day).to_vec());
    };
    if texts.is_empty() {
        let message =
            "`days` is empty, so that it would never begin: name one, or leave it out for all";
        return Err(section.error("days", message));
    }
    let days = texts.into_iter().map(|(item, text)| {
        let day = section.chosen(Some(item), text, &DAYS, |(name, _)| name)?;
        Ok(day.1)
    });
    days.collect()
}

fn from(section: &Section<'_>) -> Result<NaiveTime, FileError> {
    let example = "such as from = \"03:00\"";
    let text = section.require(section.text("from")?, "from", example)?;
    let is_short = text.len() == "03:00".len();
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    time.filter(|_| is_short).ok_or_else(|| {
        section.error(
            "from",
            "`from` is a time of day from \"00:00\" to \"23:59\"",
        )
    })
}

/// No default: a window that is hours off mutes the wrong alerts and not the right ones.
fn time_zone(section: &Section<'_>) -> Result<Tz, FileError> {
    let example = "such as time_zone = \"Europe/Berlin\", or \"UTC\"";
    let text = section.require(section.text("time_zone")?, "time_zone", example)?;
    Tz::from_str(text).map_err(|_| {
        let near = spelling::nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let advice = near.map_or_else(
            || "it takes a name of the IANA database such as \"Europe/Berlin\"".to_owned(),
            |zone| format!("did you mean `{zone}`?"),
        );
        let message = format!("there is no time zone `{text}`; {advice}");
        section.error("time_zone", message)
    })
}
