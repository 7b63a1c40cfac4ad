-- Who shares this store: a row for each name, of its latest run, written again every few seconds
-- while it runs. Times are in milliseconds since the Unix epoch, by the instance's own clock.
CREATE TABLE instances (
    instance TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    stopped_ms BIGINT
);
CREATE INDEX instances_seen_ms ON instances (seen_ms);
