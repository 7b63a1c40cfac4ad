-- What the alert engine keeps, see ops::alerts. Times are in milliseconds since the Unix epoch.

-- One row. `revision` counts the writes and the holders: whoever writes names the one that it has read.
-- `holder` evaluates what all instances see together until `until_ms`, by the database's clock.
CREATE TABLE alert_engine (
    name TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    holder TEXT NOT NULL,
    until_ms BIGINT NOT NULL
);
INSERT INTO alert_engine (name, revision, holder, until_ms) VALUES ('alerts', 0, '', 0);

-- Its state as JSON, but for incidents: `kind` is alert, events, silence or quiet.
CREATE TABLE alert_documents (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (kind, key)
);

-- All incidents, as JSON, with what was known when each opened. Nobody has anything to add to a settled
-- one.
CREATE TABLE incidents (
    id TEXT NOT NULL PRIMARY KEY,
    opened_ms BIGINT NOT NULL,
    closed_ms BIGINT,
    is_settled BOOLEAN NOT NULL,
    document TEXT NOT NULL,
    evidence TEXT
);
CREATE INDEX incidents_is_settled ON incidents (is_settled);

-- What happened in an incident; `detail` is JSON.
CREATE TABLE incident_entries (
    id TEXT NOT NULL PRIMARY KEY,
    incident_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX incident_entries_incident_id ON incident_entries (incident_id);

-- The outbox: a message for a channel. `body` is JSON without the channel's address.
CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state TEXT NOT NULL,
    claimed_until_ms BIGINT,
    last_error TEXT,
    last_try_ms BIGINT,
    sent_ms BIGINT,
    UNIQUE (channel, incident_id, ordinal)
);
CREATE INDEX notices_state ON notices (state, created_ms);
CREATE INDEX notices_incident_id ON notices (incident_id);
