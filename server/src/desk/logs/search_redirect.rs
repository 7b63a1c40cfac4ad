//! `GET /admin/find/?q=…`: from the search box of any page to what was meant. An id leads to its
//! request's story, anything else to a search in the logs.

use actix_web::{HttpResponse, web};
use app::address;
use app::backend::Backend as _;
use app::dto::LogQuery;
use serde::Deserialize;
use uuid::Uuid;

use crate::desk::Desk;
use crate::desk::state::DeskState;
use crate::http::request_id::RequestId;
use crate::http::resource::found;

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
}

pub async fn find(state: web::Data<DeskState>, wanted: web::Query<Wanted>) -> HttpResponse {
    let target = match Meant::by(wanted.q.trim()) {
        Meant::Nothing => address::logs(&LogQuery::default()),
        Meant::Story(id) => address::story(&id),
        Meant::Text(text) => search_for(text),
        Meant::StoryOrText(id) => {
            let story = Desk::new(state).request_story(id.clone()).await;
            if story.lines.is_empty() {
                search_for(id)
            } else {
                address::story(&id)
            }
        }
    };
    found(target)
}

fn search_for(text: String) -> String {
    address::logs(&LogQuery {
        text: Some(text),
        ..LogQuery::default()
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Meant {
    Nothing,
    /// One of our own ids, by its looks: a request's, or an error's.
    Story(String),
    /// A client may name its request with any word: only the logs know whether one did.
    StoryOrText(String),
    Text(String),
}

impl Meant {
    fn by(text: &str) -> Self {
        if text.is_empty() {
            return Self::Nothing;
        }
        if Uuid::try_parse(text).is_ok() {
            return Self::Story(text.to_owned());
        }
        // Read out on the phone, an error's id loses its case.
        let is_hex = |byte: u8| byte.is_ascii_hexdigit();
        if text.len() == 8 && text.bytes().all(is_hex) {
            return Self::Story(text.to_ascii_uppercase());
        }
        match RequestId::parse(text) {
            Some(id) => Self::StoryOrText(id.to_string()),
            None => Self::Text(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_ids_are_known_by_their_looks() {
        let uuid = "01938f5e-9d2b-7a10-8c44-6b1d0e2f3a4c";
        assert_eq!(Meant::by(uuid), Meant::Story(uuid.to_owned()));
        assert_eq!(Meant::by("9f3a61c0"), Meant::Story("9F3A61C0".to_owned()));
    }

    #[test]
    fn a_word_may_be_a_clients_id_or_just_a_word() {
        for word in ["timeout", "req-42", "pool_exhausted", "9F3A61C", ".."] {
            assert_eq!(Meant::by(word), Meant::StoryOrText(word.to_owned()));
        }
    }

    #[test]
    fn what_can_be_no_id_is_searched_for() {
        let long = "x".repeat(65);
        for text in ["disk full", "/api/schemas/", "磁盘", "a<b>", long.as_str()] {
            assert_eq!(Meant::by(text), Meant::Text(text.to_owned()));
        }
        assert_eq!(Meant::by(""), Meant::Nothing);
    }
}
