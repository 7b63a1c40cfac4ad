#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::db::tls::settings::Roots;

fn parsed(text: &str) -> PostgresUrl {
    PostgresUrl::parse(text).unwrap()
}

fn refused(text: &str) -> String {
    PostgresUrl::parse(text).unwrap_err()
}

#[test]
fn the_password_reaches_the_driver() {
    for scheme in ["postgres", "postgresql"] {
        let url = parsed(&format!(
            "{scheme}://u:p%40ss@h:5433/db?sslmode=require&application_name=x"
        ));
        let config = &url.hosts()[0];
        assert_eq!(config.get_password(), Some(b"p@ss".as_slice()));
        assert_eq!(config.get_ports(), [5433]);
        assert_eq!(config.get_dbname(), Some("db"));
        assert_eq!(config.get_application_name(), Some("x"));
    }
}

#[test]
fn each_host_is_tried_with_its_own_port() {
    let url = parsed("postgres://u@a:5433,b:5434/db?target_session_attrs=read-write");
    let hosts: Vec<_> = url
        .hosts()
        .iter()
        .map(|config| (config.get_hosts().to_vec(), config.get_ports().to_vec()))
        .collect();
    let host = |name: &str, port| (vec![Host::Tcp(name.to_owned())], vec![port]);
    assert_eq!(hosts, [host("a", 5433), host("b", 5434)]);
    assert_eq!(url.target(), TargetSession::ReadWrite);
    let alone = parsed("postgres:///db?hostaddr=10.0.0.1&port=1");
    assert_eq!(
        alone.hosts()[0].get_hosts(),
        [Host::Tcp("10.0.0.1".to_owned())]
    );
}

#[test]
fn sslmode_has_libpqs_meaning() {
    assert_eq!(parsed("postgres://h/db").tls().mode, SslMode::Prefer);
    for (name, mode, roots) in [
        ("disable", SslMode::Disable, true),
        ("prefer", SslMode::Prefer, true),
        ("require", SslMode::Require, true),
        ("verify-ca", SslMode::VerifyCa, false),
        ("verify-full", SslMode::VerifyFull, false),
    ] {
        let url = parsed(&format!("postgres://h/db?sslmode={name}"));
        assert_eq!(url.tls().mode, mode);
        assert_eq!(url.tls().roots == Roots::Unverified, roots, "{name}");
    }
    let system = parsed("postgres://h/db?sslrootcert=system");
    assert_eq!(system.tls().mode, SslMode::VerifyFull);
    assert_eq!(
        parsed("postgres://h/db?ssl=true").tls().mode,
        SslMode::Require
    );
}

#[test]
fn prepared_statements_can_be_switched_off() {
    assert!(parsed("postgres://h/db").prepared_statements());
    assert!(!parsed("postgres://h/db?prepared_statements=false").prepared_statements());
}

#[test]
fn what_is_wrong_is_named() {
    for (query, named) in [
        ("no_such_option=1", "`no_such_option`"),
        ("sslmode=sometimes", "sslmode is one of"),
        ("target_session_attrs=x", "target_session_attrs is one of"),
        ("prepared_statements=no", "prepared_statements is one of"),
        ("connect_timeout=soon", "connect_timeout"),
        ("sslmode=require&sslrootcert=system", "sslrootcert=system"),
        ("sslnegotiation=direct", "sslnegotiation=direct"),
        ("sslrootcert=/no/such/file", "/no/such/file"),
        ("port=1,2", "as many ports"),
    ] {
        let message = refused(&format!("postgres://u:s3cret@h/db?{query}"));
        assert!(message.contains(named), "{query}: {message}");
        assert!(!message.contains("s3cret"), "{message}");
    }
}

#[test]
fn no_piece_of_an_unescaped_password_is_taken_for_a_parameter() {
    let message = refused("postgres://u:pass@x?word=1@host/db");
    assert!(
        !message.contains("parameter") && !message.contains("word=1"),
        "{message}"
    );
}

#[test]
fn a_file_without_certificates_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    for (content, said) in [
        ("", "no certificate in PEM"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "can't be used",
        ),
        ("-----BEGIN CERTIFICATE-----\n!!\n", "no certificate in PEM"),
    ] {
        std::fs::write(&path, content).unwrap();
        let message = refused(&format!(
            "postgres://h/db?sslmode=verify-full&sslrootcert={}",
            path.display()
        ));
        assert!(message.contains(said), "{content:?}: {message}");
    }
}
