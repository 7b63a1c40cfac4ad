//! TLS to PostgreSQL as libpq means it: how much of the server's certificate is looked at is for
//! `sslmode` and `sslrootcert` to say.

mod legacy;
pub mod settings;

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use settings::{Roots, SslMode, TlsSettings};

/// # Errors
/// If rustls can't make anything of the certificates.
pub(super) fn connector(settings: &TlsSettings) -> Result<MakeRustlsConnect, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let trust = match &settings.roots {
        Roots::Unverified => None,
        Roots::Certificates(given) => {
            let mut store = RootCertStore::empty();
            store.add_parsable_certificates(given.iter().cloned());
            Some(Trust::new(store, given.clone(), settings.mode, &provider)?)
        }
        Roots::Public => {
            let store = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            Some(Trust::new(store, Vec::new(), settings.mode, &provider)?)
        }
    };
    let verifier = Verifier {
        provider: Arc::clone(&provider),
        trust,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// `None`: any certificate will do.
    trust: Option<Trust>,
}

#[derive(Debug)]
struct Trust {
    web_pki: Arc<WebPkiServerVerifier>,
    /// As they were given, for what the web's rules refuse and PostgreSQL's clients take.
    given: Vec<CertificateDer<'static>>,
    checks_name: bool,
}

impl Trust {
    fn new(
        store: RootCertStore,
        given: Vec<CertificateDer<'static>>,
        mode: SslMode,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
        Ok(Self {
            web_pki: verifier.build().map_err(|error| error.to_string())?,
            given,
            checks_name: mode == SslMode::VerifyFull,
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trust) = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified = trust
            .web_pki
            .verify_server_cert(end_entity, intermediates, name, ocsp, now);
        let accepted = match &verified {
            Ok(_) => return verified,
            // The name is looked at last, so all the rest is in order.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => !trust.checks_name || legacy::is_common_name(end_entity, name),
            Err(_) => {
                let algorithms = &self.provider.signature_verification_algorithms;
                if !legacy::is_vouched_for(end_entity, &trust.given, now, algorithms) {
                    return verified;
                }
                if trust.checks_name && !legacy::is_named(end_entity, name) {
                    return Err(CertificateError::NotValidForName.into());
                }
                true
            }
        };
        if accepted {
            Ok(ServerCertVerified::assertion())
        } else {
            verified
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.trust.is_none() {
            // It would only prove that the unknown server has the key of its own certificate.
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.trust.is_none() {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        let verified = verify_tls13_signature(message, certificate, signature, algorithms);
        match (verified, legacy::public_key(certificate)) {
            (Err(_), Some(key)) => {
                verify_tls13_signature_with_raw_key(message, &key, signature, algorithms)
            }
            (verified, _) => verified,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
