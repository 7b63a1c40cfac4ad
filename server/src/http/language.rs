//! In which language a visitor is answered.

use actix_web::http::header::{AcceptLanguage, Header as _, Preference, Quality};
use actix_web::{HttpMessage, HttpRequest};
use app::view::viewer::{LANGUAGE_COOKIE, Language};

/// The remembered language, else the one that the browser asks for.
pub fn language(request: &HttpRequest) -> Language {
    let remembered = request.cookie(LANGUAGE_COOKIE);
    let remembered = remembered.and_then(|cookie| Language::from_tag(cookie.value()));
    remembered.unwrap_or_else(|| negotiated(request))
}

/// What `Accept-Language` asks for (RFC 9110, 12.5.4). Any Chinese is met with the one that we have;
/// where nothing fits, the default. What can't be understood is passed over.
fn negotiated(request: &impl HttpMessage) -> Language {
    let AcceptLanguage(accepted) =
        AcceptLanguage::parse(request).unwrap_or(AcceptLanguage(Vec::new()));
    let mut best = None;
    for range in accepted {
        let language = match &range.item {
            Preference::Any => Some(Language::default()),
            Preference::Specific(tag) => match tag.primary_language().to_ascii_lowercase().as_str()
            {
                "zh" => Some(Language::ChineseSimplified),
                "en" => Some(Language::English),
                _ => None,
            },
        };
        // Of equal ones the first wins; zero means "not acceptable".
        let least = best.map_or(Quality::ZERO, |(quality, _)| quality);
        if let Some(language) = language.filter(|_| range.quality > least) {
            best = Some((range.quality, language));
        }
    }
    best.map(|(_, language)| language).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderValue};
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    fn for_header(value: &[u8]) -> Language {
        let value = HeaderValue::from_bytes(value);
        let request = value
            .into_iter()
            .fold(TestRequest::default(), |request, value| {
                request.insert_header((ACCEPT_LANGUAGE, value))
            });
        negotiated(&request.to_http_request())
    }

    #[test]
    fn the_language_with_the_highest_weight_wins() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::ChineseSimplified),
            ("en-GB,en;q=0.9,zh;q=0.8", Language::English),
            ("en;q=0.5, ZH-TW ; Q=0.51", Language::ChineseSimplified),
            ("fr, de;q=0.9, zh;q=0.1", Language::ChineseSimplified),
            ("zh;q=0, en;q=0.001", Language::English),
            ("zh, en", Language::ChineseSimplified),
            ("zh;q=2, en;q=0.1", Language::English),
            ("fr", Language::English),
            ("*", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(for_header(header.as_bytes()), expected, "{header}");
        }
    }

    proptest! {
        #[test]
        fn the_heavier_of_two_wins_wherever_it_stands(a in 0_u16..=1000, b in 0_u16..=1000) {
            prop_assume!(a != b);
            let weight = |q: u16| format!("{}.{:03}", q / 1000, q % 1000);
            let (zh, en) = (format!("zh;q={}", weight(a)), format!("en;q={}", weight(b)));
            let expected = if a > b { Language::ChineseSimplified } else { Language::English };
            for header in [format!("{zh},{en}"), format!("{en},{zh}")] {
                prop_assert_eq!(for_header(header.as_bytes()), expected);
            }
        }

        #[test]
        fn any_header_is_answered(header in any::<Vec<u8>>()) {
            for_header(&header);
        }
    }
}
