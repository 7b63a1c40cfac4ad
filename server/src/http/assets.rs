//! The UI's files: embedded in a release, read from the target directory in a debug build, so that
//! a rebuilt UI needs no restart. What makes them is `cargo xtask ui`; which file answers to which
//! name, its manifest says.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, web};
use app::assets::Assets;
use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::content_coding::preferred;
use super::error::ApiError;

const MANIFEST: &str = "manifest.json";

#[derive(RustEmbed)]
#[folder = "$SITE_DIR"]
#[allow_missing = true]
struct Site;

/// What the pages refer to. With a UI that was never built, the names lead nowhere, and the pages
/// work without script and style.
pub fn current() -> Assets {
    named_by::<Site>()
}

/// Says once, at the start, that the UI was not built.
pub fn warn_if_missing() {
    if manifest::<Site>().is_empty() {
        tracing::warn!(
            "the UI's files were not built (`cargo xtask ui`): pages have no script and no style"
        );
    }
}

/// `GET` and `HEAD /static/{file}`.
pub async fn serve(
    request: HttpRequest,
    file: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    answer::<Site>(&request, &file).ok_or_else(ApiError::not_found)
}

fn named_by<S: RustEmbed>() -> Assets {
    let manifest = manifest::<S>();
    let url = |logical: &str| {
        let name = manifest.get(logical).map_or(logical, String::as_str);
        format!("/static/{name}")
    };
    Assets {
        css: url("style.css"),
        js: url("app.js"),
        wasm: url("app_bg.wasm"),
        icon: url("favicon.svg"),
        icon_warning: url("favicon-warning.svg"),
        icon_error: url("favicon-error.svg"),
        icon_unknown: url("favicon-unknown.svg"),
    }
}

/// Logical name to file name; empty when the UI was not built. Small enough to be read each time.
fn manifest<S: RustEmbed>() -> BTreeMap<String, String> {
    S::get(MANIFEST)
        .and_then(|file| serde_json::from_slice(&file.data).ok())
        .unwrap_or_default()
}

/// Only what the manifest lists is served, so no name can lead anywhere else.
fn answer<S: RustEmbed>(request: &HttpRequest, name: &str) -> Option<HttpResponse> {
    if !manifest::<S>().values().any(|listed| listed == name) {
        return None;
    }
    let (coding, file) = preferred(request)
        .into_iter()
        .find_map(|coding| Some((coding, S::get(&format!("{name}{}", coding.suffix()))?)))?;

    let tag = entity_tag(&file);
    let is_known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header(header::ETag(tag))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if is_known {
        return Some(response.finish());
    }
    if let Some(token) = coding.token() {
        response.insert_header((header::CONTENT_ENCODING, token));
    }
    Some(
        response
            .content_type(content_type(name))
            .body(body(file.data)),
    )
}

/// Each coding of a file has a tag of its own: it is the digest of the bytes that are sent.
fn entity_tag(file: &EmbeddedFile) -> EntityTag {
    let digest = file.metadata.sha256_hash();
    EntityTag::new_strong(
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    )
}

