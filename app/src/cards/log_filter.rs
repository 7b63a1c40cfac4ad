//! What to search for: one form that is sent like any other, so it works without scripts, and the
//! whole of it stands in the address afterwards.

use leptos::prelude::*;

use crate::address::log_query::LogForm;
use crate::address::page::Page;
use crate::components::form_error::form_error;
use crate::components::time::zone_label;
use crate::dto::{BadQuery, Level, LogName};
use crate::view::settings::ViewSettings;

/// As in the address; `all` takes the time range away.
const LAST: [&str; 6] = ["15m", "1h", "6h", "24h", "7d", "all"];
/// Out of sight until they are asked for, or in use.
const MORE: [&str; 6] = ["since", "until", "request_id", "route", "status", "field"];

pub fn log_filter(settings: ViewSettings, form: &LogForm, bad: Option<&BadQuery>) -> AnyView {
    let t = &settings.t.log_page;
    let is_open = MORE.iter().any(|name| {
        let is_quick_choice = *name == "since" && is_last(form, form.get("since"));
        let is_in_use = !form.get(name).is_empty() && !is_quick_choice;
        is_in_use || bad.is_some_and(|bad| bad.field == *name)
    });
    let text = |name, label, hint| text_field(settings, Field { name, label, hint }, form, bad);
    view! {
        <form
            id="log-filter"
            class="card log-filter"
            method="get"
            action=Page::Logs.path()
            aria-label=t.filter
            data-testid="log-filter"
        >
            <div class="log-filter-main">
                {file_select(settings, form, bad)}
                {level_select(settings, form, bad)}
                {text("text", t.text, "")}
                <button class="primary">{t.search}</button>
            </div>
            {quick_choices(settings, form)}
            {mistake_elsewhere(settings, form, bad)}
            <details class="log-filter-more" open=is_open>
                <summary>{t.more_filters}</summary>
                <div class="log-filter-fields">
                    {text("since", t.since, "")}
                    {text("until", t.until, "")}
                    <p class="note log-filter-hint" data-testid="time-hint">
                        {(t.time_hint)(&zone_label(settings))}
                    </p>
                    {text("request_id", t.request_id, "")}
                    {text("route", t.route, "/api/agentcards/")}
                    {text("status", t.status, t.status_hint)}
                    {text("field", t.field, t.field_hint)}
                </div>
            </details>
        </form>
    }
    .into_any()
}

fn file_select(settings: ViewSettings, form: &LogForm, bad: Option<&BadQuery>) -> AnyView {
    let t = &settings.t.log_page;
    let given = form.get("file");
    let options: Vec<_> = LogName::ALL
        .into_iter()
        .map(|file| {
            let selected = file.name() == given;
            let text = (t.file_name)(file);
            view! {
                <option value=file.name() selected=selected>
                    {text}
                </option>
            }
        })
        .collect();
    let (mistake, described_by) = form_error(settings, "file", given, bad);
    view! {
        <div class="field field-file">
            <label for="filter-file">{t.file}</label>
            <select id="filter-file" name="file" aria-describedby=described_by autocomplete="off">
                {options}
            </select>
            {mistake}
        </div>
    }
    .into_any()
}

fn level_select(settings: ViewSettings, form: &LogForm, bad: Option<&BadQuery>) -> AnyView {
    let t = &settings.t.log_page;
    let given = Level::from_name(form.get("level"));
    let options: Vec<_> = Level::ALL
        .into_iter()
        .rev()
        .map(|level| {
            let selected = Some(level) == given;
            view! {
                <option value=level.name() selected=selected>
                    {(t.level_and_above)(level.name())}
                </option>
            }
        })
        .collect();
    let (mistake, described_by) = form_error(settings, "level", form.get("level"), bad);
    view! {
        <div class="field field-level">
            <label for="filter-level">{t.level}</label>
            <select id="filter-level" name="level" aria-describedby=described_by autocomplete="off">
                <option value="" selected=given.is_none()>
                    {t.any_level}
                </option>
                {options}
            </select>
            {mistake}
        </div>
    }
    .into_any()
}

struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
}

fn text_field(
    settings: ViewSettings,
    field: Field,
    form: &LogForm,
    bad: Option<&BadQuery>,
) -> AnyView {
    let Field { name, label, hint } = field;
    let typed = form.typed(name, settings.zone);
    let (mistake, described_by) = form_error(settings, name, &typed, bad);
    let id = format!("filter-{name}");
    let invalid = described_by.as_ref().map(|_| "true");
    view! {
        <div class=format!("field field-{name}")>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                value=typed
                placeholder=hint
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=invalid
                aria-describedby=described_by
            />
            {mistake}
        </div>
    }
    .into_any()
}

/// A mistake in what the form has no field for, such as a page's position.
fn mistake_elsewhere(
    settings: ViewSettings,
    form: &LogForm,
    bad: Option<&BadQuery>,
) -> Option<impl IntoView + use<>> {
    let name = bad.map(|bad| bad.field.as_str())?;
    let has_field = MORE.contains(&name) || ["file", "level", "text"].contains(&name);
    if has_field {
        None
    } else {
        form_error(settings, name, form.get(name), bad).0
    }
}

/// After the button that Enter presses: these take the time range along with everything else that
/// was filled in.
fn quick_choices(settings: ViewSettings, form: &LogForm) -> AnyView {
    let t = &settings.t.log_page;
    let buttons: Vec<_> = LAST
        .into_iter()
        .map(|last| {
            let pressed = if is_last(form, last) { "true" } else { "false" };
            view! {
                <button name="last" value=last aria-pressed=pressed>
                    {(t.last)(last)}
                </button>
            }
        })
        .collect();
    view! {
        <div class="quick-choices" role="group" aria-label=t.time_range>
            {buttons}
        </div>
    }
    .into_any()
}

fn is_last(form: &LogForm, last: &str) -> bool {
    let since = match form.get("since") {
        "" => "all",
        since => since,
    };
    LAST.contains(&last) && since == last && form.get("until").is_empty()
}
