-- Sessions that were ended, kept until they would have expired: with the registry's database down
-- this is what keeps a signed but ended session out.
CREATE TABLE revoked_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX revoked_sessions_expires_at ON revoked_sessions (expires_at);
