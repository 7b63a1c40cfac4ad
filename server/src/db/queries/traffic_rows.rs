//! The rows of the traffic tables, and what the engine makes of them.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::{Insertable, Queryable, Selectable};
use ops::traffic::{
    ByClass, Covered, EncodedHistogram, Minute, Rows, Run, RunTotals, SeriesKey, SeriesTotals,
    Span, StatusClass, Totals,
};

use crate::db::schema::{traffic_series, traffic_totals};

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = traffic_totals)]
pub(super) struct TotalsRow {
    span: i64,
    start: i64,
    instance: String,
    run: i64,
    covered: i64,
    informational: i64,
    success: i64,
    redirection: i64,
    client_errors: i64,
    errors: i64,
    requests: i64,
    bytes: i64,
    database_us: i64,
    durations: Vec<u8>,
}

#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = traffic_series)]
pub(super) struct SeriesRow {
    span: i64,
    start: i64,
    instance: String,
    run: i64,
    method: String,
    route: String,
    status_class: i64,
    requests: i64,
    bytes: i64,
    database_us: i64,
    durations: Vec<u8>,
}

pub(super) fn length(span: Span) -> i64 {
    i64::from(span.minutes())
}

pub(super) fn series_rows(rows: &Rows) -> impl Iterator<Item = SeriesRow> {
    rows.series.iter().map(|series| SeriesRow {
        span: length(rows.span),
        start: rows.start.number(),
        instance: rows.run.instance.clone(),
        run: rows.run.number,
        method: series.key.method.to_owned(),
        route: series.key.route.clone(),
        status_class: i64::from(series.key.class.digit()),
        requests: signed(series.requests),
        bytes: signed(series.bytes),
        database_us: signed(series.database_us),
        durations: series.durations.as_bytes().to_vec(),
    })
}

impl From<Rows> for TotalsRow {
    fn from(rows: Rows) -> Self {
        let Totals {
            by_class,
            bytes,
            database_us,
            durations,
        } = rows.totals;
        Self {
            span: length(rows.span),
            start: rows.start.number(),
            instance: rows.run.instance,
            run: rows.run.number,
            covered: signed(rows.covered.bits()),
            informational: signed(by_class.informational),
            success: signed(by_class.success),
            redirection: signed(by_class.redirection),
            client_errors: signed(by_class.client_errors),
            errors: signed(by_class.errors),
            requests: signed(by_class.total()),
            bytes: signed(bytes),
            database_us: signed(database_us),
            durations: durations.as_bytes().to_vec(),
        }
    }
}

impl From<TotalsRow> for RunTotals {
    fn from(row: TotalsRow) -> Self {
        Self {
            start: Minute::from_number(row.start),
            run: Run {
                instance: row.instance,
                number: row.run,
            },
            covered: Covered::from_bits(unsigned(row.covered)),
            totals: Totals {
                by_class: ByClass {
                    informational: unsigned(row.informational),
                    success: unsigned(row.success),
                    redirection: unsigned(row.redirection),
                    client_errors: unsigned(row.client_errors),
                    errors: unsigned(row.errors),
                },
                bytes: unsigned(row.bytes),
                database_us: unsigned(row.database_us),
                durations: EncodedHistogram::from_bytes(row.durations),
            },
        }
    }
}

/// Each total with its series. What names no class is left out.
pub(super) fn together(span: Span, totals: Vec<TotalsRow>, series: Vec<SeriesRow>) -> Vec<Rows> {
    let mut found: HashMap<(i64, String, i64), Rows> = HashMap::new();
    for row in totals {
        let key = (row.start, row.instance.clone(), row.run);
        let RunTotals {
            start,
            run,
            covered,
            totals,
        } = row.into();
        let rows = Rows {
            span,
            start,
            run,
            covered,
            totals,
            series: Vec::new(),
        };
        found.insert(key, rows);
    }
    // Most rows name one of few series.
    let mut keys: HashMap<SeriesKey, Arc<SeriesKey>> = HashMap::new();
    for row in series {
        let owner = found.get_mut(&(row.start, row.instance, row.run));
        let digit = u8::try_from(row.status_class).ok();
        let class = digit.and_then(StatusClass::of_digit);
        if let (Some(owner), Some(class)) = (owner, class) {
            let key = SeriesKey::new(&row.method, row.route, class);
            let key = keys
                .entry(key)
                .or_insert_with_key(|key| Arc::new(key.clone()));
            owner.series.push(SeriesTotals {
                key: Arc::clone(key),
                requests: unsigned(row.requests),
                bytes: unsigned(row.bytes),
                database_us: unsigned(row.database_us),
                durations: EncodedHistogram::from_bytes(row.durations),
            });
        }
    }
    found.into_values().collect()
}

/// No database has an unsigned number.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
