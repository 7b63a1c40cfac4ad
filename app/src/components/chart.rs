//! The frame of a chart: title, legend, axes, the values under the pointer or at the keyboard's
//! cursor (`chart_cursor` moves it), and the table behind it all.

use leptos::prelude::*;

use super::chart_text::{plot, step_text, table_rows, time_labels, value_labels};
use crate::chart::draw::{HEIGHT, STEP};
use crate::chart::model::{Chart, Kind};
use crate::view::settings::ViewSettings;

/// `name` is the chart's own, used for ids.
pub fn chart(settings: ViewSettings, name: &'static str, title: &str, chart: &Chart) -> AnyView {
    let (t, zone) = (settings.t, settings.zone);
    // What came last, until somebody points at something else.
    let latest = chart.latest().map(|step| step_text(chart, step, t, zone));
    let said = latest.clone();
    let view_box = format!("0 0 {} {HEIGHT}", chart.steps() * STEP);
    let heading = format!("chart-{name}");
    let (labelled_by, labels_plot) = (heading.clone(), heading.clone());
    let shape = match chart.kind {
        Kind::Stack => AREA,
        Kind::Lines => LINE,
    };
    let title = title.to_owned();
    let table = table(settings, title.clone(), chart);
    let legend: Vec<_> = chart
        .series
        .iter()
        .rev()
        .map(|series| (series.tone, shape, series.name))
        .map(|(tone, shape, text)| (format!("series-{tone}"), shape, text))
        .chain([("series-gap".to_owned(), AREA, t.not_covered)])
        .chain(kinds_of_marks(chart))
        .map(legend_entry)
        .collect();
    view! {
        <figure class="chart" aria-labelledby=labelled_by>
            <figcaption>
                <h3 id=heading>{title}</h3>
                <ul class="legend">{legend}</ul>
            </figcaption>
            <p class="chart-readout note" aria-live="polite" data-latest=latest>{said}</p>
            <div class="chart-frame">
                <svg class="chart-values" aria-hidden="true" inner_html=value_labels(chart)></svg>
                <div
                    class="chart-plot"
                    id=format!("plot-{name}")
                    tabindex="0"
                    role="application"
                    aria-labelledby=labels_plot
                    aria-description=t.chart_keys
                >
                    <svg viewBox=view_box preserveAspectRatio="none" aria-hidden="true">
                        <g inner_html=plot(chart, t, zone)></g>
                        <rect class="chart-cursor" x="0" width="0" height=HEIGHT.to_string()></rect>
                    </svg>
                </div>
                <svg class="chart-times" aria-hidden="true" inner_html=time_labels(chart, zone)></svg>
            </div>
            {table}
        </figure>
    }
    .into_any()
}

fn table(settings: ViewSettings, title: String, chart: &Chart) -> AnyView {
    let t = settings.t;
    let columns: Vec<_> = chart
        .series
        .iter()
        .map(|series| view! { <th scope="col" class="numeric">{series.name}</th> })
        .collect();
    view! {
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
                    <tbody inner_html=table_rows(chart, t, settings.zone)></tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

const AREA: &str = "M0 0h10v10H0z";
const LINE: &str = "M0 5h10";

const UPRIGHT: &str = "M5 0v10";

/// Those that are there.
fn kinds_of_marks(chart: &Chart) -> Vec<(String, &'static str, &'static str)> {
    let shown = chart.at_ms(0)..chart.at_ms(chart.steps());
    let mut kinds: Vec<(String, &str, &str)> = Vec::new();
    for mark in &chart.marks {
        let class = format!("chart-mark mark-{}", mark.tone);
        let is_known = kinds.iter().any(|(known, ..)| *known == class);
        if shown.contains(&mark.at_ms) && !is_known {
            kinds.push((class, UPRIGHT, mark.name));
        }
    }
    kinds
}

fn legend_entry((class, shape, text): (String, &'static str, &'static str)) -> AnyView {
    view! {
        <li>
            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                <path class=class d=shape></path>
            </svg>
            {text}
        </li>
    }
    .into_any()
}
