//! Which compressed copy of a file a client would rather have.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use actix_web::http::header::{self, HeaderMap};

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
pub fn preferred(headers: &HeaderMap) -> Vec<Coding> {
    let weights: BTreeMap<String, u16> = headers
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(weighted)
        .collect();
    let weight = |coding: &Coding| match coding.token() {
        Some(token) => weights
            .get(token)
            .or_else(|| weights.get("*"))
            .copied()
            .unwrap_or(0),
        None => weights.get("identity").copied().unwrap_or(0),
    };
    let mut codings: Vec<Coding> = Coding::ALL
        .into_iter()
        .filter(|coding| *coding == Coding::Identity || weight(coding) > 0)
        .collect();
    codings.sort_by_key(|coding| Reverse(weight(coding)));
    codings
}

/// `gzip;q=0.5` as its name and its weight in thousandths; none if it can't be understood.
fn weighted(item: &str) -> Option<(String, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts
        .next()
        .filter(|name| !name.is_empty())?
        .to_ascii_lowercase();
    let name = if name == "x-gzip" {
        "gzip".to_owned()
    } else {
        name
    };
    let Some(parameter) = parts.next() else {
        return Some((name, 1000));
    };
    let (key, value) = parameter.split_once('=')?;
    let weight: f32 = value.trim().parse().ok()?;
    let is_weight = key.trim().eq_ignore_ascii_case("q") && (0.0..=1.0).contains(&weight);
    is_weight.then_some((name, (weight * 1000.0) as u16))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::Coding::{Brotli, Gzip, Identity};
    use super::*;

    fn for_header(value: &str) -> Vec<Coding> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_str(value).unwrap(),
        );
        preferred(&headers)
    }

    #[test]
    fn without_a_header_only_the_plain_file_will_do() {
        assert_eq!(preferred(&HeaderMap::new()), [Identity]);
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
