//! Where the UI's own files are: hashed names, known only after the build, provided by the server.

/// URL paths (`/static/…`) of the files that the shell refers to.
/// The first script of the sign-in page and of every page that hydrates: tells the server, by a cookie,
/// in which zone the reader is. A page that shows times (`data-timed`) is loaded again before anything
/// of it is seen, if that was news. It is always the same, so that a policy can name it by its hash.
///
/// Where cookies are forbidden, times stay in UTC.
pub const ZONE_SCRIPT: &str = include_str!("view/zone.js");

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    pub css: String,
    pub js: String,
    pub wasm: String,
    pub icon: String,
    /// The icon while something needs attention, is wrong, or is not known.
    pub icon_warning: String,
    pub icon_error: String,
    pub icon_unknown: String,
}
