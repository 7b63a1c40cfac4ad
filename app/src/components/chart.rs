//! The frame of a chart: title, legend, axes, the values under the pointer or at the keyboard's
//! cursor, and the table behind it all.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

use super::chart_text::{plot, step_text, table_rows, time_labels, value_labels};
use crate::chart::draw::{HEIGHT, STEP};
use crate::chart::model::{Chart, Kind};
use crate::look::Look;

/// `name` is the chart's own, used for ids. What is around the drawing stays the same elements across
/// refreshes, so that focus and an opened table stay, too. Its type is erased: several of them in one
/// page are more than the compiler takes.
pub fn chart(look: Look, name: &'static str, title: &'static str, chart: Signal<Chart>) -> AnyView {
    let t = look.t;
    let cursor: RwSignal<Option<usize>> = RwSignal::new(None);
    let steps = move || chart.with(Chart::steps);
    let keys = move |event: KeyboardEvent| {
        let last = steps().saturating_sub(1);
        let at = cursor.get_untracked();
        let next = match event.key().as_str() {
            "ArrowLeft" => Some(at.map_or(last, |at| at.saturating_sub(1))),
            "ArrowRight" => Some(at.map_or(0, |at| (at + 1).min(last))),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" => None,
            _ => return,
        };
        event.prevent_default();
        cursor.set(next);
    };
    let point = move |event: PointerEvent| {
        let width = event_target::<web_sys::Element>(&event).client_width();
        let share = f64::from(event.offset_x()) / f64::from(width.max(1));
        let step = (share * steps() as f64) as usize;
        cursor.set(Some(step.min(steps().saturating_sub(1))));
    };
    // Without a cursor: what came last.
    let readout = move || {
        let zone = look.zone.get();
        chart.with(|chart| {
            let step = cursor.get().filter(|step| *step < chart.steps());
            let step = step.or_else(|| chart.latest())?;
            Some(step_text(chart, step, t, zone))
        })
    };
    let cursor_x = move || cursor.get().map(|step| (step * STEP).to_string());
    let view_box = move || format!("0 0 {} {HEIGHT}", steps() * STEP);
    let heading = format!("chart-{name}");
    let (labelled_by, labels_plot) = (heading.clone(), heading.clone());
    let legend: Vec<_> = chart.with_untracked(|chart| {
        let shape = match chart.kind {
            Kind::Stack => AREA,
            Kind::Lines => LINE,
        };
        let series = chart.series.iter().rev();
        let series = series.map(|series| (series.tone, shape, series.name));
        series
            .chain([("gap", AREA, t.not_covered)])
            .map(legend_entry)
            .collect()
    });
    let columns: Vec<_> = chart.with_untracked(|chart| {
        let series = chart.series.iter();
        series
            .map(|series| view! { <th scope="col" class="numeric">{series.name}</th> })
            .collect()
    });
    view! {
        <figure class="chart" aria-labelledby=labelled_by>
            <figcaption>
                <h3 id=heading>{title}</h3>
                <ul class="legend">{legend}</ul>
            </figcaption>
            <p class="chart-readout note" aria-live="polite">{readout}</p>
            <div class="chart-frame">
                <svg class="chart-values" aria-hidden="true" inner_html=move || chart.with(value_labels)></svg>
                <div
                    class="chart-plot"
                    tabindex="0"
                    role="application"
                    aria-labelledby=labels_plot
                    aria-description=t.chart_keys
                    on:keydown=keys
                    on:pointermove=point
                    on:pointerleave=move |_| cursor.set(None)
                    on:blur=move |_| cursor.set(None)
                >
                    <svg viewBox=view_box preserveAspectRatio="none" aria-hidden="true">
                        <g inner_html=move || chart.with(|chart| plot(chart, t, look.zone.get()))></g>
                        <rect
                            class="chart-cursor"
                            x=cursor_x
                            width=move || cursor.get().map(|_| STEP.to_string())
                            height=HEIGHT.to_string()
                        ></rect>
                    </svg>
                </div>
                <svg class="chart-times" aria-hidden="true" inner_html=move || chart.with(|chart| time_labels(chart, look.zone.get()))></svg>
            </div>
            <details class="chart-table">
                <summary>{t.table}</summary>
                <div class="scroll" tabindex="0" role="region" aria-label=title>
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{t.time}</th>
                                {columns}
                            </tr>
                        </thead>
                        <tbody inner_html=move || chart.with(|chart| table_rows(chart, t, look.zone.get()))></tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
    .into_any()
}

const AREA: &str = "M0 0h10v10H0z";
const LINE: &str = "M0 5h10";

fn legend_entry((tone, shape, text): (&str, &'static str, &'static str)) -> impl IntoView {
    view! {
        <li>
            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                <path class=format!("series-{tone}") d=shape></path>
            </svg>
            {text}
        </li>
    }
}
