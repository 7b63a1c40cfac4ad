//! Every query of the service, by noun.

pub mod alerts;
pub mod audit;
pub mod bulk;
pub mod card_lists;
pub mod cards;
pub mod deletion;
pub mod error_groups;
pub mod error_states;
pub mod events;
pub mod health;
pub mod inside;
pub mod instances;
pub mod known_sessions;
pub mod namespaces;
pub mod notices;
pub mod revalidations;
pub mod revocations;
pub mod schemas;
pub mod series;
pub mod session;
pub mod sessions;
pub mod statistics;
pub mod tokens;
pub mod users;

use std::time::Duration;

/// Of queries in the desk's own store: below what the engine and a page wait for it.
const STORE_LIMIT: Duration = Duration::from_millis(2500);
