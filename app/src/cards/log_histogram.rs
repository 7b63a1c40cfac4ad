//! The matching lines over time, by level: a click on a bar shows its lines only.

use leptos::either::Either;
use leptos::prelude::*;

use crate::address;
use crate::chart::stacked_bars::{Bar, HEIGHT, WIDTH, stacked_bars};
use crate::components::level::level_badge;
use crate::components::number::number;
use crate::components::state::{State, badge};
use crate::components::time::{clock, time};
use crate::dto::{Level, LogBucket, LogHistogram, LogQuery};
use crate::view::instant::Instant;
use crate::view::settings::ViewSettings;
use crate::view::zone::Precision;

pub fn log_histogram(
    settings: ViewSettings,
    query: &LogQuery,
    histogram: &LogHistogram,
) -> AnyView {
    let t = &settings.t.log_page;
    let LogHistogram {
        bucket_seconds,
        buckets,
        is_complete,
    } = histogram;
    let counts: Vec<[u64; 4]> = buckets.iter().map(counts).collect();
    let highest = counts.iter().map(|counts| counts.iter().sum::<u64>()).max();
    let bars: Vec<_> = stacked_bars(&counts)
        .iter()
        .zip(buckets)
        .map(|(bar, bucket)| drawn(settings, bar, bucket, range(query, bucket, *bucket_seconds)))
        .collect();
    let ends = [buckets.first(), buckets.last()].map(|bucket| {
        let start = bucket.map(|bucket| bucket.t.as_str()).unwrap_or_default();
        clock(settings, start, Precision::Seconds)
    });
    let [first, last] = ends;
    let in_part = (!is_complete).then(|| {
        view! { <p class="note">{badge(State::Warning, t.histogram_in_part)}</p> }
    });
    let each_bar = (t.each_bar)(*bucket_seconds, highest.unwrap_or(0));
    view! {
        <figure class="card histogram" data-complete=is_complete.to_string() data-testid="histogram">
            <figcaption>
                <span class="histogram-title">{t.histogram}</span>
                <span class="note">{each_bar}</span>
            </figcaption>
            // The table below says the same to those who can't see or point.
            <svg
                class="histogram-bars"
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                {bars}
            </svg>
            <div class="histogram-ends note">{first} {last}</div>
            <ul class="legend note">{legend(&counts)}</ul>
            {in_part}
            {table(settings, query, histogram)}
        </figure>
    }.into_any()
}

/// How many lines there are of each level.
fn legend(counts: &[[u64; 4]]) -> Vec<AnyView> {
    let levels = Level::ALL.into_iter().enumerate().rev();
    levels
        .map(|(index, level)| {
            let of_level = counts.iter().filter_map(|counts| counts.get(index));
            let total = of_level.sum::<u64>();
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                        <rect class="histogram-part" data-level=level.name() width="10" height="10" />
                    </svg>
                    {level.name()}
                    " "
                    {number(total)}
                </li>
            }
            .into_any()
        })
        .collect()
}

fn table(settings: ViewSettings, query: &LogQuery, histogram: &LogHistogram) -> AnyView {
    let t = &settings.t.log_page;
    let heads = Level::ALL.into_iter().rev().map(|level| {
        view! {
            <th scope="col" class="numeric">
                {level_badge(level.name())}
            </th>
        }
    });
    let heads: Vec<_> = heads.collect();
    let buckets = histogram.buckets.iter();
    let rows: Vec<_> = buckets
        .filter(|bucket| counts_any(bucket))
        .map(|bucket| {
            row(
                settings,
                bucket,
                range(query, bucket, histogram.bucket_seconds),
            )
        })
        .collect();
    view! {
        <details class="histogram-table">
            <summary>{t.as_table}</summary>
            <div class="scroll-x" tabindex="0" role="group" aria-label=t.histogram>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t.from}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// The most frequent levels at the bottom, errors on top.
fn counts(bucket: &LogBucket) -> [u64; 4] {
    [bucket.debug, bucket.info, bucket.warning, bucket.error]
}

fn counts_any(bucket: &LogBucket) -> bool {
    counts(bucket).iter().any(|count| *count > 0)
}

/// The same search within the bucket.
fn range(query: &LogQuery, bucket: &LogBucket, seconds: u32) -> Option<String> {
    let start = Instant::parse(&bucket.t)?;
    let end = start.plus_seconds(i64::from(seconds));
    Some(address::logs(&LogQuery {
        since: Some(start.to_rfc3339()),
        until: Some(end.to_rfc3339()),
        ..address::first_page(query)
    }))
}

/// Not reached by keyboard: sixty stops would stand before the lines. The table has the same links.
fn drawn(
    settings: ViewSettings,
    bar: &Bar<4>,
    bucket: &LogBucket,
    href: Option<String>,
) -> impl IntoView + use<> {
    let parts: Vec<_> = bar
        .parts
        .into_iter()
        .zip(Level::ALL)
        .filter(|(part, _)| part.height > 0.0)
        .map(|(part, level)| {
            let (x, width) = (bar.x.to_string(), bar.width.to_string());
            view! {
                <rect
                    class="histogram-part"
                    data-level=level.name()
                    x=x
                    y=part.y.to_string()
                    width=width
                    height=part.height.to_string()
                />
            }
        })
        .collect();
    if !counts_any(bucket) {
        return Either::Left(());
    }
    let (x, width) = (bar.x.to_string(), bar.width.to_string());
    let start = Instant::parse(&bucket.t);
    let words = spoken(bucket);
    let title = match start {
        Some(start) => format!("{} – {words}", settings.zone.show(start)),
        None => words,
    };
    Either::Right(view! {
        <g class="histogram-bar">
            <a href=href tabindex="-1">
                <title>{title}</title>
                // Also the empty part above a low bar can be hit.
                <rect class="histogram-target" x=x y="0" width=width height=HEIGHT.to_string() />
                {parts}
            </a>
        </g>
    })
}

/// Such as `2 ERROR, 31 INFO`.
fn spoken(bucket: &LogBucket) -> String {
    let words: Vec<String> = Level::ALL
        .into_iter()
        .zip(counts(bucket))
        .rev()
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| format!("{count} {}", level.name()))
        .collect();
    words.join(", ")
}

fn row(settings: ViewSettings, bucket: &LogBucket, href: Option<String>) -> AnyView {
    let cells: Vec<_> = counts(bucket)
        .into_iter()
        .rev()
        .map(|count| view! { <td class="numeric">{number(count)}</td> })
        .collect();
    view! {
        <tr>
            <th scope="row">
                <a href=href title=settings.t.log_page.narrow_to>
                    {time(settings, &bucket.t)}
                </a>
            </th>
            {cells}
        </tr>
    }
    .into_any()
}
