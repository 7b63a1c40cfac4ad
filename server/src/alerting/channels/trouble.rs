//! Why a peer could not be reached, in words of our own: an error's own text may repeat the address.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::CertificateError;

/// For any error of a connection, by what is at its bottom.
pub(super) fn told(error: &(dyn Error + 'static)) -> &'static str {
    let mut told = "the connection failed";
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return of_tls(error);
        }
        next = error.source();
        if let Some(error) = error.downcast_ref::<io::Error>() {
            told = of_io(error.kind()).unwrap_or(told);
            // What it wraps is itself, for `source`, which would step over it.
            if let Some(inner) = error.get_ref() {
                next = Some(inner);
            }
        }
    }
    told
}

fn of_io(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::ConnectionRefused => Some("connection refused"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Some("no route to the host"),
        ErrorKind::TimedOut => Some("no answer in time"),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Some("the connection broke off"),
        _ => None,
    }
}

fn of_tls(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => "certificate not trusted",
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "certificate expired"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "certificate of another name"
            }
            _ => "certificate not valid",
        },
        _ => "no TLS connection",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_the_bottom_counts() {
        let refused = io::Error::from(ErrorKind::ConnectionRefused);
        assert_eq!(told(&io::Error::other(refused)), "connection refused");
        let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let wrapped = io::Error::new(ErrorKind::InvalidData, unknown);
        assert_eq!(told(&io::Error::other(wrapped)), "certificate not trusted");
    }

    #[test]
    fn an_unknown_text_is_never_repeated() {
        let error = io::Error::other("https://hook.example/t0ken");
        assert_eq!(told(&error), "the connection failed");
    }
}
