//! Where spans go: the variables that OpenTelemetry's SDKs know.
//! <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>

use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::error::ConfigError;
use super::settings::Settings;
use super::variables;
use crate::traces::{Sampler, TraceUrl};

/// Whoever sends is watched, and seen to hang a little later.
const MAX_LIMIT_MS: u64 = 30_000;

#[derive(Debug, Clone)]
pub struct Traces {
    pub endpoint: Url,
    /// Secret.
    pub headers: HeaderMap,
    /// Of one try.
    pub limit: Duration,
    pub sampler: Sampler,
    pub service_name: Option<String>,
    /// What the operator says of this service, beside what it knows of itself.
    pub attributes: Vec<(String, String)>,
}

impl Traces {
    /// `None`: there are no spans. And what has no effect, though it is set.
    pub(super) fn read(
        settings: &Settings<'_>,
    ) -> Result<(Option<Self>, Vec<String>), ConfigError> {
        let is_disabled = settings.required(&variables::OTEL_SDK_DISABLED, flag)?
            || settings.foreign("OTEL_TRACES_EXPORTER").as_deref() == Some("none");
        if is_disabled {
            return Ok((None, Vec::new()));
        }
        let whole = settings.optional(&variables::OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, address)?;
        let base = settings.optional(&variables::OTEL_EXPORTER_OTLP_ENDPOINT, with_path)?;
        let Some(endpoint) = whole.or(base) else {
            return Ok((None, Vec::new()));
        };
        settings.required(&variables::OTEL_EXPORTER_OTLP_PROTOCOL, protocol)?;
        let argument = settings.optional(&variables::OTEL_TRACES_SAMPLER_ARG, share)?;
        let given = settings.optional(&variables::OTEL_EXPORTER_OTLP_HEADERS, headers)?;
        let attributes = settings.optional(&variables::OTEL_RESOURCE_ATTRIBUTES, pairs)?;
        let traces = Self {
            endpoint,
            headers: given.unwrap_or_default(),
            limit: settings.required(&variables::OTEL_EXPORTER_OTLP_TIMEOUT, milliseconds)?,
            sampler: settings.required(&variables::OTEL_TRACES_SAMPLER, |name| {
                Sampler::of(name, argument)
            })?,
            service_name: settings
                .optional(&variables::OTEL_SERVICE_NAME, |name| Ok(name.to_owned()))?,
            attributes: attributes.unwrap_or_default(),
        };
        let of_traces = ["HEADERS", "TIMEOUT", "PROTOCOL"].map(|what| {
            let name = format!("OTEL_EXPORTER_OTLP_TRACES_{what}");
            settings.foreign(&name).map(|_| {
                format!("{name} has no effect: OTEL_EXPORTER_OTLP_{what} is what is looked at")
            })
        });
        Ok((Some(traces), of_traces.into_iter().flatten().collect()))
    }
}

pub(super) fn trace_url(settings: &Settings<'_>) -> Result<Option<TraceUrl>, ConfigError> {
    settings.optional(&variables::TRACE_URL_TEMPLATE, TraceUrl::parse)
}

fn address(text: &str) -> Result<Url, String> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| "a URL (http or https)".to_owned())
}

fn with_path(text: &str) -> Result<Url, String> {
    let base = address(text)?;
    let mut url = base.clone();
    url.set_path(&format!("{}/v1/traces", base.path().trim_end_matches('/')));
    Ok(url)
}

fn protocol(text: &str) -> Result<(), String> {
    (text == "http/protobuf")
        .then_some(())
        .ok_or_else(|| "http/protobuf (port 4318 of a collector, as a rule)".to_owned())
}

/// Whatever is not true is false, as the specification has it.
fn flag(text: &str) -> Result<bool, String> {
    Ok(text.eq_ignore_ascii_case("true"))
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "a number between 0 and 1".to_owned())
}

fn milliseconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT_MS).contains(limit))
        .map(Duration::from_millis)
        .ok_or_else(|| format!("a number of milliseconds from 1 to {MAX_LIMIT_MS}"))
}

/// `key=value,key2=value2`, values percent-encoded, as in W3C Baggage.
fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').filter(|pair| !pair.trim().is_empty());
    let pairs = pairs.map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let key = key.trim();
        (!key.is_empty()).then(|| (key.to_owned(), value.into_owned()))
    });
    let pairs: Option<Vec<_>> = pairs.collect();
    pairs.ok_or_else(|| {
        "`key=value` pairs separated by commas, the values percent-encoded".to_owned()
    })
}

