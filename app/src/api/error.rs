//! Why the browser got no answer, as far as the page treats the cases differently.

use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum FetchError {
    /// The session has ended.
    #[error("not signed in")]
    SignedOut,
    /// Signed in, but not as staff (any more).
    #[error("not allowed")]
    Forbidden,
    /// No answer, or none that this page understands.
    #[error("the server did not answer")]
    Unreachable,
}

impl FetchError {
    fn status(self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::Unreachable => 500,
        }
    }

    fn from_status(status: u16) -> Self {
        match status {
            401 => Self::SignedOut,
            403 => Self::Forbidden,
            _ => Self::Unreachable,
        }
    }
}

impl FromServerFnError for FetchError {
    type Encoder = ProblemEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Unreachable
    }
}

/// The one member of a problem document (RFC 9457) that this page reads. So a refusal is
/// understood whether the server function wrote it or a guard, or a proxy, in front of it.
#[derive(Serialize, Deserialize)]
struct Problem {
    status: u16,
}

pub struct ProblemEncoding;

impl ContentType for ProblemEncoding {
    const CONTENT_TYPE: &'static str = "application/problem+json";
}

impl FormatType for ProblemEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<FetchError> for ProblemEncoding {
    type Error = serde_json::Error;

    fn encode(error: &FetchError) -> Result<Bytes, Self::Error> {
        let status = error.status();
        serde_json::to_vec(&Problem { status }).map(Bytes::from)
    }
}

impl Decodes<FetchError> for ProblemEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<FetchError, Self::Error> {
        let Problem { status } = serde_json::from_slice(&bytes)?;
        Ok(FetchError::from_status(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_survives_the_wire() {
        for error in [
            FetchError::SignedOut,
            FetchError::Forbidden,
            FetchError::Unreachable,
        ] {
            assert_eq!(FetchError::de(error.ser()), error);
        }
    }

    #[test]
    fn a_guards_problem_document_is_understood() {
        let body = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"…"}"#;
        assert_eq!(FetchError::de(Bytes::from(body)), FetchError::SignedOut);
    }

    #[test]
    fn a_proxys_html_page_means_no_answer() {
        let body = "<html><title>502 Bad Gateway</title></html>";
        assert_eq!(FetchError::de(Bytes::from(body)), FetchError::Unreachable);
    }
}
