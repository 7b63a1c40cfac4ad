//! The frame of a chart: title, legend, axes, the values under the pointer or at the keyboard's
//! cursor (`chart_cursor` moves it), and the table behind it all.

use leptos::prelude::*;

use super::chart_text::{plot, step_text, table_rows, time_labels, value_labels};
use crate::chart::draw::{HEIGHT, STEP};
use crate::chart::model::{Chart, Kind};
use crate::look::Look;

/// `name` is the chart's own, used for ids.
pub fn chart(look: Look, name: &'static str, title: &'static str, chart: &Chart) -> AnyView {
    let (t, zone) = (look.t, look.zone);
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
    let legend: Vec<_> = chart
        .series
        .iter()
        .rev()
        .map(|series| (series.tone, shape, series.name))
        .chain([("gap", AREA, t.not_covered)])
        .map(legend_entry)
        .collect();
    let columns: Vec<_> = chart
        .series
        .iter()
        .map(|series| view! { <th scope="col" class="numeric">{series.name}</th> })
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
                        <tbody inner_html=table_rows(chart, t, zone)></tbody>
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
