//! [`Format`]: which text a scraper is given, by its `Accept`.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus 0.0.4.
    Text,
    /// OpenMetrics 1.0.0.
    OpenMetrics,
}

impl Format {
    /// The one that `Accept` prefers by its `q`; 0.0.4 for whoever asks for neither, as browsers do.
    pub fn accepted(accept: Option<&str>) -> Self {
        let ranges = accept.unwrap_or_default().split(',');
        let offered = ranges.filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let format = match parts.next()? {
                "application/openmetrics-text" => Self::OpenMetrics,
                "text/plain" => Self::Text,
                _ => return None,
            };
            let (mut quality, mut is_ours) = (1.0, true);
            for parameter in parts {
                match parameter.split_once('=') {
                    Some(("q", text)) => quality = text.parse().unwrap_or(0.0),
                    Some(("version", version)) => is_ours = format.is_version(version),
                    _ => {}
                }
            }
            (is_ours && quality > 0.0).then_some((format, quality))
        });
        // Of two that are liked alike, the first.
        let best = offered.reduce(|best, other| if other.1 > best.1 { other } else { best });
        best.map_or(Self::Text, |(format, _)| format)
    }

    fn is_version(self, version: &str) -> bool {
        match self {
            // The text of 0.0.1 has the same shape.
            Self::OpenMetrics => matches!(version, "1.0.0" | "0.0.1"),
            Self::Text => version == "0.0.4",
        }
    }

    /// Prometheus 3 refuses what has none. All names are ASCII letters, digits and underscores, so
    /// nothing needs escaping.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As they were captured from the programs themselves.
    #[test]
    fn each_scraper_gets_what_it_likes_best_of_what_there_is() {
        for (accept, expected) in [
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;\
                 q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                Format::OpenMetrics,
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                 application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;\
                 escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                Format::OpenMetrics,
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
                 encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.2",
                Format::OpenMetrics,
            ),
            ("text/plain;version=0.0.4;q=1,*/*;q=0.1", Format::Text),
            (
                "text/plain;version=0.0.4;q=0.9, application/openmetrics-text; version=1.0.0; q=0.5",
                Format::Text,
            ),
            ("application/openmetrics-text;version=2.0.0", Format::Text),
            ("application/openmetrics-text;q=0", Format::Text),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Format::Text),
            ("*/*", Format::Text),
            ("", Format::Text),
        ] {
            assert_eq!(Format::accepted(Some(accept)), expected, "{accept}");
        }
        assert_eq!(Format::accepted(None), Format::Text);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_there_is_an_answer(accept in ".{0,200}") {
            _ = Format::accepted(Some(&accept));
        }
    }
}
