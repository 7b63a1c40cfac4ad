//! Lists: the parameters in a query, and the envelope around a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use actix_web::http::header::HOST;
use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, FieldError};
use super::request_context::RequestContext;
use super::text_rule::TextRule;

const DEFAULT_PAGE_SIZE: i64 = 20;
const MAX_PAGE_SIZE: i64 = 100;

/// A text that is looked for.
pub const SOUGHT: TextRule = TextRule::maybe_line(2048);

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// How many there are on all pages.
    pub count: i64,
    /// Where the next page is.
    pub next: Option<String>,
    /// Where the previous page is.
    pub previous: Option<String>,
    pub results: Vec<T>,
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// From 1.
    page: i64,
    size: i64,
}

impl Wanted {
    pub fn offset(self) -> i64 {
        (self.page - 1).saturating_mul(self.size)
    }

    pub fn limit(self) -> i64 {
        self.size
    }

    /// # Errors
    /// 404 for a page past the end. The first one is there even if it is empty.
    pub fn check(self, count: i64) -> Result<(), ApiError> {
        if self.page > 1 && self.offset() >= count {
            return Err(ApiError::not_found());
        }
        Ok(())
    }
}

impl<T> Page<T> {
    pub fn new(request: &HttpRequest, wanted: Wanted, count: i64, results: Vec<T>) -> Self {
        let link = |page: i64| link(request, "page", &page.to_string());
        let has_next = wanted.offset().saturating_add(wanted.size) < count;
        Self {
            count,
            next: has_next.then(|| link(wanted.page + 1)),
            previous: (wanted.page > 1).then(|| link(wanted.page - 1)),
            results,
        }
    }
}

/// The same list at another place, which the parameter `name` says. With the host as the client names
/// it, where it names one.
pub fn link(request: &HttpRequest, name: &str, value: &str) -> String {
    let mut link = String::new();
    let host = request.headers().get(HOST).and_then(|it| it.to_str().ok());
    let is_plain = |host: &&str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
        !host.is_empty() && host.bytes().all(allowed)
    };
    if let Some(host) = host.filter(is_plain) {
        let is_https = RequestContext::of(request).is_some_and(|context| context.is_https);
        let scheme = if is_https { "https" } else { "http" };
        _ = write!(link, "{scheme}://{host}");
    }
    link.push_str(request.uri().path());
    link.push('?');
    for pair in request.query_string().split('&') {
        let (key, _) = pair.split_once('=').unwrap_or((pair, ""));
        if !pair.is_empty() && key != name {
            link.push_str(pair);
            link.push('&');
        }
    }
    _ = write!(link, "{name}={value}");
    link
}

/// A query being taken apart. As in a body, an unknown name is refused: a misspelt filter must not
/// look like one that everything matches.
pub struct Query {
    pairs: BTreeMap<String, String>,
    complaints: Vec<FieldError>,
}

impl Query {
    pub fn of(request: &HttpRequest) -> Self {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        Self {
            pairs: pairs
                .map(|pairs| pairs.into_inner().into_iter().collect())
                .unwrap_or_default(),
            complaints: Vec::new(),
        }
    }

    pub fn complain(&mut self, field: &str, message: impl Into<String>) {
        self.complaints.push(FieldError::new(field, message));
    }

    /// An empty value is as good as none.
    fn taken(&mut self, name: &str) -> Option<String> {
        self.pairs.remove(name).filter(|text| !text.is_empty())
    }

