//! Where the UI's own files are: hashed names, known only after the build, provided by the server.

/// URL paths (`/static/…`) of the files that the shell refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    pub css: String,
    pub js: String,
    pub wasm: String,
    pub icon: String,
}
