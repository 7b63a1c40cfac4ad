//! The table of all variables: name, default, how it may be shown, and a value that would be right.
//!
//! This is the only place that a new variable needs besides the struct that holds it: reading,
//! provenance, error hints and the test against the README's table all go by it.

/// How a variable's value may appear in `config`'s output and in error messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    Plain,
    /// Shown as `***`.
    Secret,
    /// Shown with `***` in place of the password.
    DatabaseUrl,
    /// Separated by commas; shown with `***` in place of credentials.
    UrlList,
}

/// One environment variable.
#[derive(Debug)]
pub struct Variable {
    pub name: &'static str,
    /// What an unset variable means; the empty string where unset is a state of its own.
    pub default: &'static str,
    pub exposure: Exposure,
    /// A value that would be right, for error messages.
    pub example: &'static str,
    pub help: &'static str,
}

macro_rules! variables {
    ($($(#[doc = $help:literal])+ $name:ident: $exposure:ident = $default:literal, try $example:literal;)+) => {
        $(
            $(#[doc = $help])+
            pub const $name: Variable = Variable {
                name: stringify!($name),
                default: $default,
                exposure: Exposure::$exposure,
                example: $example,
                help: concat!($($help),+).trim_ascii(),
            };
        )+

        /// Every variable, in the order in which `config` prints them.
        pub const ALL: &[Variable] = &[$($name),+];
    };
}

variables! {
    /// Where the service listens: an IP address and a port. Port 0 takes any free one.
    LISTEN_ADDR: Plain = "127.0.0.1:8000", try "127.0.0.1:8000";
    /// How many seconds a connection is kept open for a client's next request. A proxy in front has to
    /// keep its connections for less, or it writes into one that is being closed.
    KEEP_ALIVE_SECONDS: Plain = "75", try "75";
    /// `development` or `production`. Production demands `SECRET_KEY`, makes cookies `Secure` and
    /// turns Sentry on if there is a DSN.
    APP_ENV: Plain = "development", try "development";
    /// The registry and its users: `sqlite://relative/path`, `sqlite:///absolute/path` or
    /// `postgres://user:password@host:5432/database`, with libpq's `sslmode`, `sslrootcert` and
    /// `target_session_attrs`, several hosts, and `prepared_statements=false` for poolers that need it.
    DATABASE_URL: DatabaseUrl = "sqlite://data/agent-source-db.sqlite3",
        try "postgres://user:password@host:5432/database";
    /// Monitoring's own store, so that it outlives the database it watches; `postgres://…` to share
    /// it between replicas.
    OPS_DATABASE_URL: DatabaseUrl = "sqlite://data/ops.sqlite3",
        try "postgres://user:password@host:5432/database";
    /// The most connections that each pool opens.
    DATABASE_POOL_MAX: Plain = "20", try "20";
    /// Signs sessions: at least 64 bytes. Outside production one is generated into `data/secret.key`.
    SECRET_KEY: Secret = "", try "the output of `openssl rand -hex 64`";
    /// The directory of the log files; `{host}` in it is the host's name.
    LOG_DIR: Plain = "logs", try "logs";
    /// Tracing filter directives: a level, or `target=level` separated by commas.
    LOG_LEVEL: Plain = "info", try "info,server=debug";
    /// The size in bytes at which a log file is rotated.
    LOG_MAX_BYTES: Plain = "52428800", try "52428800";
    /// How many rotated generations of each log file are kept.
    LOG_MAX_FILES: Plain = "10", try "10";
    /// The console's format, `text` or `json`; the files are always JSON.
    LOG_FORMAT: Plain = "text", try "text";
    /// Queries slower than this many milliseconds go to `db.log`; behind it, separated by commas,
    /// `name=milliseconds` for single queries.
    SLOW_QUERY_MS: Plain = "100", try "100,statistics.count=500";
    /// CIDRs, separated by commas, whose `X-Forwarded-For`, `X-Real-IP` and `X-Forwarded-Proto` are
    /// believed.
    TRUSTED_PROXIES: Plain = "", try "10.0.0.0/8,::1";
    /// CIDRs, separated by commas, that may read `/metrics` without a token; `none` for nobody.
    METRICS_ALLOW: Plain = "127.0.0.0/8,::1/128", try "10.0.0.0/8";
    /// External dependencies that readiness includes: `name=url,…` (http, https or tcp).
    READY_DEPENDENCIES: UrlList = "", try "search=http://search:9200/";
    /// How many seconds readiness says 503 before the listener closes.
    SHUTDOWN_DELAY_SECONDS: Plain = "0", try "0";
    /// How many seconds running requests may take to finish.
    SHUTDOWN_GRACE_SECONDS: Plain = "30", try "30";
    /// How many days traffic, samples of the host and error groups are kept by the hour, and names of
    /// instances; by the minute it is two.
    TRAFFIC_HOURLY_DAYS: Plain = "90", try "90";
    /// How many days they are kept by the day, and events in all.
    TRAFFIC_DAILY_DAYS: Plain = "400", try "400";
    /// The address by which people reach the desk: the base of the links in notices.
    PUBLIC_URL: Plain = "", try "https://desk.example.org";
    /// The file of rules, channels and maintenance windows, read at start and on SIGHUP.
    ALERTS_FILE: Plain = "", try "alerts.toml";
    /// Makes the channel `webhook`: where notices are posted to, in JSON.
    ALERT_WEBHOOK_URL: Secret = "", try "https://receiver.example.org/hook";
    /// Signs what is posted to `ALERT_WEBHOOK_URL`, as Standard Webhooks has it; several secrets, the
    /// current one first, are separated by blanks.
    ALERT_WEBHOOK_SECRET: Secret = "", try "whsec_ and the output of `openssl rand -base64 32`";
    /// Makes the channel `slack`: the address of an incoming webhook.
    ALERT_SLACK_WEBHOOK_URL: Secret = "", try "https://hooks.slack.com/services/T000/B000/XXXX";
    /// Makes the channel `email`: who gets notices, separated by commas.
    ALERT_EMAIL_TO: Plain = "", try "oncall@example.org";
    /// Whom mails come from.
    ALERT_EMAIL_FROM: Plain = "", try "agent-source-db@example.org";
    /// The mail server: `smtp://user:password@host:587` (STARTTLS required), `smtps://…:465` or
    /// `smtp://…?tls=none`; name and password percent-encoded.
    SMTP_URL: Secret = "", try "smtp://user:password@mail.example.org:587";
    /// A dead man's switch, asked once a minute while alerts are evaluated and delivered; `URL/fail` if
    /// they are not.
    HEARTBEAT_URL: Secret = "", try "https://hc-ping.com/your-uuid";
    /// Where Sentry takes events; used in production only.
    SENTRY_DSN: Secret = "", try "https://key@sentry.example/1";
    /// The share of requests that Sentry traces, 0 to 1.
    SENTRY_TRACES_SAMPLE_RATE: Plain = "0.1", try "0.1";
    /// Where spans go by OTLP over HTTP, before `/v1/traces`; without it there are none.
    OTEL_EXPORTER_OTLP_ENDPOINT: UrlList = "", try "http://collector:4318";
    /// The same, taken as it is; it wins.
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: UrlList = "", try "http://collector:4318/v1/traces";
    /// `http/protobuf`; checked, as the next ones, only where there is an endpoint.
    OTEL_EXPORTER_OTLP_PROTOCOL: Plain = "http/protobuf", try "http/protobuf";
    /// Goes with every request to the collector: `name=value,…`, values percent-encoded.
    OTEL_EXPORTER_OTLP_HEADERS: Secret = "", try "authorization=Bearer%20your-token";
    /// How many milliseconds the collector has for a request, 30000 at most.
    OTEL_EXPORTER_OTLP_TIMEOUT: Plain = "10000", try "10000";
    /// What the service is called in traces, if not `agent-source-db`.
    OTEL_SERVICE_NAME: Plain = "", try "agent-source-db";
    /// What is said of it besides, or instead, of what it knows: `key=value,…`, values percent-encoded.
    OTEL_RESOURCE_ATTRIBUTES: Plain = "", try "service.namespace=cards,cloud.region=eu-central-1";
    /// Which traces are recorded: `always_on`, `always_off`, `traceidratio`, each with
    /// `parentbased_…` (a caller that says so decides) before it or not.
    OTEL_TRACES_SAMPLER: Plain = "parentbased_always_on", try "parentbased_traceidratio";
    /// The share of `traceidratio`, 0 to 1; unset, all.
    OTEL_TRACES_SAMPLER_ARG: Plain = "", try "0.1";
    /// `true`: no spans, whatever else is set.
    OTEL_SDK_DISABLED: Plain = "false", try "false";
    /// The address of a trace's page, with `{trace_id}` in it: a request's story links to it.
    TRACE_URL_TEMPLATE: Plain = "", try "https://jaeger.example.org/trace/{trace_id}";
    /// The first admin's name; used only while no user exists.
    ADMIN_USERNAME: Plain = "admin", try "admin";
    /// The first admin's password, generated if unset; used only while no user exists.
    ADMIN_PASSWORD: Secret = "", try "a passphrase of several words";
}