    /// What is looked for: nothing but spaces is as good as none.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let text = self.taken(name)?;
        if let Some(message) = SOUGHT.complaint(&text) {
            self.complain(name, message);
        }
        Some(text).filter(|text| !text.trim().is_empty())
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let text = self.taken(name)?;
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                self.complain(name, "must be true or false");
                None
            }
        }
    }

    /// One of these words.
    pub fn one_of<T: Copy>(&mut self, name: &str, known: &[(&str, T)]) -> Option<T> {
        let text = self.taken(name)?;
        let found = known.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            self.complain(name, format!("must be one of {}", words.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// All values of a name that may stand several times.
    pub fn each(&mut self, request: &HttpRequest, name: &str) -> Vec<String> {
        self.pairs.remove(name);
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
        let values = pairs
            .into_iter()
            .filter(|(key, value)| key == name && !value.is_empty());
        values.map(|(_, value)| value).collect()
    }

    /// Keys of an order, each with a `-` before it where it goes down.
    pub fn ordering<K: Copy>(&mut self, known: &[(&str, K)]) -> Vec<(K, bool)> {
        let Some(text) = self.taken("ordering") else {
            return Vec::new();
        };
        let mut keys = Vec::new();
        for word in text.split(',') {
            let name = word.strip_prefix('-').unwrap_or(word);
            let Some((_, key)) = known.iter().find(|(known, _)| *known == name) else {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                let names = names.join(", ");
                self.complain(
                    "ordering",
                    format!("must be of {names}, with a - for descending order"),
                );
                return Vec::new();
            };
            // More than there are to choose from decide nothing more.
            if keys.len() < known.len() {
                keys.push((*key, word.starts_with('-')));
            }
        }
        keys
    }

    fn wanted(&mut self) -> Wanted {
        let page = self.number("page").unwrap_or(1);
        let size = self.number("page_size").unwrap_or(DEFAULT_PAGE_SIZE);
        Wanted {
            page,
            size: size.min(MAX_PAGE_SIZE),
        }
    }

    /// A number from 1; one too large for a number is as good as the largest.
    pub fn number(&mut self, name: &str) -> Option<i64> {
        let text = self.pairs.remove(name)?;
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number {
            text.parse().unwrap_or(i64::MAX)
        } else {
            0
        };
        if number < 1 {
            self.complain(name, "must be a whole number from 1");
            return None;
        }
        Some(number)
    }

    /// # Errors
    /// 400 with every complaint.
    pub fn finish(mut self) -> Result<Wanted, ApiError> {
        let wanted = self.wanted();
        for name in self.pairs.into_keys() {
            let message = "is not known here: check the spelling";
            self.complaints.push(FieldError::new(name, message));
        }
        if self.complaints.is_empty() {
            Ok(wanted)
        } else {
            Err(ApiError::invalid(self.complaints))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::test::TestRequest;

    use super::*;

    fn wanted(query: &str) -> Result<(i64, i64), u16> {
        let request = TestRequest::with_uri(&format!("/?{query}")).to_http_request();
        match Query::of(&request).finish() {
            Ok(wanted) => Ok((wanted.offset(), wanted.limit())),
            Err(error) => Err(error.status.as_u16()),
        }
    }

    #[test]
    fn pages_are_counted_from_one_and_have_a_largest_size() {
        for (query, expected) in [
            ("", Ok((0, 20))),
            ("page=3", Ok((40, 20))),
            ("page=2&page_size=7", Ok((7, 7))),
            ("page_size=1000", Ok((0, 100))),
            ("page=0", Err(400)),
            ("page=-1", Err(400)),
            ("page=x", Err(400)),
            ("page=", Err(400)),
            ("page=1.0", Err(400)),
            ("page=+1", Err(400)),
            ("page_size=0", Err(400)),
            ("pag=1", Err(400)),
            (
                "page=99999999999999999999999",
                Ok(((i64::MAX - 1).saturating_mul(20), 20)),
            ),
        ] {
            assert_eq!(wanted(query), expected, "{query}");
        }
    }

    #[test]
    fn links_keep_all_but_the_page_and_name_the_host_that_was_asked() {
        let request = TestRequest::with_uri("/api/x/?name=a%20b&page=2&tag=c")
            .insert_header((HOST, "desk.example:8000"))
            .to_http_request();
        let wanted = Wanted { page: 2, size: 20 };
        let page = Page::<()>::new(&request, wanted, 41, Vec::new());
        assert_eq!(
            page.next.unwrap(),
            "http://desk.example:8000/api/x/?name=a%20b&tag=c&page=3"
        );
        assert_eq!(
            page.previous.unwrap(),
            "http://desk.example:8000/api/x/?name=a%20b&tag=c&page=1"
        );
        let odd = TestRequest::with_uri("/api/x/")
            .insert_header((HOST, "a/b"))
            .to_http_request();
        let page = Page::<()>::new(&odd, Wanted { page: 1, size: 20 }, 41, Vec::new());
        assert_eq!(page.next.unwrap(), "/api/x/?page=2");
        assert_eq!(page.previous, None);
    }
}
