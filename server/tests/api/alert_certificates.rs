//! A certificate of a dependency that runs out: told while there is time.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, Stream};

use crate::support::alerting::{TOLD, open_incident, rule, serve, until_good};
use crate::support::sink::Sink;
use crate::support::{Database, Home};

const RULES: &str = r#"version = 1

[notify]
group_wait = "0s"

[[rule]]
name = "certificate"
every = "1s"

[[rule]]
name = "disk"
enabled = false
"#;

/// Serves over TLS, with a certificate that can be changed.
struct Server {
    address: SocketAddr,
    issuer: Issuer<'static, KeyPair>,
    authority: String,
    config: Arc<Mutex<Arc<ServerConfig>>>,
}

impl Server {
    fn start(days: u64) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            config: Arc::new(Mutex::new(config(&issuer, days))),
            issuer,
            authority,
        };
        let known = Arc::clone(&server.config);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let config = Arc::clone(&known.lock().unwrap());
                let mut connection = ServerConnection::new(config).unwrap();
                let mut tls = Stream::new(&mut connection, &mut stream);
                if tls.read(&mut [0; 4096]).is_ok() {
                    _ = tls.write_all(b"HTTP/1.1 204 Fine\r\nconnection: close\r\n\r\n");
                }
            }
        });
        server
    }

    fn expires_in(&self, days: u64) {
        *self.config.lock().unwrap() = config(&self.issuer, days);
    }
}

fn config(issuer: &Issuer<'_, KeyPair>, days: u64) -> Arc<ServerConfig> {
    // It may be installed by another test of this process.
    _ = rustls::crypto::ring::default_provider().install_default();
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.not_after = (SystemTime::now() + Duration::from_secs(days * 86_400 + 3600)).into();
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], key);
    Arc::new(config.unwrap())
}

#[tokio::test]
async fn a_certificate_that_runs_out_is_told_and_so_is_the_new_one() {
    let home = Home::new(Database::Sqlite).await;
    let server = Server::start(90);
    fs::write(home.path("ca.pem"), &server.authority).unwrap();
    let authority = home.path("ca.pem");
    let sink = Sink::start().await;
    let (url, dependency) = (sink.url(), format!("billing=https://{}/", server.address));
    let (_service, session) = serve(
        &home,
        RULES,
        &[
            ("ALERT_WEBHOOK_URL", &url),
            ("READY_DEPENDENCIES", &dependency),
            ("SSL_CERT_FILE", authority.to_str().unwrap()),
        ],
    )
    .await;
    until_good(&session, "certificate").await;
    let known = rule(&session, "certificate").await;
    let left = known["alerts"][0]["value"].as_f64().unwrap();
    assert!((89.0..=90.1).contains(&left), "{known}");

    server.expires_in(5);
    let opened = sink.message("incident.opened", TOLD).await;
    let alert = &opened.body["data"]["alerts"][0];
    assert_eq!(alert["rule"], "certificate");
    assert_eq!(alert["subject"], "billing");
    assert_eq!(alert["threshold"], 14.0);
    assert!(
        (4.9..=5.1).contains(&alert["value"].as_f64().unwrap()),
        "{alert}"
    );
    let incident = open_incident(&session).await;
    let title = incident["title"].as_str().unwrap();
    assert!(title.contains("billing"), "{title}");

    server.expires_in(90);
    let resolved = sink.message("incident.resolved", TOLD).await;
    assert_eq!(resolved.body["data"]["incident"]["id"], incident["id"]);
}