fn headers(text: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs(text)? {
        let name = HeaderName::try_from(name).map_err(|_| "names of HTTP headers".to_owned())?;
        let mut value =
            HeaderValue::try_from(value).map_err(|_| "values of HTTP headers".to_owned())?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::ffi::OsString;

    use super::*;
    use crate::config::Config;
    use crate::traces::TraceId;

    fn load(set: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let value = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        Config::load(value, None).map(|(config, _)| config)
    }

    fn traces(set: &[(&str, &str)]) -> Option<Traces> {
        load(set).unwrap().traces
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

    #[test]
    fn without_an_endpoint_there_are_none() {
        assert!(traces(&[]).is_none());
        assert!(traces(&[("OTEL_TRACES_SAMPLER", "always_on")]).is_none());
        assert!(traces(&[ENDPOINT, ("OTEL_SDK_DISABLED", "true")]).is_none());
        assert!(traces(&[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")]).is_none());
        assert!(traces(&[ENDPOINT, ("OTEL_SDK_DISABLED", "1")]).is_some());
        // Somebody else's variables, which mean nothing here, stop nothing.
        assert!(traces(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).is_none());
    }

    #[test]
    fn the_base_gets_the_path_and_the_whole_address_is_taken_as_it_is() {
        for (name, value, expected) in [
            (ENDPOINT.0, ENDPOINT.1, "http://collector:4318/v1/traces"),
            (
                ENDPOINT.0,
                "https://otlp.example/in/",
                "https://otlp.example/in/v1/traces",
            ),
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "http://collector:4318/spans",
                "http://collector:4318/spans",
            ),
        ] {
            let traces = traces(&[(name, value)]).unwrap();
            assert_eq!(traces.endpoint.as_str(), expected);
        }
    }

    #[test]
    fn headers_and_attributes_are_pairs() {
        let traces = traces(&[
            ENDPOINT,
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "authorization=Bearer%20abc, x-scope=a",
            ),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=cards,place=K%C3%B6ln"),
            ("OTEL_SERVICE_NAME", "cards"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"),
        ]);
        let traces = traces.unwrap();
        assert_eq!(traces.headers["authorization"], "Bearer abc");
        assert_eq!(traces.headers["x-scope"], "a");
        let expected = [("team", "cards"), ("place", "Köln")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(traces.attributes, expected);
        assert_eq!(traces.service_name.as_deref(), Some("cards"));
        assert_eq!(traces.limit, Duration::from_millis(1500));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value, expected) in [
            (ENDPOINT.0, "collector:4318", "a URL"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
            (
                "OTEL_TRACES_SAMPLER",
                "sometimes",
                "parentbased_traceidratio",
            ),
            ("OTEL_TRACES_SAMPLER_ARG", "2", "between 0 and 1"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", "milliseconds"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Bearer abc", "key=value"),
            (
                "TRACE_URL_TEMPLATE",
                "https://traces.example/",
                "{trace_id}",
            ),
            (
                "TRACE_URL_TEMPLATE",
                "javascript:{trace_id}",
                "http or https",
            ),
        ] {
            let endpoint = [ENDPOINT].into_iter().filter(|(known, _)| *known != name);
            let set: Vec<_> = endpoint.chain([(name, value)]).collect();
            let error = load(&set).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(expected), "{error}");
        }
    }

    #[test]
    fn what_has_no_effect_is_told() {
        let set = [ENDPOINT, ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=b")];
        let value = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let (_, provenance) = Config::load(value, None).unwrap();
        let warnings = provenance.warnings;
        assert!(
            warnings
                .iter()
                .any(|it| it.starts_with("OTEL_EXPORTER_OTLP_TRACES_HEADERS has no effect")),
            "{warnings:?}"
        );
    }

    #[test]
    fn headers_are_nobodys_business() {
        let set = [
            ENDPOINT,
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer abc"),
        ];
        let config = load(&set).unwrap();
        assert!(!format!("{config:?}").contains("abc"));
    }

    #[test]
    fn a_trace_has_its_address() {
        let config = load(&[(
            "TRACE_URL_TEMPLATE",
            "https://jaeger.example/trace/{trace_id}",
        )]);
        let url = config.unwrap().trace_url.unwrap();
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let shown = url.of(TraceId::from_hex(id).unwrap());
        assert_eq!(shown, format!("https://jaeger.example/trace/{id}"));
    }
}
