CREATE TABLE namespaces (
    -- Part of URLs, chosen by whoever makes it; the default is for rows made by hand.
    id TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))),
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE schemas (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    schema_uri TEXT NOT NULL UNIQUE,
    schema_type TEXT NOT NULL,
    version TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    -- Text: keeps the document's order of keys.
    schema TEXT NOT NULL DEFAULT '{}',
    example TEXT,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (schema_type, version)
);

CREATE TABLE agent_cards (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    namespace_id TEXT NOT NULL REFERENCES namespaces (id) ON DELETE RESTRICT,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    protocol TEXT NOT NULL DEFAULT '',
    card TEXT NOT NULL DEFAULT '{}',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    is_default_version BOOLEAN NOT NULL DEFAULT FALSE,
    created_by BIGINT REFERENCES users (id) ON DELETE SET NULL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (namespace_id, name, version)
);
