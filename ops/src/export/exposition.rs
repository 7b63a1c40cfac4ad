//! [`Exposition`]: metrics as text. One writer for both formats: they differ in the lines before a
//! family, in the names of counters and infos, and in the last line.

use std::fmt::{Display, Write as _};
use std::time::SystemTime;

use super::format::Format;
use crate::clock::unix_millis;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Never falls but at a restart; its samples' names end in `_total`.
    Counter,
    Gauge,
    Histogram,
    /// Always 1: what it says is in its labels. Its samples' names end in `_info`.
    Info,
}

/// What samples of one name have in common.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Without `_total`, `_info`, `_bucket`, `_count`, `_sum`.
    pub name: &'static str,
    pub kind: Kind,
    /// `seconds`, `bytes`: the end of the name; nothing for what is counted.
    pub unit: &'static str,
    /// One line.
    pub help: &'static str,
}

impl Family {
    pub const fn counter(name: &'static str, unit: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Counter,
            unit,
            help,
        }
    }

    pub const fn gauge(name: &'static str, unit: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Gauge,
            unit,
            help,
        }
    }

    /// Of durations.
    pub const fn seconds_histogram(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Histogram,
            unit: "seconds",
            help,
        }
    }
}

/// One of those that a bucket counts, and the trace that it is part of, as W3C Trace Context has its ids.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar {
    pub trace_id: u128,
    pub span_id: u64,
    pub seconds: f64,
    pub at: SystemTime,
}

/// Names and values, in the order in which they are written.
pub type Labels<'a> = [(&'a str, &'a str)];

pub struct Exposition {
    format: Format,
    text: String,
}

/// The samples of a family: each set of labels once.
pub struct Samples<'e> {
    format: Format,
    text: &'e mut String,
    family: Family,
}

impl Exposition {
    pub fn new(format: Format) -> Self {
        Self {
            format,
            text: String::with_capacity(64 * 1024),
        }
    }

    /// Each family once.
    pub fn family(&mut self, family: Family) -> Samples<'_> {
        let Family {
            name,
            kind,
            unit,
            help,
        } = family;
        let (named, kind) = match (self.format, kind) {
            (Format::Text, Kind::Counter) => (format!("{name}_total"), "counter"),
            (Format::Text, Kind::Info) => (format!("{name}_info"), "gauge"),
            (Format::OpenMetrics, Kind::Info) => (name.to_owned(), "info"),
            (Format::OpenMetrics, Kind::Counter) => (name.to_owned(), "counter"),
            (_, Kind::Gauge) => (name.to_owned(), "gauge"),
            (_, Kind::Histogram) => (name.to_owned(), "histogram"),
        };
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        // Writing into a string can't fail.
        _ = match self.format {
            Format::Text => write!(self.text, "# HELP {named} {help}\n# TYPE {named} {kind}\n"),
            Format::OpenMetrics => {
                let unit = match unit {
                    "" => String::new(),
                    unit => format!("# UNIT {named} {unit}\n"),
                };
                let help = help.replace('"', "\\\"");
                write!(
                    self.text,
                    "# TYPE {named} {kind}\n{unit}# HELP {named} {help}\n"
                )
            }
        };
        Samples {
            format: self.format,
            text: &mut self.text,
            family,
        }
    }

    pub fn finish(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }
}

