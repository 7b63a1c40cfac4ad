//! Certificates that the web's rules refuse and OpenSSL, hence libpq, takes: those without a list of
//! names, those of version 1, which `openssl x509 -req` makes if not told otherwise, as in PostgreSQL's
//! own manual, and a server's self-signed one that is given as its own authority.
//!
//! Only what the operator gave as `sslrootcert` can vouch for such a certificate, and only directly.

use rustls::client::verify_server_name;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::ParsedCertificate;
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode as _, Encode as _};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");

/// Whether it is one of `given` itself, or of version 1 and signed by one of them; and in its time.
pub fn is_vouched_for(
    der: &CertificateDer<'_>,
    given: &[CertificateDer<'static>],
    now: UnixTime,
    algorithms: &WebPkiSupportedAlgorithms,
) -> bool {
    let Ok(certificate) = Certificate::from_der(der) else {
        return false;
    };
    if !is_in_time(&certificate, now) {
        return false;
    }
    // One with extensions may be restricted by them: that is for the web's rules to judge.
    let is_plain = certificate.tbs_certificate.extensions.is_none();
    given.iter().any(|root| {
        root.as_ref() == der.as_ref()
            || is_plain
                && Certificate::from_der(root).is_ok_and(|root| {
                    is_in_time(&root, now) && is_signed_by(&certificate, &root, algorithms)
                })
    })
}

/// Whether a certificate that was found to be in order otherwise is for this host.
pub fn is_named(der: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let by_list = ParsedCertificate::try_from(der)
        .is_ok_and(|certificate| verify_server_name(&certificate, name).is_ok());
    by_list || is_common_name(der, name)
}

/// As libpq: the common name counts where there is no list of names.
pub fn is_common_name(der: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let Ok(certificate) = Certificate::from_der(der) else {
        return false;
    };
    let extensions = certificate.tbs_certificate.extensions.unwrap_or_default();
    let has_list = extensions
        .iter()
        .any(|extension| extension.extn_id == SUBJECT_ALTERNATIVE_NAME);
    if has_list {
        return false;
    }
    let wanted = name.to_str().to_ascii_lowercase();
    let subject = certificate.tbs_certificate.subject;
    subject
        .0
        .iter()
        .flat_map(|part| part.0.iter())
        .filter(|attribute| attribute.oid == COMMON_NAME)
        .filter_map(|attribute| std::str::from_utf8(attribute.value.value()).ok())
        .any(|common| matches(&common.to_ascii_lowercase(), &wanted))
}

/// A star stands for one label, the first.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => name
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => pattern == name,
    }
}

/// The key alone, for a certificate that rustls does not parse.
pub fn public_key(der: &CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'static>> {
    let certificate = Certificate::from_der(der).ok()?;
    let key = certificate.tbs_certificate.subject_public_key_info;
    Some(SubjectPublicKeyInfoDer::from(key.to_der().ok()?))
}

fn is_in_time(certificate: &Certificate, now: UnixTime) -> bool {
    let validity = &certificate.tbs_certificate.validity;
    let from = validity.not_before.to_unix_duration().as_secs();
    let until = validity.not_after.to_unix_duration().as_secs();
    (from..=until).contains(&now.as_secs())
}

fn is_signed_by(
    certificate: &Certificate,
    authority: &Certificate,
    algorithms: &WebPkiSupportedAlgorithms,
) -> bool {
    if certificate.tbs_certificate.issuer != authority.tbs_certificate.subject {
        return false;
    }
    let key = &authority.tbs_certificate.subject_public_key_info;
    let (Ok(message), Ok(signed_with), Ok(key_of)) = (
        certificate.tbs_certificate.to_der(),
        certificate.signature_algorithm.to_der(),
        key.algorithm.to_der(),
    ) else {
        return false;
    };
    algorithms.all.iter().any(|algorithm| {
        // Theirs are without the tag and length that ours begin with.
        signed_with.ends_with(algorithm.signature_alg_id().as_ref())
            && key_of.ends_with(algorithm.public_key_alg_id().as_ref())
            && algorithm
                .verify_signature(
                    key.subject_public_key.raw_bytes(),
                    &message,
                    certificate.signature.raw_bytes(),
                )
                .is_ok()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    fn certificate(pem: &str) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
    }

    fn authority() -> CertificateDer<'static> {
        certificate(include_str!("fixtures/authority.pem"))
    }

    fn version_1() -> CertificateDer<'static> {
        certificate(include_str!("fixtures/version-1.pem"))
    }

    fn self_signed() -> CertificateDer<'static> {
        certificate(include_str!("fixtures/self-signed.pem"))
    }

    fn in_year(year: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs((year - 1970) * 31_557_600))
    }

    fn is_vouched(der: &CertificateDer<'_>, given: &[CertificateDer<'static>], year: u64) -> bool {
        let provider = rustls::crypto::ring::default_provider();
        let algorithms = provider.signature_verification_algorithms;
        is_vouched_for(der, given, in_year(year), &algorithms)
    }

    #[test]
    fn a_certificate_of_version_1_is_its_authoritys() {
        assert!(is_vouched(&version_1(), &[authority()], 2030));
        assert!(!is_vouched(&version_1(), &[self_signed()], 2030));
        assert!(!is_vouched(&version_1(), &[authority()], 2200));
        assert!(!is_vouched(&version_1(), &[], 2030));
    }

    #[test]
    fn a_server_may_be_its_own_authority() {
        assert!(is_vouched(&self_signed(), &[self_signed()], 2030));
        assert!(!is_vouched(&self_signed(), &[authority()], 2030));
    }

    #[test]
    fn a_signature_that_was_tampered_with_is_nobodys() {
        let mut bytes = version_1().to_vec();
        let last = bytes.last_mut().unwrap();
        *last ^= 1;
        assert!(!is_vouched(&bytes.into(), &[authority()], 2030));
    }

    #[test]
    fn without_a_list_of_names_the_common_name_counts() {
        let name = |text: &'static str| ServerName::try_from(text).unwrap();
        assert!(is_named(&version_1(), &name("db.example")));
        assert!(!is_named(&version_1(), &name("other.example")));
    }

    #[test]
    fn a_star_stands_for_the_first_label() {
        assert!(matches("db.example", "db.example"));
        assert!(matches("*.example", "db.example"));
        assert!(!matches("*.example", "a.db.example"));
        assert!(!matches("*.example", ".example"));
        assert!(!matches("other.example", "db.example"));
    }
}
