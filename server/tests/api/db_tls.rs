//! PostgreSQL over TLS with a certificate of a private authority: libpq's `sslmode` and `sslrootcert`.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::Value;

use crate::support::postgres::Postgres;
use crate::support::wait::SOON;
use crate::support::{Database, Home, Service, eventually};

/// Whether the service's sessions are encrypted, as the server sees them.
const SESSIONS: &str = "SELECT DISTINCT CAST(ssl AS TEXT) AS line FROM pg_stat_ssl \
     JOIN pg_stat_activity USING (pid) WHERE application_name = 'agent-source-db'";

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }
}

struct Encrypted {
    home: Home,
    postgres: Postgres,
}

impl Encrypted {
    /// A server whose certificate is for `localhost`, and the authority's in `ca.pem`.
    async fn start() -> Self {
        let authority = Authority::new();
        let home = Home::new(Database::Sqlite).await;
        fs::write(home.path("ca.pem"), &authority.pem).unwrap();
        fs::write(home.path("other.pem"), Authority::new().pem).unwrap();
        let mut postgres = Postgres::down();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority.issuer).unwrap();
        postgres.write("server.crt", &certificate.pem());
        postgres.write("server.key", &key.serialize_pem());
        postgres.set("ssl=on");
        postgres.come_up().await;
        Self { home, postgres }
    }

    async fn serve(&self, host: &str, parameters: &str, environment: &[(&str, &str)]) -> Service {
        let url = self.postgres.url("registry").replace("127.0.0.1", host) + parameters;
        let mut all = vec![("DATABASE_URL", url.as_str())];
        all.extend_from_slice(environment);
        self.home.serve_with(&all).await
    }

    /// Whether the service's sessions are encrypted.
    async fn is_encrypted(&self) -> bool {
        let lines = self.postgres.sql("registry").lines(SESSIONS).await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines == ["true"]
    }
}

async fn startup_error(service: &Service) -> Value {
    eventually("the start fails", SOON, async || {
        let body = service.http.get("/health/ready/").await.json();
        let startup = body["checks"]["startup"].clone();
        let line = |line: &Value| line["code"].is_string();
        let is_told = service.logs.lines("error.log").iter().any(line);
        (startup["status"] == "error" && is_told).then_some(startup)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mode_verifies_what_libpq_verifies() {
    let tls = Encrypted::start().await;
    for (host, parameters, encrypted) in [
        ("127.0.0.1", "?sslmode=disable", false),
        ("127.0.0.1", "", true),
        ("127.0.0.1", "?sslmode=require", true),
        ("127.0.0.1", "?sslmode=require&sslrootcert=ca.pem", true),
        ("127.0.0.1", "?sslmode=verify-ca&sslrootcert=ca.pem", true),
        ("localhost", "?sslmode=verify-full&sslrootcert=ca.pem", true),
    ] {
        let service = tls.serve(host, parameters, &[]).await;
        service.until_ready().await;
        assert_eq!(tls.is_encrypted().await, encrypted, "{parameters}");
        service.stop().await;
    }
    for (host, parameters) in [
        ("127.0.0.1", "?sslmode=require&sslrootcert=other.pem"),
        ("127.0.0.1", "?sslmode=verify-ca&sslrootcert=other.pem"),
        ("127.0.0.1", "?sslmode=verify-full&sslrootcert=ca.pem"),
        ("localhost", "?sslmode=verify-full"),
    ] {
        fs::remove_dir_all(tls.home.path("logs")).unwrap();
        let service = tls.serve(host, parameters, &[]).await;
        assert_eq!(
            startup_error(&service).await["error"],
            "unreachable",
            "{parameters}"
        );
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authority_may_come_by_ssl_cert_file_and_for_the_desks_store_too() {
    let tls = Encrypted::start().await;
    let ca = tls.home.path("ca.pem").display().to_string();
    let ops = tls.postgres.url("ops").replace("127.0.0.1", "localhost");
    let ops = format!("{ops}?sslmode=verify-full&sslrootcert={ca}");
    let environment = [("SSL_CERT_FILE", &*ca), ("OPS_DATABASE_URL", &*ops)];
    let service = tls
        .serve("localhost", "?sslmode=verify-full", &environment)
        .await;
    service.until_ready().await;
    assert!(tls.is_encrypted().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_only_one_kind_is_met_half_way_by_prefer() {
    let tls = Encrypted::start().await;
    for (kind, encrypted) in [("hostssl", true), ("hostnossl", false)] {
        // The test itself looks in by the other database.
        let rules = format!("{kind} registry all all password\nhost ops all all password\n");
        tls.postgres.write("pg_hba.conf", &rules);
        tls.postgres.reload();
        let service = tls.serve("127.0.0.1", "", &[]).await;
        service.until_ready().await;
        let lines = tls.postgres.sql("ops").lines(SESSIONS).await;
        assert_eq!(lines, [encrypted.to_string()], "{kind}");
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    let mut home = Home::new(Database::Postgres).await;
    let url = home.postgres().url("registry") + "?sslmode=require";
    let service = home.serve_with(&[("DATABASE_URL", &url)]).await;
    assert_eq!(startup_error(&service).await["error"], "unreachable");
    let line = service
        .logs
        .line("error.log", |line| line.to_string().contains("TLS"))
        .await;
    assert!(!line.to_string().contains("Passw0rd"), "{line}");
}
