//! What the registry's handlers share.

use super::checks::Checks;
use super::counts::CardCounts;
use super::schemas::Revalidation;
use crate::db::Db;

pub struct RegistryState {
    pub db: Db,
    pub card_counts: CardCounts,
    pub checks: Checks,
    pub revalidation: Revalidation,
}
