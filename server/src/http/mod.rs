//! HTTP as every room speaks it: errors, bodies, entity tags, paging, static files, languages. Knows
//! no database, no user and nothing of what the service is about.

pub mod assets;
pub mod body;
pub mod client_ip;
mod content_coding;
pub mod content_policy;
pub mod error;
pub mod etag;
pub mod language;
pub mod networks;
pub mod paging;
pub mod place;
pub mod refusals;
pub mod reply;
pub mod request_context;
pub mod request_id;
pub mod resource;
pub mod text_rule;
pub mod trace_context;
