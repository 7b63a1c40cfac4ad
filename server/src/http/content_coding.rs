//! Which compressed copy of a file a client would rather have.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use actix_web::HttpMessage;
use actix_web::http::header::{AcceptEncoding, Header as _, Quality};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// Smallest first.
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// As in `Content-Encoding`.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What the name of such a copy ends in.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// The codings to try, best first (RFC 9110, 12.5.3): by the client's weight, then the smaller one.
/// The plain file comes last unless its weight was given, and is there even if it was refused:
/// better an answer than none.
pub fn preferred(request: &impl HttpMessage) -> Vec<Coding> {
    // What can't be understood is no item.
    let AcceptEncoding(accepted) =
        AcceptEncoding::parse(request).unwrap_or(AcceptEncoding(Vec::new()));
    let weights: BTreeMap<String, Quality> = accepted
        .into_iter()
        .map(|accepted| (accepted.item.to_string(), accepted.quality))
        .collect();
    let weight = |coding: &Coding| {
        let named = match coding {
            Coding::Brotli => weights.get("br"),
            // The old name is the same coding (RFC 9110, 8.4.1.3).
            Coding::Gzip => weights.get("gzip").or_else(|| weights.get("x-gzip")),
            Coding::Identity => return weights.get("identity").copied().unwrap_or(Quality::ZERO),
        };
        let any = || weights.get("*");
        named.or_else(any).copied().unwrap_or(Quality::ZERO)
    };
    let mut codings: Vec<Coding> = Coding::ALL
        .into_iter()
        .filter(|coding| *coding == Coding::Identity || weight(coding) > Quality::ZERO)
        .collect();
    codings.sort_by_key(|coding| Reverse(weight(coding)));
    codings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::http::header::ACCEPT_ENCODING;
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::Coding::{Brotli, Gzip, Identity};
    use super::*;

    fn for_header(value: &str) -> Vec<Coding> {
        let request = TestRequest::default().insert_header((ACCEPT_ENCODING, value));
        preferred(&request.to_http_request())
    }

    #[test]
    fn without_a_header_only_the_plain_file_will_do() {
        assert_eq!(
            preferred(&TestRequest::default().to_http_request()),
            [Identity]
        );
    }

    #[test]
    fn of_equal_weights_the_smaller_comes_first() {
        assert_eq!(
            for_header("gzip, deflate, br, zstd"),
            [Brotli, Gzip, Identity]
        );
        assert_eq!(for_header("*"), [Brotli, Gzip, Identity]);
    }

    #[test]
    fn the_clients_weights_come_before_ours() {
        assert_eq!(for_header("br;q=0.5, gzip;q=0.8"), [Gzip, Brotli, Identity]);
        assert_eq!(for_header("gzip;q=0.5, identity"), [Identity, Gzip]);
        assert_eq!(for_header("GZIP ; Q=1.0, *;q=0"), [Gzip, Identity]);
    }

    #[test]
    fn what_is_refused_is_not_sent() {
        assert_eq!(for_header("br;q=0, gzip;q=0.000"), [Identity]);
        assert_eq!(for_header("*, br;q=0"), [Gzip, Identity]);
    }

    #[test]
    fn what_can_not_be_understood_is_passed_over() {
        assert_eq!(for_header("br;q=2, gzip;q=x, ;;, br;level=9,,"), [Identity]);
        assert_eq!(for_header("br;q=NaN, gzip;q=-1"), [Identity]);
    }

    proptest! {
        #[test]
        fn any_header_leaves_an_answer(value in "[ -~]{0,60}") {
            prop_assert!(for_header(&value).contains(&Identity));
        }
    }
}
