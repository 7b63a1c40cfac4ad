//! Agent cards by the page.
//!
//! A page is found in two steps: first its ids, from an index and without reading a row, then the
//! rows of those. So the pages before it cost a walk along an index rather than reading their cards.

use diesel::{
    EscapeExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    QueryDsl as _, SelectableHelper as _, TextExpressionMethods as _,
};
use diesel_async::RunQueryDsl as _;

use super::cards::CardHead;
use crate::db::schema::{agent_card_terms, agent_cards, namespaces, users};
use crate::db::{Db, DbError};
use crate::query;

diesel::define_sql_function! {
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}
diesel::define_sql_function! {
    fn coalesce(
        text: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        other: diesel::sql_types::Text
    ) -> diesel::sql_types::Text;
}

pub const SKILL: &str = "skill";
pub const TAG: &str = "tag";

/// Which cards: all that is `None` matches any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CardFilter {
    pub namespace: Option<String>,
    /// Part of the name, in lower case.
    pub name: Option<String>,
    /// A skill's id or name, in lower case.
    pub skill: Option<String>,
    /// In lower case.
    pub tag: Option<String>,
    pub is_default_version: Option<bool>,
    pub is_active: Option<bool>,
    pub is_valid: Option<bool>,
    /// Those of inactive namespaces too.
    pub with_hidden: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    Id,
    Namespace,
    Name,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// One key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    pub by: SortBy,
    pub descending: bool,
}

/// The boxed query for a filter, in either dialect.
macro_rules! filtered {
    ($backend:ident, $filter:ident) => {{
        let mut query = agent_cards::table.into_boxed::<$backend>();
        if !$filter.with_hidden {
            let hidden = namespaces::table
                .filter(namespaces::is_active.eq(false))
                .select(namespaces::id);
            query = query.filter(agent_cards::namespace_id.ne_all(hidden));
        }
        if let Some(namespace) = $filter.namespace {
            query = query.filter(agent_cards::namespace_id.eq(namespace));
        }
        if let Some(name) = $filter.name {
            let pattern = format!("%{}%", escaped(&name));
            let searched = coalesce(agent_cards::search_name, lower(agent_cards::name));
            query = query.filter(searched.like(pattern).escape('\\'));
        }
        for (kind, term) in [(SKILL, $filter.skill), (TAG, $filter.tag)] {
            if let Some(term) = term {
                let with_term = agent_card_terms::table
                    .filter(agent_card_terms::kind.eq(kind))
                    .filter(agent_card_terms::term.eq(term))
                    .select(agent_card_terms::card_id);
                query = query.filter(agent_cards::id.eq_any(with_term));
            }
        }
        if let Some(is_default) = $filter.is_default_version {
            query = query.filter(agent_cards::is_default_version.eq(is_default));
        }
        if let Some(is_active) = $filter.is_active {
            query = query.filter(agent_cards::is_active.eq(is_active));
        }
        if let Some(is_valid) = $filter.is_valid {
            query = query.filter(agent_cards::is_valid.eq(is_valid));
        }
        query
    }};
}

macro_rules! ordered {
    ($query:ident, $column:expr, $descending:expr) => {
        if $descending {
            $query.then_order_by($column.desc())
        } else {
            $query.then_order_by($column.asc())
        }
    };
}

pub async fn count(db: &Db, filter: CardFilter) -> Result<i64, DbError> {
    db.run(
        "cards.count",
        query!(conn: Backend => filtered!(Backend, filter).count().get_result(conn).await),
    )
    .await
}

/// A page in the order of `keys` and, where these leave it open, of the ids; each card with the name
/// of the user who made it.
pub async fn list(
    db: &Db,
    filter: CardFilter,
    keys: Vec<SortKey>,
    offset: i64,
    limit: i64,
) -> Result<Vec<(CardHead, Option<String>)>, DbError> {
    db.run(
        "cards.list",
        query!(conn: Backend => {
            let mut page = filtered!(Backend, filter).select(agent_cards::id);
            for SortKey { by, descending } in keys {
                page = match by {
                    SortBy::Id => ordered!(page, agent_cards::id, descending),
                    SortBy::Namespace => ordered!(page, agent_cards::namespace_id, descending),
                    SortBy::Name => ordered!(page, agent_cards::name, descending),
                    SortBy::Version => ordered!(page, agent_cards::version, descending),
                    SortBy::CreatedAt => ordered!(page, agent_cards::created_at, descending),
                    SortBy::UpdatedAt => ordered!(page, agent_cards::updated_at, descending),
                };
            }
            let ids: Vec<i64> = page.offset(offset).limit(limit).load(conn).await?;
            let mut found: Vec<(CardHead, Option<String>)> = agent_cards::table
                .left_join(users::table)
                .filter(agent_cards::id.eq_any(ids.clone()))
                .select((CardHead::as_select(), users::username.nullable()))
                .load(conn)
                .await?;
            found.sort_by_key(|(card, _)| ids.iter().position(|id| *id == card.id));
            Ok(found)
        }),
    )
    .await
}

/// A text as itself in a pattern of LIKE.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_is_special_in_a_pattern_stands_for_itself() {
        assert_eq!(escaped(r"100%_\ a"), r"100\%\_\\ a");
    }
}
