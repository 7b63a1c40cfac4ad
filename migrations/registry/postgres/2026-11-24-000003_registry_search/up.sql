-- Counts the changes of a row: its entity tag, and what an update checks so that no two editors
-- overwrite each other unseen.
ALTER TABLE namespaces ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE schemas ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE agent_cards ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

-- What was found when the card was last checked; NULL for a row made by hand, never checked yet.
ALTER TABLE agent_cards ADD COLUMN is_valid BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE agent_cards ADD COLUMN validity_errors JSON;
-- The name in lower case of all languages, which SQLite's own lower() does not know; NULL for a row
-- made by hand.
ALTER TABLE agent_cards ADD COLUMN search_name TEXT;
-- The API token that made it, where no user did.
ALTER TABLE agent_cards ADD COLUMN created_by_token TEXT;

-- At most one default version: the database itself sees to it.
CREATE UNIQUE INDEX agent_cards_default ON agent_cards (namespace_id, name) WHERE is_default_version;
-- The desk counts with these alone, without reading a row.
CREATE INDEX agent_cards_is_active ON agent_cards (is_active);
CREATE INDEX schemas_is_active ON schemas (is_active);
CREATE INDEX namespaces_is_active ON namespaces (is_active);
-- Orders of the list. The id at the end lets the page be found without reading a row.
CREATE INDEX agent_cards_by_name ON agent_cards (name, id);
CREATE INDEX agent_cards_by_created_at ON agent_cards (created_at, id);
CREATE INDEX agent_cards_by_updated_at ON agent_cards (updated_at, id);
CREATE INDEX agent_cards_by_namespace ON agent_cards (namespace_id, id);
CREATE INDEX agent_cards_by_validity ON agent_cards (is_valid, id);

-- What a card is searched by: its skills' ids and names, their tags, the URIs of its extensions.
CREATE TABLE agent_card_terms (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    card_id BIGINT NOT NULL REFERENCES agent_cards (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, term, card_id)
);
CREATE INDEX agent_card_terms_card_id ON agent_card_terms (card_id);

-- Extensions whose schema has changed since the cards that use them were checked.
CREATE TABLE revalidations (
    schema_uri TEXT NOT NULL PRIMARY KEY,
    requested_at TIMESTAMP NOT NULL
);
