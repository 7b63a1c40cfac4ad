//! Whom TLS trusts: what the system does, or `SSL_CERT_FILE`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use ops::alerts::file::ChannelKind::{Email, Webhook};
use ops::alerts::notify::{Secret, Verdict};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use serde_json::json;

use super::mail_server::MailServer;
use super::{Delivery, TOKEN, channel, courier, deliver};

/// Where the test that runs in a process of its own finds the certificates.
const DIRECTORY: &str = "TEST_CERTIFICATES";

/// `ca.pem` and, signed by it, `NAME.pem` with `NAME.key`.
fn certificates(directory: &Path) {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    fs::write(directory.join("ca.pem"), pem).unwrap();
    let ca = Issuer::new(params, key);
    for (file, name) in [("here", "127.0.0.1"), ("elsewhere", "elsewhere.example")] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &ca).unwrap();
        fs::write(directory.join(format!("{file}.pem")), certificate.pem()).unwrap();
        fs::write(directory.join(format!("{file}.key")), key.serialize_pem()).unwrap();
    }
}

/// An HTTPS server that answers each request with 204, until the process ends.
fn https(directory: &Path, file: &str) -> SocketAddr {
    _ = rustls::crypto::ring::default_provider().install_default();
    let path = |end: &str| directory.join(format!("{file}.{end}"));
    let certificate = CertificateDer::from_pem_file(path("pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(path("key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = Stream::new(&mut connection, &mut stream);
            // A client that does not trust us says so here.
            if tls.read(&mut [0; 4096]).is_ok() {
                _ = tls.write_all(b"HTTP/1.1 204 Fine\r\nconnection: close\r\n\r\n");
            }
        }
    });
    address
}

async fn by_https(directory: &Path, file: &str) -> Delivery {
    let url = format!("https://{}/{TOKEN}", https(directory, file));
    deliver(&channel(Webhook, &url, None, &[])).await
}

fn mail_server(directory: &Path) -> MailServer {
    let path = |name: &str| directory.join(name).display().to_string();
    MailServer::start(&json!({
        "cert": path("here.pem"),
        "key": path("here.key"),
        "user": "desk@example.org",
        "password": "p@ss/w rd",
    }))
}

async fn by_mail(server: &MailServer, password: &str) -> Delivery {
    let port = server.port;
    let url = format!("smtp://desk%40example.org:{password}@127.0.0.1:{port}");
    deliver(&channel(Email, &url, None, &["oncall@example.org"])).await
}

#[tokio::test]
async fn a_stranger_of_a_certificate_authority_gets_nothing() {
    let directory = tempfile::tempdir().unwrap();
    certificates(directory.path());
    let expected = Delivery::without_answer("certificate not trusted");
    assert_eq!(by_https(directory.path(), "here").await, expected);
    let mut server = mail_server(directory.path());
    assert_eq!(by_mail(&server, "p%40ss%2Fw%20rd").await, expected);
    assert_eq!(server.taken().len(), 0);
    let url = format!("https://{}/", https(directory.path(), "here"));
    let heard = courier().ping(&Secret::new(url), None).await;
    assert_eq!(heard.unwrap_err(), "certificate not trusted");
}

/// The variable is the process's, so the test runs in one of its own.
#[test]
fn the_authority_in_ssl_cert_file_is_trusted_for_https_and_mail() {
    let directory = tempfile::tempdir().unwrap();
    certificates(directory.path());
    let (_, module) = module_path!().split_once("::").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored"])
        .arg(format!("{module}::with_our_authority"))
        .env("SSL_CERT_FILE", directory.path().join("ca.pem"))
        .env(DIRECTORY, directory.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
#[ignore = "started by the test above, with SSL_CERT_FILE"]
async fn with_our_authority() {
    let directory = PathBuf::from(std::env::var_os(DIRECTORY).unwrap());
    let delivery = by_https(&directory, "here").await;
    assert_eq!(delivery.verdict, Verdict::Delivered, "{delivery:?}");
    let delivery = by_https(&directory, "elsewhere").await;
    assert_eq!(
        delivery,
        Delivery::without_answer("certificate of another name")
    );

    let mut server = mail_server(&directory);
    let delivery = by_mail(&server, "wrong-password").await;
    assert!(
        matches!(delivery.verdict, Verdict::Retry { .. }),
        "{delivery:?}"
    );
    assert_eq!(delivery.status, Some(535));
    assert!(!delivery.answer.contains("wrong-password"), "{delivery:?}");
    let delivery = by_mail(&server, "p%40ss%2Fw%20rd").await;
    assert_eq!(delivery.verdict, Verdict::Delivered, "{delivery:?}");
    let mails = server.taken();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (&mails[0]["encrypted"], &mails[0]["signed_in"]),
        (&json!(true), &json!(true))
    );
}