impl Samples<'_> {
    /// Of a counter, a gauge or an info.
    pub fn add(&mut self, labels: &Labels<'_>, value: impl Display) -> &mut Self {
        let suffix = match self.family.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        self.sample(suffix, labels, value);
        self
    }

    /// A gauge of what is known; what is not known has no sample.
    pub fn known(&mut self, labels: &Labels<'_>, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.add(labels, value);
        }
        self
    }

    /// `counts` of those up to each of `bounds`, which are written as they are, and of those beyond.
    pub fn histogram(
        &mut self,
        labels: &Labels<'_>,
        bounds_and_counts: (&[&str], &[u64]),
        sum: impl Display,
    ) {
        self.histogram_with_exemplars(labels, bounds_and_counts, sum, &[]);
    }

    /// The same, with an exemplar of each bucket that has one. The older format knows none.
    pub fn histogram_with_exemplars(
        &mut self,
        labels: &Labels<'_>,
        (bounds, counts): (&[&str], &[u64]),
        sum: impl Display,
        exemplars: &[Option<Exemplar>],
    ) {
        let mut all = labels.to_vec();
        debug_assert_eq!(
            bounds.len() + 1,
            counts.len(),
            "one count beyond the bounds"
        );
        let mut up_to = 0_u64;
        let bounds = bounds.iter().copied().chain(["+Inf"]);
        let mut exemplars = exemplars.iter();
        for (bound, count) in bounds.zip(counts) {
            up_to = up_to.saturating_add(*count);
            all.push(("le", bound));
            self.sample("_bucket", &all, up_to);
            all.pop();
            let exemplar = exemplars.next().and_then(Option::as_ref);
            // What is counted may be a little behind.
            if let Some(exemplar) = exemplar.filter(|_| *count > 0) {
                self.exemplar(exemplar);
            }
        }
        self.sample("_sum", labels, sum);
        self.sample("_count", labels, up_to);
    }

    /// Of the sample that was written last.
    fn exemplar(&mut self, exemplar: &Exemplar) {
        if self.format != Format::OpenMetrics {
            return;
        }
        self.text.pop();
        _ = writeln!(
            self.text,
            " # {{trace_id=\"{:032x}\",span_id=\"{:016x}\"}} {} {}",
            exemplar.trace_id,
            exemplar.span_id,
            exemplar.seconds,
            unix_millis(exemplar.at) as f64 / 1000.0
        );
    }

    fn sample(&mut self, suffix: &str, labels: &Labels<'_>, value: impl Display) {
        self.text.push_str(self.family.name);
        self.text.push_str(suffix);
        let mut before = '{';
        for (name, value) in labels {
            self.text.push(before);
            self.text.push_str(name);
            self.text.push_str("=\"");
            for character in value.chars() {
                match character {
                    '\\' => self.text.push_str("\\\\"),
                    '"' => self.text.push_str("\\\""),
                    '\n' => self.text.push_str("\\n"),
                    other => self.text.push(other),
                }
            }
            self.text.push('"');
            before = ',';
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        _ = writeln!(self.text, " {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::from_unix_millis;

    const REQUESTS: Family = Family {
        name: "http_server_request_duration_seconds",
        kind: Kind::Histogram,
        unit: "seconds",
        help: "Requests by route.",
    };
    const LINES: Family = Family {
        name: "log_lines",
        kind: Kind::Counter,
        unit: "",
        help: "Lines with \\ and \"quotes\".",
    };
    const BUILD: Family = Family {
        name: "build",
        kind: Kind::Info,
        unit: "",
        help: "What runs.",
    };

    fn written(format: Format) -> String {
        let mut exposition = Exposition::new(format);
        let exemplar = Exemplar {
            trace_id: 0x4bf9_2f35,
            span_id: 0xf0,
            seconds: 0.004,
            at: from_unix_millis(1_795_914_000_123),
        };
        exposition.family(REQUESTS).histogram_with_exemplars(
            &[("http_route", "/a/{id}")],
            (&["0.005", "1.0"], &[3, 0, 2]),
            4.25,
            // The second bucket counts nothing yet.
            &[Some(exemplar), Some(exemplar), None],
        );
        let mut lines = exposition.family(LINES);
        lines.add(&[("file", "app")], 12_u64);
        lines.add(&[("file", "a \"b\" \\ \n c")], 0_u64);
        let mut build = exposition.family(BUILD);
        build.add(&[("version", "0.1.0")], 1);
        exposition.finish()
    }

    #[test]
    fn the_text_of_prometheus() {
        insta::assert_snapshot!(written(Format::Text));
    }

    #[test]
    fn the_text_of_openmetrics() {
        insta::assert_snapshot!(written(Format::OpenMetrics));
    }

    #[test]
    fn what_is_not_known_has_no_sample() {
        let gauge = Family {
            name: "open_files",
            kind: Kind::Gauge,
            unit: "",
            help: "Files.",
        };
        let mut exposition = Exposition::new(Format::Text);
        exposition.family(gauge).known(&[], None::<u64>);
        let text = exposition.finish();
        assert_eq!(text, "# HELP open_files Files.\n# TYPE open_files gauge\n");
    }
}
