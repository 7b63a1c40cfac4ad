//! Who looks at the desk, and how: read from cookies and headers.

use actix_web::http::header::{COOKIE, HeaderMap};
use actix_web::{HttpMessage as _, HttpRequest};
use app::address::Address;
use app::view::viewer::{REFRESH_COOKIE, Refresh, Rights, Viewer, ZONE_COOKIE};
use app::view::zone::Zone;

use crate::auth::identity::{self, CurrentUser};
use crate::http::language::language;

/// What is asked for.
pub fn address(request: &HttpRequest) -> Address {
    Address {
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
    }
}

/// The one that the browser has told, if this build knows it.
pub fn zone(headers: &HeaderMap) -> Zone {
    let cookies = headers
        .get_all(COOKIE)
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='));
    let told = pairs.find(|(name, _)| *name == ZONE_COOKIE);
    told.and_then(|(_, zone)| Zone::from_cookie(zone))
        .unwrap_or_default()
}

/// Who is looking, and how.
pub fn viewer(request: &HttpRequest) -> Viewer {
    let language = language(request);
    let refresh = request
        .cookie(REFRESH_COOKIE)
        .and_then(|cookie| cookie.value().parse().ok())
        .and_then(Refresh::from_seconds);
    let extensions = request.extensions();
    let user = extensions.get::<CurrentUser>();
    Viewer {
        language,
        user: user.map(|user| user.username.clone()),
        is_staff: user.is_some_and(|user| user.is_staff),
        rights: user.map_or(Rights::All, |user| match user.rights {
            identity::Rights::Full => Rights::All,
            identity::Rights::Watch => Rights::Watch,
            identity::Rights::Read => Rights::Read,
            identity::Rights::AccessCode => Rights::AccessCode,
        }),
        refresh: refresh.unwrap_or_default(),
        zone: zone(request.headers()),
    }
}
