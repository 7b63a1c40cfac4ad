//! What libpq's `sslmode` and `sslrootcert` ask for. The certificates are read once, at start, so that
//! a wrong file is a configuration error and no connection that fails for ever.

use std::env;
use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// In the order of their strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    Disable,
    /// TLS only if the server insists.
    Allow,
    /// TLS if the server has it; also where it fails, plain text.
    Prefer,
    /// TLS, whoever the server is, unless `sslrootcert` is given.
    Require,
    /// TLS, and the certificate is of the given authority.
    VerifyCa,
    /// TLS, and the certificate is of the given authority and for this host.
    VerifyFull,
}

impl SslMode {
    pub(in crate::db) const NAMES: &str = "disable, allow, prefer, require, verify-ca, verify-full";

    pub(in crate::db) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }
}

/// Whose signature under a server's certificate counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// Any server's certificate will do: against listeners, not against an impostor.
    Unverified,
    Certificates(Vec<CertificateDer<'static>>),
    /// The public authorities that the binary carries, where the system names none.
    Public,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    pub mode: SslMode,
    pub roots: Roots,
}

impl TlsSettings {
    /// # Errors
    /// What is wrong with the parameters or with the file; it completes "is not …".
    pub(in crate::db) fn read(mode: Option<SslMode>, file: Option<&str>) -> Result<Self, String> {
        let is_system = file == Some("system");
        // Any public authority vouches for any host's owner, so libpq takes them with the name only.
        let default = if is_system {
            SslMode::VerifyFull
        } else {
            SslMode::Prefer
        };
        let mode = mode.unwrap_or(default);
        if is_system && mode < SslMode::VerifyFull {
            return Err("usable: sslrootcert=system takes sslmode=verify-full only".to_owned());
        }
        let roots = match file {
            _ if mode == SslMode::Disable => Roots::Unverified,
            Some(file) if !is_system => {
                Roots::Certificates(read_file(Path::new(file)).map_err(|problem| {
                    format!("usable: the file of sslrootcert, {file}, {problem}")
                })?)
            }
            None if mode < SslMode::VerifyCa => Roots::Unverified,
            _ => of_system()?,
        };
        Ok(Self { mode, roots })
    }
}

/// What `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else what the system trusts.
fn of_system() -> Result<Roots, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    // A system's collection may hold curiosities; what is left is what is trusted.
    let (usable, _) = store.add_parsable_certificates(found.certs.iter().cloned());
    if usable > 0 {
        return Ok(Roots::Certificates(found.certs));
    }
    match env::var("SSL_CERT_FILE") {
        Ok(file) if !file.is_empty() => Err(format!(
            "usable: the file of SSL_CERT_FILE, {file}, holds no certificate that can be read"
        )),
        _ => Ok(Roots::Public),
    }
}

fn read_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| format!("can't be read ({error})"))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|_| "holds something that is no certificate in PEM".to_owned())?;
    if certificates.is_empty() {
        return Err("holds no certificate in PEM".to_owned());
    }
    let mut store = RootCertStore::empty();
    for certificate in &certificates {
        let added = store.add(certificate.clone());
        added.map_err(|error| format!("holds a certificate that can't be used ({error})"))?;
    }
    Ok(certificates)
}