fn body(data: Cow<'static, [u8]>) -> BoxBody {
    BoxBody::new(match data {
        Cow::Borrowed(embedded) => Bytes::from_static(embedded),
        Cow::Owned(read) => Bytes::from(read),
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use actix_web::App;
    use actix_web::http::StatusCode;
    use actix_web::test;
    use actix_web::test::TestRequest;

    use super::*;

    /// As `cargo xtask ui` leaves it; the icon without compressed copies.
    #[derive(RustEmbed)]
    #[folder = "tests/fixtures/site"]
    struct Fixture;

    #[derive(RustEmbed)]
    #[folder = "tests/fixtures/never-built"]
    #[allow_missing = true]
    struct NeverBuilt;

    const JS: &str = "app.12345678.js";

    fn get(name: &str, headers: &[(&str, &str)]) -> HttpResponse {
        let mut request = TestRequest::get();
        for header in headers {
            request = request.insert_header(*header);
        }
        answer::<Fixture>(&request.to_http_request(), name).unwrap()
    }

    fn header(response: &HttpResponse, name: header::HeaderName) -> Option<&str> {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    }

    async fn text(response: HttpResponse) -> String {
        let bytes = actix_web::body::to_bytes(response.into_body())
            .await
            .unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    async fn pages_refer_to_the_published_names() {
        let assets = named_by::<Fixture>();
        assert_eq!(assets.js, "/static/app.12345678.js");
        assert_eq!(assets.wasm, "/static/app_bg.12345678.wasm");
        assert_eq!(assets.css, "/static/style.12345678.css");
        assert_eq!(assets.icon, "/static/favicon.12345678.svg");
        assert_eq!(assets.icon_error, "/static/favicon-error.12345678.svg");
    }

    #[test]
    async fn a_ui_that_was_never_built_has_names_that_are_not_found() {
        assert_eq!(named_by::<NeverBuilt>().js, "/static/app.js");
        let request = TestRequest::get().to_http_request();
        assert!(answer::<NeverBuilt>(&request, "app.js").is_none());
    }

    #[test]
    async fn a_file_is_kept_for_ever_by_its_hashed_name() {
        let response = get(JS, &[]);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            header(&response, header::CONTENT_TYPE),
            Some("text/javascript; charset=utf-8")
        );
        assert_eq!(
            header(&response, header::CACHE_CONTROL),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(header(&response, header::VARY), Some("Accept-Encoding"));
        assert_eq!(header(&response, header::CONTENT_ENCODING), None);
        assert_eq!(text(response).await, "plain script\n");
    }

    #[test]
    async fn the_smallest_copy_that_the_client_takes_is_sent() {
        let response = get(JS, &[("Accept-Encoding", "gzip, deflate, br, zstd")]);
        assert_eq!(header(&response, header::CONTENT_ENCODING), Some("br"));
        assert_eq!(
            header(&response, header::CONTENT_TYPE),
            Some("text/javascript; charset=utf-8")
        );
        assert_eq!(text(response).await, "brotli script\n");

        let response = get(JS, &[("Accept-Encoding", "gzip, br;q=0")]);
        assert_eq!(header(&response, header::CONTENT_ENCODING), Some("gzip"));
        assert_eq!(text(response).await, "gzip script\n");
    }

    #[test]
    async fn a_file_without_compressed_copies_is_sent_as_it_is() {
        let response = get("favicon.12345678.svg", &[("Accept-Encoding", "br, gzip")]);
        assert_eq!(header(&response, header::CONTENT_ENCODING), None);
        assert_eq!(
            text(response).await,
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"
        );
    }

    #[test]
    async fn a_client_that_has_the_file_gets_no_body() {
        let tag = header(&get(JS, &[]), header::ETAG).unwrap().to_owned();
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".into(),
        ] {
            let response = get(JS, &[("If-None-Match", &known)]);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header(&response, header::ETAG), Some(tag.as_str()));
            assert_eq!(header(&response, header::VARY), Some("Accept-Encoding"));
            assert_eq!(text(response).await, "");
        }
        let response = get(JS, &[("If-None-Match", "\"other\"")]);
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[test]
    async fn each_coding_has_a_tag_of_its_own() {
        let plain = get(JS, &[]);
        let tag = header(&plain, header::ETAG).unwrap();
        let response = get(JS, &[("Accept-Encoding", "br"), ("If-None-Match", tag)]);
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[test]
    async fn only_what_the_manifest_lists_is_served() {
        let app = test::init_service(App::new().route(
            "/static/{file}",
            web::get().to(async |request: HttpRequest, file: web::Path<String>| {
                answer::<Fixture>(&request, &file).ok_or_else(ApiError::not_found)
            }),
        ))
        .await;
        for path in [
            "manifest.json",
            "app.js",
            "app.12345678.js.br",
            "..%2Fsite%2Fapp.12345678.js",
            "%2e%2e%2fmanifest.json",
            "%2Fetc%2Fpasswd",
        ] {
            let request = TestRequest::with_uri(&format!("/static/{path}")).to_request();
            let response = test::call_service(&app, request).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let request = TestRequest::with_uri("/static/app.12345678.js").to_request();
        assert_eq!(
            test::call_service(&app, request).await.status(),
            StatusCode::OK
        );
    }
}
