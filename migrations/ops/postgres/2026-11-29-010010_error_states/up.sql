-- Groups of one cause are one to people, see ops::errors: `cause` is the fingerprint without the place,
-- empty where an earlier version wrote the row, until the service has started.
ALTER TABLE error_groups ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE error_groups ADD COLUMN first_version TEXT;
ALTER TABLE error_groups ADD COLUMN last_version TEXT;
CREATE INDEX error_groups_cause ON error_groups (cause);

-- What people said of a cause last (`word` is resolved or muted, and until when), and when it came back.
-- Times are in milliseconds since the Unix epoch.
CREATE TABLE error_states (
    cause TEXT NOT NULL PRIMARY KEY,
    word TEXT,
    said_by TEXT,
    said_ms BIGINT,
    reason TEXT,
    until_ms BIGINT,
    back_ms BIGINT,
    back_version TEXT
);

-- All that was said, and what came of it.
CREATE TABLE error_entries (
    id TEXT NOT NULL PRIMARY KEY,
    cause TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT,
    text TEXT NOT NULL
);
CREATE INDEX error_entries_cause ON error_entries (cause);
