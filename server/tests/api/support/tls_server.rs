//! A server over TLS whose certificates nobody trusts but who is told to. It answers whatever is asked
//! with 204.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, Stream};

/// Serves over TLS, with a certificate that can be changed.
pub struct TlsServer {
    pub address: SocketAddr,
    issuer: Issuer<'static, KeyPair>,
    /// Who signs its certificates, as PEM.
    pub authority: String,
    config: Arc<Mutex<Arc<ServerConfig>>>,
}

impl TlsServer {
    /// Its certificate is valid for so many days.
    pub fn start(days: u64) -> Self {
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

    pub fn expires_in(&self, days: u64) {
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
